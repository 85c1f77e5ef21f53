//! What a key is called: `map:` in the database, `name:` in Prisma Client.

use crate::constraint_name;
use crate::diagnostic::Diagnostic;
use crate::syntax::Attribute;

use crate::resolve::arguments::{Bound, signed};
use crate::resolve::{Draft, Resolver};

impl<'a> Resolver<'a> {
    pub(super) fn map(&mut self, bound: &Bound<'a>, what: &str) -> Option<String> {
        let map = bound.filled_text("map", &mut self.diagnostics)?;
        if map.len() > constraint_name::MAX_BYTES
            && let Some(value) = bound.value("map")
        {
            let message = format!(
                "the name for `{what}` is longer than {} bytes, where PostgreSQL cuts it",
                constraint_name::MAX_BYTES
            );
            self.diagnostics.push(Diagnostic::error(value.span, message));
            return None;
        }
        Some(map.to_owned())
    }

    /// `name:`, which must be an identifier and differ from all fields and other such names.
    pub(super) fn custom_name(
        &mut self,
        draft: &Draft<'a>,
        bound: &Bound<'a>,
        attribute: &'a Attribute,
    ) -> Option<String> {
        let name = bound.filled_text("name", &mut self.diagnostics)?;
        let value = bound.value("name")?;
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            let fault = Diagnostic::error(
                value.span,
                format!("`{name}` is no name: it may hold letters, digits and `_`"),
            );
            self.diagnostics.push(fault);
            return None;
        }
        let taken = match draft.by_name.get(name) {
            Some(id) => Some((draft.fields[id.0 as usize].syntax.name.span, "this field")),
            None => draft
                .model
                .uniques
                .iter()
                .find(|unique| unique.name.as_deref() == Some(name))
                .map(|unique| (unique.span, "this one"))
                .or_else(|| {
                    let key =
                        draft.model.primary_key.as_ref().filter(|key| key.name.as_deref() == Some(name))?;
                    Some((key.span, "the primary key"))
                }),
        };
        if let Some((span, why)) = taken {
            let message = format!("the name `{name}` of `{}` is taken", signed(attribute));
            self.diagnostics.push(Diagnostic::error(value.span, message).related(span, format!("by {why}")));
            return None;
        }
        Some(name.to_owned())
    }
}
