//! What can keep a schema from being read at all. Faults inside a schema are [`Diagnostic`](crate::Diagnostic)s.

use std::path::PathBuf;

/// Why a schema or its configuration could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system said no.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A schema file holds bytes that are no text.
    #[error("{} is not UTF-8: byte {offset} is invalid; save it as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that is wrong, from 0.
        offset: usize,
    },
    /// A schema file is beyond [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES).
    #[error("{} is larger than 16 MiB, which no schema file is", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A folder was met a second time.
    #[error("{} leads to a folder that was read already; remove the symbolic link", path.display())]
    FolderTwice {
        /// The way by which it was met again.
        path: PathBuf,
    },
    /// A pipe, device or the like.
    #[error("{} is neither a file nor a folder", path.display())]
    NotAFile {
        /// What it is called.
        path: PathBuf,
    },
    /// A folder without a single `.prisma` file.
    #[error("there is no .prisma file in {}", path.display())]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
    /// There is no schema in any of the usual places.
    #[error("there is no schema in {}: expected prisma/schema, schema.prisma or prisma/schema.prisma, or an auraid.toml that says where it is", root.display())]
    NoSchema {
        /// Where it was looked for.
        root: PathBuf,
    },
    /// `auraid.toml` is faulty.
    #[error("{path}:{line}:{column}: {message}")]
    Config {
        /// The file, as given.
        path: String,
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// What is wrong, and what would be right.
        message: String,
    },
}
