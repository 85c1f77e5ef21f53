//! The product's database, and one family of rows in it that Prisma Client made.

use std::sync::OnceLock;

use aura_migrate::{Options, deploy, roles};
use aura_testing::TestDatabase;
use auraid::embedded;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::project::Project;

/// A database as `auraid up` leaves it, without rows.
pub(crate) async fn database() -> TestDatabase {
    aura_testing::prepared("product", migrate).await
}

/// Roles, the committed migrations, rights.
async fn migrate(db: &TestDatabase) {
    let project = embedded::project().expect("the program carries a sound project");
    let mut client = db.connect().await;
    roles::ensure(&client, &project.config.roles, &project.schema).await.expect("roles");
    let options = Options { owner: Some(project.config.roles.owner.clone()), ..Options::default() };
    deploy(&mut client, &project.migrations, &options).await.expect("migrations");
    roles::grant(&mut client, &project.config.roles, &project.schema).await.expect("rights");
}

/// A database with a family in it; the family's ids, by what each is. Every test has a database of its own, and
/// the family, made once, is the same in all of them.
pub(crate) async fn database_with_family(project: &Project) -> (TestDatabase, Value) {
    static FAMILY: OnceLock<Value> = OnceLock::new();
    let db = aura_testing::prepared("family", async |template| {
        migrate(template).await;
        let family = project.run("family.mjs", template, &json!({ "mark": "one" })).await;
        FAMILY.set(family).expect("a template is prepared once");
    })
    .await;
    (db, FAMILY.get().expect("the template is prepared").clone())
}

/// An id of a family.
pub(crate) fn id<'a>(family: &'a Value, member: &str) -> &'a str {
    family[member].as_str().unwrap_or_else(|| panic!("no {member} in {family}"))
}

/// Rows of one column of text each.
pub(crate) async fn texts(client: &Client, sql: &str) -> Vec<String> {
    let rows = client.query(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| row.get::<_, Option<String>>(0).unwrap_or_else(|| "none".to_owned())).collect()
}

/// The only value, a number.
pub(crate) async fn count(client: &Client, sql: &str) -> i64 {
    let row = client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    row.get(0)
}

/// What was done to a record, in order.
pub(crate) async fn operations(client: &Client, id: &str) -> Vec<String> {
    texts(client, &format!("SELECT operation FROM aura.event WHERE record_id = '{id}' ORDER BY number")).await
}
