//! Reading from disk.

use std::fs;
use std::path::Path;

use aura_schema::folder::{Project, read_sources};
use aura_schema::{Error, MAX_FILE_BYTES};

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("has a parent")).expect("can be made");
    fs::write(path, content).expect("can be written");
}

#[test]
fn a_folder_is_read_at_any_depth_in_order() {
    let root = tempfile::tempdir().expect("a folder");
    for path in ["b.prisma", "a/z.prisma", "a/b/c.prisma", "notes.txt"] {
        write(root.path(), path, "");
    }
    let sources = read_sources(root.path()).expect("can be read");
    let paths: Vec<String> = sources
        .files()
        .map(|(_, file)| file.path.replace(&format!("{}/", root.path().display()), ""))
        .collect();
    assert_eq!(paths, ["a/b/c.prisma", "a/z.prisma", "b.prisma"]);
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    let root = tempfile::tempdir().expect("a folder");
    write(root.path(), "bytes/a.prisma", b"model \xff".as_slice());
    assert!(matches!(read_sources(&root.path().join("bytes")), Err(Error::NotUtf8 { offset: 6, .. })));
    write(root.path(), "large/a.prisma", vec![b' '; MAX_FILE_BYTES + 1]);
    assert!(matches!(read_sources(&root.path().join("large")), Err(Error::TooLarge { .. })));
    write(root.path(), "empty/a.txt", "");
    assert!(matches!(read_sources(&root.path().join("empty")), Err(Error::NoFiles { .. })));
    let absent = read_sources(&root.path().join("absent")).expect_err("is not there").to_string();
    assert!(absent.contains("absent"), "{absent}");
    write(root.path(), "odd/a.prisma/b.prisma", "");
    assert_eq!(read_sources(&root.path().join("odd")).expect("a folder may be called so").files().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_ends() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().expect("a folder");
    write(root.path(), "a.prisma", "");
    symlink(root.path(), root.path().join("again")).expect("can be linked");
    assert!(matches!(read_sources(root.path()), Err(Error::FolderTwice { .. })));
    let other = tempfile::tempdir().expect("a folder");
    symlink(other.path().join("nowhere"), other.path().join("b.prisma")).expect("can be linked");
    assert!(matches!(read_sources(other.path()), Err(Error::Io { .. })));
}

#[test]
fn a_project_is_found_with_and_without_its_file() {
    let root = tempfile::tempdir().expect("a folder");
    assert!(matches!(Project::load(root.path()), Err(Error::NoSchema { .. })));
    write(root.path(), "schema.prisma", "model A {\n  id Int @id\n}\n");
    let project = Project::load(root.path()).expect("is a project");
    assert!(project.config.is_none() && project.migrations_path.ends_with("migrations"));
    assert!(project.parse().1.is_empty());
    write(root.path(), "prisma/schema/a.prisma", "");
    assert!(Project::load(root.path()).expect("is a project").schema_path.ends_with("prisma/schema"));
    write(root.path(), "auraid.toml", "schema = \"schema.prisma\"\nmigrations = \"m\"\n");
    let project = Project::load(root.path()).expect("is a project");
    assert!(project.config.is_some() && project.migrations_path.ends_with("m"));
    assert!(project.parse().1.iter().any(|diagnostic| diagnostic.message.contains("createdAt")));
    write(root.path(), "auraid.toml", "shema = 1\n");
    let fault = Project::load(root.path()).expect_err("is faulty").to_string();
    assert!(fault.contains("auraid.toml:1:1: unknown field `shema`"), "{fault}");
}
