//! The reference CUID2, version 3 (<https://github.com/paralleldrive/cuid2>).
//!
//! A random letter, then digits of the SHA3-512 of time, salt, counter and fingerprint, in that order. The hash is
//! written to the base 36; its first digit is dropped because it is not evenly spread, and of what is left the
//! first digit gives way to the letter.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use rand::RngExt;
use sha3::{Digest, Sha3_512};

use crate::base36;
use crate::error::Error;
use crate::id::Cuid2;

/// Where the counter begins: below this, at random.
const COUNTER_START: u64 = 476_782_367;

/// Digits of the fingerprint, which is a random one for each process here: a host says little that would tell
/// processes apart better.
const FINGERPRINT: usize = 32;

static FINGERPRINT_OF_PROCESS: LazyLock<String> = LazyLock::new(|| {
    let mut digits = hash(&format!("{}{}", std::process::id(), entropy(FINGERPRINT)));
    digits.truncate(FINGERPRINT);
    digits
});

static COUNTER: LazyLock<AtomicU64> =
    LazyLock::new(|| AtomicU64::new(rand::rng().random_range(0..COUNTER_START)));

/// A new random id of 24 characters.
pub fn random() -> Cuid2 {
    make(Cuid2::LENGTH)
}

/// A new random id of 2 to 32 characters. With `n` characters, equal ones are to be expected among
/// some 36^(n/2) of them.
///
/// # Errors
/// [`Error::Length`] for another length.
pub fn random_of_length(length: usize) -> Result<Cuid2, Error> {
    if (Cuid2::MIN_LENGTH..=Cuid2::MAX_LENGTH).contains(&length) {
        Ok(make(length))
    } else {
        Err(Error::Length { length, text: String::new() })
    }
}

fn make(length: usize) -> Cuid2 {
    let letter = rand::rng().random_range(b'a'..=b'z');
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let time = number(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    let count = number(COUNTER.fetch_add(1, Ordering::Relaxed));
    let input = time + &entropy(length) + &count + &FINGERPRINT_OF_PROCESS;
    compose(letter, &hash(&input), length)
}

/// The letter in place of the first of the digits.
fn compose(letter: u8, digits: &str, length: usize) -> Cuid2 {
    let mut text = [0; Cuid2::MAX_LENGTH];
    text[0] = letter;
    text[1..length].copy_from_slice(&digits.as_bytes()[1..length]);
    Cuid2::of_valid(&text[..length])
}

/// The digits of a text's hash without the first one: 98 or 99 of them, and fewer than the 32 needed only for a hash
/// that nobody will ever see (one in 36⁶⁶).
fn hash(input: &str) -> String {
    let digits = base36::of_512_bits(&Sha3_512::digest(input).into());
    digits[1..].to_owned()
}

fn entropy(length: usize) -> String {
    let mut random = rand::rng();
    (0..length).map(|_| char::from(base36::DIGITS[random.random_range(0..36)])).collect()
}

fn number(value: u64) -> String {
    let mut digits = [0; 13];
    base36::write(value, &mut digits);
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len() - 1);
    digits[first..].iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What version 3.3.0 of the reference library says for given time, random numbers, counter and fingerprint.
    #[test]
    fn the_parts_are_composed_as_by_the_reference() {
        let id = |length: usize| {
            let salt = "9z3i".repeat(8);
            let input = number(1_767_225_600_000) + &salt[..length] + &number(123_456) + "fingerprint";
            compose(b'n', &hash(&input), length).to_string()
        };
        assert_eq!(id(24), "nqg3xkldilnqwh521nb53876");
        assert_eq!(id(32), "nxsa057clmh7ppj6ol7yrng4rg0mdbxh");
        assert_eq!(id(2), "no");
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        assert_eq!([0, 35, 36, u64::MAX].map(number), ["0", "z", "10", "3w5e11264sgsf"]);
    }
}
