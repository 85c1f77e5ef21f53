//! Why there is no client.

use std::path::PathBuf;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The project's files cannot be read.
    #[error(transparent)]
    Project(#[from] aura_schema::Error),
    /// The house rules are off, and the client's promises rest on them.
    #[error("{}: no auraid.toml there; the typed client needs the house rules, and an empty file turns them on", .0.display())]
    NoConfig(PathBuf),
    /// The schema has faults: one a line, with file, line and column.
    #[error("{0}")]
    Schema(String),
    /// A name of the schema that Rust cannot have.
    #[error("{place}: {name} cannot be a name in Rust; rename it and keep the database's name with @map")]
    Name {
        /// Model and field.
        place: String,
        /// The name.
        name: String,
    },
    /// Two names of the schema that are one in Rust.
    #[error(
        "{place} would be called {name} in Rust, as {other} is; rename one of them and keep the database's name with @map"
    )]
    Clash {
        /// Model and field, or model or enum.
        place: String,
        /// The name in Rust.
        name: String,
        /// What has it already.
        other: String,
    },
    /// A file or folder of the project cannot be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The generated text is not Rust: a fault of this crate.
    #[error("the generated client is not valid Rust ({0}): please report the schema that made it")]
    Unreadable(syn::Error),
}
