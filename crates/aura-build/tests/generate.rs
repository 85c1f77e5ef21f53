//! What becomes of a project, without a compiler.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

use std::fs;
use std::path::Path;

use aura_build::{Error, generate};
use tempfile::TempDir;

/// What every model of the house has.
const HOUSE: &str = "  createdAt DateTime @default(now()) @db.Timestamptz(3)
  updatedAt DateTime @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}
";

/// A model of the house with these fields more.
fn model(name: &str, fields: &str) -> String {
    format!("model {name} {{\n  id String @id @default(cuid(2))\n{fields}{HOUSE}")
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A project of these files in `prisma/schema`.
fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "auraid.toml", "");
    write(dir.path(), "prisma/schema/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    for (file, text) in files {
        write(dir.path(), &format!("prisma/schema/{file}"), text);
    }
    dir
}

fn refused(files: &[(&str, &str)]) -> String {
    generate(project(files).path()).unwrap_err().to_string()
}

#[test]
fn faults_are_one_a_line_with_file_line_and_column() {
    let faulty =
        model("User", "  age Intt\n  born DateTime @defalt(now()) @db.Timestamptz(3)\n  team Team\n");
    let dir = project(&[("user.prisma", &faulty)]);
    let error = generate(dir.path()).unwrap_err();
    assert!(matches!(error, Error::Schema(_)));
    let said = error.to_string();
    let lines: Vec<&str> = said.lines().collect();
    let file = dir.path().join("prisma/schema/user.prisma");
    for place in ["3:7", "4:18", "5:8"] {
        let start = format!("{}:{place}", file.display());
        assert!(lines.iter().any(|line| line.contains(&start)), "no {start}:\n{said}");
    }
    assert_eq!(lines.len(), 3, "{said}");
}

#[test]
fn a_changed_file_changes_the_client_and_only_that() {
    let dir = project(&[("user.prisma", &model("User", ""))]);
    let before = generate(dir.path()).unwrap();
    assert_eq!(generate(dir.path()).unwrap().store, before.store, "the same every time");
    assert!(!before.store.contains("nick_name"));
    write(dir.path(), "prisma/schema/user.prisma", &model("User", "  nickName String?\n"));
    let after = generate(dir.path()).unwrap();
    assert!(after.store.contains("pub nick_name: ::std::option::Option<::std::string::String>"));
    assert!(after.embedded.contains("nickName String?"), "the file itself is taken along");
    write(dir.path(), "prisma/schema/team.prisma", &model("Team", ""));
    assert!(generate(dir.path()).unwrap().store.contains("pub struct Team"), "a new file counts");
}

#[test]
fn migrations_are_taken_along_in_their_order() {
    let dir = project(&[("user.prisma", &model("User", ""))]);
    assert!(generate(dir.path()).unwrap().embedded.contains("MIGRATIONS: &[(&str, &str)] = &[]"));
    write(dir.path(), "prisma/migrations/2_second/migration.sql", "SELECT 2;");
    write(dir.path(), "prisma/migrations/1_first/migration.sql", "SELECT 1;");
    write(dir.path(), "prisma/migrations/migration_lock.toml", "provider = \"postgresql\"");
    let embedded = generate(dir.path()).unwrap().embedded;
    let at = |name: &str| embedded.find(name).unwrap_or_else(|| panic!("no {name} in {embedded}"));
    assert!(at("1_first") < at("2_second"));
    assert!(!embedded.contains("migration_lock"));
}

#[test]
fn a_project_without_house_rules_has_no_client() {
    let dir = project(&[("user.prisma", &model("User", ""))]);
    fs::remove_file(dir.path().join("auraid.toml")).unwrap();
    let said = generate(dir.path()).unwrap_err().to_string();
    assert!(said.contains(&dir.path().display().to_string()) && said.contains("auraid.toml"), "{said}");
    let nothing = tempfile::tempdir().unwrap();
    assert!(matches!(generate(nothing.path()), Err(Error::Project(_))));
}

#[test]
fn names_that_rust_cannot_have_are_refused_in_the_schemas_words() {
    for (fields, parts) in [
        ("  self String\n", &["User.self", "@map"][..]),
        ("  userName String\n  user_name String\n", &["User.user_name", "User.userName", "@map"]),
    ] {
        let said = refused(&[("user.prisma", &model("User", fields))]);
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
    for (other, file) in
        [("NewUser", "new-user.prisma"), ("UserChanges", "user-changes.prisma"), ("Store", "store.prisma")]
    {
        let said = refused(&[("user.prisma", &model("User", "")), (file, &model(other, ""))]);
        assert!(said.contains(&format!("model {other}")) || said.contains(other), "{said}");
        assert!(said.contains("would be called"), "{said}");
    }
}
