//! `auraid.toml`: what `prisma.config.ts` is to Prisma. Its presence turns the house rules on.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::error::Error;
use crate::source::Sources;

/// The file's content, defaults filled in. Paths are relative to the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// A `.prisma` file or a folder of them.
    pub schema: String,
    /// Folder of migrations.
    pub migrations: String,
    /// What `cuid(2)` makes.
    pub ids: IdKind,
    /// Names of the database roles.
    pub roles: RoleNames,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            schema: "prisma/schema".into(),
            migrations: "prisma/migrations".into(),
            ids: IdKind::default(),
            roles: RoleNames::default(),
        }
    }
}

impl Config {
    /// Reads the text of an `auraid.toml`. A key that does not exist, a role name that PostgreSQL would not take
    /// unquoted, or an empty path is an error with its place; `path_for_messages` is what the file is called there.
    pub fn from_toml(path_for_messages: &str, text: &str) -> Result<Config, Error> {
        let fault = |at: usize, message: String| {
            let mut sources = Sources::new();
            let file = sources.add(path_for_messages, text);
            let place = sources.line_column(file, u32::try_from(at).unwrap_or(u32::MAX));
            let message = message.trim_end().replace('\n', ", ");
            Error::Config {
                path: path_for_messages.to_owned(),
                line: place.line,
                column: place.column,
                message,
            }
        };
        let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let config: Config =
            toml::from_str(text).map_err(|error| fault(start(&error), error.message().to_owned()))?;
        let written: Written =
            toml::from_str(text).map_err(|error| fault(start(&error), error.message().to_owned()))?;
        for (key, path) in [("schema", &written.schema), ("migrations", &written.migrations)] {
            if let Some(path) = path.as_ref().filter(|path| path.get_ref().trim().is_empty()) {
                return Err(fault(path.span().start, format!("`{key}` must name a path")));
            }
        }
        for (key, name) in &written.roles {
            if let Some(why) = role_name_fault(name.get_ref()) {
                return Err(fault(name.span().start, format!("the name of the role `{key}` {why}")));
            }
        }
        let names = [&config.roles.owner, &config.roles.service, &config.roles.read];
        for (position, name) in names.iter().enumerate() {
            if names[..position].contains(name) {
                let place = written.roles.values().find(|written| written.get_ref() == *name);
                let message =
                    format!("two roles have the name `{name}`: owner, service and read must differ");
                return Err(fault(place.map_or(0, |place| place.span().start), message));
            }
        }
        Ok(config)
    }
}

/// The parts of [`Config`] that are checked, with their places.
#[derive(Deserialize)]
struct Written {
    schema: Option<Spanned<String>>,
    migrations: Option<Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<String>>,
}

/// PostgreSQL takes any text in quotes as a role's name; these are the ones nobody has to quote or mistakes for
/// another (<https://www.postgresql.org/docs/current/sql-createrole.html>).
fn role_name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("is empty");
    }
    if name.len() > 63 {
        return Some("is longer than 63 bytes, where PostgreSQL cuts it");
    }
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if !starts_well || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Some("may hold small letters, digits and `_` only and must not begin with a digit");
    }
    if name.starts_with("pg_") {
        return Some("begins with `pg_`, which PostgreSQL keeps for itself");
    }
    if ["public", "none", "current_user", "current_role", "session_user", "user"].contains(&name) {
        return Some("is a reserved word of PostgreSQL");
    }
    None
}

/// What `@default(cuid(2))` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdKind {
    /// CUID2's alphabet and length, time first.
    #[default]
    Ordered,
    /// The reference CUID2: shows no creation time, does not sort.
    Random,
}

/// Names of the three database roles (PostgreSQL roles belong to the whole cluster).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleNames {
    /// Owns the tables, runs migrations.
    pub owner: String,
    /// Serves: reads and writes rows, no DDL, no `DELETE`.
    pub service: String,
    /// Reads.
    pub read: String,
}

impl Default for RoleNames {
    fn default() -> Self {
        RoleNames {
            owner: "auraid_owner".into(),
            service: "auraid_service".into(),
            read: "auraid_read".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Config::from_toml("auraid.toml", text).expect_err("is faulty").to_string()
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        assert_eq!(Config::from_toml("auraid.toml", "").expect("is valid"), Config::default());
    }

    #[test]
    fn faults_have_a_place() {
        assert!(
            message("ids = \"ordered\"\nshema = \"x\"\n")
                .starts_with("auraid.toml:2:1: unknown field `shema`")
        );
        assert!(message("ids = \"sorted\"").starts_with("auraid.toml:1:7: unknown variant `sorted`"));
        assert!(
            message("[roles]\nowner = \"x\"\nwriter = \"y\"").starts_with("auraid.toml:3:1: unknown field")
        );
        assert!(
            message("[roles]\nread = \"a b\"")
                .starts_with("auraid.toml:2:8: the name of the role `read` may hold")
        );
        assert!(message("[roles]\nread = \"pg_read\"").contains("keeps for itself"));
        assert!(
            message("[roles]\nread = \"auraid_owner\"")
                .starts_with("auraid.toml:2:8: two roles have the name")
        );
        assert!(message("schema = \"\"").starts_with("auraid.toml:1:10: `schema` must name a path"));
        assert!(message("schema = ").starts_with("auraid.toml:1:"));
    }
}
