//! Schema, configuration and migrations, taken into the binary.

use std::path::Path;

use aura_schema::folder::Project;
use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;

/// `SCHEMA`, `CONFIG` and `MIGRATIONS`: the project's files as static text.
pub(crate) fn files(project: &Project) -> Result<String, Error> {
    let sources = project.sources.files().map(|(_, file)| {
        // Shown in messages: relative to the project, whichever folder it was built in.
        let path = Path::new(&file.path);
        let path = path.strip_prefix(&project.root).unwrap_or(path).to_string_lossy().into_owned();
        let text = &file.text;
        quote!((#path, #text))
    });
    let config_path = project.root.join("auraid.toml");
    let config =
        std::fs::read_to_string(&config_path).map_err(|error| Error::File { path: config_path, error })?;
    let migrations = migrations(&project.migrations_path)?;
    let tokens = quote! {
        /// Path and text of every `.prisma` file.
        pub static SCHEMA: &[(&str, &str)] = &[#(#sources),*];
        /// `auraid.toml`.
        pub static CONFIG: &str = #config;
        /// Name and SQL of every migration, in their order.
        pub static MIGRATIONS: &[(&str, &str)] = &[#(#migrations),*];
    };
    let file: syn::File = syn::parse2(tokens).map_err(Error::Unreadable)?;
    Ok(prettyplease::unparse(&file))
}

/// Name and SQL of every migration in the folder, in their order. No folder, no migrations.
fn migrations(folder: &Path) -> Result<Vec<TokenStream>, Error> {
    let fail = |error| Error::File { path: folder.to_owned(), error };
    let mut names = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(fail)?;
                if entry.path().join("migration.sql").is_file() {
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    names.sort();
    let entries = names.iter().map(|name| {
        let path = folder.join(name).join("migration.sql");
        let sql = std::fs::read_to_string(&path).map_err(|error| Error::File { path, error })?;
        Ok(quote!((#name, #sql)))
    });
    entries.collect()
}
