//! What can go wrong, in the schema's words.

use std::fmt;

use tokio_postgres::error::{DbError, SqlState};

use crate::model::Table;
use crate::{Id, Invalid};

/// An error of the client. None of them holds a value of a row: PostgreSQL's DETAIL line ("Failing row
/// contains …") and messages that quote input are dropped here and go nowhere.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value does not fit its field. Nothing was sent.
    #[error("{model}.{field}: {why}")]
    Invalid {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// What does not fit.
        why: Invalid,
    },
    /// No live row has that key.
    #[error("no live {model} has the key {key}")]
    NotFound {
        /// The model.
        model: &'static str,
        /// The id, or the names of the unique's fields.
        key: String,
    },
    /// Another live row has the value already (23505).
    #[error("a live {model} with this {} exists already ({constraint})", Fields(fields))]
    Taken {
        /// The model.
        model: String,
        /// The unique's fields; empty if the constraint is not of the schema.
        fields: Vec<&'static str>,
        /// The constraint's name.
        constraint: String,
    },
    /// A row refers to one that is not there, not live, or not its own; or it is still referred to (23503).
    #[error("{0}")]
    Reference(Reference),
    /// A rule of the database refuses the value (23502, 23514).
    #[error("{model}: {rule} refuses the change")]
    Refused {
        /// The model.
        model: String,
        /// The constraint or column.
        rule: String,
    },
    /// The database's role may not do that (42501).
    #[error("the database refuses it to this role: {0}")]
    Forbidden(String),
    /// It collided with another transaction (40001, 40P01), a single statement more often than it is
    /// retried. Nothing changed.
    #[error("it collided with other writers; nothing changed, try again")]
    Collision,
    /// An earlier statement of this transaction failed or was abandoned. Nothing changed.
    #[error("an earlier statement of this transaction failed; nothing changed")]
    Aborted,
    /// The database took longer than it may (57014). Nothing changed.
    #[error("the database took longer than its time limit; nothing changed")]
    Timeout,
    /// No connection to be had, or it was lost before the statement was sent.
    #[error("the database is away: {0}")]
    Unavailable(String),
    /// The connection was lost while a write was under way: it may or may not have happened.
    #[error("the answer to a write on {model} was lost: look whether it happened before trying again")]
    Ambiguous {
        /// The model.
        model: &'static str,
    },
    /// `DATABASE_URL` or another setting cannot be used.
    #[error("{0}")]
    Settings(String),
    /// A row that the model cannot hold: the database has another shape than this program.
    #[error("{model}: a row cannot be read ({why}); is the database migrated to this version?")]
    Unreadable {
        /// The model.
        model: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The change was made, but the row that came back is one the model cannot hold.
    #[error("{model}: the change was made, but the row cannot be read ({why}); do not repeat it, look first")]
    Written {
        /// The model.
        model: &'static str,
        /// What is wrong with the row.
        why: String,
    },
    /// Anything else PostgreSQL says, by code and, where it cannot hold a row's values, message.
    #[error("PostgreSQL error {code}{}", Said(message))]
    Database {
        /// SQLSTATE.
        code: String,
        /// The primary message, unless it may quote values.
        message: Option<String>,
    },
}

/// A reference that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The model with the foreign key.
    pub model: String,
    /// The relation field, where the constraint is of the schema.
    pub field: Option<&'static str>,
    /// The model referred to.
    pub parent: Option<&'static str>,
    /// The constraint's name.
    pub constraint: String,
    /// Whether the parent was to go while children still refer to it, not the child to come.
    pub still_referred_to: bool,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reference { model, field, parent, constraint, still_referred_to } = self;
        match (field, parent) {
            (Some(field), Some(parent)) if *still_referred_to => {
                write!(f, "a live {model} still refers to this {parent} by {field} ({constraint})")
            }
            (Some(field), Some(parent)) => {
                write!(f, "{model}.{field}: no such live {parent} for it ({constraint})")
            }
            _ if constraint.ends_with("_liveUntil_check") => {
                write!(f, "this {model} cannot be restored while a row it belongs to is deleted")
            }
            _ => write!(f, "{model}: a reference does not hold ({constraint})"),
        }
    }
}

struct Fields<'a>(&'a [&'static str]);

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("value") } else { f.write_str(&self.0.join(" and ")) }
    }
}

struct Said<'a>(&'a Option<String>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |message| write!(f, ": {message}"))
    }
}

impl Error {
    pub(crate) fn not_found<M>(table: &'static Table, id: Id<M>) -> Error {
        Error::NotFound { model: table.model, key: id.to_string() }
    }

    /// Whether the database is away, as opposed to having said no.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Error::Unavailable(_) | Error::Ambiguous { .. })
    }

    /// Reads what the driver says. `tables` names models and fields; `writing` is the model being
    /// written, whose lost answer is ambiguous.
    pub(crate) fn from_driver(
        error: &tokio_postgres::Error,
        tables: &'static [&'static Table],
        writing: Option<&'static Table>,
    ) -> Error {
        match error.as_db_error() {
            Some(said) => from_database(said, tables, writing),
            None => lost(error, writing.map(|table| table.model)),
        }
    }

    /// Reads what the driver says of a COMMIT; `wrote` is what it was to make happen.
    pub(crate) fn from_driver_naming(
        error: &tokio_postgres::Error,
        tables: &'static [&'static Table],
        wrote: Option<&'static str>,
    ) -> Error {
        match (error.as_db_error(), wrote) {
            (Some(said), Some(model)) if is_shutdown(said.code()) => Error::Ambiguous { model },
            (Some(said), _) => from_database(said, tables, None),
            (None, wrote) => lost(error, wrote),
        }
    }
}

fn lost(error: &tokio_postgres::Error, writing: Option<&'static str>) -> Error {
    match writing {
        Some(model) if error.is_closed() || is_io(error) => Error::Ambiguous { model },
        _ => Error::Unavailable(describe(error)),
    }
}

fn is_shutdown(code: &SqlState) -> bool {
    [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(code)
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The driver's words with their cause, which its own `Display` leaves out.
pub(crate) fn describe(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn from_database(
    said: &DbError,
    tables: &'static [&'static Table],
    writing: Option<&'static Table>,
) -> Error {
    let code = said.code();
    let failing = tables
        .iter()
        .copied()
        .find(|table| Some(table.name) == said.table() && Some(table.schema) == said.schema())
        // What a trigger raises names its table without a schema.
        .or_else(|| tables.iter().copied().find(|table| Some(table.name) == said.table()));
    let model = || {
        failing.or(writing).map_or_else(
            || said.table().unwrap_or("an unknown table").to_owned(),
            |table| table.model.to_owned(),
        )
    };
    let constraint = said.constraint().unwrap_or_default().to_owned();
    match *code {
        SqlState::UNIQUE_VIOLATION => Error::Taken {
            model: model(),
            fields: failing.map(|table| fields_of(table, &constraint)).unwrap_or_default(),
            constraint,
        },
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            Error::Reference(reference(said, writing, failing, model(), constraint))
        }
        SqlState::NOT_NULL_VIOLATION => {
            Error::Refused { model: model(), rule: said.column().unwrap_or("a column").to_owned() }
        }
        SqlState::CHECK_VIOLATION => Error::Refused {
            model: model(),
            rule: if constraint.is_empty() { said.message().to_owned() } else { constraint },
        },
        SqlState::INSUFFICIENT_PRIVILEGE => Error::Forbidden(said.message().to_owned()),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Error::Collision,
        SqlState::QUERY_CANCELED => Error::Timeout,
        _ => match (&code.code()[..2], writing) {
            ("57", Some(table)) if is_shutdown(code) => Error::Ambiguous { model: table.model },
            ("08" | "53" | "57", _) => Error::Unavailable(format!("{} ({})", said.message(), code.code())),
            // Class 22 and 23 messages quote the offending value.
            ("22" | "23", _) => Error::Database { code: code.code().to_owned(), message: None },
            _ => Error::Database { code: code.code().to_owned(), message: Some(said.message().to_owned()) },
        },
    }
}

fn fields_of(table: &Table, constraint: &str) -> Vec<&'static str> {
    let unique = table.uniques.iter().find(|unique| unique.constraint == constraint);
    unique
        .map(|unique| unique.columns.iter().map(|column| table.columns[*column].field).collect())
        .unwrap_or_default()
}

/// Finds the relation by its constraint. PostgreSQL names the child's table and constraint whether the
/// child came or the parent went.
fn reference(
    said: &DbError,
    writing: Option<&'static Table>,
    failing: Option<&'static Table>,
    model: String,
    constraint: String,
) -> Reference {
    let of_constraint = |table: &'static Table| {
        let keys = table.foreign_keys.iter().filter(|key| constraint.starts_with(key.constraint_prefix));
        keys.max_by_key(|key| key.constraint_prefix.len())
    };
    let found = failing.and_then(|table| of_constraint(table).map(|key| (table, key)));
    let key = found.map(|(_, key)| key);
    // The text of messages is translated, so whose statement it was has to say which end failed; only
    // where a model refers to itself do the words have to.
    let still_referred_to = match (found, writing) {
        (Some((child, key)), Some(writing)) if key.parent != child.model => key.parent == writing.model,
        _ => said.detail().is_some_and(|detail| detail.contains("still referenced")),
    };
    Reference {
        model,
        field: key.map(|key| key.field),
        parent: key.map(|key| key.parent),
        constraint,
        still_referred_to,
    }
}
