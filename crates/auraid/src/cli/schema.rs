//! `auraid validate`, and reading a schema for other commands.

use std::path::Path;

use aura_schema::config::Config;
use aura_schema::diagnostic::Severity;
use aura_schema::folder::{self, CONFIG_FILE, Project};
use aura_schema::schema::Schema;
use aura_schema::source::Sources;

use super::Error;
use super::output::{answer, counted, remark};

/// A schema's files, and the house rules where an `auraid.toml` says that they hold.
struct Read {
    sources: Sources,
    config: Option<Config>,
}

fn read(path: Option<&Path>) -> Result<Read, Error> {
    let here = Project::load(Path::new("."));
    match path {
        None => {
            here.map(|project| Read { sources: project.sources, config: project.config }).map_err(Error::from)
        }
        Some(path) => {
            let sources = folder::read_sources(path)?;
            // House rules belong to the project the files are of: theirs, where they lie in one.
            let config = config_above(path)?;
            Ok(Read { sources, config })
        }
    }
}

/// The `auraid.toml` of the nearest folder above `path` that has one.
fn config_above(path: &Path) -> Result<Option<Config>, Error> {
    let absolute = std::fs::canonicalize(path).map_err(|error| Error::file(path, &error))?;
    let Some(file) = absolute.ancestors().map(|folder| folder.join(CONFIG_FILE)).find(|file| file.is_file())
    else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&file).map_err(|error| Error::file(&file, &error))?;
    Ok(Some(Config::from_toml(&file.display().to_string(), &text)?))
}

pub(super) fn validate(path: Option<&Path>, json: bool) -> Result<(), Error> {
    let Read { sources, config } = read(path)?;
    let (schema, diagnostics) = aura_schema::parse(&sources, config.as_ref());
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if json {
        let located: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.located(&sources)).collect();
        let json =
            serde_json::to_string_pretty(&located).map_err(|error| Error::Failed(error.to_string()))?;
        answer(json)?;
    } else if !diagnostics.is_empty() {
        remark(aura_schema::render::render(&sources, &diagnostics).trim_end());
    }
    if errors > 0 {
        return Err(Error::No(format!("{} in the schema", counted(errors as u64, "error"))));
    }
    if !json {
        let rules = if config.is_some() { ", house rules included" } else { "" };
        answer(format!(
            "valid: {}, {} in {}{rules}",
            counted(schema.models.len() as u64, "model"),
            counted(schema.enums.len() as u64, "enum"),
            counted(sources.files().count() as u64, "file"),
        ))?;
    }
    Ok(())
}

/// The schema at `path`, which must be valid.
pub(super) fn load(path: &Path) -> Result<(Schema, Option<Config>), Error> {
    let Read { sources, config } = read(Some(path))?;
    let (schema, diagnostics) = aura_schema::parse(&sources, config.as_ref());
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        let faults = aura_schema::render::render(&sources, &diagnostics);
        return Err(Error::No(faults.trim_end().to_owned()));
    }
    Ok((schema, config))
}
