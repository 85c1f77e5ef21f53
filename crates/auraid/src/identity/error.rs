//! What can go wrong.

use aura_client::Model;

use crate::store::StoreTransaction;

/// Why something was not done. None of them holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client or the database says no, or cannot be reached.
    #[error(transparent)]
    Store(#[from] aura_client::Error),
    /// A value breaks a rule. Nothing was sent to the database.
    #[error("{field}: {why}")]
    Invalid {
        /// The field, as the schema names it.
        field: &'static str,
        /// The rule. Never the value.
        why: String,
    },
    /// The user, application or membership may not be used at present.
    #[error("the {what} is {status}: it must be ACTIVE for this")]
    NotActive {
        /// `user`, `application` or `membership`.
        what: &'static str,
        /// Its status.
        status: &'static str,
    },
    /// The user has no live membership in the application.
    #[error("this user has no live membership in this application: create one first")]
    NoMembership,
    /// The link is unknown, was used, has expired or was withdrawn. Which of these is not said.
    #[error("this link was used already, has expired or never existed: ask for a new one")]
    LinkUsedOrExpired,
    /// A deleted record cannot come back as things are.
    #[error("it cannot be restored: {0}")]
    CannotRestore(aura_client::Error),
    /// The caller may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A password could not be hashed or compared: a fault of this program or a damaged hash.
    #[error("a password could not be processed: {0}")]
    Password(&'static str),
}

impl Error {
    /// No live record has the id, or none that the caller may see: the two look the same.
    pub fn not_found<M: Model>(id: aura_client::Id<M>) -> Error {
        Error::Store(aura_client::Error::NotFound { model: M::TABLE.model, key: id.to_string() })
    }

    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Error {
        Error::Invalid { field, why: why.into() }
    }
}

/// Commits what went well. Undoes what did not, so that its connection can be used again.
pub(crate) async fn finish<T>(transaction: StoreTransaction, outcome: Result<T, Error>) -> Result<T, Error> {
    match outcome {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // What failed is what matters. A rollback that fails closes the connection, which undoes as well.
            if let Err(failed) = transaction.rollback().await {
                tracing::debug!(error = %failed, "rollback");
            }
            Err(match error {
                // It was undone with the rest.
                Error::Store(aura_client::Error::Written { model, why }) => {
                    Error::Store(aura_client::Error::Unreadable { model, why })
                }
                other => other,
            })
        }
    }
}
