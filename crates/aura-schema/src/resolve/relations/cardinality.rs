//! One to one, one to many, many to many: what each demands of its two ends.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, IndexColumn, Relation, RelationKind};

use super::end::End;
use crate::resolve::{Draft, Resolver};

impl<'a> Resolver<'a> {
    pub(super) fn many_to_many(&mut self, drafts: &[Draft<'a>], a: End<'a>, b: End<'a>) -> Option<Relation> {
        let before = self.diagnostics.len();
        for end in [&a, &b] {
            if end.holds_key() {
                let fault = Diagnostic::error(
                    end.span(),
                    "a many-to-many relation has neither `fields` nor `references`",
                );
                self.diagnostics.push(fault.help("remove them, or write a model for the join table"));
            }
            for (_, span) in end.on_delete.iter().chain(&end.on_update) {
                let fault = Diagnostic::error(*span, "a many-to-many relation has no referential actions");
                self.diagnostics.push(fault.help("write a model for the join table if you need them"));
            }
            let target = &drafts[end.target.0 as usize];
            let single = target.model.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1);
            let written_badly = ["id", "@id", "@@id"].iter().any(|name| target.broken.contains(*name));
            if !single && !written_badly {
                let message = format!(
                    "a many-to-many relation needs a primary key of one field, which `{}` has not",
                    target.model.name
                );
                let fault = Diagnostic::error(end.syntax.name.span, message);
                self.diagnostics.push(fault.related(target.model.name_span, "this model"));
            }
        }
        if self.diagnostics.len() > before {
            return None;
        }
        let order =
            |end: &End<'a>| (drafts[end.model.0 as usize].model.name.clone(), end.syntax.name.text.clone());
        let (child, parent) = if order(&a) <= order(&b) { (a, b) } else { (b, a) };
        Some(Relation {
            name: child.name.map(str::to_owned),
            kind: RelationKind::ManyToMany,
            child: child.model,
            parent: parent.model,
            child_field: child.field,
            parent_field: Some(parent.field),
            fields: Vec::new(),
            references: Vec::new(),
            written_on_delete: None,
            written_on_update: None,
            is_required: false,
            map: child.map.or(parent.map).map(str::to_owned),
            span: child.span(),
        })
    }

    pub(super) fn one_to_many(
        &mut self,
        drafts: &[Draft<'a>],
        child: &End<'a>,
        parent: &End<'a>,
    ) -> Option<Relation> {
        let before = self.diagnostics.len();
        self.check_parent_side(drafts, child, parent);
        let columns = self.key_columns(drafts, child, parent);
        if self.diagnostics.len() > before {
            return None;
        }
        let (fields, references) = columns?;
        Some(build(RelationKind::OneToMany, child, parent, fields, references))
    }

    pub(super) fn one_to_one(&mut self, drafts: &[Draft<'a>], a: &End<'a>, b: &End<'a>) -> Option<Relation> {
        let names =
            |end: &End<'a>| format!("`{}.{}`", drafts[end.model.0 as usize].model.name, end.syntax.name.text);
        let (child, parent) = match (a.holds_key(), b.holds_key()) {
            (true, false) => (a, b),
            (false, true) => (b, a),
            (false, false) => {
                let message =
                    format!("neither {} nor {} says which columns hold the key", names(a), names(b));
                let fault = Diagnostic::error(a.syntax.name.span, message)
                    .related(b.syntax.name.span, "the other side");
                self.diagnostics
                    .push(fault.help("add `@relation(fields: […], references: […])` to one of them"));
                return None;
            }
            (true, true) => {
                let message = format!("{} and {} both say which columns hold the key", names(a), names(b));
                let fault = Diagnostic::error(a.span(), message).related(b.span(), "the other side");
                self.diagnostics.push(fault.help("keep `fields` and `references` on one of them"));
                return None;
            }
        };
        let before = self.diagnostics.len();
        self.check_parent_side(drafts, child, parent);
        let columns = self.key_columns(drafts, child, parent);
        if parent.arity == Arity::Required {
            let message = format!(
                "{} must be optional: no database can make sure that the other side exists",
                names(parent)
            );
            let target = &drafts[parent.target.0 as usize].model.name;
            let fault = Diagnostic::error(parent.syntax.ty.span, message)
                .related(child.syntax.name.span, "the side with the key");
            self.diagnostics.push(fault.help(format!("write `{target}?`")));
        }
        if let Some((fields, _)) = &columns {
            let draft = &drafts[child.model.0 as usize];
            let is_key = |columns: &[IndexColumn]| {
                columns.iter().map(|column| column.field).eq(fields.iter().copied())
            };
            let key = draft.model.primary_key.as_ref().is_some_and(|key| is_key(&key.columns));
            if !key && !draft.model.uniques.iter().any(|unique| is_key(&unique.columns)) {
                let names: Vec<&str> = fields.iter().map(|id| draft.field_name(*id)).collect();
                let help = match names.as_slice() {
                    [name] => format!("add `@unique` to `{name}`, or make the other side a list"),
                    _ => format!("add `@@unique([{}])`, or make the other side a list", names.join(", ")),
                };
                let fault =
                    Diagnostic::error(child.span(), "the columns of a one-to-one relation must be unique");
                self.diagnostics
                    .push(fault.help(help).related(parent.syntax.name.span, "the other side is no list"));
            }
        }
        if self.diagnostics.len() > before {
            return None;
        }
        let (fields, references) = columns?;
        Some(build(RelationKind::OneToOne, child, parent, fields, references))
    }

    /// The side without the foreign key has nothing to say about it.
    fn check_parent_side(&mut self, drafts: &[Draft<'a>], child: &End<'a>, parent: &End<'a>) {
        let place = format!("`{}.{}`", drafts[child.model.0 as usize].model.name, child.syntax.name.text);
        if parent.holds_key() {
            let fault = Diagnostic::error(parent.span(), "a list cannot hold the key of a relation");
            self.diagnostics.push(
                fault
                    .related(child.syntax.name.span, "the other side")
                    .help(format!("move `fields` and `references` to {place}")),
            );
        }
        for (_, span) in parent.on_delete.iter().chain(&parent.on_update) {
            let fault = Diagnostic::error(*span, "referential actions stand on the side that holds the key");
            self.diagnostics
                .push(fault.related(child.syntax.name.span, "that side").help(format!("move it to {place}")));
        }
    }
}

fn build(
    kind: RelationKind,
    child: &End<'_>,
    parent: &End<'_>,
    fields: Vec<FieldId>,
    references: Vec<FieldId>,
) -> Relation {
    Relation {
        name: child.name.map(str::to_owned),
        kind,
        child: child.model,
        parent: parent.model,
        child_field: child.field,
        parent_field: Some(parent.field),
        fields,
        references,
        written_on_delete: child.on_delete.map(|(action, _)| action),
        written_on_update: child.on_update.map(|(action, _)| action),
        is_required: child.arity == Arity::Required,
        map: child.map.map(str::to_owned),
        span: child.span(),
    }
}
