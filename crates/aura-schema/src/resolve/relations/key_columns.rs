//! `fields:` and `references:`: the columns of a foreign key and what they refer to.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, IndexColumn, ReferentialAction};
use crate::syntax::{Expression, ExpressionKind};

use super::end::End;
use crate::resolve::arguments::members;
use crate::resolve::{Draft, Resolver};

impl<'a> Resolver<'a> {
    /// `fields:` and `references:` of the child's side.
    pub(super) fn key_columns(
        &mut self,
        drafts: &[Draft<'a>],
        child: &End<'a>,
        parent: &End<'a>,
    ) -> Option<(Vec<FieldId>, Vec<FieldId>)> {
        let (of_child, of_parent) = (&drafts[child.model.0 as usize], &drafts[parent.model.0 as usize]);
        let (fields, references) = match (child.fields, child.references) {
            (Some(fields), Some(references)) => (fields, references),
            (fields, references) => {
                // Parts that could not be read are no second fault.
                if child.attribute.is_none() && of_child.broken.contains("@relation") {
                    return None;
                }
                let lacking = match (fields, references) {
                    (Some(_), None) => "`references`",
                    (None, Some(_)) => "`fields`",
                    _ => "`fields` and `references`",
                };
                let message = format!("the relation `{}` needs {lacking}", child.syntax.name.text);
                let help = format!(
                    "write `@relation(fields: [{0}Id], references: [id])`, with a column `{0}Id` of the type of the other side's `id`",
                    child.syntax.name.text
                );
                let fault = Diagnostic::error(child.span(), message).help(help);
                self.diagnostics.push(fault.related(parent.syntax.name.span, "the other side"));
                return None;
            }
        };
        let own = self.names_of_columns(of_child, fields, "fields");
        let other = self.names_of_columns(of_parent, references, "references");
        let (own, other) = own.zip(other)?;
        if own.len() != other.len() {
            let message =
                format!("`fields` names {} and `references` {}: they must match", own.len(), other.len());
            self.diagnostics.push(Diagnostic::error(fields.span.to(references.span), message));
            return None;
        }
        self.check_types(of_child, of_parent, fields, &own, &other);
        self.check_reference(of_parent, references, &other);
        let optional = own.iter().position(|id| of_child.fields[id.0 as usize].arity == Arity::Optional);
        if let (Arity::Required, Some(at)) = (child.arity, optional) {
            let column = of_child.fields[own[at].0 as usize].syntax;
            let message = format!("`{}` is optional, so the relation must be optional too", column.name.text);
            let fault = Diagnostic::error(child.syntax.ty.span, message)
                .related(column.ty.span, "the optional column");
            self.diagnostics.push(fault.help(format!("write `{}?`", of_parent.model.name)));
        }
        self.warn_of_set_null(of_child, child, &own);
        Some((own, other))
    }

    fn names_of_columns(
        &mut self,
        draft: &Draft<'a>,
        value: &'a Expression,
        what: &str,
    ) -> Option<Vec<FieldId>> {
        let mut columns: Vec<FieldId> = Vec::new();
        let mut complete = true;
        for member in members(value) {
            let ExpressionKind::Word(name) = &member.kind else {
                self.diagnostics
                    .push(Diagnostic::error(member.span, "expected the name of a field, without quotes"));
                complete = false;
                continue;
            };
            let Some(id) = self.scalar_field(draft, name, member.span, what) else {
                complete = false;
                continue;
            };
            if columns.contains(&id) {
                self.diagnostics.push(Diagnostic::error(member.span, format!("`{name}` is there twice")));
                complete = false;
            }
            columns.push(id);
        }
        complete.then_some(columns)
    }

    fn check_types(
        &mut self,
        child: &Draft<'a>,
        parent: &Draft<'a>,
        written: &Expression,
        own: &[FieldId],
        other: &[FieldId],
    ) {
        for ((own, other), member) in own.iter().zip(other).zip(members(written)) {
            let (Some(a), Some(b)) = (child.scalar(*own), parent.scalar(*other)) else { continue };
            if a.ty != b.ty {
                let message = format!(
                    "`{}` has another type than `{}.{}`, which it refers to",
                    child.field_name(*own),
                    parent.model.name,
                    parent.field_name(*other)
                );
                let fault = Diagnostic::error(member.span, message)
                    .related(child.fields[own.0 as usize].syntax.ty.span, "one type")
                    .related(parent.fields[other.0 as usize].syntax.ty.span, "the other");
                self.diagnostics.push(fault);
            }
        }
    }

    fn check_reference(&mut self, parent: &Draft<'a>, written: &Expression, references: &[FieldId]) {
        let mut wanted = references.to_vec();
        wanted.sort_unstable();
        let is_key = |columns: &[IndexColumn]| {
            let mut found: Vec<FieldId> = columns.iter().map(|column| column.field).collect();
            found.sort_unstable();
            found == wanted
        };
        let found = parent.model.primary_key.as_ref().is_some_and(|key| is_key(&key.columns))
            || parent.model.uniques.iter().any(|unique| is_key(&unique.columns));
        let written_badly =
            ["@id", "@@id", "@unique", "@@unique"].iter().any(|name| parent.broken.contains(*name));
        if !found && !written_badly && !parent.model.is_view {
            let names: Vec<&str> = references.iter().map(|id| parent.field_name(*id)).collect();
            let help = match names.as_slice() {
                [name] => format!("add `@unique` to `{}.{name}`", parent.model.name),
                _ => format!("add `@@unique([{}])` to `{}`", names.join(", "), parent.model.name),
            };
            let fault = Diagnostic::error(written.span, "`references` must name a primary key or a unique");
            self.diagnostics.push(fault.help(help).related(parent.model.name_span, "of this model"));
        }
    }

    /// Prisma accepts it; PostgreSQL refuses the delete when it comes.
    fn warn_of_set_null(&mut self, draft: &Draft<'a>, child: &End<'a>, own: &[FieldId]) {
        let required = own.iter().find(|id| draft.fields[id.0 as usize].arity == Arity::Required);
        let Some(required) = required else { return };
        for (action, span) in child.on_delete.iter().chain(&child.on_update) {
            if *action == ReferentialAction::SetNull {
                let column = draft.fields[required.0 as usize].syntax;
                let message = format!("`SetNull` cannot work: `{}` is required", column.name.text);
                // Without foreign keys it is Prisma that would set it to null, and Prisma refuses.
                let emulated = self
                    .schema
                    .datasource
                    .as_ref()
                    .is_some_and(|datasource| datasource.relation_mode.as_deref() == Some("prisma"));
                let fault = if emulated {
                    Diagnostic::error(*span, message)
                } else {
                    Diagnostic::warning(*span, message)
                };
                let fault = fault.related(column.ty.span, "this column cannot be null");
                self.diagnostics.push(fault.help("make it optional, or choose another action"));
            }
        }
    }
}
