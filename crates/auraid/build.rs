//! Makes the typed client and the list of migrations from the schema at the root of the workspace.

fn main() {
    aura_build::compile("../..");
}
