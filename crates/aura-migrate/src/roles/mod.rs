//! The three roles: an owner of the tables, a service that serves from them, a reader.

mod ensure;
mod grant;
mod power;

use aura_schema::schema::Schema;

pub use ensure::ensure;
pub use grant::grant;

/// `public` and every `@@schema` in use.
fn schemas(schema: &Schema) -> Vec<&str> {
    let mut found = vec!["public"];
    for (_, model) in schema.tables() {
        if let Some(name) = model.schema.as_deref()
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}
