//! The database itself.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::error::{Error, database};
use crate::sql::ident;

/// Makes the database if it is not there. Of several processes at once one makes it, the others find it.
///
/// # Errors
/// The server is away, or the role may not make databases.
pub async fn create_database(client: &Client, name: &str) -> Result<(), Error> {
    let doing = "making the database";
    let found = client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .await
        .map_err(database(doing))?;
    if found.is_some() {
        return Ok(());
    }
    match client.batch_execute(&format!("CREATE DATABASE {}", ident(name))).await {
        Err(error)
            if matches!(error.code(), Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)) =>
        {
            Ok(())
        }
        outcome => outcome.map_err(database(doing)),
    }
}
