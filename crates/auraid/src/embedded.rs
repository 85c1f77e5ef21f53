//! What the program carries inside: schema, configuration and migrations.

use aura_migrate::migrations::Migration;
use aura_schema::config::Config;
use aura_schema::schema::Schema;
use aura_schema::source::Sources;

mod files {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

pub use files::{CONFIG, MIGRATIONS, SCHEMA};

/// Schema, configuration and migrations, read.
#[derive(Debug, Clone)]
pub struct Project {
    /// The schema.
    pub schema: Schema,
    /// `auraid.toml`.
    pub config: Config,
    /// The migrations in their order.
    pub migrations: Vec<Migration>,
}

/// Reads what the program carries inside. The build has checked it; an error would be a fault of the program.
pub fn project() -> Result<Project, String> {
    let config = Config::from_toml("auraid.toml", CONFIG).map_err(|error| error.to_string())?;
    let mut sources = Sources::new();
    for (path, text) in SCHEMA {
        sources.add(*path, *text);
    }
    let (schema, _) = aura_schema::parse(&sources, Some(&config));
    let migrations = MIGRATIONS.iter().map(|(name, sql)| Migration::embedded(name, sql)).collect();
    Ok(Project { schema, config, migrations })
}
