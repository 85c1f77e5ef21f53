//! Databases with tables: those of this repository, and those of a schema of a test's own.

use std::path::{Path, PathBuf};

use aura_migrate::{Migration, Options, create_script, deploy, migrations, roles};
use aura_schema::config::Config;
use aura_schema::diagnostic::Severity;
use aura_schema::folder::{self, Project};
use aura_schema::render;
use aura_schema::schema::Schema;
use aura_schema::source::Sources;
use tokio_postgres::Client;

use crate::database::{TestDatabase, prepared};

/// A database of AuraID itself: roles, every committed migration, and the roles' rights. The roles are the ones
/// `auraid.toml` names; `db.connect_as("auraid_service")` serves as the product does.
pub async fn auraid() -> TestDatabase {
    prepared("auraid", async |db| deploy_auraid(&mut db.connect().await).await).await
}

/// Makes an empty database one of AuraID itself: for a server that [`auraid`] does not use. The connection is a
/// superuser's.
pub async fn deploy_auraid(client: &mut Client) {
    let project = Project::load(&repository()).unwrap_or_else(|error| panic!("this repository: {error}"));
    let config = project.config.clone().expect("this repository has an auraid.toml");
    let migrations = migrations::read_folder(&project.migrations_path)
        .unwrap_or_else(|error| panic!("the committed migrations: {error}"));
    deploy_with_roles(client, &parse(&project.sources, Some(&config)), &config, &migrations).await;
}

/// A database made from the text of a Prisma schema, or from a folder of `.prisma` files: what `schema` names if it
/// is a path of either, else what it says. A datasource may be left out of a text.
///
/// With `house` the database is what AuraID makes of it (soft delete, events, roles and their rights), else what Prisma
/// does. The house rules of files and fields are not asked of a fixture.
pub async fn with_schema(schema: &str, house: bool) -> TestDatabase {
    let sources = sources_of(schema);
    let all: Vec<&str> = sources.files().map(|(_, file)| file.text.as_str()).collect();
    let key = format!("schema {house}\n{}", all.join("\n"));
    prepared(&key, async |db| {
        let schema = parse(&sources, None);
        let mut client = db.connect().await;
        if house {
            let config = Config::default();
            let script = create_script(&schema, Some(&config));
            let migration = Migration { name: "fixture".into(), sql: script.into() };
            deploy_with_roles(&mut client, &schema, &config, &[migration]).await;
        } else {
            let script = create_script(&schema, None);
            client.batch_execute(&script).await.unwrap_or_else(|error| panic!("{error:?}\n{script}"));
        }
    })
    .await
}

async fn deploy_with_roles(client: &mut Client, schema: &Schema, config: &Config, migrations: &[Migration]) {
    let done = async {
        roles::ensure(client, &config.roles, schema).await?;
        let options = Options { owner: Some(config.roles.owner.clone()), ..Options::default() };
        deploy(client, migrations, &options).await?;
        roles::grant(client, &config.roles, schema).await
    };
    if let Err(error) = done.await {
        panic!("preparing a test database: {error}\n{error:?}");
    }
}

fn parse(sources: &Sources, config: Option<&Config>) -> Schema {
    let (schema, diagnostics) = aura_schema::parse(sources, config);
    let is_sound = diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
    assert!(is_sound, "a test's schema has faults:\n{}", render::short(sources, &diagnostics));
    schema
}

fn sources_of(schema: &str) -> Sources {
    // A text has more than one line, a path has not.
    if !schema.contains('\n') && Path::new(schema).exists() {
        return folder::read_sources(Path::new(schema)).unwrap_or_else(|error| panic!("{error}"));
    }
    let mut sources = Sources::new();
    if !schema.contains("datasource ") {
        sources.add("datasource.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    }
    sources.add("fixture.prisma", schema);
    sources
}

/// The repository this crate was built in.
fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
