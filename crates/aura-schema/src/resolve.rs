//! A syntax tree to a [`Schema`], in passes:
//!
//! 1. `names`: which blocks there are; duplicates and reserved names.
//! 2. `settings`: datasource and generators.
//! 3. `enums`, then `fields`: types, columns, defaults, native types.
//! 4. `keys`: primary keys, uniques, indexes.
//! 5. `relations`: which two fields are the ends of one relation, and whether they agree.
//! 6. `constraints`: names of constraints must differ.
//!
//! Fields keep the position they were written at until the end ([`Draft`]); then faulty ones are left out and
//! every [`FieldId`] is renumbered.

mod arguments;
mod column_lookup;
mod constraints;
mod defaults;
mod documentation;
mod enums;
mod fields;
mod indexes;
mod keys;
mod names;
mod native;
mod predicate;
mod relations;
mod settings;

use std::collections::{HashMap, HashSet};

use crate::annotation::Annotation;
use crate::diagnostic::Diagnostic;
use crate::schema::{
    Arity, Field, FieldId, FieldKind, IndexColumn, Model, ModelId, RelationField, ScalarField, Schema,
};
use crate::syntax;

/// What came of it.
pub(crate) struct Resolved {
    pub(crate) schema: Schema,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Per model, names of fields and attributes that were written but could not be understood. That they are
    /// missing from the schema is no second fault.
    pub(crate) broken: HashMap<ModelId, HashSet<String>>,
}

/// Resolves all files of a schema together.
pub(crate) fn resolve(files: &[syntax::File]) -> Resolved {
    let mut resolver = Resolver {
        names: names::Names::default(),
        schema: Schema::default(),
        preview_features: HashSet::new(),
        drafts: Vec::new(),
        diagnostics: Vec::new(),
    };
    resolver.collect_names(files);
    resolver.resolve_settings(files);
    resolver.resolve_enums();
    resolver.resolve_fields();
    resolver.resolve_keys();
    resolver.resolve_relations();
    resolver.check_constraints();
    resolver.finish()
}

struct Resolver<'a> {
    names: names::Names<'a>,
    /// Datasource, generators, enums and relations; models come from the drafts at the end.
    schema: Schema,
    preview_features: HashSet<String>,
    drafts: Vec<Draft<'a>>,
    diagnostics: Vec<Diagnostic>,
}

/// A model on its way. [`FieldId`]s in it and in the relations are positions in `fields`.
struct Draft<'a> {
    block: &'a syntax::Block,
    /// Everything but the fields.
    model: Model,
    fields: Vec<DraftField<'a>>,
    by_name: HashMap<&'a str, FieldId>,
    broken: HashSet<String>,
}

struct DraftField<'a> {
    syntax: &'a syntax::Field,
    documentation: Option<String>,
    annotations: Vec<Annotation>,
    arity: Arity,
    kind: DraftKind,
    is_ignored: bool,
}

enum DraftKind {
    Scalar(ScalarField),
    /// A relation field; the relation is known once its other end is found.
    Relation(ModelId, Option<crate::schema::RelationId>),
    /// Its type is unknown or it is there twice; reported.
    Broken,
}

impl Draft<'_> {
    fn scalar(&self, id: FieldId) -> Option<&ScalarField> {
        match &self.fields[id.0 as usize].kind {
            DraftKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    fn field_name(&self, id: FieldId) -> &str {
        &self.fields[id.0 as usize].syntax.name.text
    }

    fn scalar_names(&self) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(|field| matches!(field.kind, DraftKind::Scalar(_)))
            .map(|field| field.syntax.name.text.as_str())
    }

    /// Database names of scalar fields, for the names of constraints.
    fn columns(&self, ids: impl IntoIterator<Item = FieldId>) -> Vec<&str> {
        ids.into_iter().filter_map(|id| self.scalar(id)).map(|scalar| scalar.database_name.as_str()).collect()
    }
}

impl Resolver<'_> {
    /// Leaves out what is faulty and numbers the rest anew.
    fn finish(mut self) -> Resolved {
        let mut broken = HashMap::new();
        let mut numbers: Vec<Vec<Option<FieldId>>> = Vec::new();
        for draft in &mut self.drafts {
            let mut next = 0;
            let kept = draft.fields.iter_mut().map(|field| {
                let keep = !matches!(field.kind, DraftKind::Broken | DraftKind::Relation(_, None));
                if !keep {
                    draft.broken.insert(field.syntax.name.text.clone());
                    return None;
                }
                next += 1;
                Some(FieldId(next - 1))
            });
            numbers.push(kept.collect());
        }
        let renumber = |model: usize, id: FieldId| numbers[model][id.0 as usize];
        for (position, draft) in self.drafts.into_iter().enumerate() {
            let mut model = draft.model;
            model.fields = draft.fields.into_iter().filter_map(finish_field).collect();
            // Keys only ever hold scalar fields, and those are all kept.
            let columns = |columns: &mut Vec<IndexColumn>| {
                columns.retain_mut(|column| {
                    let number = renumber(position, column.field);
                    column.field = number.unwrap_or(column.field);
                    number.is_some()
                });
            };
            model.primary_key.iter_mut().for_each(|key| columns(&mut key.columns));
            model.uniques.iter_mut().for_each(|unique| columns(&mut unique.columns));
            model.indexes.iter_mut().for_each(|index| columns(&mut index.columns));
            if !draft.broken.is_empty() {
                let id = ModelId(u32::try_from(position).unwrap_or(u32::MAX));
                broken.insert(id, draft.broken);
            }
            self.schema.models.push(model);
        }
        for relation in &mut self.schema.relations {
            let (child, parent) = (relation.child.0 as usize, relation.parent.0 as usize);
            let of = |model: usize, id: FieldId| renumber(model, id).unwrap_or(id);
            relation.child_field = of(child, relation.child_field);
            relation.parent_field = relation.parent_field.map(|id| of(parent, id));
            relation.fields.iter_mut().for_each(|id| *id = of(child, *id));
            relation.references.iter_mut().for_each(|id| *id = of(parent, *id));
        }
        Resolved { schema: self.schema, diagnostics: self.diagnostics, broken }
    }
}

fn finish_field(field: DraftField<'_>) -> Option<Field> {
    let kind = match field.kind {
        DraftKind::Scalar(scalar) => FieldKind::Scalar(scalar),
        DraftKind::Relation(target, relation) => {
            FieldKind::Relation(RelationField { relation: relation?, target })
        }
        DraftKind::Broken => return None,
    };
    Some(Field {
        name: field.syntax.name.text.clone(),
        documentation: field.documentation,
        annotations: field.annotations,
        arity: field.arity,
        kind,
        is_ignored: field.is_ignored,
        span: field.syntax.span,
        name_span: field.syntax.name.span,
    })
}
