//! Random secrets and what the database keeps of them.
//!
//! A secret is 256 bits from the operating system's generator, written in base64url without padding (RFC 4648,
//! section 5): 43 characters. The database holds its SHA-256. A slow hash would gain nothing: there is no
//! dictionary of 256-bit values.

use aura_client::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

/// Characters of 32 bytes in base64url.
const LENGTH: usize = 43;

const OPERATOR: &str = "aura_op_";
const APPLICATION: &str = "aura_app_";

/// A secret just made: to be shown once and then forgotten.
#[derive(Debug, Clone)]
pub struct Minted {
    /// What its holder gets.
    pub secret: Secret<String>,
    /// What the database gets.
    pub hash: [u8; 32],
}

/// A key for operators: `aura_op_` and 43 characters. The prefix lets scanners find leaked ones.
pub fn operator_key() -> Minted {
    mint(OPERATOR)
}

/// A secret for an application: `aura_app_` and 43 characters.
pub fn application_secret() -> Minted {
    mint(APPLICATION)
}

/// A token for a link: 43 characters.
pub fn link_token() -> Minted {
    mint("")
}

/// A public name for an application that was given none: 128 random bits, 22 characters.
pub fn client_id() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 16]>())
}

/// The hash of something that has the form of an operator key.
pub fn operator_key_hash(text: &str) -> Option<[u8; 32]> {
    hash_if(text, OPERATOR)
}

/// The hash of something that has the form of an application's secret.
pub fn application_secret_hash(text: &str) -> Option<[u8; 32]> {
    hash_if(text, APPLICATION)
}

/// The hash of something that has the form of a link's token.
pub fn link_token_hash(text: &str) -> Option<[u8; 32]> {
    hash_if(text, "")
}

fn mint(prefix: &str) -> Minted {
    // The thread's generator is a CSPRNG that the operating system seeds.
    let bytes: [u8; 32] = rand::rng().random();
    let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
    Minted { hash: hash(&text), secret: Secret::new(text) }
}

fn hash_if(text: &str, prefix: &str) -> Option<[u8; 32]> {
    let random = text.strip_prefix(prefix)?;
    let is_well_formed = random.len() == LENGTH
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_well_formed.then(|| hash(text))
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_its_hash_and_by_its_kind_only() {
        let key = operator_key();
        let text = key.secret.expose();
        assert_eq!(text.len(), OPERATOR.len() + LENGTH);
        assert_eq!(operator_key_hash(text), Some(key.hash));
        assert_eq!(application_secret_hash(text), None);
        assert_eq!(link_token_hash(text), None);
        let token = link_token();
        assert_eq!(link_token_hash(token.secret.expose()), Some(token.hash));
        for bad in ["", "aura_op_", &text[1..], &format!("{text}x"), &text.replace("aura_op_", "aura_op ")] {
            assert_eq!(operator_key_hash(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_two_are_the_same() {
        let secrets: std::collections::HashSet<_> = (0..1000).map(|_| link_token().hash).collect();
        assert_eq!(secrets.len(), 1000);
    }

    #[test]
    fn invariant_4_a_minted_secret_is_not_in_debug_output() {
        let key = operator_key();
        assert!(!format!("{key:?}").contains(key.secret.expose().as_str()));
    }
}
