//! Eras of the trail. Transaction numbers order its events, and they start anew in another cluster: a
//! database that was dumped and restored elsewhere must not go on in the same era.

use tokio_postgres::Client;

use crate::error::{Error, database};

/// Begins a new era if the cluster is another than the last era's; says which. Does nothing in a
/// database without a trail.
pub(crate) async fn renew(client: &mut Client) -> Result<Option<i32>, Error> {
    let doing = "checking the era of the trail";
    let has_trail: bool = client
        .query_one("SELECT to_regclass('aura.era') IS NOT NULL", &[])
        .await
        .map_err(database(doing))?
        .get(0);
    if !has_trail {
        return Ok(None);
    }
    let last = client
        .query_opt(
            "SELECT last.era, last.system_identifier <> here.system_identifier
             FROM aura.era AS last, pg_control_system() AS here ORDER BY last.era DESC LIMIT 1",
            &[],
        )
        .await
        .map_err(database(doing))?;
    let era = match last.map(|row| (row.get::<_, i32>(0), row.get::<_, bool>(1))) {
        Some((_, false)) => return Ok(None),
        Some((era, true)) => era + 1,
        None => 1,
    };
    let doing = "beginning a new era of the trail";
    let transaction = client.transaction().await.map_err(database(doing))?;
    transaction
        .execute(
            "INSERT INTO aura.era (era, system_identifier) SELECT $1, system_identifier FROM pg_control_system()",
            &[&era],
        )
        .await
        .map_err(database(doing))?;
    transaction
        .batch_execute(&format!("ALTER TABLE aura.event ALTER COLUMN era SET DEFAULT {era}"))
        .await
        .map_err(database(doing))?;
    transaction.commit().await.map_err(database(doing))?;
    Ok(Some(era))
}
