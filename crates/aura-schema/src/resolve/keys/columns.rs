//! `fields:` of a key or index: its columns, each with a sort order and an operator class.

use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::IndexColumn;
use crate::syntax::{Attribute, Expression, ExpressionKind};

use crate::resolve::arguments::{Bound, members, signed};
use crate::resolve::{Draft, Resolver};

impl<'a> Resolver<'a> {
    /// Reads the list of columns. `None` if any of them is faulty.
    pub(super) fn columns(
        &mut self,
        draft: &Draft<'a>,
        attribute: &Attribute,
        bound: &Bound<'a>,
    ) -> Option<Vec<IndexColumn>> {
        let sign = signed(attribute);
        let Some(value) = bound.value("fields") else {
            let fault = Diagnostic::error(attribute.span, format!("`{sign}` needs fields"));
            self.diagnostics.push(fault.help(format!("write `{sign}([field, …])`")));
            return None;
        };
        let written = members(value);
        if written.is_empty() {
            self.diagnostics
                .push(Diagnostic::error(value.span, format!("`{sign}` needs at least one field")));
            return None;
        }
        let mut columns: Vec<IndexColumn> = Vec::new();
        let mut complete = true;
        for member in written {
            let Some(column) = self.column(draft, &sign, member) else {
                complete = false;
                continue;
            };
            if let Some(first) = columns.iter().position(|known| known.field == column.field) {
                let message = format!("`{}` is there twice", draft.field_name(column.field));
                let fault =
                    Diagnostic::error(member.span, message).related(written[first].span, "first here");
                self.diagnostics.push(fault);
                complete = false;
                continue;
            }
            columns.push(column);
        }
        complete.then_some(columns)
    }

    fn column(&mut self, draft: &Draft<'a>, sign: &str, value: &'a Expression) -> Option<IndexColumn> {
        let (name, span, arguments) = match &value.kind {
            ExpressionKind::Word(name) => (name, value.span, &[][..]),
            ExpressionKind::Call(name, arguments) => (&name.text, name.span, arguments.as_slice()),
            _ => {
                self.diagnostics
                    .push(Diagnostic::error(value.span, "expected the name of a field, without quotes"));
                return None;
            }
        };
        let field = self.scalar_field(draft, name, span, sign)?;
        let is_index = sign == "@@index";
        let before = self.diagnostics.len();
        let bound = Bound::of(name, arguments, &["sort", "ops", "length"], None, &mut self.diagnostics);
        // Prisma passes by what it does not know here, and a schema it accepts is one.
        let names: Vec<_> =
            arguments.iter().filter_map(|argument| argument.name.as_ref()).map(|name| name.span).collect();
        for fault in &mut self.diagnostics[before..] {
            if names.contains(&fault.span) {
                fault.severity = Severity::Warning;
            }
        }
        self.refuse_unsupported(&bound, sign, &["length"]);
        let descending = self.sort(bound.value("sort")).unwrap_or_default();
        let operator_class = bound.argument("ops").and_then(|argument| {
            if !is_index {
                let fault = Diagnostic::error(argument.span, format!("`{sign}` takes no operator class"));
                self.diagnostics.push(fault);
                return None;
            }
            self.operator_class(&argument.value)
        });
        Some(IndexColumn { field, descending, operator_class })
    }

    pub(super) fn sort(&mut self, value: Option<&Expression>) -> Option<bool> {
        let value = value?;
        match &value.kind {
            ExpressionKind::Word(word) if word == "Asc" => Some(false),
            ExpressionKind::Word(word) if word == "Desc" => Some(true),
            _ => {
                self.diagnostics.push(Diagnostic::error(value.span, "a sort order is `Asc` or `Desc`"));
                None
            }
        }
    }
}
