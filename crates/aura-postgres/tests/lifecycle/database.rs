//! Statements, and a row by which to tell that data was kept.

use aura_postgres::Server;

/// Runs a statement and gives its first value, if any.
pub(crate) fn sql(server: &Server, statement: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&server.url("postgres", "postgres"), tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let rows = client.simple_query(statement).await?;
        Ok(rows.iter().find_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    })
}

pub(crate) const MAKE: &str = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')";
const READ: &str = "SELECT word FROM kept";

pub(crate) fn assert_kept(server: &Server) {
    assert_eq!(sql(server, READ).unwrap().as_deref(), Some("kept"));
}
