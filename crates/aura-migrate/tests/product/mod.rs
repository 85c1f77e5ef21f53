//! Databases of the product's own schema and of small schemas, with what the tests do to them.

use std::path::PathBuf;

use aura_migrate::{Migration, Options, create_script, deploy, migrations, roles};
use aura_schema::config::Config;
use aura_schema::schema::Schema;
use aura_schema::source::Sources;
use aura_testing::TestDatabase;
use tokio_postgres::Client;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The committed migrations.
pub fn committed() -> Vec<Migration> {
    migrations::read_folder(root().join("prisma/migrations")).expect("prisma/migrations can be read")
}

/// The product's schema, read from `prisma/schema`.
pub fn product_schema() -> Schema {
    let folder = root().join("prisma/schema");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut sources = Sources::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "prisma")) {
        sources.add(file.display().to_string(), std::fs::read_to_string(file).unwrap());
    }
    read(&sources)
}

/// A schema of one text. The house rules shape it but are not asked: a fixture is one file.
pub fn schema_of(text: &str) -> Schema {
    let mut sources = Sources::new();
    sources.add("fixture.prisma", format!("datasource db {{\n  provider = \"postgresql\"\n}}\n{text}"));
    read(&sources)
}

fn read(sources: &Sources) -> Schema {
    let (schema, diagnostics) = aura_schema::parse(sources, None);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    schema
}

/// A database with the product's schema, its roles and their rights.
pub async fn database() -> TestDatabase {
    aura_testing::prepared("product", async |db| {
        let mut client = db.connect().await;
        let (config, schema) = (Config::default(), product_schema());
        roles::ensure(&client, &config.roles, &schema).await.unwrap();
        let options = Options { owner: Some(config.roles.owner.clone()), ..Options::default() };
        deploy(&mut client, &committed(), &options).await.unwrap();
        roles::grant(&mut client, &config.roles, &schema).await.unwrap();
    })
    .await
}

/// A database of a small schema under the house rules.
pub async fn database_of(text: &str) -> TestDatabase {
    aura_testing::from_sql(&create_script(&schema_of(text), Some(&Config::default()))).await
}

/// A user, an application and all that hangs on the pair; ids.
#[derive(Debug, Clone)]
pub struct Family {
    pub user: String,
    pub application: String,
    pub membership: String,
    pub session: String,
    pub refresh: String,
    pub verification: String,
}

/// Makes a [`Family`] whose unique values end in `mark`.
pub async fn family(client: &Client, mark: &str) -> Family {
    let user = one(client, &format!(r#"INSERT INTO "User" (email) VALUES ('ada-{mark}@example.com') RETURNING id"#)).await;
    let application = one(
        client,
        &format!(r#"INSERT INTO "Application" ("clientId", name, kind) VALUES ('client-{mark}', 'Portal', 'WEB') RETURNING id"#),
    )
    .await;
    let membership = one(
        client,
        &format!(r#"INSERT INTO "Membership" ("userId", "applicationId") VALUES ('{user}', '{application}') RETURNING id"#),
    )
    .await;
    let session = one(client, &session_sql(&user, &application, &membership)).await;
    let refresh = one(
        client,
        &format!(r#"INSERT INTO "RefreshToken" ("sessionId", "tokenHash", "familyId", "expiresAt") VALUES ('{session}', 'r-{mark}', 'f', now()) RETURNING id"#),
    )
    .await;
    let verification = one(
        client,
        &format!(r#"INSERT INTO "VerificationToken" (purpose, "userId", "tokenHash", "expiresAt") VALUES ('INVITE', '{user}', 'v-{mark}', now()) RETURNING id"#),
    )
    .await;
    Family { user, application, membership, session, refresh, verification }
}

pub fn session_sql(user: &str, application: &str, membership: &str) -> String {
    format!(
        r#"INSERT INTO "Session" ("userId", "applicationId", "membershipId", "expiresAt") VALUES ('{user}', '{application}', '{membership}', now() + interval '1 day') RETURNING id"#
    )
}

/// The first column of the only row, as text.
pub async fn one(client: &Client, sql: &str) -> String {
    let rows = texts(client, sql).await;
    assert_eq!(rows.len(), 1, "{sql}");
    rows[0].clone()
}

/// The first column of every row, as text.
pub async fn texts(client: &Client, sql: &str) -> Vec<String> {
    use tokio_postgres::SimpleQueryMessage::Row;
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    messages
        .iter()
        .filter_map(|message| match message {
            Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
            _ => None,
        })
        .collect()
}

/// Runs what must succeed.
pub async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// Runs what must be refused; its SQLSTATE and message.
pub async fn refused(client: &Client, sql: &str) -> (String, String) {
    let error = client.batch_execute(sql).await.expect_err(sql);
    let answer = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
    (answer.code().code().to_owned(), answer.message().to_owned())
}
