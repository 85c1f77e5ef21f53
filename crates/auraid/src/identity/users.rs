//! People.

use aura_client::{Id, Secret};
use serde_json::Value as Json;

use super::error::finish;
use super::{Error, fields, passwords, verifications};
use crate::store::{
    ActingStore, NewUser, StoreTransaction, TokenPurpose, User, UserChanges, UserStatus, user,
};

/// The most characters of a person's name.
pub const LONGEST_NAME: usize = 200;

/// Somebody new.
#[derive(Debug, Default)]
pub struct Registration {
    /// E-mail address; not yet verified.
    pub email: String,
    /// Name.
    pub name: Option<String>,
    /// Password; none for somebody who signs in elsewhere.
    pub password: Option<Secret<String>>,
    /// Status; active if not said.
    pub status: Option<UserStatus>,
    /// Anything else, an object.
    pub metadata: Option<Json>,
}

/// What is to change. `None` leaves as it is.
#[derive(Debug, Default)]
pub struct Changes {
    /// E-mail address. Another one is not verified, and links sent to the old one end.
    pub email: Option<String>,
    /// Name, or none.
    pub name: Option<Option<String>>,
    /// Password, or none.
    pub password: Option<Option<Secret<String>>>,
    /// Status.
    pub status: Option<UserStatus>,
    /// Metadata as a whole.
    pub metadata: Option<Json>,
}

/// Creates a user.
pub async fn create(store: &ActingStore, new: Registration) -> Result<User, Error> {
    let mut row = NewUser::new(new.email);
    if let Some(name) = new.name {
        fields::text("name", &name, LONGEST_NAME)?;
        row = row.name(name);
    }
    if let Some(status) = new.status {
        row = row.status(status);
    }
    if let Some(metadata) = new.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    // Last: it is the one check that costs.
    if let Some(password) = new.password {
        row = row.password_hash(passwords::hash(password).await?);
    }
    Ok(store.user().create(row).await?)
}

/// Changes a live user.
pub async fn change(store: &ActingStore, id: Id<User>, changes: Changes) -> Result<User, Error> {
    let mut row = UserChanges::new();
    if let Some(name) = changes.name {
        if let Some(name) = &name {
            fields::text("name", name, LONGEST_NAME)?;
        }
        row = row.name(name);
    }
    if let Some(status) = changes.status {
        row = row.status(status);
    }
    if let Some(metadata) = changes.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    let is_new_password = changes.password.is_some();
    if let Some(password) = changes.password {
        let hash = match password {
            Some(password) => Some(passwords::hash(password).await?),
            None => None,
        };
        row = row.password_hash(hash);
    }
    if changes.email.is_none() && !is_new_password {
        return Ok(store.user().update(id, row).await?);
    }
    let transaction = store.begin().await?;
    let outcome = change_with_links(&transaction, id, row, changes.email, is_new_password).await;
    finish(transaction, outcome).await
}

/// A change that ends links. Another address is unverified until a link sent to it was used, and no link sent to the
/// old one may be used any more, whatever its purpose; another password leaves no link to reset it.
async fn change_with_links(
    transaction: &StoreTransaction,
    id: Id<User>,
    changes: UserChanges,
    email: Option<String>,
    is_new_password: bool,
) -> Result<User, Error> {
    let before = hold(transaction, id).await?.ok_or_else(|| Error::not_found(id))?;
    let changes = match email {
        Some(email) if before.email.as_str() != email.trim() => {
            verifications::withdraw(transaction, id, None).await?;
            changes.email(email).email_verified_at(None)
        }
        _ => {
            if is_new_password {
                verifications::withdraw(transaction, id, Some(TokenPurpose::ResetPassword)).await?;
            }
            changes
        }
    };
    Ok(transaction.user().update(id, changes).await?)
}

/// The user as they are, and will be until the end of the transaction: a change that changes nothing locks the row
/// and leaves no event.
///
/// Whoever changes an address, makes a link or verifies an address by one holds the user first. So these happen one
/// after the other and never wait for each other in a circle.
pub(crate) async fn hold(transaction: &StoreTransaction, id: Id<User>) -> Result<Option<User>, Error> {
    while let Some(user) = transaction.user().find(id).await? {
        let same = UserChanges::new().status(user.status);
        let held = transaction.user().update_if(id, user::STATUS.eq(user.status), same).await?;
        if held.is_some() {
            return Ok(held);
        }
        // The status was changed, or the user deleted, this very moment.
    }
    Ok(None)
}
