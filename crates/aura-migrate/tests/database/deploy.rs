//! Applying migrations: all or nothing, under one lock, with Prisma's bookkeeping.

use std::time::Duration;

use aura_migrate::{Error, Migration, Options, Resolution, deploy, resolve, status};
use tokio_postgres::Client;

use crate::product::{committed, one, run, texts};

const FIRST: Migration = Migration::embedded("20260101000000_first", "CREATE TABLE one (i int);\n");
const SECOND: Migration = Migration::embedded("20260102000000_second", "CREATE TABLE two (i int);\n");

async fn apply(client: &mut Client, migrations: &[Migration]) -> Result<Vec<String>, Error> {
    Ok(deploy(client, migrations, &Options::default()).await?.applied)
}

#[tokio::test]
async fn a_migration_is_applied_once_and_recorded_as_prisma_does() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    assert_eq!(status(&client, &[FIRST]).await.unwrap().pending, [&*FIRST.name]);
    assert_eq!(apply(&mut client, &[FIRST]).await.unwrap(), [&*FIRST.name]);
    let done = deploy(&mut client, &[FIRST, SECOND], &Options::default()).await.unwrap();
    assert_eq!((done.applied, done.already, done.new_era), (vec![SECOND.name.to_string()], 1, None));
    assert!(status(&client, &[FIRST, SECOND]).await.unwrap().is_up_to_date());
    let rows = texts(
        &client,
        "SELECT concat_ws('|', migration_name, length(id), checksum, finished_at >= started_at, logs IS NULL, rolled_back_at IS NULL, applied_steps_count)
         FROM _prisma_migrations ORDER BY started_at",
    )
    .await;
    // sha256sum of the two files.
    assert_eq!(rows[0], format!("20260101000000_first|36|{}|t|t|t|1", FIRST.checksum()));
    assert_eq!(rows.len(), 2);
    let columns = one(
        &client,
        "SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
         FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         WHERE attrelid = '_prisma_migrations'::regclass AND attnum > 0",
    )
    .await;
    assert_eq!(
        columns,
        "id character varying(36) t, checksum character varying(64) t, finished_at timestamp with time zone f, \
         migration_name character varying(255) t, logs text f, rolled_back_at timestamp with time zone f, \
         started_at timestamp with time zone t now(), applied_steps_count integer t 0"
    );
    assert_eq!(
        one(&client, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            .await,
        "0"
    );
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_and_is_tried_again() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    let broken = Migration::embedded(
        "20260102000000_second",
        "-- a comment; with a semicolon\nCREATE TABLE two (i int);\n\nINSERT INTO two VALUES (1);\n/* and */ SELECT 1 / (i - 1)\n  FROM two;\n",
    );
    let error = apply(&mut client, &[FIRST, broken]).await.unwrap_err();
    let Error::Failed { migration, line, sqlstate, .. } = &error else { panic!("{error:?}") };
    assert_eq!((migration.as_str(), *line, sqlstate.as_str()), ("20260102000000_second", 5, "22012"));
    assert!(!error.is_unavailable());
    assert_eq!(one(&client, "SELECT to_regclass('two') IS NULL").await, "t");
    let row = one(
        &client,
        "SELECT concat_ws('|', finished_at IS NULL, rolled_back_at IS NOT NULL, logs LIKE '%line 5%division by zero%') FROM _prisma_migrations WHERE migration_name LIKE '%second'",
    )
    .await;
    assert_eq!(row, "t|t|t");
    assert_eq!(apply(&mut client, &[FIRST, SECOND]).await.unwrap(), [&*SECOND.name]);
}

#[tokio::test]
async fn a_migration_cannot_end_its_transaction() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    let sly = Migration::embedded("1_sly", "CREATE TABLE one (i int);\nCOMMIT;\nSELECT 1 / 0;");
    let error = apply(&mut client, &[sly]).await.unwrap_err();
    assert!(matches!(&error, Error::TransactionControl { line: 2, .. }), "{error:?}");
    assert_eq!(one(&client, "SELECT to_regclass('one') IS NULL").await, "t");
}

#[tokio::test]
async fn what_somebody_left_half_applied_is_refused_until_resolved() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    apply(&mut client, &[FIRST]).await.unwrap();
    let half = "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid(), 'x', '20260102000000_second')";
    run(&client, half).await;
    let error = apply(&mut client, &[FIRST, SECOND]).await.unwrap_err();
    assert!(matches!(&error, Error::HalfApplied { migration, .. } if *migration == SECOND.name), "{error:?}");
    assert!(error.to_string().contains("auraid migrate resolve --applied 20260102000000_second"), "{error}");
    assert_eq!(status(&client, &[FIRST, SECOND]).await.unwrap().failed, [&*SECOND.name]);

    let options = Options::default();
    resolve(&mut client, &[FIRST, SECOND], &SECOND.name, Resolution::RolledBack, &options).await.unwrap();
    assert_eq!(apply(&mut client, &[FIRST, SECOND]).await.unwrap(), [&*SECOND.name]);

    let third = Migration::embedded("3_third", "CREATE TABLE three (i int)");
    run(&client, &half.replace("20260102000000_second", "3_third")).await;
    let all = [FIRST, SECOND, third];
    resolve(&mut client, &all, "3_third", Resolution::Applied, &options).await.unwrap();
    assert!(status(&client, &all).await.unwrap().is_up_to_date());
    assert!(apply(&mut client, &all).await.unwrap().is_empty());
    for (name, resolution) in [("3_third", Resolution::Applied), ("3_third", Resolution::RolledBack)] {
        let error = resolve(&mut client, &all, name, resolution, &options).await.unwrap_err();
        assert!(matches!(error, Error::NothingToResolve { .. }), "{error:?}");
    }
    for resolution in [Resolution::Applied, Resolution::RolledBack] {
        let error = resolve(&mut client, &all, "4_none", resolution, &options).await.unwrap_err();
        assert!(matches!(error, Error::NoSuchMigration { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn edited_and_unknown_migrations_are_refused() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    apply(&mut client, &[FIRST, SECOND]).await.unwrap();
    let edited = Migration::embedded("20260102000000_second", "CREATE TABLE two (i int, j int);\n");
    let error = apply(&mut client, &[FIRST, edited]).await.unwrap_err();
    assert!(matches!(&error, Error::Edited { migration } if *migration == SECOND.name), "{error:?}");
    let windows = Migration::embedded("20260102000000_second", "CREATE TABLE two (i int);\r\n");
    apply(&mut client, &[FIRST, windows]).await.unwrap();
    let error = apply(&mut client, &[FIRST]).await.unwrap_err();
    assert!(
        matches!(&error, Error::Newer { migrations } if *migrations == [SECOND.name.to_string()]),
        "{error:?}"
    );
    assert_eq!(status(&client, &[FIRST]).await.unwrap().unknown, [&*SECOND.name]);
}

#[tokio::test]
async fn many_may_deploy_at_once() {
    let db = aura_testing::empty().await;
    let migrations = [FIRST, SECOND];
    let deployed = futures_util::future::join_all((0..8).map(|_| async {
        let mut client = db.connect().await;
        deploy(&mut client, &migrations, &Options::default()).await.unwrap().applied.len()
    }))
    .await;
    assert_eq!(deployed.iter().sum::<usize>(), 2, "{deployed:?}");
}

#[tokio::test]
async fn a_lock_that_is_held_is_waited_for_only_so_long() {
    let db = aura_testing::empty().await;
    let holder = db.connect().await;
    run(&holder, "SELECT pg_advisory_lock(72707369)").await;
    let mut client = db.connect().await;
    let options = Options { lock_wait: Duration::from_millis(50), ..Options::default() };
    let error = deploy(&mut client, &[FIRST], &options).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error:?}");
    run(&holder, "SELECT pg_advisory_unlock(72707369)").await;
    deploy(&mut client, &[FIRST], &options).await.unwrap();
}

#[tokio::test]
async fn a_killed_deploy_leaves_nothing_half_applied() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    let slow = Migration::embedded("1_slow", "CREATE TABLE one (i int);\nSELECT pg_sleep(60);");
    let watcher = db.connect().await;
    let killed = async {
        while one(&watcher, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'")
            .await
            == "0"
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        run(
            &watcher,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'",
        )
        .await;
    };
    let migrations = [slow];
    let options = Options::default();
    let (result, ()) = futures_util::future::join(deploy(&mut client, &migrations, &options), killed).await;
    let error = result.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    assert_eq!(status(&watcher, &migrations).await.unwrap().failed, [] as [&str; 0]);
    assert_eq!(one(&watcher, "SELECT to_regclass('one') IS NULL").await, "t");
    let quick = Migration::embedded("1_slow", "CREATE TABLE one (i int);");
    deploy(&mut db.connect().await, &[quick], &options).await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_away_is_told_from_one_that_refuses() {
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    let other = db.connect().await;
    run(&other, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()", db.name())).await;
    let error = deploy(&mut client, &[FIRST], &Options::default()).await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    let mut client = db.connect().await;
    let options = Options { owner: Some("nobody_knows".into()), ..Options::default() };
    let error = deploy(&mut client, &[FIRST], &options).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22023"), "{error:?}");
    // pg_locks shows the whole server's, where other tests deploy.
    let held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    assert_eq!(one(&client, held).await, "0");
}

#[test]
fn a_folder_is_read_as_prisma_has_it() {
    let names: Vec<_> = committed().into_iter().map(|migration| migration.name).collect();
    assert_eq!(names[0], "20261123000000_init");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let read = || aura_migrate::migrations::read_folder(path);
    assert!(aura_migrate::migrations::read_folder(path.join("nothing")).unwrap().is_empty());
    for name in ["20260102000000_b", "20260101000000_a"] {
        std::fs::create_dir(path.join(name)).unwrap();
        std::fs::write(path.join(name).join("migration.sql"), name).unwrap();
    }
    std::fs::write(path.join("README.md"), "x").unwrap();
    assert_eq!(
        read().unwrap().iter().map(|migration| &*migration.sql).collect::<Vec<_>>(),
        ["20260101000000_a", "20260102000000_b"]
    );
    std::fs::write(path.join("migration_lock.toml"), "provider = \"mysql\"\n").unwrap();
    let error = read().unwrap_err().to_string();
    assert!(error.contains("migration_lock.toml") && error.contains("mysql"), "{error}");
    std::fs::write(path.join("migration_lock.toml"), "# x\nprovider = \"postgresql\"\n").unwrap();
    std::fs::remove_file(path.join("20260101000000_a/migration.sql")).unwrap();
    let error = read().unwrap_err().to_string();
    assert!(error.contains("20260101000000_a/migration.sql"), "{error}");
}
