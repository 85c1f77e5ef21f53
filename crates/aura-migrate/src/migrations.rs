//! Migrations: from a folder as Prisma has them, or from inside the program.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Name of its folder, for example `20261123000000_init`.
    pub name: Cow<'static, str>,
    /// Text of its `migration.sql`.
    pub sql: Cow<'static, str>,
}

impl Migration {
    /// One that the program holds, usually by `include_str!`.
    pub const fn embedded(name: &'static str, sql: &'static str) -> Migration {
        Migration { name: Cow::Borrowed(name), sql: Cow::Borrowed(sql) }
    }

    /// SHA-256 of the file in hexadecimal, as Prisma records it.
    pub fn checksum(&self) -> String {
        checksum(&self.sql)
    }

    /// Whether a recorded checksum is this file's, line ends of another system allowed.
    pub(crate) fn has_checksum(&self, recorded: &str) -> bool {
        let unix = self.sql.replace("\r\n", "\n");
        [checksum(&self.sql), checksum(&unix), checksum(&unix.replace('\n', "\r\n"))]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(recorded))
    }
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
        hex
    })
}

/// Reads `FOLDER/YYYYMMDDHHMMSS_name/migration.sql`, in the order of the names. A folder that is not there
/// holds no migrations; other files in it are passed by.
///
/// # Errors
///
/// [`Error::Folder`] if something cannot be read, a migration has no `migration.sql`, or
/// `migration_lock.toml` names another database than PostgreSQL.
pub fn read_folder(folder: impl AsRef<Path>) -> Result<Vec<Migration>, Error> {
    let folder = folder.as_ref();
    if !folder.exists() {
        return Ok(Vec::new());
    }
    check_lock_file(&folder.join("migration_lock.toml"))?;
    let mut migrations = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // Prisma takes every folder for a migration; what begins with a dot belongs to other programs.
        if !path.is_dir() || name.starts_with('.') {
            continue;
        }
        let file = path.join("migration.sql");
        let sql = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        migrations.push(Migration { name: Cow::Owned(name.to_owned()), sql: Cow::Owned(sql) });
    }
    migrations.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(migrations)
}

fn check_lock_file(path: &Path) -> Result<(), Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let provider = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "provider").then(|| value.trim().trim_matches('"').to_owned())
    });
    match provider.as_deref() {
        Some("postgresql" | "postgres") => Ok(()),
        Some(other) => Err(Error::Folder {
            path: path.to_owned(),
            message: format!("these migrations are for {other}, AuraID knows PostgreSQL only"),
        }),
        None => Err(Error::Folder {
            path: path.to_owned(),
            message: "provider = \"postgresql\" is missing".to_owned(),
        }),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Folder { path: path.to_owned(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_make_a_migration_edited() {
        let here = Migration::embedded("1_a", "select 1;\nselect 2;\n");
        let there = Migration::embedded("1_a", "select 1;\r\nselect 2;\r\n");
        assert_ne!(here.checksum(), there.checksum());
        assert!(here.has_checksum(&there.checksum()) && there.has_checksum(&here.checksum()));
        assert!(!here.has_checksum(&Migration::embedded("1_a", "select 3;\n").checksum()));
    }
}
