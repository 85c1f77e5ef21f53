//! The column that an attribute means by a field's name.

use crate::diagnostic::Diagnostic;
use crate::schema::FieldId;
use crate::source::Span;
use crate::spelling;

use super::relations::written_fields;
use super::{Draft, DraftKind, Resolver};

impl<'a> Resolver<'a> {
    /// Finds a column of the model by the field's name.
    pub(super) fn scalar_field(
        &mut self,
        draft: &Draft<'a>,
        name: &str,
        span: Span,
        what: &str,
    ) -> Option<FieldId> {
        let Some(id) = draft.by_name.get(name).copied() else {
            // A field whose line could not be read has been reported.
            if !draft.broken.contains(name) {
                let message = format!(
                    "the {} `{}` has no field `{name}`",
                    draft.block.kind.keyword(),
                    draft.model.name
                );
                let mut fault = Diagnostic::error(span, message);
                fault.help = spelling::closest(name, draft.scalar_names())
                    .map(|meant| format!("did you mean `{meant}`?"));
                self.diagnostics.push(fault);
            }
            return None;
        };
        let field = &draft.fields[id.0 as usize];
        match &field.kind {
            DraftKind::Scalar(_) => Some(id),
            DraftKind::Relation(..) => {
                let message = format!("`{name}` is a relation; `{what}` takes columns");
                let mut fault =
                    Diagnostic::error(span, message).related(field.syntax.name.span, "the relation");
                let columns = written_fields(field.syntax);
                if !columns.is_empty() {
                    fault.help = Some(format!("did you mean `{}`?", columns.join(", ")));
                }
                self.diagnostics.push(fault);
                None
            }
            DraftKind::Broken => None,
        }
    }
}
