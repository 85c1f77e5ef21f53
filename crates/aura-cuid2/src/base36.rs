//! Digits to the base 36, `0` to `9` and `a` to `z`: their order as bytes is their order as digits.

pub(crate) const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// 36¹², the largest power that fits into 64 bits: digits are worked with in groups of twelve.
pub(crate) const GROUP: u64 = 36u64.pow(12);

/// Two digits for each number below 36², so that a number is taken apart by half as many divisions.
const PAIRS: [[u8; 2]; 1296] = {
    let mut pairs = [[0; 2]; 1296];
    let mut number = 0;
    while number < 1296 {
        pairs[number] = [DIGITS[number / 36], DIGITS[number % 36]];
        number += 1;
    }
    pairs
};

/// Writes the lowest digits of a number, as many as there is room for, with leading zeros.
pub(crate) fn write(mut number: u64, room: &mut [u8]) {
    let mut pairs = room.rchunks_exact_mut(2);
    for pair in &mut pairs {
        // Below 1296, so no cast can lose anything.
        pair.copy_from_slice(&PAIRS[usize::try_from(number % 1296).unwrap_or(0)]);
        number /= 1296;
    }
    if let [single] = pairs.into_remainder() {
        *single = DIGITS[usize::try_from(number % 36).unwrap_or(0)];
    }
}

/// The value of a digit.
pub(crate) fn value(digit: u8) -> Option<u64> {
    match digit {
        b'0'..=b'9' => Some(u64::from(digit - b'0')),
        b'a'..=b'z' => Some(u64::from(digit - b'a') + 10),
        _ => None,
    }
}

/// A number of 512 bits, big-endian, without leading zeros; zero is "0".
pub(crate) fn of_512_bits(bytes: &[u8; 64]) -> String {
    let mut limbs: Vec<u64> = bytes
        .chunks_exact(8)
        .map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte)))
        .collect();
    // 36^108 > 2^512: nine groups hold every number.
    let mut digits = [0; 108];
    for group in digits.rchunks_exact_mut(12) {
        let mut rest = 0u64;
        for limb in &mut limbs {
            let dividend = u128::from(rest) << 64 | u128::from(*limb);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "rest is below the divisor, so the quotient is below 2^64"
            )]
            let quotient = (dividend / u128::from(GROUP)) as u64;
            #[expect(clippy::cast_possible_truncation, reason = "a remainder is below the divisor")]
            let remainder = (dividend % u128::from(GROUP)) as u64;
            (*limb, rest) = (quotient, remainder);
        }
        write(rest, group);
    }
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len() - 1);
    digits[first..].iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_digits() {
        let digits = |number, room: usize| {
            let mut text = vec![0; room];
            write(number, &mut text);
            String::from_utf8(text).unwrap()
        };
        assert_eq!(digits(0, 3), "000");
        assert_eq!(digits(35, 2), "0z");
        assert_eq!(digits(36 * 36, 3), "100");
        assert_eq!(digits(1_767_225_600_000, 9), "0mjuohs00");
        assert_eq!(digits(GROUP - 1, 12), "z".repeat(12));
    }

    #[test]
    fn numbers_of_512_bits() {
        assert_eq!(of_512_bits(&[0; 64]), "0");
        let mut one = [0; 64];
        one[63] = 37;
        assert_eq!(of_512_bits(&one), "11");
        // 2^512 - 1 has 100 digits and begins with 1, for 36^99 is a little below 2^512.
        let most = of_512_bits(&[255; 64]);
        assert_eq!((most.len(), &most[..1]), (100, "1"));
        // Read back by the schoolbook method, modulo a prime.
        let modulus = 1_000_003;
        let read = most.bytes().fold(0, |sum, digit| (sum * 36 + value(digit).unwrap()) % modulus);
        let meant = [255u64; 64].iter().fold(0, |sum, byte| (sum * 256 + byte) % modulus);
        assert_eq!(read, meant);
    }
}
