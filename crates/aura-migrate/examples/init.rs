//! Writes the first migration anew from `prisma/schema` and `auraid.toml`, for as long as there has been
//! no release: `cargo run -p aura-migrate --example init`.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let project = aura_schema::folder::Project::load(&root)?;
    let (schema, diagnostics) = aura_schema::parse(&project.sources, project.config.as_ref());
    if !diagnostics.is_empty() {
        return Err(aura_schema::render::short(&project.sources, &diagnostics).into());
    }
    let script = aura_migrate::create_script(&schema, project.config.as_ref());
    std::fs::write(root.join("prisma/migrations/20261123000000_init/migration.sql"), script)?;
    Ok(())
}
