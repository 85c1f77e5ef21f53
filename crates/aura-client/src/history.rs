//! The trail: what was recorded of a record.

use serde::Serialize;
use serde_json::Value as Json;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::connect::Via;
use crate::statement::Statement;
use crate::{Client, Error, Timestamp, Value};

/// One recorded change.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its number. Numbers grow, with gaps where a transaction rolled back.
    pub number: i64,
    /// When, by the database's clock.
    pub at: Timestamp,
    /// The model.
    pub model: String,
    /// The record's id.
    pub record_id: String,
    /// `create`, `update`, `delete`, `restore` or `purge`.
    pub operation: String,
    /// Who, as far as they said.
    pub actor: Option<String>,
    /// The database role of the connection, which cannot be claimed.
    pub session_role: String,
    /// On which request.
    pub request: Option<String>,
    /// The row before; secrets are only said to be there. Empty for `create`, and once erased.
    pub before: Option<Json>,
    /// The row after. Empty for `purge`, and once erased.
    pub after: Option<Json>,
    /// Why, for a purge.
    pub reason: Option<String>,
}

/// Reads the trail.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    client: &'a Client,
}

const COLUMNS: &str =
    "number, at, model, record_id, operation, actor, session_role, request, before, after, reason";

impl<'a> History<'a> {
    /// Reads through the client's connections.
    pub fn new(client: &'a Client) -> History<'a> {
        History { client }
    }

    /// What happened to one record, the oldest first: those behind event number `after`, at most `limit`.
    pub async fn of(
        &self,
        model: &str,
        record_id: &str,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM aura.event WHERE model = $1 AND record_id = $2 AND number > $3 \
             ORDER BY number LIMIT $4"
        );
        let parameters = vec![
            (Value::new(model.to_owned()), Type::TEXT),
            (Value::new(record_id.to_owned()), Type::TEXT),
            (Value::new(after.unwrap_or(0)), Type::INT8),
            (Value::new(i64::from(limit.min(crate::read::MAX_ROWS))), Type::INT8),
        ];
        let statement = Statement { sql, parameters, is_fixed: true, writes: None };
        let rows = Via::Pool(self.client).run(statement).await?;
        rows.iter().map(|row| read(row).map_err(|error| unreadable(&error))).collect()
    }
}

fn read(row: &Row) -> Result<Event, tokio_postgres::Error> {
    Ok(Event {
        number: row.try_get(0)?,
        at: row.try_get(1)?,
        model: row.try_get(2)?,
        record_id: row.try_get(3)?,
        operation: row.try_get(4)?,
        actor: row.try_get(5)?,
        session_role: row.try_get(6)?,
        request: row.try_get(7)?,
        before: row.try_get(8)?,
        after: row.try_get(9)?,
        reason: row.try_get(10)?,
    })
}

fn unreadable(error: &tokio_postgres::Error) -> Error {
    Error::Unreadable { model: "event", why: crate::error::describe(error) }
}
