//! What is valid and will be regretted.

use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnType, IndexAlgorithm, IndexColumn, Model, ModelId, ScalarType, Schema};

pub(super) fn check(schema: &Schema, id: ModelId, diagnostics: &mut Vec<Diagnostic>) {
    let model = &schema[id];
    secrets(model, diagnostics);
    for (_, relation) in schema.relations_of_child(id) {
        let helps = |columns: &[IndexColumn]| {
            columns.first().is_some_and(|first| relation.fields.contains(&first.field))
        };
        let is_found = model.primary_key.as_ref().is_some_and(|key| helps(&key.columns))
            || model.uniques.iter().any(|unique| unique.predicate.is_none() && helps(&unique.columns))
            || model.indexes.iter().any(|index| {
                let is_ordered = matches!(index.algorithm, IndexAlgorithm::BTree | IndexAlgorithm::Hash);
                is_ordered && index.predicate.is_none() && helps(&index.columns)
            });
        if !is_found {
            let names: Vec<&str> = relation.fields.iter().map(|field| model[*field].name.as_str()).collect();
            let message = format!(
                "no index begins with a column of the relation `{}`: each change of `{}` reads all of `{}`",
                model[relation.child_field].name, schema[relation.parent].name, model.name
            );
            diagnostics.push(
                Diagnostic::warning(relation.span, message)
                    .help(format!("add `@@index([{}])`", names.join(", "))),
            );
        }
    }
}

/// Columns that look like secrets and are not marked as such.
fn secrets(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    for (_, field, scalar) in model.columns() {
        let can_hold_one = matches!(scalar.ty, ColumnType::Scalar(ScalarType::String | ScalarType::Bytes));
        if can_hold_one && looks_secret(&field.name) && !field.has_annotation("sensitive") {
            let message =
                format!("`{}.{}` looks like a secret, and would be in the history", model.name, field.name);
            diagnostics.push(
                Diagnostic::warning(field.name_span, message)
                    .help("put `/// @aura.sensitive` above it, or choose another name"),
            );
        }
    }
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("hash") || name.contains("secret") || name == "token" || name.starts_with("password")
}
