//! `auraid migrate …`

use std::fs;

use serde_json::json;

use crate::program::{auraid, repository};

const DEPLOY: [&str; 2] = ["migrate", "deploy"];
const STATUS: [&str; 2] = ["migrate", "status"];
const STATUS_JSON: [&str; 3] = ["migrate", "status", "--json"];

/// Names of the committed migrations.
fn committed() -> Vec<String> {
    let entries = fs::read_dir(repository().join("prisma/migrations")).unwrap();
    let folders = entries.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_second_deploy_has_nothing_to_do() {
    let db = aura_testing::empty().await;
    let names = committed();
    let status = auraid(STATUS_JSON).on(&db.url()).run().with(1).errs(&["auraid migrate deploy"]);
    assert_eq!(
        status.json(),
        json!({"applied": [], "pending": names, "failed": [], "edited": [], "unknown": []})
    );
    let status = auraid(STATUS).on(&db.url()).run().with(1);
    for name in &names {
        assert!(status.out.contains(&format!("{name}  pending")), "{}", status.out);
    }
    let deployed = auraid(DEPLOY).on(&db.url()).run().with(0);
    let applied: Vec<&str> =
        deployed.out.lines().map(|line| line.strip_prefix("applied ").unwrap()).collect();
    assert_eq!(applied, names);
    auraid(DEPLOY).on(&db.url()).run().with(0).says(&["nothing to apply"]);
    auraid(STATUS).on(&db.url()).run().with(0).says(&["applied"]);
    let status = auraid(STATUS_JSON).on(&db.url()).run().with(0);
    assert_eq!(
        status.json(),
        json!({"applied": names, "pending": [], "failed": [], "edited": [], "unknown": []})
    );
}

#[tokio::test]
async fn of_many_deploys_at_once_one_applies_and_all_succeed() {
    let db = aura_testing::empty().await;
    let all = [(); 4].map(|()| auraid(DEPLOY).on(&db.url()).start());
    let said: String = all.map(|running| running.end().with(0).out).concat();
    for name in committed() {
        assert_eq!(said.matches(&format!("applied {name}")).count(), 1, "{said}");
    }
}

#[tokio::test]
async fn a_half_applied_migration_is_refused_with_the_way_out_and_resolve_settles_it() {
    let db = aura_testing::auraid().await;
    let name = &committed()[0];
    let half = format!("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '{name}'");
    db.connect().await.batch_execute(&half).await.unwrap();

    let way_out = format!("auraid migrate resolve --applied {name}");
    auraid(DEPLOY).on(&db.url()).run().with(1).errs(&[&way_out, "--rolled-back"]);
    auraid(["up", "--listen", "127.0.0.1:0"]).on(&db.url()).run().with(1).errs(&[&way_out]);
    auraid(["serve", "--listen", "127.0.0.1:0"]).on(&db.url()).run().with(1).errs(&["migrate status"]);
    auraid(STATUS).on(&db.url()).run().with(1).says(&["half-applied"]).errs(&["migrate resolve"]);
    let status = auraid(STATUS_JSON).on(&db.url()).run().with(1);
    assert_eq!(status.json()["failed"], json!([name]));

    auraid(["migrate", "resolve", "--applied", name]).on(&db.url()).run().with(0).says(&[name]);
    auraid(DEPLOY).on(&db.url()).run().with(0).says(&["nothing to apply"]);
    auraid(STATUS).on(&db.url()).run().with(0);
    auraid(["migrate", "resolve", "--applied", name])
        .on(&db.url())
        .run()
        .with(1)
        .errs(&["nothing to resolve"]);
}

#[tokio::test]
async fn a_migration_that_was_undone_by_hand_runs_again() {
    let db = aura_testing::auraid().await;
    let name = &committed()[0];
    // What a person does: everything but the list of migrations goes.
    let undo = "UPDATE _prisma_migrations SET finished_at = NULL;
        CREATE SCHEMA keep; ALTER TABLE _prisma_migrations SET SCHEMA keep;
        DROP SCHEMA public CASCADE; DROP SCHEMA aura CASCADE; CREATE SCHEMA public;
        ALTER TABLE keep._prisma_migrations SET SCHEMA public; DROP SCHEMA keep";
    db.connect().await.batch_execute(undo).await.unwrap();
    auraid(DEPLOY).on(&db.url()).run().with(1).errs(&["--rolled-back"]);
    auraid(["migrate", "resolve", "--rolled-back", name]).on(&db.url()).run().with(0);
    auraid(DEPLOY).on(&db.url()).run().with(0).says(&[&format!("applied {name}")]);
    auraid(STATUS).on(&db.url()).run().with(0);
}

#[tokio::test]
async fn what_resolve_cannot_settle_it_says() {
    let db = aura_testing::auraid().await;
    auraid(["migrate", "resolve", "--applied", "20990101000000_dream"])
        .on(&db.url())
        .run()
        .with(1)
        .errs(&["20990101000000_dream", "there is no migration"]);
    auraid(["migrate", "resolve"]).on(&db.url()).run().with(2).errs(&["--applied"]);
    auraid(["migrate", "resolve", "--applied", "a", "--rolled-back", "a"]).on(&db.url()).run().with(2);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let db = aura_testing::auraid().await;
    let newer =
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
        VALUES (gen_random_uuid(), 'x', '20990101000000_dream', now(), 1)";
    db.connect().await.batch_execute(newer).await.unwrap();
    auraid(DEPLOY).on(&db.url()).run().with(1).errs(&["20990101000000_dream", "newer"]);
    auraid(STATUS).on(&db.url()).run().with(1).says(&["20990101000000_dream"]).errs(&["newer"]);
}

#[test]
fn diff_from_empty_is_the_committed_migration() {
    let diff = ["migrate", "diff", "--from-empty", "--to-schema", "prisma/schema", "--script"];
    let script = auraid(diff).run().with(0).out;
    let names = committed();
    assert_eq!(names.len(), 1, "with a second migration this test has to add them up");
    let file = repository().join("prisma/migrations").join(&names[0]).join("migration.sql");
    let file = fs::read_to_string(file).unwrap();
    // Not `assert_eq`, which would print both.
    for (number, (ours, theirs)) in (1..).zip(script.trim_end().lines().zip(file.trim_end().lines())) {
        assert_eq!(ours, theirs, "line {number}");
    }
    assert_eq!(script.lines().count(), file.lines().count());
    auraid(["migrate", "diff", "--to-schema", "prisma/schema", "--script"]).run().with(2);
    auraid(["migrate", "diff", "--from-empty", "--to-schema", "nowhere", "--script"])
        .run()
        .with(3)
        .errs(&["nowhere"]);
}
