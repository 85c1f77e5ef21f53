//! Operator keys: who may do everything over HTTP.

use aura_client::{Secret, Timestamp};

use super::{Error, fields, secret};
use crate::store::{ActingStore, NewOperatorKey, OperatorKey, Store, operator_key};

/// The most characters of a key's name.
pub const LONGEST_NAME: usize = 100;

/// Makes a key. The secret is known only now. The name is what the history calls its holder.
pub async fn create(
    store: &ActingStore,
    name: &str,
    expires_at: Option<Timestamp>,
) -> Result<(OperatorKey, Secret<String>), Error> {
    fields::text("name", name, LONGEST_NAME)?;
    if expires_at.is_some_and(|at| at <= Timestamp::now()) {
        return Err(Error::invalid("expiresAt", "must lie ahead"));
    }
    let minted = secret::operator_key();
    let row = NewOperatorKey::new(name, minted.hash).expires_at(expires_at);
    let key = store.operator_key().create(row).await?;
    Ok((key, minted.secret))
}

/// The live key behind a secret; none if there is none, or it has expired.
pub async fn authenticate(store: &Store, secret: &str) -> Result<Option<OperatorKey>, Error> {
    let Some(hash) = secret::operator_key_hash(secret) else {
        return Ok(None);
    };
    // Looking up a hash tells nothing about the secret by its time: who wants to guess has to invert SHA-256.
    let found = store.operator_key().find(operator_key::by_key_hash(hash)).await?;
    let now = Timestamp::now();
    Ok(found.filter(|key| key.expires_at.is_none_or(|end| end > now)))
}

/// Whether there is any live key.
pub async fn any(store: &Store) -> Result<bool, Error> {
    Ok(!store.operator_key().list().limit(1).await?.is_empty())
}

/// Whether there ever was a key, revoked ones included.
pub async fn ever(store: &Store) -> Result<bool, Error> {
    Ok(any(store).await? || !store.operator_key().deleted().list(None, None, 1).await?.is_empty())
}
