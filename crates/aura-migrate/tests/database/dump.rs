//! Dump and restore into another cluster.

use std::path::Path;
use std::process::Command;

use aura_migrate::{Options, deploy, roles};
use aura_schema::config::RoleNames;

use aura_postgres::{Installation, Server};
use tokio_postgres::{Client, NoTls};

use crate::product::{committed, family, one, prepare, product_schema, refused, run, texts};

/// An installation that has `pg_dump`, which a server's package may be without: another than the suite runs
/// on, if need be, for `pg_dump` reads no server newer than itself.
fn installation() -> Installation {
    let usual = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let usual = usual.filter_map(|entry| Installation::at(entry.path().join("bin")).ok());
    let has_dump = |found: &Installation| found.bin.join("pg_dump").is_file();
    aura_postgres::find_all()
        .unwrap_or_default()
        .into_iter()
        .chain(usual)
        .find(has_dump)
        .expect("pg_dump is needed: install PostgreSQL's client programs")
}

fn start(installation: &Installation) -> Server {
    let options = Server::options().installation(installation.clone()).setting("fsync", "off");
    aura_postgres::temporary(options).unwrap_or_else(|error| panic!("no PostgreSQL for the test: {error}"))
}

async fn connect(server: &Server) -> Client {
    let (client, connection) =
        tokio_postgres::connect(&server.url("postgres", "postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn tool(bin: &Path, arguments: &[&str]) {
    let output = Command::new(bin).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}: {}", bin.display(), String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_restored_dump_keeps_everything_and_begins_a_new_era() {
    let installation = installation();
    let (server, elsewhere) = (start(&installation), start(&installation));
    let mut client = connect(&server).await;
    prepare(&mut client).await;
    let of = family(&client, "x").await;
    let other = family(&client, "y").await;
    run(&client, &format!(r#"UPDATE "User" SET "deletedAt" = now() WHERE id = '{}'"#, of.user)).await;
    run(&client, &format!(r#"UPDATE "Session" SET "deletedAt" = now() WHERE id = '{}'"#, other.session))
        .await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump").to_str().unwrap().to_owned();
    let dump = installation.bin.join("pg_dump");
    tool(&dump, &["--format=custom", "--file", &file, "--dbname", &server.url("postgres", "postgres")]);

    let mut there = connect(&elsewhere).await;
    let schema = product_schema();
    roles::ensure(&there, &RoleNames::default(), &schema).await.unwrap();
    let restore = installation.bin.join("pg_restore");
    let url = elsewhere.url("postgres", "postgres");
    tool(&restore, &["--exit-on-error", "--single-transaction", "--dbname", &url, &file]);

    let everything = r#"SELECT "User"::text FROM "User" UNION ALL SELECT "Membership"::text FROM "Membership" UNION ALL SELECT "Session"::text FROM "Session"
        UNION ALL SELECT "RefreshToken"::text FROM "RefreshToken" UNION ALL SELECT "Application"::text FROM "Application"
        UNION ALL SELECT "VerificationToken"::text FROM "VerificationToken" UNION ALL SELECT event::text FROM aura.event
        UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'aura')
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'aura'::regnamespace
        UNION ALL SELECT relname || relacl::text FROM pg_class WHERE relacl IS NOT NULL AND relnamespace IN ('public'::regnamespace, 'aura'::regnamespace)
        ORDER BY 1"#;
    let (here, restored) = (texts(&client, everything).await, texts(&there, everything).await);
    assert_eq!(here, restored);

    let options = Options { owner: Some("auraid_owner".into()), ..Options::default() };
    let deployed = deploy(&mut there, &committed(), &options).await.unwrap();
    assert_eq!((deployed.applied.len(), deployed.new_era), (0, Some(2)));
    assert_eq!(deploy(&mut there, &committed(), &options).await.unwrap().new_era, None);
    run(&there, &format!(r#"UPDATE "User" SET "deletedAt" = NULL WHERE id = '{}'"#, of.user)).await;
    assert_eq!(one(&there, r#"SELECT count(*) FROM "Session" WHERE "deletedAt" IS NULL"#).await, "1");
    assert_eq!(
        one(&there, "SELECT string_agg(DISTINCT era::text, ',') FROM aura.event WHERE operation = 'restore'")
            .await,
        "2"
    );
    assert_eq!(refused(&there, r#"DELETE FROM "User""#).await.0, "42501");
    // The database it came from goes on in its own era.
    assert_eq!(deploy(&mut client, &committed(), &options).await.unwrap().new_era, None);
}
