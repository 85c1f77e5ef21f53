//! `auraid migrate …`

use std::path::Path;

use aura_migrate::deploy::{Deployed, Options};
use aura_migrate::resolve::Resolution;
use aura_migrate::roles;

use super::Error;
use super::args::Migrate;
use super::database::Database;
use super::output::{answer, counted};
use super::schema;

pub(super) async fn run(command: &Migrate, database: &Database) -> Result<(), Error> {
    match command {
        Migrate::Deploy => {
            let deployed = deploy(database).await?;
            for name in &deployed.applied {
                answer(format!("applied {name}"))?;
            }
            if deployed.applied.is_empty() {
                answer(format!(
                    "nothing to apply: the database has {}",
                    counted(deployed.already as u64, "migration")
                ))?;
            }
            if let Some(era) = deployed.new_era {
                answer(format!("the database came from another cluster: the trail begins era {era}"))?;
            }
            Ok(())
        }
        Migrate::Status { json } => status(database, *json).await,
        Migrate::Diff { to_schema, .. } => diff(to_schema),
        Migrate::Resolve { applied, rolled_back } => {
            let (name, resolution) = match (applied, rolled_back) {
                (Some(name), _) => (name, Resolution::Applied),
                (None, Some(name)) => (name, Resolution::RolledBack),
                (None, None) => return Err(Error::Usage("--applied NAME or --rolled-back NAME".into())),
            };
            let mut client = database.owner.connect().await?;
            let options = options(database);
            let migrations = &database.project.migrations;
            aura_migrate::resolve(&mut client, migrations, name, resolution, &options).await?;
            answer(format!("settled {name}"))
        }
    }
}

/// Roles, migrations, rights.
pub(super) async fn deploy(database: &Database) -> Result<Deployed, Error> {
    let roles = &database.project.config.roles;
    let schema = &database.project.schema;
    let mut client = database.owner.connect().await?;
    roles::ensure(&client, roles, schema).await?;
    let deployed =
        aura_migrate::deploy(&mut client, &database.project.migrations, &options(database)).await?;
    roles::grant(&mut client, roles, schema).await?;
    Ok(deployed)
}

fn options(database: &Database) -> Options {
    Options { owner: Some(database.project.config.roles.owner.clone()), ..Options::default() }
}

async fn status(database: &Database, json: bool) -> Result<(), Error> {
    let client = database.owner.connect().await?;
    let status = aura_migrate::status(&client, &database.project.migrations).await?;
    let lists = [
        ("applied", &status.applied),
        ("pending", &status.pending),
        ("half-applied", &status.failed),
        ("edited since", &status.edited),
        ("unknown to this program", &status.unknown),
    ];
    if json {
        let object: serde_json::Map<String, serde_json::Value> =
            ["applied", "pending", "failed", "edited", "unknown"]
                .iter()
                .zip(lists)
                .map(|(name, (_, list))| ((*name).to_owned(), serde_json::json!(list)))
                .collect();
        answer(serde_json::Value::Object(object).to_string())?;
    } else {
        for (what, names) in lists {
            for name in names {
                answer(format!("{name}  {what}"))?;
            }
        }
    }
    if status.is_up_to_date() {
        return Ok(());
    }
    let next = if !status.failed.is_empty() {
        "look at the database, then `auraid migrate resolve` settles the half-applied one"
    } else if !status.edited.is_empty() {
        "a migration was edited after it was applied: put its file back and write a new one"
    } else if !status.unknown.is_empty() {
        "the database is newer than this program: run the newer one"
    } else {
        "`auraid migrate deploy` applies what is pending"
    };
    Err(Error::No(next.into()))
}

/// Prints the SQL of a new database.
pub(super) fn diff(to_schema: &Path) -> Result<(), Error> {
    let (schema, config) = schema::load(to_schema)?;
    answer(aura_migrate::create_script(&schema, config.as_ref()).trim_end())
}
