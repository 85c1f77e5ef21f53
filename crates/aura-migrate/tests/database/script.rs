//! The script itself.
//!
//! `tests/plain/NAME.sql` is what Prisma 7.10 (`prisma migrate diff --from-empty --to-schema NAME.prisma
//! --script`) makes of `NAME.prisma`.

use aura_migrate::create_script;
use aura_schema::config::{Config, IdKind};

use crate::product::{committed, product_schema, run, schema_of, texts};

#[test]
fn the_committed_migration_is_what_the_generator_makes() {
    let made = create_script(&product_schema(), Some(&Config::default()));
    let committed = &committed()[0].sql;
    if let Some((line, (is, should))) =
        (1..).zip(committed.lines().zip(made.lines())).find(|(_, (is, should))| is != should)
    {
        panic!(
            "line {line} is\n{is}\nand should be\n{should}\nRun: cargo run -p aura-migrate --example init"
        );
    }
    assert_eq!(committed.len(), made.len());
}

#[test]
fn the_same_schema_always_makes_the_same_script() {
    let script = || create_script(&product_schema(), Some(&Config::default()));
    assert_eq!(script(), script());
}

#[tokio::test]
async fn random_ids_are_of_the_same_form_and_do_not_show_a_time() {
    let schema = schema_of("model Thing {\n  id String @id @default(cuid(2))\n}\n");
    let config = Config { ids: IdKind::Random, ..Config::default() };
    let db = aura_testing::from_sql(&create_script(&schema, Some(&config))).await;
    let client = db.connect().await;
    run(&client, "INSERT INTO \"Thing\" SELECT FROM generate_series(1, 2000)").await;
    let ids = texts(&client, r#"SELECT id FROM "Thing""#).await;
    let is_good = |id: &String| {
        id.len() == 24
            && id.as_bytes()[0].is_ascii_lowercase()
            && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
    };
    assert!(ids.iter().all(is_good));
    let mut first: Vec<_> = ids.iter().map(|id| &id[..1]).collect();
    first.sort_unstable();
    first.dedup();
    assert_eq!(first.len(), 26);
}

#[test]
fn without_house_rules_the_script_is_prismas_own() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plain");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "prisma") {
            continue;
        }
        tried += 1;
        let made = create_script(&crate::product::schema_of_file(&path), None);
        let prismas = std::fs::read_to_string(path.with_extension("sql")).unwrap();
        let differences: Vec<_> =
            (1..).zip(made.lines().zip(prismas.lines())).filter(|(_, (a, b))| a != b).collect();
        assert!(differences.is_empty(), "{}: {differences:#?}", path.display());
        assert_eq!(made.trim_end(), prismas.trim_end(), "{}", path.display());
    }
    assert!(tried >= 3);
}
