//! Whether a model has a key that names a row.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, ColumnType, IndexColumn};

use crate::resolve::{Draft, DraftKind, Resolver};

impl<'a> Resolver<'a> {
    /// Prisma Client must be able to name a row.
    pub(super) fn require_unique_criterion(&mut self, draft: &Draft<'a>) {
        let model = &draft.model;
        let written_badly =
            ["@id", "@@id", "@unique", "@@unique"].iter().any(|name| draft.broken.contains(*name));
        if model.is_view || model.is_ignored || written_badly {
            return;
        }
        let is_required = |column: &IndexColumn| {
            let field = &draft.fields[column.field.0 as usize];
            let is_supported = match &field.kind {
                DraftKind::Scalar(scalar) => !matches!(scalar.ty, ColumnType::Unsupported(_)),
                _ => false,
            };
            field.arity == Arity::Required && is_supported
        };
        let found = model
            .primary_key
            .iter()
            .map(|key| &key.columns)
            .chain(model.uniques.iter().map(|unique| &unique.columns));
        let mut found = found.peekable();
        let has_any = found.peek().is_some();
        if found.any(|columns| columns.iter().all(is_required)) {
            return;
        }
        // The `@id` may stand on a field that could not be read.
        let on_broken = draft.fields.iter().any(|field| {
            matches!(field.kind, DraftKind::Broken)
                && field
                    .syntax
                    .attributes
                    .iter()
                    .any(|attribute| matches!(attribute.name.text.as_str(), "id" | "unique"))
        });
        if on_broken || draft.broken.contains("id") {
            return;
        }
        // A primary key that may be null has been reported as such.
        if model.primary_key.as_ref().is_some_and(|key| {
            key.columns.iter().any(|column| draft.fields[column.field.0 as usize].arity != Arity::Required)
        }) {
            return;
        }
        let message = format!("the model `{}` has nothing that names a row", model.name);
        let help = if has_any {
            "a key counts only if all its fields are required and of a supported type; add `@id` to one"
        } else {
            "add `@id` to a field, or `@@id([…])`"
        };
        self.diagnostics.push(Diagnostic::error(model.name_span, message).help(help));
    }
}
