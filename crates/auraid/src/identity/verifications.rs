//! Links in e-mails: used once.

use std::time::Duration;

use aura_client::{Id, Secret, Timestamp};

use super::error::finish;
use super::sessions::expiry;
use super::{Error, secret};
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

/// Makes a link. The token is known only now.
pub async fn create(
    store: &ActingStore,
    request: Request,
) -> Result<(VerificationToken, Secret<String>), Error> {
    let expires_at = expiry(request.expires_at, DEFAULT_LIFE, LONGEST_LIFE)?;
    let minted = secret::link_token();
    let row = NewVerificationToken::new(request.purpose, request.user_id, minted.hash, expires_at)
        .application_id(request.application_id);
    let link = store.verification_token().create(row).await?;
    Ok((link, minted.secret))
}

/// Uses a link: of any number of callers with the same token exactly one gets it. A link that verifies an address
/// does so in the same transaction.
///
/// # Errors
///
/// [`Error::LinkUsedOrExpired`] for a token that is unknown, used, expired or withdrawn, and for what is no token at
/// all.
pub async fn redeem(store: &ActingStore, token: &str) -> Result<VerificationToken, Error> {
    let hash = secret::link_token_hash(token).ok_or(Error::LinkUsedOrExpired)?;
    let found = store.verification_token().find(verification_token::by_token_hash(hash)).await?;
    let found = found.ok_or(Error::LinkUsedOrExpired)?;
    let transaction = store.begin().await?;
    let outcome = redeem_within(&transaction, &found).await;
    finish(transaction, outcome).await
}

async fn redeem_within(
    transaction: &StoreTransaction,
    link: &VerificationToken,
) -> Result<VerificationToken, Error> {
    let now = Timestamp::now();
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
