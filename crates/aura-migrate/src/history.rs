//! The table `_prisma_migrations`: Prisma's own, so that either program reads what the other did.

use tokio_postgres::{Client, GenericClient};

use crate::error::{Error, database};
use crate::migrations::Migration;

/// A row that counts: not rolled back.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) is_finished: bool,
    pub(crate) started_at: String,
}

/// Makes the table where it is missing, in Prisma's form.
pub(crate) async fn create(client: &Client) -> Result<(), Error> {
    // Asked first: `IF NOT EXISTS` wants the right to create even where there is nothing to do.
    if exists(client).await? {
        return Ok(());
    }
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS public._prisma_migrations (
                id                  VARCHAR(36) PRIMARY KEY NOT NULL,
                checksum            VARCHAR(64) NOT NULL,
                finished_at         TIMESTAMPTZ,
                migration_name      VARCHAR(255) NOT NULL,
                logs                TEXT,
                rolled_back_at      TIMESTAMPTZ,
                started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
                applied_steps_count INTEGER NOT NULL DEFAULT 0
            )",
        )
        .await
        .map_err(database("making the table _prisma_migrations"))
}

pub(crate) async fn exists(client: &Client) -> Result<bool, Error> {
    let row = client
        .query_one("SELECT to_regclass('public._prisma_migrations') IS NOT NULL", &[])
        .await
        .map_err(database("looking for the table _prisma_migrations"))?;
    Ok(row.get(0))
}

/// Every row that was not rolled back, oldest first.
pub(crate) async fn read(client: &Client) -> Result<Vec<Recorded>, Error> {
    let rows = client
        .query(
            "SELECT migration_name, checksum, finished_at IS NOT NULL, started_at::text
             FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name",
            &[],
        )
        .await
        .map_err(database("reading the table _prisma_migrations"))?;
    Ok(rows
        .iter()
        .map(|row| Recorded {
            name: row.get(0),
            checksum: row.get(1),
            is_finished: row.get(2),
            started_at: row.get(3),
        })
        .collect())
}

/// The moment, by the server's clock, as text that it reads back.
pub(crate) async fn clock(client: &Client) -> Result<String, Error> {
    let row = client
        .query_one("SELECT clock_timestamp()::text", &[])
        .await
        .map_err(database("reading the server's clock"))?;
    Ok(row.get(0))
}

/// Records a migration as finished.
pub(crate) async fn record_finished(
    client: &impl GenericClient,
    migration: &Migration,
    started_at: &str,
    steps: i32,
) -> Result<(), tokio_postgres::Error> {
    client
        .execute(
            "INSERT INTO public._prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
             VALUES (gen_random_uuid()::text, $1, clock_timestamp(), $2, $3::text::timestamptz, $4)",
            &[&migration.checksum(), &&*migration.name, &started_at, &steps],
        )
        .await
        .map(drop)
}

/// Records a migration as failed and rolled back.
pub(crate) async fn record_failed(
    client: &Client,
    migration: &Migration,
    started_at: &str,
    logs: &str,
) -> Result<(), Error> {
    client
        .execute(
            "INSERT INTO public._prisma_migrations (id, checksum, migration_name, logs, rolled_back_at, started_at, applied_steps_count)
             VALUES (gen_random_uuid()::text, $1, $2, $3, clock_timestamp(), $4::text::timestamptz, 0)",
            &[&migration.checksum(), &&*migration.name, &logs, &started_at],
        )
        .await
        .map(drop)
        .map_err(database("recording the failed migration"))
}

/// Marks what was begun and never finished as rolled back; says how many rows.
pub(crate) async fn roll_back(client: &impl GenericClient, name: &str) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE public._prisma_migrations SET rolled_back_at = clock_timestamp()
             WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL",
            &[&name],
        )
        .await
        .map_err(database("marking the migration as rolled back"))
}
