//! What can go wrong, in words that name the thing, the place and the next step.

use std::io;
use std::path::PathBuf;

use crate::find::{BIN_VARIABLE, OLDEST_MAJOR, Version};

/// Why no PostgreSQL could be found, started or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No installation that will do was found.
    #[error("{}", not_found(.too_old))]
    NotFound {
        /// Installations that were found and are too old, with their directory.
        too_old: Vec<(PathBuf, Version)>,
    },

    /// An explicitly named directory of programs cannot be used.
    #[error("{variable}={}: {reason}; name the bin directory of PostgreSQL {OLDEST_MAJOR} or later, or unset it", path.display())]
    Explicit {
        /// The variable that named it.
        variable: &'static str,
        /// What it named.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The directory holds something that is not a data directory.
    #[error("{} holds files and is not a PostgreSQL data directory; choose another directory or empty this one", .0.display())]
    NotADataDirectory(PathBuf),

    /// The data directory was made by somebody else.
    #[error(
        "{} is a PostgreSQL data directory that AuraID did not make; set DATABASE_URL to its server, or choose another directory",
        .0.display()
    )]
    NotOurs(PathBuf),

    /// The data directory belongs to another account than the one that must run the server.
    #[error("{} belongs to uid {owner}, but PostgreSQL would run as {account}; run as its owner or choose another directory", path.display())]
    Owner {
        /// The directory.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// The account the server would run as.
        account: String,
    },

    /// A directory on the way cannot be entered by the account that runs the server.
    #[error("PostgreSQL runs as {account}, which may not enter {}; choose a data directory outside of it", closed.display())]
    Closed {
        /// The account the server runs as.
        account: String,
        /// The directory that is closed to it.
        closed: PathBuf,
    },

    /// No account but root exists to run the server.
    #[error(
        "PostgreSQL refuses to run as root and /etc/passwd has neither `postgres` nor `nobody`; run as another user, or set DATABASE_URL"
    )]
    NoAccount,

    /// Neither a data directory was given nor is there a home to put one in.
    #[error("there is no place for PostgreSQL's data: set HOME or XDG_DATA_HOME, or set DATABASE_URL")]
    NoHome,

    /// The data was written by another major version than any installed.
    #[error(
        "the data in {} is of PostgreSQL {data}, but {found}; install PostgreSQL {data} (or name it by {BIN_VARIABLE}), \
         or move the data to the new version with pg_dump or pg_upgrade",
        data_dir.display()
    )]
    OtherMajor {
        /// The data directory.
        data_dir: PathBuf,
        /// The major version that wrote it.
        data: u32,
        /// What is there instead, in words.
        found: String,
    },

    /// `initdb` failed.
    #[error("could not make a data directory at {}: {output}", data_dir.display())]
    Initdb {
        /// The directory to be made.
        data_dir: PathBuf,
        /// The last lines `initdb` printed.
        output: String,
    },

    /// The server ended before it was ready.
    #[error("PostgreSQL did not start on {}; the end of {} says:\n{tail}", data_dir.display(), log.display())]
    Start {
        /// The data directory.
        data_dir: PathBuf,
        /// The log.
        log: PathBuf,
        /// Its last lines, written by this start.
        tail: String,
    },

    /// The server was not ready, or not gone, in time.
    #[error("PostgreSQL on {} was not {awaited} after {seconds} s; see {}", data_dir.display(), log.display())]
    Timeout {
        /// The data directory.
        data_dir: PathBuf,
        /// What was waited for.
        awaited: &'static str,
        /// How long, in seconds.
        seconds: u64,
        /// The log.
        log: PathBuf,
    },

    /// Another process holds a lock for too long.
    #[error("{holder} holds {} for more than {seconds} s; wait for it or end it", lock.display())]
    Locked {
        /// The lock file.
        lock: PathBuf,
        /// Who holds it, as far as known.
        holder: String,
        /// How long it was waited for, in seconds.
        seconds: u64,
    },

    /// A setting or option that cannot be used.
    #[error("{0}")]
    Option(String),

    /// A program could not be run.
    #[error("could not run {} as {account}: {source}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The account it was to run as.
        account: String,
        /// What the system said.
        source: io::Error,
    },

    /// A file or directory could not be used.
    #[error("could not {action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb: "create", "read".
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Turns the error of a file operation into ours.
pub(crate) fn at(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::File { action, path, source }
}

fn not_found(too_old: &[(PathBuf, Version)]) -> String {
    let seen = match too_old {
        [] => format!("no PostgreSQL {OLDEST_MAJOR} or later was found"),
        [(bin, version), ..] => {
            format!(
                "PostgreSQL {version} in {} is too old ({OLDEST_MAJOR} or later is needed)",
                bin.display()
            )
        }
    };
    format!(
        "{seen}: install it (`apt install postgresql`, `dnf install postgresql-server`, `brew install postgresql@18`), \
         name its bin directory by {BIN_VARIABLE}, or set DATABASE_URL to a server that runs"
    )
}
