//! Schema to a typed Rust client, called from a build script.
//!
//! A `build.rs` of one line makes the client anew whenever a `.prisma` file changes:
//!
//! ```no_run
//! // The whole of `main` in build.rs.
//! aura_build::compile(".");
//! ```
//!
//! and the crate takes it in:
//!
//! ```text
//! mod store {
//!     include!(concat!(env!("OUT_DIR"), "/store.rs"));
//! }
//! ```
//!
//! A fault in the schema is a build error that shows file, line and column. The generated code is thin: it
//! names things for `aura-client`, where everything is done.

mod columns;
mod embedded;
mod enums;
mod error;
mod models;
mod names;
mod relations;
mod store;
mod uniques;

use std::path::{Path, PathBuf};

use aura_schema::config::Config;
use aura_schema::diagnostic::Severity;
use aura_schema::folder::Project;
use aura_schema::schema::Schema;
use proc_macro2::TokenStream;
use quote::quote;

pub use error::Error;

/// For a build script: reads the project whose folder is `root` (relative to the crate) and writes
/// `store.rs` and `embedded.rs` to `OUT_DIR`. Ends the build with the schema's faults if it has any.
#[expect(clippy::print_stdout, reason = "a build script speaks to Cargo by printing")]
pub fn compile(root: impl AsRef<Path>) {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(root);
    // Paths are shown to people: without `.` and `..` in them.
    let root = root.canonicalize().unwrap_or(root);
    for path in watched(&root) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    match generate(&root) {
        Ok(output) => {
            for warning in &output.warnings {
                println!("cargo::warning={warning}");
            }
            for (name, text) in [("store.rs", &output.store), ("embedded.rs", &output.embedded)] {
                if let Err(error) = std::fs::write(out.join(name), text) {
                    println!("cargo::error={} cannot be written: {error}", out.join(name).display());
                    std::process::exit(1);
                }
            }
        }
        Err(error) => {
            for line in error.to_string().lines().filter(|line| !line.is_empty()) {
                println!("cargo::error={line}");
            }
            std::process::exit(1);
        }
    }
}

/// What a project becomes.
#[derive(Debug, Clone)]
pub struct Output {
    /// The typed client.
    pub store: String,
    /// Schema, configuration and migrations, as static text.
    pub embedded: String,
    /// Warnings of the schema, one line each.
    pub warnings: Vec<String>,
}

/// Makes the client, and the files to take into the binary, of the project in `root`.
pub fn generate(root: &Path) -> Result<Output, Error> {
    let project = Project::load(root)?;
    let config = project.config.clone().ok_or_else(|| Error::NoConfig(root.to_owned()))?;
    let (schema, diagnostics) = aura_schema::parse(&project.sources, Some(&config));
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(Error::Schema(aura_schema::render::short(&project.sources, &errors)));
    }
    let warnings = aura_schema::render::short(&project.sources, &warnings);
    Ok(Output {
        store: client(&schema, &config)?,
        embedded: embedded::files(&project)?,
        warnings: warnings.lines().map(str::to_owned).collect(),
    })
}

/// The typed client of a valid schema, as Rust source.
pub fn client(schema: &Schema, config: &Config) -> Result<String, Error> {
    let enums = schema.enums.iter().map(enums::declare);
    let models = schema.tables().map(|(id, _)| models::declare(schema, config, id));
    let models = models.collect::<Result<Vec<TokenStream>, Error>>()?;
    let store = store::declare(schema, config)?;
    let tokens = quote! {
        #(#enums)*
        #(#models)*
        #store
    };
    let file: syn::File = syn::parse2(tokens).map_err(Error::Unreadable)?;
    Ok(format!(
        "// Made from the .prisma files by aura-build. Change those, not this.\n\n{}",
        prettyplease::unparse(&file)
    ))
}

/// What the build depends on. Folders are watched whole, so that a new file counts.
fn watched(root: &Path) -> Vec<PathBuf> {
    let mut paths = vec![root.join("auraid.toml")];
    match Project::load(root) {
        Ok(project) => paths.extend([project.schema_path, project.migrations_path]),
        // Unreadable now, it may be readable after a change to the defaults' places.
        Err(_) => paths.extend([root.join("prisma")]),
    }
    // What is not there yet is seen when it comes: in the nearest folder that is there. (Cargo would take a missing
    // path as a reason to run the script at every build.)
    let mut there: Vec<PathBuf> = paths
        .iter()
        .filter_map(|path| path.ancestors().find(|path| path.exists()))
        .map(Path::to_owned)
        .collect();
    there.sort();
    there.dedup();
    there
}
