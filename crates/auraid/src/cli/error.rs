//! What ends a command, and the exit status it ends with.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What ends a command.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The answer is no: invalid, refused, some lines rejected. Exit status 1.
    #[error("{0}")]
    No(String),
    /// The words of the command are wrong in a way only seen late. Exit status 2.
    #[error("{0}")]
    Usage(String),
    /// It could not be done. Exit status 3.
    #[error("{0}")]
    Failed(String),
    /// Whoever read the answer went away.
    #[error("the output was closed")]
    OutputClosed,
    /// The client.
    #[error(transparent)]
    Client(#[from] aura_client::Error),
    /// The rules.
    #[error(transparent)]
    Identity(#[from] crate::identity::Error),
    /// Migrations.
    #[error(transparent)]
    Migrate(#[from] aura_migrate::Error),
    /// The local server.
    #[error(transparent)]
    Postgres(#[from] aura_postgres::Error),
    /// The schema's files.
    #[error(transparent)]
    Project(#[from] aura_schema::Error),
}

impl Error {
    /// A file that cannot be read or written.
    pub(super) fn file(path: &Path, error: &io::Error) -> Error {
        let path: PathBuf = path.to_owned();
        Error::Failed(format!("{}: {error}", path.display()))
    }

    pub(super) fn output(error: &io::Error) -> Error {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Error::OutputClosed
        } else {
            Error::Failed(format!("standard output: {error}"))
        }
    }

    /// What to do about it, where the error comes from a crate that cannot know.
    pub(super) fn next_step(&self) -> Option<&'static str> {
        match self {
            Error::Client(error) | Error::Identity(crate::identity::Error::Store(error)) => match error {
                aura_client::Error::Unavailable(_) => Some(
                    "look whether the server that DATABASE_URL names runs and has that database; without \
                     DATABASE_URL a local PostgreSQL is used",
                ),
                aura_client::Error::Settings(_) => {
                    Some("DATABASE_URL looks like postgresql://user:password@host:port/database")
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// 1: the answer is no. 2: wrong usage. 3: could not be done.
    pub(super) fn exit(&self) -> ExitCode {
        let status = match self {
            Error::OutputClosed => 0,
            Error::Usage(_) => 2,
            Error::Client(error) | Error::Identity(crate::identity::Error::Store(error)) => {
                said_no(!is_out_of_reach(error))
            }
            Error::Migrate(error) => said_no(!error.is_unavailable()),
            // A configuration that is read and is wrong is an answer, as a schema's faults are.
            Error::No(_) | Error::Identity(_) | Error::Project(aura_schema::Error::Config { .. }) => 1,
            Error::Failed(_) | Error::Postgres(_) | Error::Project(_) => 3,
        };
        ExitCode::from(status)
    }
}

fn said_no(said_no: bool) -> u8 {
    if said_no { 1 } else { 3 }
}

fn is_out_of_reach(error: &aura_client::Error) -> bool {
    error.is_unavailable() || matches!(error, aura_client::Error::Settings(_))
}
