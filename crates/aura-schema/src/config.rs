//! `auraid.toml`: what `prisma.config.ts` is to Prisma. Its presence turns the house rules on.

use serde::Deserialize;

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
