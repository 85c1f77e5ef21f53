//! How a database stands to a list of migrations.

use tokio_postgres::Client;

use crate::error::Error;
use crate::history::{self, Recorded};
use crate::migrations::Migration;

/// How a database stands to a list of migrations; names in the order of application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Not applied yet.
    pub pending: Vec<String>,
    /// Applied.
    pub applied: Vec<String>,
    /// Begun, neither finished nor rolled back.
    pub failed: Vec<String>,
    /// Applied, and the file has changed since.
    pub edited: Vec<String>,
    /// Applied, and not in the list.
    pub unknown: Vec<String>,
}

impl Status {
    /// Whether the database has exactly what the list says.
    pub fn is_up_to_date(&self) -> bool {
        self.pending.is_empty() && self.failed.is_empty() && self.edited.is_empty() && self.unknown.is_empty()
    }
}

/// Compares without changing anything; a database without the table has nothing applied.
///
/// # Errors
///
/// [`Error::Unavailable`] and [`Error::Refused`] if the table cannot be read.
pub async fn status(client: &Client, migrations: &[Migration]) -> Result<Status, Error> {
    let recorded = if history::exists(client).await? { history::read(client).await? } else { Vec::new() };
    let comparison = Comparison::new(migrations, &recorded);
    let names = |of: &[&Migration]| of.iter().map(|migration| migration.name.to_string()).collect();
    Ok(Status {
        pending: names(&comparison.pending),
        applied: names(&comparison.applied),
        failed: comparison.failed.iter().map(|row| row.name.clone()).collect(),
        edited: names(&comparison.edited),
        unknown: comparison.unknown.clone(),
    })
}

/// The same with what `deploy` needs of it.
pub(crate) struct Comparison<'a> {
    pub(crate) pending: Vec<&'a Migration>,
    pub(crate) applied: Vec<&'a Migration>,
    pub(crate) failed: Vec<&'a Recorded>,
    pub(crate) edited: Vec<&'a Migration>,
    pub(crate) unknown: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(migrations: &'a [Migration], recorded: &'a [Recorded]) -> Comparison<'a> {
        let finished = |name: &str| recorded.iter().rev().find(|row| row.is_finished && row.name == name);
        let (applied, mut pending): (Vec<_>, Vec<_>) =
            migrations.iter().partition(|migration| finished(&migration.name).is_some());
        let failed: Vec<_> = recorded.iter().filter(|row| !row.is_finished).collect();
        pending.retain(|migration| !failed.iter().any(|row| row.name == migration.name));
        let edited = applied
            .iter()
            .copied()
            .filter(|migration| {
                finished(&migration.name).is_some_and(|row| !migration.has_checksum(&row.checksum))
            })
            .collect();
        let mut unknown: Vec<String> = Vec::new();
        for row in recorded.iter().filter(|row| row.is_finished) {
            if !migrations.iter().any(|migration| migration.name == row.name) && !unknown.contains(&row.name)
            {
                unknown.push(row.name.clone());
            }
        }
        Comparison { pending, applied, failed, edited, unknown }
    }

    /// Why nothing may be deployed, if so.
    pub(crate) fn refuse(&self) -> Result<(), Error> {
        if let Some(row) = self.failed.first() {
            return Err(Error::HalfApplied {
                migration: row.name.clone(),
                started_at: row.started_at.clone(),
            });
        }
        if !self.unknown.is_empty() {
            return Err(Error::Newer { migrations: self.unknown.clone() });
        }
        match self.edited.first() {
            Some(migration) => Err(Error::Edited { migration: migration.name.to_string() }),
            None => Ok(()),
        }
    }
}
