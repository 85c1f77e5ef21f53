//! `@id`, `@@id`, `@unique`, `@@unique`, `@@index`.

mod columns;
mod names;
mod unique_criterion;

use crate::constraint_name;
use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, IndexAlgorithm, IndexColumn, IndexDefinition, PrimaryKey, Unique};
use crate::syntax::{Attribute, Expression, Member};

use super::arguments::{Bound, members};
use super::{Draft, DraftKind, Resolver};

const FIELD_KEY: &[&str] = &["map", "sort", "length", "clustered"];
const FIELD_UNIQUE: &[&str] = &["map", "sort", "length", "clustered", "where"];
const BLOCK_KEY: &[&str] = &["fields", "name", "map", "clustered"];
const BLOCK_UNIQUE: &[&str] = &["fields", "name", "map", "clustered", "where"];
const BLOCK_INDEX: &[&str] = &["fields", "name", "map", "type", "clustered", "where"];

impl<'a> Resolver<'a> {
    pub(super) fn resolve_keys(&mut self) {
        // Taken out, so that the drafts and the diagnostics can be changed side by side.
        let mut drafts = std::mem::take(&mut self.drafts);
        for draft in &mut drafts {
            self.keys(draft);
        }
        self.drafts = drafts;
    }

    fn keys(&mut self, draft: &mut Draft<'a>) {
        self.field_keys(draft);
        let block = draft.block;
        for member in &block.members {
            let Member::Attribute(attribute) = member else { continue };
            match attribute.name.text.as_str() {
                "id" => self.block_id(draft, attribute),
                "unique" => self.block_unique(draft, attribute),
                "index" => self.index(draft, attribute),
                _ => {}
            }
        }
        self.require_unique_criterion(draft);
    }

    /// `@id` and `@unique` on fields.
    fn field_keys(&mut self, draft: &mut Draft<'a>) {
        for position in 0..draft.fields.len() {
            let field = &draft.fields[position];
            let (DraftKind::Scalar(_), syntax, arity) = (&field.kind, field.syntax, field.arity) else {
                continue;
            };
            let id = FieldId(u32::try_from(position).unwrap_or(u32::MAX));
            let mut seen: Vec<&str> = Vec::new();
            for attribute in syntax.attributes.iter().filter(|attribute| !attribute.is_block) {
                // A second one has been reported as such.
                if seen.contains(&attribute.name.text.as_str()) {
                    continue;
                }
                seen.push(&attribute.name.text);
                match attribute.name.text.as_str() {
                    "id" => {
                        let bound = Bound::new(attribute, FIELD_KEY, None, &mut self.diagnostics);
                        self.refuse_unsupported(&bound, "@id", &["sort", "length", "clustered"]);
                        if arity != Arity::Required {
                            let fault = Diagnostic::error(attribute.span, "a primary key must be required");
                            self.diagnostics.push(fault.related(syntax.ty.span, "the field has this type"));
                        }
                        let map = self.map(&bound, "@id");
                        self.primary_key(draft, attribute, vec![plain(id)], None, map);
                    }
                    "unique" => {
                        let bound = Bound::new(attribute, FIELD_UNIQUE, Some("map"), &mut self.diagnostics);
                        self.refuse_unsupported(&bound, "@unique", &["length", "clustered"]);
                        let descending = self.sort(bound.value("sort")).unwrap_or_default();
                        let predicate = self.predicate(draft, &bound);
                        let map = self.map(&bound, "@unique");
                        let columns = vec![IndexColumn { descending, ..plain(id) }];
                        add_unique(draft, attribute, columns, None, map, predicate);
                    }
                    _ => {}
                }
            }
        }
    }

    fn block_id(&mut self, draft: &mut Draft<'a>, attribute: &'a Attribute) {
        let bound = Bound::new(attribute, BLOCK_KEY, Some("fields"), &mut self.diagnostics);
        self.refuse_unsupported(&bound, "@@id", &["clustered"]);
        let map = self.map(&bound, "@@id");
        let name = self.custom_name(draft, &bound, attribute);
        let Some(columns) = self.columns(draft, attribute, &bound) else {
            draft.broken.insert("@@id".into());
            return;
        };
        for (column, written) in columns.iter().zip(members_of(&bound)) {
            let field = &draft.fields[column.field.0 as usize];
            if field.arity != Arity::Required {
                let message =
                    format!("`{}` is part of the primary key and must be required", field.syntax.name.text);
                let fault = Diagnostic::error(written.span, message);
                self.diagnostics.push(fault.related(field.syntax.ty.span, "the field has this type"));
            }
            if column.descending {
                self.diagnostics
                    .push(Diagnostic::error(written.span, "a primary key of PostgreSQL has no sort order"));
            }
        }
        self.primary_key(draft, attribute, columns, name, map);
    }

    fn primary_key(
        &mut self,
        draft: &mut Draft<'a>,
        attribute: &Attribute,
        columns: Vec<IndexColumn>,
        name: Option<String>,
        map: Option<String>,
    ) {
        if draft.model.is_view {
            self.diagnostics.push(Diagnostic::error(attribute.span, "a view has no primary key"));
            return;
        }
        if let Some(first) = &draft.model.primary_key {
            let message = format!("the model `{}` has a primary key already", draft.model.name);
            let fault = Diagnostic::error(attribute.span, message).related(first.span, "this one");
            self.diagnostics.push(fault.help("a key of several fields is `@@id([a, b])`, without `@id`"));
            return;
        }
        let database_name = map.unwrap_or_else(|| constraint_name::primary_key(&draft.model.database_name));
        draft.model.primary_key = Some(PrimaryKey { columns, name, database_name, span: attribute.span });
    }

    fn block_unique(&mut self, draft: &mut Draft<'a>, attribute: &'a Attribute) {
        let bound = Bound::new(attribute, BLOCK_UNIQUE, Some("fields"), &mut self.diagnostics);
        self.refuse_unsupported(&bound, "@@unique", &["clustered"]);
        let map = self.map(&bound, "@@unique");
        let name = self.custom_name(draft, &bound, attribute);
        let predicate = self.predicate(draft, &bound);
        let Some(columns) = self.columns(draft, attribute, &bound) else {
            draft.broken.insert("@@unique".into());
            return;
        };
        for (column, written) in columns.iter().zip(members_of(&bound)) {
            self.check_column(draft, column, IndexAlgorithm::BTree, written.span);
        }
        add_unique(draft, attribute, columns, name, map, predicate);
    }

    fn index(&mut self, draft: &mut Draft<'a>, attribute: &'a Attribute) {
        let bound = Bound::new(attribute, BLOCK_INDEX, Some("fields"), &mut self.diagnostics);
        self.refuse_unsupported(&bound, "@@index", &["clustered"]);
        if draft.model.is_view {
            self.diagnostics.push(Diagnostic::error(attribute.span, "a view has no indexes"));
        }
        let mut map = self.map(&bound, "@@index");
        // Before `map:` there was `name:`, and Prisma reads it still.
        if let Some(name) = bound.filled_text("name", &mut self.diagnostics) {
            if let (Some(_), Some(argument)) = (&map, bound.argument("name")) {
                let fault = Diagnostic::error(argument.span, "`name` of an index is an old word for `map`");
                self.diagnostics.push(fault.help("remove it"));
            } else {
                map = Some(name.to_owned());
            }
        }
        let algorithm = self.algorithm(&bound);
        let predicate = self.predicate(draft, &bound);
        let Some(columns) = self.columns(draft, attribute, &bound) else { return };
        for (column, written) in columns.iter().zip(members_of(&bound)) {
            self.check_column(draft, column, algorithm, written.span);
        }
        if algorithm == IndexAlgorithm::SpGist && columns.len() > 1 {
            self.diagnostics.push(Diagnostic::error(attribute.span, "an SP-GiST index has one column"));
        }
        let database_name = map.unwrap_or_else(|| {
            let names = draft.columns(columns.iter().map(|column| column.field));
            constraint_name::index(&draft.model.database_name, &names)
        });
        draft.model.indexes.push(IndexDefinition {
            columns,
            database_name,
            algorithm,
            predicate,
            span: attribute.span,
        });
    }

    fn refuse_unsupported(&mut self, bound: &Bound<'a>, what: &str, names: &[&str]) {
        for name in names {
            if let Some(argument) = bound.argument(name) {
                let fault = Diagnostic::error(
                    argument.span,
                    format!("`{name}` of `{what}` does not exist for PostgreSQL"),
                );
                self.diagnostics.push(fault.help("remove it"));
            }
        }
    }
}

fn add_unique(
    draft: &mut Draft<'_>,
    attribute: &Attribute,
    columns: Vec<IndexColumn>,
    name: Option<String>,
    map: Option<String>,
    predicate: Option<String>,
) {
    let database_name = map.unwrap_or_else(|| {
        let names = draft.columns(columns.iter().map(|column| column.field));
        constraint_name::unique(&draft.model.database_name, &names)
    });
    draft.model.uniques.push(Unique { columns, name, database_name, predicate, span: attribute.span });
}

fn plain(field: FieldId) -> IndexColumn {
    IndexColumn { field, descending: false, operator_class: None }
}

fn members_of<'a>(bound: &Bound<'a>) -> &'a [Expression] {
    bound.value("fields").map_or(&[], members)
}
