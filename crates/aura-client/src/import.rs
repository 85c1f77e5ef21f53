//! Where a bulk import stands, kept beside the data so that both are committed together.

use tokio_postgres::types::Type;

use crate::statement::Statement;
use crate::{Error, Transaction, Value};

/// How far an import of one file into one model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportState {
    /// Lines of the file that are done with, good or bad.
    pub lines_done: u64,
    /// Rows created.
    pub created: u64,
    /// Lines rejected.
    pub rejected: u64,
    /// Whether the end of the file was reached.
    pub is_finished: bool,
}

impl Transaction {
    /// Where the import of the file with this SHA-256 stands, and nobody else's turn until the
    /// transaction ends.
    pub async fn import_state(&self, model: &str, source: &[u8; 32]) -> Result<ImportState, Error> {
        let key =
            || vec![(Value::new(model.to_owned()), Type::TEXT), (Value::new(source.to_vec()), Type::BYTEA)];
        self.run_on(
            "import",
            &Statement {
                sql: "INSERT INTO aura.import (model, source) VALUES ($1, $2) ON CONFLICT DO NOTHING".into(),
                parameters: key(),
                is_fixed: true,
                writes: None,
            },
        )
        .await?;
        let rows = self
            .run_on(
                "import",
                &Statement {
                    sql: "SELECT lines_done, created, rejected, finished_at IS NOT NULL FROM aura.import \
                      WHERE model = $1 AND source = $2 FOR UPDATE"
                        .into(),
                    parameters: key(),
                    is_fixed: true,
                    writes: None,
                },
            )
            .await?;
        let unreadable = |why: String| Error::Unreadable { model: "import", why };
        let row = rows.first().ok_or_else(|| unreadable("its row is gone".into()))?;
        let count = |at| {
            row.try_get::<_, i64>(at)
                .map_err(|error| unreadable(error.to_string()))
                .map(|count| u64::try_from(count).unwrap_or(0))
        };
        Ok(ImportState {
            lines_done: count(0)?,
            created: count(1)?,
            rejected: count(2)?,
            is_finished: row.try_get(3).map_err(|error| unreadable(error.to_string()))?,
        })
    }

    /// Records how far it has come.
    pub async fn record_import(
        &self,
        model: &str,
        source: &[u8; 32],
        state: ImportState,
    ) -> Result<(), Error> {
        let count = |count: u64| Value::new(i64::try_from(count).unwrap_or(i64::MAX));
        self.run_on("import", &Statement {
            sql: "UPDATE aura.import SET lines_done = $3, created = $4, rejected = $5, updated_at = now(), \
                  finished_at = CASE WHEN $6 THEN now() END WHERE model = $1 AND source = $2"
                .into(),
            parameters: vec![
                (Value::new(model.to_owned()), Type::TEXT),
                (Value::new(source.to_vec()), Type::BYTEA),
                (count(state.lines_done), Type::INT8),
                (count(state.created), Type::INT8),
                (count(state.rejected), Type::INT8),
                (Value::new(state.is_finished), Type::BOOL),
            ],
            is_fixed: true,
            writes: None,
        })
        .await
        .map(drop)
    }
}
