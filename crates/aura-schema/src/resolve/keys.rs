//! `@id`, `@@id`, `@unique`, `@@unique`, `@@index`.

use crate::constraint_name;
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{
    Arity, ColumnType, FieldId, IndexAlgorithm, IndexColumn, IndexDefinition, PrimaryKey, Unique,
};
use crate::spelling;
use crate::syntax::{Attribute, Expression, ExpressionKind, Member};

use super::arguments::{Bound, members, signed};
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

    fn map(&mut self, bound: &Bound<'a>, what: &str) -> Option<String> {
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
    fn custom_name(
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

    fn sort(&mut self, value: Option<&Expression>) -> Option<bool> {
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

    /// Reads the list of columns. `None` if any of them is faulty.
    fn columns(
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

    /// Finds a column of the model by the field's name.
    pub(super) fn scalar_field(
        &mut self,
        draft: &Draft<'a>,
        name: &str,
        span: crate::source::Span,
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
                let columns = super::relations::written_fields(field.syntax);
                if !columns.is_empty() {
                    fault.help = Some(format!("did you mean `{}`?", columns.join(", ")));
                }
                self.diagnostics.push(fault);
                None
            }
            DraftKind::Broken => None,
        }
    }

    /// Prisma Client must be able to name a row.
    fn require_unique_criterion(&mut self, draft: &Draft<'a>) {
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
