//! Relations: which two fields are the ends of one, and whether they agree.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, ModelId, ReferentialAction, Relation, RelationId, RelationKind};
use crate::source::Span;
use crate::spelling;
use crate::syntax::{Attribute, Expression, ExpressionKind, Field};

use super::arguments::{Bound, list, members};
use super::{Draft, DraftKind, Resolver};

const PARAMETERS: &[&str] = &["name", "fields", "references", "onDelete", "onUpdate", "map"];

const ACTIONS: &[(&str, ReferentialAction)] = &[
    ("Cascade", ReferentialAction::Cascade),
    ("Restrict", ReferentialAction::Restrict),
    ("NoAction", ReferentialAction::NoAction),
    ("SetNull", ReferentialAction::SetNull),
    ("SetDefault", ReferentialAction::SetDefault),
];

/// One end of a relation, as written.
struct End<'a> {
    model: ModelId,
    target: ModelId,
    field: FieldId,
    syntax: &'a Field,
    arity: Arity,
    attribute: Option<&'a Attribute>,
    name: Option<&'a str>,
    fields: Option<&'a Expression>,
    references: Option<&'a Expression>,
    on_delete: Option<(ReferentialAction, Span)>,
    on_update: Option<(ReferentialAction, Span)>,
    map: Option<&'a str>,
    /// Something of its `@relation` was reported.
    is_broken: bool,
}

impl End<'_> {
    fn span(&self) -> Span {
        self.attribute.map_or(self.syntax.name.span, |attribute| attribute.span)
    }

    fn holds_key(&self) -> bool {
        self.fields.is_some() || self.references.is_some()
    }
}

/// The names in `fields:` as written, for "did you mean" where a relation stands for its columns.
pub(super) fn written_fields(field: &Field) -> Vec<&str> {
    let relation = field.attributes.iter().find(|attribute| attribute.name.text == "relation");
    let arguments = relation.map_or(&[][..], |attribute| &attribute.arguments);
    let fields =
        arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|name| name.text == "fields"));
    fields
        .map_or(&[][..], |argument| members(&argument.value))
        .iter()
        .filter_map(|value| match &value.kind {
            ExpressionKind::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect()
}

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

    fn end(
        &mut self,
        model: ModelId,
        field: FieldId,
        target: ModelId,
        syntax: &'a Field,
        arity: Arity,
    ) -> End<'a> {
        let attribute = syntax
            .attributes
            .iter()
            .find(|attribute| attribute.name.text == "relation" && !attribute.is_block);
        let before = self.diagnostics.len();
        let mut end = End {
            model,
            target,
            field,
            syntax,
            arity,
            attribute,
            name: None,
            fields: None,
            references: None,
            on_delete: None,
            on_update: None,
            map: None,
            is_broken: false,
        };
        if let Some(attribute) = attribute {
            let bound = Bound::new(attribute, PARAMETERS, Some("name"), &mut self.diagnostics);
            end.name = bound.filled_text("name", &mut self.diagnostics);
            end.fields = bound.value("fields").filter(|value| !members(value).is_empty());
            end.references = bound.value("references").filter(|value| !members(value).is_empty());
            end.on_delete = self.action(bound.value("onDelete"));
            end.on_update = self.action(bound.value("onUpdate"));
            end.map = bound.filled_text("map", &mut self.diagnostics);
            if let (Some(map), Some(value)) = (end.map, bound.value("map"))
                && map.len() > crate::constraint_name::MAX_BYTES
            {
                let message = "the name of the foreign key is longer than 63 bytes, where PostgreSQL cuts it";
                self.diagnostics.push(Diagnostic::error(value.span, message));
            }
        }
        end.is_broken = self.diagnostics.len() > before;
        end
    }

    fn action(&mut self, value: Option<&Expression>) -> Option<(ReferentialAction, Span)> {
        let value = value?;
        let word = match &value.kind {
            ExpressionKind::Word(word) => word.as_str(),
            _ => "",
        };
        if let Some((_, action)) = ACTIONS.iter().find(|(name, _)| *name == word) {
            return Some((*action, value.span));
        }
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        let mut fault = Diagnostic::error(value.span, "there is no such referential action");
        fault.help = Some(match spelling::closest(word, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", list(&names)),
        });
        self.diagnostics.push(fault);
        None
    }

    /// Finds the two ends of one relation among the fields that could be.
    fn pair(
        &mut self,
        drafts: &[Draft<'a>],
        (first, second, name): (ModelId, ModelId, Option<&str>),
        ends: Vec<End<'a>>,
        pairs: &mut Vec<(End<'a>, End<'a>)>,
        missing: &mut Vec<End<'a>>,
    ) {
        if first == second {
            match <[End<'a>; 2]>::try_from(ends) {
                Ok([a, b]) if name.is_some() => pairs.push((a, b)),
                Ok([a, b]) => {
                    if a.is_broken || b.is_broken {
                        return;
                    }
                    let model = &drafts[first.0 as usize].model.name;
                    let message = format!(
                        "the fields `{}` and `{}` both lead from `{model}` to itself without a name",
                        a.syntax.name.text, b.syntax.name.text
                    );
                    let fault = Diagnostic::error(a.syntax.name.span, message)
                        .related(b.syntax.name.span, "the other");
                    self.diagnostics.push(fault.help(
                        "if they are the two ends of one relation, give both the same `@relation(\"name\")`",
                    ));
                }
                Err(ends) if ends.len() == 1 => missing.extend(ends),
                Err(ends) => self.ambiguous(drafts, &ends.iter().collect::<Vec<_>>()),
            }
            return;
        }
        let (mut of_first, mut of_second): (Vec<End<'a>>, Vec<End<'a>>) =
            ends.into_iter().partition(|end| end.model == first);
        if of_first.len() == 1 && of_second.len() == 1 {
            pairs.extend(of_first.pop().zip(of_second.pop()));
            return;
        }
        let mut is_ambiguous = false;
        for side in [&of_first, &of_second] {
            if side.len() > 1 {
                is_ambiguous = true;
                self.ambiguous(drafts, &side.iter().collect::<Vec<_>>());
            }
        }
        if !is_ambiguous {
            missing.append(&mut of_first);
            missing.append(&mut of_second);
        }
    }

    fn ambiguous(&mut self, drafts: &[Draft<'a>], ends: &[&End<'a>]) {
        let [first, rest @ ..] = ends else { return };
        if ends.iter().any(|end| end.is_broken) {
            return;
        }
        let model = &drafts[first.model.0 as usize].model.name;
        let target = &drafts[first.target.0 as usize].model.name;
        let names: Vec<String> = ends.iter().map(|end| format!("`{}`", end.syntax.name.text)).collect();
        let (message, help) = match first.name {
            None => (
                format!(
                    "the fields {} all lead from `{model}` to `{target}` without a name",
                    names.join(", ")
                ),
                "tell them apart: `@relation(\"name\")`, the same on both ends of each relation",
            ),
            Some(name) => (
                format!(
                    "the fields {} of `{model}` are all of the relation \"{name}\", which has two ends",
                    names.join(", ")
                ),
                "give each relation a name of its own",
            ),
        };
        let mut fault = Diagnostic::error(first.syntax.name.span, message).help(help);
        for end in rest {
            fault.related.push((end.syntax.name.span, "this one too".into()));
        }
        self.diagnostics.push(fault);
    }

    fn report_missing(&mut self, drafts: &[Draft<'a>], missing: &[End<'a>]) {
        for end in missing {
            let target = &drafts[end.target.0 as usize];
            let model = &drafts[end.model.0 as usize].model;
            if end.is_broken || target.broken.iter().any(|name| !name.starts_with('@')) {
                // The other end may be on a line that could not be read.
                continue;
            }
            let message = format!(
                "the relation `{}.{}` has no field on the other side, in `{}`",
                model.name, end.syntax.name.text, target.model.name
            );
            let mut fault = Diagnostic::error(end.syntax.name.span, message);
            let other = missing.iter().find(|other| {
                (other.model, other.target) == (end.target, end.model)
                    && other.field != end.field
                    && other.name != end.name
            });
            if let Some(other) = other {
                fault
                    .related
                    .push((other.span(), "is this the other side? Its relation has another name".into()));
                fault.help = Some("give both sides the same `@relation(\"name\")`".into());
            } else {
                fault.related.push((target.model.name_span, "it belongs in here".into()));
                let name = end.name.map(|name| format!(" @relation(\"{name}\")")).unwrap_or_default();
                let arity = match (end.holds_key(), end.arity) {
                    (true, _) | (false, Arity::List) => "[]",
                    (false, _) => "",
                };
                let mut field = model.name.clone();
                if let Some(first) = field.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                let plural = if arity == "[]" { "s" } else { "" };
                fault.help = Some(format!(
                    "add `{field}{plural} {}{arity}{name}` to `{}`",
                    model.name, target.model.name
                ));
            }
            self.diagnostics.push(fault);
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

    fn many_to_many(&mut self, drafts: &[Draft<'a>], a: End<'a>, b: End<'a>) -> Option<Relation> {
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

    fn one_to_many(&mut self, drafts: &[Draft<'a>], child: &End<'a>, parent: &End<'a>) -> Option<Relation> {
        let before = self.diagnostics.len();
        self.check_parent_side(drafts, child, parent);
        let columns = self.key_columns(drafts, child, parent);
        if self.diagnostics.len() > before {
            return None;
        }
        let (fields, references) = columns?;
        Some(build(RelationKind::OneToMany, child, parent, fields, references))
    }

    fn one_to_one(&mut self, drafts: &[Draft<'a>], a: &End<'a>, b: &End<'a>) -> Option<Relation> {
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
            let is_key = |columns: &[crate::schema::IndexColumn]| {
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

    /// `fields:` and `references:` of the child's side.
    fn key_columns(
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
        let is_key = |columns: &[crate::schema::IndexColumn]| {
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
