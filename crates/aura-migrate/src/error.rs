//! What can go wrong, with the next step.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::error::SqlState;

/// Why a database was not shaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached, or went away.
    #[error("the database cannot be reached while {doing}: {message}")]
    Unavailable {
        /// What was being done.
        doing: &'static str,
        /// What the driver or the server said.
        message: String,
    },
    /// The database refused a statement of AuraID's own.
    #[error("{doing}: {message} (SQLSTATE {sqlstate})")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// SQLSTATE (PostgreSQL, appendix A).
        sqlstate: String,
        /// The server's message, without its detail, which may show a row.
        message: String,
    },
    /// Somebody else is migrating this database.
    #[error(
        "another migration of this database is under way: waited {} s for advisory lock {}. Try again when it is done",
        .waited.as_secs(), crate::deploy::LOCK_KEY
    )]
    Locked {
        /// How long it was waited for.
        waited: Duration,
    },
    /// A migration failed and was rolled back.
    #[error(
        "migration {migration} failed at line {line} of its migration.sql: {message} (SQLSTATE {sqlstate}). It was rolled back whole: correct the file and deploy again"
    )]
    Failed {
        /// The migration's name.
        migration: String,
        /// The line on which the failing statement begins, from 1.
        line: usize,
        /// SQLSTATE.
        sqlstate: String,
        /// The server's message.
        message: String,
    },
    /// A migration ends or begins transactions by itself.
    #[error(
        "migration {migration}, line {line}: {statement} is not allowed, each migration runs in one transaction. Take the statement out"
    )]
    TransactionControl {
        /// The migration's name.
        migration: String,
        /// The line of the statement, from 1.
        line: usize,
        /// Its first word.
        statement: String,
    },
    /// A migration was begun by somebody else and neither finished nor rolled back (Prisma's P3009).
    #[error(
        "migration {migration} was begun at {started_at} and never finished. Look at what it did, then say so: auraid migrate resolve --applied {migration}, or --rolled-back {migration}"
    )]
    HalfApplied {
        /// The migration's name.
        migration: String,
        /// When, as the server shows it.
        started_at: String,
    },
    /// The file of an applied migration was changed.
    #[error(
        "migration {migration} was applied already and {migration}/migration.sql has been changed since. Put it back as it was and make a new migration"
    )]
    Edited {
        /// The migration's name.
        migration: String,
    },
    /// The database has migrations that are not here.
    #[error(
        "the database has migrations that are not here: {}. It was migrated by a newer version, or from another folder",
        .migrations.join(", ")
    )]
    Newer {
        /// Their names.
        migrations: Vec<String>,
    },
    /// No migration of that name.
    #[error("there is no migration {migration} {place}")]
    NoSuchMigration {
        /// The name asked for.
        migration: String,
        /// Where it was looked for.
        place: &'static str,
    },
    /// Resolving would change nothing (Prisma's P3008 and P3012).
    #[error("migration {migration} {reason}: there is nothing to resolve")]
    NothingToResolve {
        /// The migration's name.
        migration: String,
        /// Why.
        reason: &'static str,
    },
    /// The folder of migrations cannot be read.
    #[error("{}: {message}", .path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Roles or grants are missing and the user may not make them.
    #[error("user {user} may not prepare the roles. An administrator must run:\n{sql}")]
    NeedsAdministrator {
        /// The connection's user.
        user: String,
        /// What to run, in this database.
        sql: String,
    },
    /// The service or the reader has power that would pass by the roles.
    #[error("{}. Such a role could alter the trail. An administrator must run:\n{sql}", .found.join("; "))]
    TooPowerful {
        /// What each has too much of.
        found: Vec<String>,
        /// What to run, in this database.
        sql: String,
    },
}

impl Error {
    /// Whether the database was away, rather than unwilling: trying again later may help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Error::Unavailable { .. })
    }

    /// SQLSTATE, where the server gave one.
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Error::Refused { sqlstate, .. } | Error::Failed { sqlstate, .. } => Some(sqlstate),
            _ => None,
        }
    }
}

/// Turns a driver's error into ours; the server's DETAIL is left behind, for it may hold a whole row.
pub(crate) fn database(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Error {
    move |error| match error.as_db_error() {
        Some(answer) if !is_away(answer.code()) => Error::Refused {
            doing,
            sqlstate: answer.code().code().to_owned(),
            message: answer.message().to_owned(),
        },
        Some(answer) => Error::Unavailable { doing, message: answer.message().to_owned() },
        None => Error::Unavailable { doing, message: error.to_string() },
    }
}

/// Connection trouble, shutdown, start-up and too many connections.
fn is_away(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(code)
}
