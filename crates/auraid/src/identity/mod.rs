//! The rules of the identity store: what may be written, by whom, and what a secret looks like.
//!
//! Knows no HTTP and no SQL. What the database refuses by itself (a taken e-mail address, a membership of a
//! deleted user, a session by somebody else's membership) is not asked for beforehand here: between the
//! question and the write the answer can change.
//!
//! The modules `users`, `applications`, `memberships`, `sessions`, `verifications` and `keys` hold the rules for
//! whoever may do everything. [`access`] is what a caller from outside goes through: it decides who may.

pub mod access;
pub mod applications;
pub mod error;
pub mod fields;
pub mod keys;
pub mod memberships;
pub mod passwords;
pub mod record;
pub mod redirect_uri;
pub mod secret;
pub mod sessions;
pub mod users;
pub mod verifications;

pub use access::{Access, Caller};
pub use error::Error;
pub use record::Record;
