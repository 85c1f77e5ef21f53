//! Names of constraints and indexes must differ: PostgreSQL keeps those of keys and indexes per schema, those of
//! foreign keys per table.

use std::collections::HashMap;

use crate::constraint_name;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::Resolver;
use super::indexes::unmark;

impl Resolver<'_> {
    pub(super) fn check_constraints(&mut self) {
        let mut global: HashMap<(Option<&str>, &str), Span> = HashMap::new();
        let mut faults = Vec::new();
        for (position, draft) in self.drafts.iter().enumerate() {
            let model = &draft.model;
            if model.is_view {
                continue;
            }
            let mut local: HashMap<String, Span> = HashMap::new();
            let keys = model.primary_key.iter().map(|key| (&key.database_name, key.span));
            let uniques = model.uniques.iter().map(|unique| (&unique.database_name, unique.span));
            let indexes = model.indexes.iter().map(|index| (&index.database_name, index.span));
            for (name, span) in keys.chain(uniques).chain(indexes) {
                if let Some(first) = global.insert((model.schema.as_deref(), name), span) {
                    faults.push(clash(name, span, first));
                }
                local.insert(name.clone(), span);
            }
            for relation in
                self.schema.relations.iter().filter(|relation| relation.child.0 as usize == position)
            {
                if relation.fields.is_empty() {
                    continue;
                }
                let name = relation.map.clone().unwrap_or_else(|| {
                    constraint_name::foreign_key(
                        &model.database_name,
                        &draft.columns(relation.fields.iter().copied()),
                    )
                });
                if let Some(first) = local.get(&name) {
                    faults.push(clash(&name, relation.span, *first));
                }
                local.insert(name, relation.span);
            }
        }
        self.diagnostics.extend(faults);
        for draft in &mut self.drafts {
            for index in &mut draft.model.indexes {
                unmark(&mut index.columns);
            }
        }
    }
}

fn clash(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(span, format!("the name `{name}` is taken in the database"))
        .related(first, "by this")
        .help("give one of them another name with `map: \"…\"`")
}
