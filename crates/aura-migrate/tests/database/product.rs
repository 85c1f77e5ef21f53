//! Databases of the product's own schema and of small schemas, with what the tests do to them.

use std::path::{Path, PathBuf};

use aura_migrate::{Migration, Options, create_script, deploy, migrations, roles};
use aura_schema::config::Config;
use aura_schema::folder::Project;
use aura_schema::schema::Schema;
use aura_schema::source::Sources;
use aura_testing::TestDatabase;
use tokio_postgres::Client;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The committed migrations.
pub(crate) fn committed() -> Vec<Migration> {
    migrations::read_folder(root().join("prisma/migrations")).expect("prisma/migrations can be read")
}

/// The product's schema, read from `prisma/schema`.
pub(crate) fn product_schema() -> Schema {
    read(&Project::load(&root()).unwrap().sources)
}

/// A schema of one text. The house rules shape it but are not asked: a fixture is one file.
pub(crate) fn schema_of(text: &str) -> Schema {
    schema_of_text(&format!("datasource db {{\n  provider = \"postgresql\"\n}}\n{text}"))
}

/// A schema of one text that has its own datasource.
pub(crate) fn schema_of_text(text: &str) -> Schema {
    let mut sources = Sources::new();
    sources.add("fixture.prisma", text);
    read(&sources)
}

/// A whole schema in one file.
pub(crate) fn schema_of_file(path: &Path) -> Schema {
    schema_of_text(&std::fs::read_to_string(path).unwrap())
}

fn read(sources: &Sources) -> Schema {
    let (schema, diagnostics) = aura_schema::parse(sources, None);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    schema
}

/// Makes the product's schema, its roles and their rights.
pub(crate) async fn prepare(client: &mut Client) {
    let (config, schema) = (Config::default(), product_schema());
    roles::ensure(client, &config.roles, &schema).await.unwrap();
    let options = Options { owner: Some(config.roles.owner.clone()), ..Options::default() };
    deploy(client, &committed(), &options).await.unwrap();
    roles::grant(client, &config.roles, &schema).await.unwrap();
}

/// A database of the product.
pub(crate) async fn database() -> TestDatabase {
    aura_testing::prepared("product", async |db| prepare(&mut db.connect().await).await).await
}

/// A database of a small schema under the house rules.
pub(crate) async fn database_of(text: &str) -> TestDatabase {
    aura_testing::from_sql(&create_script(&schema_of(text), Some(&Config::default()))).await
}

/// A user, an application and all that hangs on the pair; ids.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    pub(crate) user: String,
    pub(crate) application: String,
    pub(crate) membership: String,
    pub(crate) session: String,
    pub(crate) refresh: String,
    pub(crate) verification: String,
}

/// Makes a [`Family`] whose unique values end in `mark`.
pub(crate) async fn family(client: &Client, mark: &str) -> Family {
    let user =
        one(client, &format!(r#"INSERT INTO "User" (email) VALUES ('ada-{mark}@example.com') RETURNING id"#))
            .await;
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

pub(crate) fn session_sql(user: &str, application: &str, membership: &str) -> String {
    format!(
        r#"INSERT INTO "Session" ("userId", "applicationId", "membershipId", "expiresAt") VALUES ('{user}', '{application}', '{membership}', now() + interval '1 day') RETURNING id"#
    )
}

/// The first column of the only row, as text.
pub(crate) async fn one(client: &Client, sql: &str) -> String {
    let rows = texts(client, sql).await;
    assert_eq!(rows.len(), 1, "{sql}");
    rows[0].clone()
}

/// The first column of every row, as text.
pub(crate) async fn texts(client: &Client, sql: &str) -> Vec<String> {
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
pub(crate) async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// Runs what must be refused; its SQLSTATE and message.
pub(crate) async fn refused(client: &Client, sql: &str) -> (String, String) {
    let error = client.batch_execute(sql).await.expect_err(sql);
    let answer = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
    (answer.code().code().to_owned(), answer.message().to_owned())
}
