//! The edge: reads schema files and `auraid.toml` from disk. Nothing else in this crate does IO.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::Error;
use crate::source::Sources;
use crate::{Diagnostic, MAX_FILE_BYTES, Schema};

/// The file whose presence turns the house rules on.
pub const CONFIG_FILE: &str = "auraid.toml";

/// Where a schema is looked for without `auraid.toml`, and where its migrations are then: Prisma's own places.
const USUAL_PLACES: [(&str, &str); 3] = [
    ("prisma/schema", "prisma/migrations"),
    ("schema.prisma", "migrations"),
    ("prisma/schema.prisma", "prisma/migrations"),
];

/// A schema where it lies: sources, configuration and paths.
#[derive(Debug, Clone)]
pub struct Project {
    /// The directory of `auraid.toml`, as given.
    pub root: PathBuf,
    /// `auraid.toml`, where there is one.
    pub config: Option<Config>,
    /// The schema file or folder.
    pub schema_path: PathBuf,
    /// The folder of migrations; it need not exist.
    pub migrations_path: PathBuf,
    /// The schema's files.
    pub sources: Sources,
}

impl Project {
    /// Reads the project in the directory `root`.
    pub fn load(root: &Path) -> Result<Project, Error> {
        let config_path = root.join(CONFIG_FILE);
        let config = match fs::read_to_string(&config_path) {
            Ok(text) => Some(Config::from_toml(&shown(&config_path), &text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(Error::Io { path: config_path, source }),
        };
        let (schema_path, migrations_path) = if let Some(config) = &config {
            (root.join(&config.schema), root.join(&config.migrations))
        } else {
            let place = USUAL_PLACES.iter().find(|(schema, _)| root.join(schema).exists());
            let (schema, migrations) = place.ok_or_else(|| Error::NoSchema { root: root.to_owned() })?;
            (root.join(schema), root.join(migrations))
        };
        let sources = read_sources(&schema_path)?;
        Ok(Project { root: root.to_owned(), config, schema_path, migrations_path, sources })
    }

    /// Parses the project's files, under the house rules where there is an `auraid.toml`.
    pub fn parse(&self) -> (Schema, Vec<Diagnostic>) {
        crate::parse(&self.sources, self.config.as_ref())
    }
}

/// Reads a schema file, or every `.prisma` file of a folder and its folders, sorted by path.
pub fn read_sources(path: &Path) -> Result<Sources, Error> {
    let mut files = Vec::new();
    if metadata(path)?.is_dir() {
        find(path, &mut files)?;
        if files.is_empty() {
            return Err(Error::NoFiles { path: path.to_owned() });
        }
    } else {
        files.push(path.to_owned());
    }
    files.sort();
    let mut sources = Sources::new();
    for file in files {
        let text = read(&file)?;
        sources.add(shown(&file), text);
    }
    Ok(sources)
}

/// Paths of all `.prisma` files below `root`. A list instead of recursion: depth costs no stack. A folder met twice
/// is an error, since symbolic links can make a circle and every model in it would be there twice anyway.
fn find(root: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut seen = HashSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let io = |source| Error::Io { path: folder.clone(), source };
        if !seen.insert(fs::canonicalize(&folder).map_err(io)?) {
            return Err(Error::FolderTwice { path: folder });
        }
        for entry in fs::read_dir(&folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let is_schema = path.extension().is_some_and(|extension| extension == "prisma");
            match metadata(&path) {
                Ok(found) if found.is_dir() => folders.push(path),
                Ok(_) if is_schema => files.push(path),
                Err(error) if is_schema => return Err(error),
                // Not ours to read, whatever it is.
                Ok(_) | Err(_) => {}
            }
        }
    }
    Ok(())
}

fn metadata(path: &Path) -> Result<fs::Metadata, Error> {
    fs::metadata(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn read(path: &Path) -> Result<String, Error> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    // A pipe would be waited for forever.
    if !metadata(path)?.is_file() {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    let file = fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    String::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// A path as messages show it: without `./` in front.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
