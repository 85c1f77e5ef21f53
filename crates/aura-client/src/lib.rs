//! What generated code stands on.
//!
//! `aura-build` makes thin types from `.prisma` files; everything they do is done here, once: statements,
//! connections, transactions, keys, and the three things that cannot be forgotten: a deleted row has
//! another type ([`Deleted`]), a write needs an [`Actor`], an [`Id`] belongs to its model.
//!
//! The crate knows no `.prisma` file. What it needs of a model is its [`Table`].

mod actor;
mod connect;
mod copy;
mod email;
mod enumeration;
mod error;
mod filter;
mod history;
mod id;
mod import;
mod input;
mod lent;
mod model;
mod read;
mod secret;
mod settings;
mod statement;
mod timestamp;
mod tls;
mod transaction;
mod value;
mod write;

pub use actor::{Actor, InvalidActor};
pub use connect::Client;
pub use copy::{Copied, Rejected};
pub use email::{Email, InvalidEmail};
pub use error::{Error, Reference};
pub use filter::{Field, Filter, Relation, Temporal};
pub use history::{Event, History};
pub use id::{Id, InvalidId};
pub use import::ImportState;
pub use input::{IntoField, Invalid};
pub use model::{Column, Deleted, ForeignKey, Model, RowValues, Table, Transfer, Unique, UniqueKey};
pub use read::{DeletedReader, List, Page, Reader};
pub use secret::Secret;
pub use settings::Settings;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use transaction::Transaction;
pub use value::Value;
pub use write::{Acting, Writer};

/// What generated code names; not for anybody else.
#[doc(hidden)]
pub mod generated {
    pub use serde;
    pub use serde_json::Value as Json;
    pub use tokio_postgres;
    pub use tokio_postgres::Row;
    pub use tokio_postgres::types::Type;

    pub use crate::enumeration::Bytes;
}
