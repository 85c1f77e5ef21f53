//! Passwords: Argon2id with the parameters OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes,
//! one lane.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use aura_client::Secret;
use tokio::sync::Semaphore;

use super::Error;

/// The shortest password, in bytes (NIST SP 800-63B).
pub const SHORTEST: usize = 8;

/// The longest, in bytes: so that nobody keeps a core busy with a book.
pub const LONGEST: usize = 1024;

/// As many at a time as there are cores: a burst of sign-ins waits here, not in the way of everything else.
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

fn argon2id() -> Result<Argon2<'static>, Error> {
    let params =
        Params::new(19_456, 2, 1, None).map_err(|_| Error::Password("the parameters are refused"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, in PHC string form, with a random salt. Takes some 20 ms of a core.
pub async fn hash(password: Secret<String>) -> Result<Secret<String>, Error> {
    let length = password.expose().len();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Error::invalid("password", format!("must have {SHORTEST} to {LONGEST} bytes")));
    }
    on_a_core(move || {
        let hash = argon2id()?.hash_password(password.expose().as_bytes());
        let hash = hash.map_err(|_| Error::Password("hashing failed"))?;
        Ok(Secret::new(hash.to_string()))
    })
    .await
}

/// Whether the password is the one behind the hash. The time taken does not depend on where they differ.
pub async fn verify(password: Secret<String>, hash: Secret<String>) -> Result<bool, Error> {
    if password.expose().len() > LONGEST {
        return Ok(false);
    }
    on_a_core(move || {
        let outcome = argon2id()?.verify_password(password.expose().as_bytes(), hash.expose().as_str());
        match outcome {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(Error::Password("the stored hash cannot be read")),
        }
    })
    .await
}

async fn on_a_core<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let permit = CORES.acquire().await.map_err(|_| Error::Password("shutting down"))?;
    let done = tokio::task::spawn_blocking(move || {
        // Held until the work is done, even if nobody waits for it any more.
        let _permit = permit;
        work()
    });
    done.await.map_err(|_| Error::Password("the task was ended"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_verified_by_its_hash() {
        let stored = hash(secret("correct horse")).await.unwrap();
        assert!(stored.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "the parameters are OWASP's");
        assert!(verify(secret("correct horse"), stored.clone()).await.unwrap());
        assert!(!verify(secret("correct horsf"), stored.clone()).await.unwrap());
        assert!(!verify(secret(&"x".repeat(LONGEST + 1)), stored.clone()).await.unwrap());
        assert_ne!(hash(secret("correct horse")).await.unwrap(), stored, "each has a salt of its own");
    }

    #[tokio::test]
    async fn length_is_limited() {
        for bad in ["", "1234567", &"x".repeat(LONGEST + 1)] {
            let error = hash(secret(bad)).await.unwrap_err();
            assert!(matches!(error, Error::Invalid { field: "password", .. }), "{error}");
        }
        hash(secret("12345678")).await.unwrap();
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_without_it() {
        let error = verify(secret("12345678"), secret("$argon2id$damaged")).await.unwrap_err();
        assert!(!error.to_string().contains("damaged"), "{error}");
    }
}
