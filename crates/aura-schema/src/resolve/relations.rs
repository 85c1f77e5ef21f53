//! Relations: which two fields are the ends of one, and whether they agree.

mod cardinality;
mod end;
mod key_columns;
mod pairing;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, ModelId, Relation, RelationId};

use super::{Draft, DraftKind, Resolver};
use end::End;

pub(super) use end::written_fields;

impl<'a> Resolver<'a> {
    pub(super) fn resolve_relations(&mut self) {
        let drafts = std::mem::take(&mut self.drafts);
        // Ends of one relation: the two models in either order, and the relation's name.
        let mut groups: BTreeMap<(ModelId, ModelId, Option<&str>), Vec<End<'a>>> = BTreeMap::new();
        for (number, draft) in (0u32..).zip(&drafts) {
            for (position, field) in (0u32..).zip(&draft.fields) {
                let DraftKind::Relation(target, _) = field.kind else { continue };
                let end = self.end(ModelId(number), FieldId(position), target, field.syntax, field.arity);
                let key = (end.model.min(target), end.model.max(target), end.name);
                groups.entry(key).or_default().push(end);
            }
        }
        let mut missing = Vec::new();
        let mut pairs = Vec::new();
        for ((first, second, name), ends) in groups {
            self.pair(&drafts, (first, second, name), ends, &mut pairs, &mut missing);
        }
        self.report_missing(&drafts, &missing);
        pairs.sort_by_key(|(a, _)| (a.model, a.field));
        let mut links = Vec::new();
        for (a, b) in pairs {
            let ends = [(a.model, a.field), (b.model, b.field)];
            if let Some(relation) = self.relation(&drafts, a, b) {
                let id = RelationId(u32::try_from(self.schema.relations.len()).unwrap_or(u32::MAX));
                self.schema.relations.push(relation);
                links.extend(ends.map(|end| (end, id)));
            }
        }
        self.drafts = drafts;
        for ((model, field), id) in links {
            if let DraftKind::Relation(_, relation) =
                &mut self.drafts[model.0 as usize].fields[field.0 as usize].kind
            {
                *relation = Some(id);
            }
        }
    }

    /// Checks the two ends against each other. `None` if something was wrong.
    fn relation(&mut self, drafts: &[Draft<'a>], a: End<'a>, b: End<'a>) -> Option<Relation> {
        self.check_ignored(drafts, &a);
        self.check_ignored(drafts, &b);
        if a.is_broken || b.is_broken {
            return None;
        }
        match (a.arity == Arity::List, b.arity == Arity::List) {
            (true, true) => self.many_to_many(drafts, a, b),
            (true, false) => self.one_to_many(drafts, &b, &a),
            (false, true) => self.one_to_many(drafts, &a, &b),
            (false, false) => self.one_to_one(drafts, &a, &b),
        }
    }

    fn check_ignored(&mut self, drafts: &[Draft<'a>], end: &End<'a>) {
        let target = &drafts[end.target.0 as usize].model;
        let model = &drafts[end.model.0 as usize];
        let is_ignored = model.model.is_ignored || model.fields[end.field.0 as usize].is_ignored;
        if target.is_ignored && !is_ignored {
            let message = format!("`{}` leads to `{}`, which is ignored", end.syntax.name.text, target.name);
            let fault = Diagnostic::error(end.syntax.name.span, message)
                .related(target.name_span, "the ignored model");
            self.diagnostics.push(fault.help("add `@ignore` to the field"));
        }
    }
}
