//! Links in e-mails: used once.

use std::time::Duration;

use aura_client::{Email, Id, Secret, Timestamp};

use super::error::finish;
use super::sessions::expiry;
use super::{Error, secret, users};
use crate::store::{
    ActingStore, Application, NewVerificationToken, StoreTransaction, TokenPurpose, User, UserChanges,
    VerificationToken, VerificationTokenChanges, user, verification_token,
};

/// How long a link can be used if nothing is said.
pub const DEFAULT_LIFE: Duration = Duration::from_hours(24);

/// The longest a link can be used.
pub const LONGEST_LIFE: Duration = Duration::from_hours(7 * 24);

/// A link to be made.
#[derive(Debug)]
pub struct Request {
    /// What using it does.
    pub purpose: TokenPurpose,
    /// For whom.
    pub user_id: Id<User>,
    /// In which application, if in one.
    pub application_id: Option<Id<Application>>,
    /// Until when; [`DEFAULT_LIFE`] from now if not said, [`LONGEST_LIFE`] at most.
    pub expires_at: Option<Timestamp>,
}

/// A link just made.
#[derive(Debug)]
pub struct Made {
    /// What the database has of it.
    pub link: VerificationToken,
    /// The token, known only now.
    pub token: Secret<String>,
    /// The user's address, and the only one that the link may be sent to: a change of it ends the link.
    pub email: Email,
}

/// Makes a link.
pub async fn create(store: &ActingStore, request: Request) -> Result<Made, Error> {
    let expires_at = expiry(request.expires_at, DEFAULT_LIFE, LONGEST_LIFE)?;
    let minted = secret::link_token();
    let row = NewVerificationToken::new(request.purpose, request.user_id, minted.hash, expires_at)
        .application_id(request.application_id);
    let transaction = store.begin().await?;
    let outcome = create_within(&transaction, request.user_id, row).await;
    let (link, email) = finish(transaction, outcome).await?;
    Ok(Made { link, token: minted.secret, email })
}

async fn create_within(
    transaction: &StoreTransaction,
    user_id: Id<User>,
    row: NewVerificationToken,
) -> Result<(VerificationToken, Email), Error> {
    // A change of the address under way ends before this, and the address is then the new one; one that comes after
    // ends this link.
    let user = users::hold(transaction, user_id).await?;
    // Where there is no such user it is the database that says so.
    let link = transaction.verification_token().create(row).await?;
    let user = user.ok_or_else(|| Error::not_found(user_id))?;
    Ok((link, user.email))
}

/// Ends the links of a user that can still be used: all, or those of one purpose.
pub(crate) async fn withdraw(
    transaction: &StoreTransaction,
    user_id: Id<User>,
    purpose: Option<TokenPurpose>,
) -> Result<(), Error> {
    loop {
        let mut pending = verification_token::USER_ID.eq(user_id).and(verification_token::USED_AT.is_null());
        if let Some(purpose) = purpose {
            pending = pending.and(verification_token::PURPOSE.eq(purpose));
        }
        let links = transaction.verification_token().list().filter(pending).limit(100).await?;
        if links.is_empty() {
            return Ok(());
        }
        for link in links {
            match transaction.verification_token().delete(link.id).await {
                // It was used or withdrawn this very moment.
                Ok(_) | Err(aura_client::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Uses a link: of any number of callers with the same token exactly one gets it. A link that verifies an address
/// does so in the same transaction.
///
/// # Errors
///
/// [`Error::LinkUsedOrExpired`] for a token that is unknown, used, expired or withdrawn, that was made for another
/// purpose, and for what is no token at all.
pub async fn redeem(
    store: &ActingStore,
    purpose: TokenPurpose,
    token: &str,
) -> Result<VerificationToken, Error> {
    let hash = secret::link_token_hash(token).ok_or(Error::LinkUsedOrExpired)?;
    let found = store.verification_token().find(verification_token::by_token_hash(hash)).await?;
    // A page that resets passwords must not take a link that verifies an address.
    let found = found.filter(|link| link.purpose == purpose).ok_or(Error::LinkUsedOrExpired)?;
    let transaction = store.begin().await?;
    let outcome = redeem_within(&transaction, &found).await;
    finish(transaction, outcome).await
}

async fn redeem_within(
    transaction: &StoreTransaction,
    link: &VerificationToken,
) -> Result<VerificationToken, Error> {
    let now = Timestamp::now();
    if link.purpose == TokenPurpose::VerifyEmail {
        users::hold(transaction, link.user_id).await?;
    }
    // The one statement that decides: condition and change together.
    let is_usable = verification_token::USED_AT.is_null().and(verification_token::EXPIRES_AT.is_ahead());
    let used = VerificationTokenChanges::new().used_at(now);
    let link = transaction
        .verification_token()
        .update_if(link.id, is_usable, used)
        .await?
        .ok_or(Error::LinkUsedOrExpired)?;
    if link.purpose == TokenPurpose::VerifyEmail {
        // Somebody verified before stays as they were; a live link has a live user.
        let verified = UserChanges::new().email_verified_at(now);
        transaction.user().update_if(link.user_id, user::EMAIL_VERIFIED_AT.is_null(), verified).await?;
    }
    Ok(link)
}
