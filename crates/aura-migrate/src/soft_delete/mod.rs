//! Soft delete: which relations own, which are implied by others, which guard, and the columns and keys
//! that follow from it.
//!
//! A parent's row carries `"liveUntil"`, `infinity` while it lives. An owned child's row carries a copy per
//! owning parent (`"userLiveUntil"`) and refers to both the parent's key and that column with `ON UPDATE
//! CASCADE`: deleting the parent changes its key, PostgreSQL itself carries that to the children, and a
//! child inserted at the same time finds the key gone. See `docs/adr` on soft delete for the reasons.
//!
//! Models may own themselves (a tree) or each other. Rows that own each other in a ring of three or more can
//! be deleted but not restored: none of them comes first.

mod keep;

use std::collections::BTreeSet;

use aura_schema::schema::{
    ColumnType, FieldId, Model, ModelId, ReferentialAction, Relation, RelationId, ScalarType, Schema, Unique,
};

pub(crate) use keep::{keep, row as keep_row};

use crate::sql;

/// Until when a row that others depend on lives; `infinity` while it does.
pub const LIVE_UNTIL: &str = "liveUntil";
/// When a row was deleted by itself rather than with a parent.
pub const SELF_DELETED_AT: &str = "selfDeletedAt";

/// What soft delete makes of a schema: one [`ModelPlan`] a model, in the order of [`Schema::models`].
#[derive(Debug, Clone)]
pub struct Plan {
    models: Vec<ModelPlan>,
    /// Digits of a second that every hidden column keeps: a key that is finer on one side than on the
    /// other would never match.
    pub precision: u8,
}

/// What soft delete makes of one model.
#[derive(Debug, Clone, Default)]
pub struct ModelPlan {
    /// The field `deletedAt`; without one (or in a view) the model is not soft-deletable.
    pub deleted_at: Option<FieldId>,
    /// The field with `@updatedAt`.
    pub updated_at: Option<FieldId>,
    /// Owning parents by a key of their own.
    pub owners: Vec<Link>,
    /// Owning parents that another owning parent stands for: no key, no column.
    pub implied: Vec<RelationId>,
    /// `Restrict` and `NoAction`: the parent cannot be deleted while this row lives.
    pub guards: Vec<Link>,
    /// Relations with nothing but a plain key (`SetNull`, `SetDefault`, or to a model without `deletedAt`).
    pub plain: Vec<RelationId>,
    /// Columns that cannot be changed once written.
    pub frozen: Vec<FieldId>,
    /// The keys that children refer to together with [`LIVE_UNTIL`]; empty where nothing depends on it.
    pub keys: Vec<Vec<FieldId>>,
}

/// A relation and the hidden column that stands for it.
#[derive(Debug, Clone)]
pub struct Link {
    /// The relation.
    pub relation: RelationId,
    /// Its hidden column in the child: `userLiveUntil`, `ownerGuard`.
    pub column: String,
}

/// What becomes of a `@unique` of a soft-deletable model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UniqueForm {
    /// Among the live only.
    Live,
    /// Over all rows: it holds the primary key, or a foreign key needs it.
    Full,
    /// The key that children refer to: over all rows, with [`LIVE_UNTIL`] behind its columns.
    Tombstone,
}

impl ModelPlan {
    /// Whether the table has the column `"liveUntil"`.
    pub fn has_live_until(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The hidden columns, in the order of the table.
    pub fn hidden_columns(&self) -> Vec<&str> {
        let mut hidden: Vec<&str> = self.owners.iter().map(|link| link.column.as_str()).collect();
        if !self.owners.is_empty() {
            hidden.push(SELF_DELETED_AT);
        }
        if self.has_live_until() {
            hidden.push(LIVE_UNTIL);
        }
        hidden.extend(self.guards.iter().map(|link| link.column.as_str()));
        hidden
    }
}

impl Plan {
    /// Works it out for a schema under the house rules.
    pub fn new(schema: &Schema) -> Plan {
        let mut models: Vec<ModelPlan> = schema.models.iter().map(fields_of_note).collect();
        let deletable = |id: ModelId| models[id.0 as usize].deleted_at.is_some();
        let mut owning: Vec<RelationId> = (0u32..)
            .map(RelationId)
            .zip(&schema.relations)
            .filter(|(_, relation)| {
                is_key(schema, relation)
                    && relation.on_delete() == ReferentialAction::Cascade
                    && deletable(relation.child)
                    && deletable(relation.parent)
            })
            .map(|(id, _)| id)
            .collect();
        owning.sort_by_key(|id| (schema[*id].child, schema[*id].child_field));
        let implied = implied(schema, &owning);

        for (id, relation) in (0u32..).map(RelationId).zip(&schema.relations) {
            if !is_key(schema, relation) {
                continue;
            }
            let field = &schema[relation.child][relation.child_field].name;
            let both = models[relation.child.0 as usize].deleted_at.is_some()
                && models[relation.parent.0 as usize].deleted_at.is_some();
            let child = &mut models[relation.child.0 as usize];
            match relation.on_delete() {
                ReferentialAction::Cascade if implied.contains(&id) => child.implied.push(id),
                ReferentialAction::Cascade if both => {
                    child.owners.push(Link { relation: id, column: format!("{field}LiveUntil") });
                }
                ReferentialAction::Restrict | ReferentialAction::NoAction if both => {
                    child.guards.push(Link { relation: id, column: format!("{field}Guard") });
                }
                _ => child.plain.push(id),
            }
        }
        for (id, _) in schema.tables() {
            models[id.0 as usize].owners.sort_by_key(|link| schema[link.relation].child_field);
            models[id.0 as usize].guards.sort_by_key(|link| schema[link.relation].child_field);
            models[id.0 as usize].keys = keys(schema, id, &models);
            models[id.0 as usize].frozen = frozen(schema, id, &owning);
        }
        Plan { precision: precision(schema, &models), models }
    }

    /// The plan of one model.
    pub fn model(&self, id: ModelId) -> &ModelPlan {
        &self.models[id.0 as usize]
    }

    /// The type of every hidden column.
    pub(crate) fn tombstone_type(&self) -> String {
        format!("TIMESTAMPTZ({})", self.precision)
    }

    /// What becomes of one of the model's uniques.
    pub fn unique_form(&self, schema: &Schema, id: ModelId, unique: &Unique) -> UniqueForm {
        let model = &schema[id];
        if self.model(id).deleted_at.is_none() {
            return UniqueForm::Full;
        }
        let columns: BTreeSet<FieldId> = unique.columns.iter().map(|column| column.field).collect();
        let plainly = schema.relations_of_parent(id).any(|(relation, _)| {
            !self.model(schema[relation].child).implied.contains(&relation)
                && set(&self.physical(schema, relation).1) == columns
        });
        if plainly {
            UniqueForm::Full
        } else if primary_key(model).is_some_and(|key| key.is_subset(&columns)) {
            let referred = self.model(id).keys.iter().any(|key| set(key) == columns);
            if referred { UniqueForm::Tombstone } else { UniqueForm::Full }
        } else {
            UniqueForm::Live
        }
    }

    /// Columns of the child and of the parent that the plain foreign key of a relation joins. Where the
    /// relation refers to more than the parent's primary key, the primary key alone does, so that the
    /// longer key can carry `"liveUntil"`; a relation with no other key keeps them all.
    pub(crate) fn physical(&self, schema: &Schema, id: RelationId) -> (Vec<FieldId>, Vec<FieldId>) {
        let relation = &schema[id];
        let has_another_key = !self.model(relation.child).plain.contains(&id);
        let key = primary_key(&schema[relation.parent]).unwrap_or_default();
        let pairs = relation.fields.iter().copied().zip(relation.references.iter().copied());
        if has_another_key && key.is_subset(&set(&relation.references)) {
            pairs.filter(|(_, reference)| key.contains(reference)).unzip()
        } else {
            pairs.unzip()
        }
    }

    /// Name of the key that children refer to, where it is none of the model's own uniques.
    pub(crate) fn key_name(model: &Model, key: &[FieldId]) -> String {
        let columns: Vec<_> = key.iter().map(|field| model.column(*field).database_name.as_str()).collect();
        sql::own_name(&format!("{}_{}", model.database_name, columns.join("_")), "_liveUntil_key")
    }
}

pub(crate) fn set(fields: &[FieldId]) -> BTreeSet<FieldId> {
    fields.iter().copied().collect()
}

pub(crate) fn primary_key(model: &Model) -> Option<BTreeSet<FieldId>> {
    model.primary_key.as_ref().map(|key| key.columns.iter().map(|column| column.field).collect())
}

/// Whether a relation is a foreign key between two tables.
pub(crate) fn is_key(schema: &Schema, relation: &Relation) -> bool {
    !relation.fields.is_empty() && !schema[relation.child].is_view && !schema[relation.parent].is_view
}

fn fields_of_note(model: &Model) -> ModelPlan {
    let deleted_at = model.field("deletedAt").filter(|(_, field)| {
        matches!(&field.kind, aura_schema::schema::FieldKind::Scalar(column)
            if column.ty == ColumnType::Scalar(ScalarType::DateTime))
    });
    let updated_at = model.columns().find(|(_, _, column)| column.is_updated_at);
    ModelPlan {
        deleted_at: deleted_at.filter(|_| !model.is_view).map(|(id, _)| id),
        updated_at: updated_at.map(|(id, _, _)| id),
        ..ModelPlan::default()
    }
}

/// Owning relations that follow from others: `Session.user`, because a session refers to its membership by
/// a key that holds the membership's user, and the user owns the membership by that same column.
fn implied(schema: &Schema, owning: &[RelationId]) -> BTreeSet<RelationId> {
    // The relation implied, the one it is implied through, and the one of that parent it stands for.
    let mut found: Vec<(RelationId, RelationId, RelationId)> = Vec::new();
    for &candidate in owning {
        let through = owning.iter().flat_map(|&carrier| {
            owning
                .iter()
                .map(move |&grand| (carrier, grand))
                .filter(move |(carrier, grand)| stands_for(schema, candidate, *carrier, *grand))
        });
        // Two relations must not each be left out because of the other.
        let sound = |&(carrier, grand): &(RelationId, RelationId)| {
            let mut reached = vec![carrier, grand];
            let mut at = 0;
            while let Some(&next) = reached.get(at) {
                if next == candidate {
                    return false;
                }
                for &(_, carrier, grand) in found.iter().filter(|(implied, _, _)| *implied == next) {
                    for further in [carrier, grand] {
                        if !reached.contains(&further) {
                            reached.push(further);
                        }
                    }
                }
                at += 1;
            }
            true
        };
        let mut through = through;
        if let Some((carrier, grand)) = through.find(sound) {
            found.push((candidate, carrier, grand));
        }
    }
    found.into_iter().map(|(implied, _, _)| implied).collect()
}

/// Whether every row's `candidate` is its `carrier`'s `grand`, by the same columns.
fn stands_for(schema: &Schema, candidate: RelationId, carrier: RelationId, grand: RelationId) -> bool {
    let (wanted, through, above) = (&schema[candidate], &schema[carrier], &schema[grand]);
    candidate != carrier
        && candidate != grand
        && through.child == wanted.child
        && through.is_required
        && above.child == through.parent
        && above.parent == wanted.parent
        // In a chain that leads back to the same table the first row would vouch for itself.
        && through.parent != wanted.child
        && above.fields.len() == wanted.fields.len()
        && wanted.fields.iter().zip(&wanted.references).all(|(field, reference)| {
            through.fields.iter().zip(&through.references).filter(|(by, _)| *by == field).any(|(_, middle)| {
                above.fields.iter().zip(&above.references).any(|(from, to)| from == middle && to == reference)
            })
        })
}

/// Every key of the model that a child refers to together with `"liveUntil"`, each once.
fn keys(schema: &Schema, id: ModelId, models: &[ModelPlan]) -> Vec<Vec<FieldId>> {
    let mut keys: Vec<Vec<FieldId>> = Vec::new();
    for (relation_id, relation) in schema.relations_of_parent(id) {
        let child = &models[relation.child.0 as usize];
        let linked = child.owners.iter().chain(&child.guards).any(|link| link.relation == relation_id);
        if linked && !keys.iter().any(|key| set(key) == set(&relation.references)) {
            // A declared unique keeps its own order of columns: it may serve look-ups too.
            let declared = schema[id].uniques.iter().find_map(|unique| {
                let columns: Vec<_> = unique.columns.iter().map(|column| column.field).collect();
                (set(&columns) == set(&relation.references)).then_some(columns)
            });
            keys.push(declared.unwrap_or_else(|| relation.references.clone()));
        }
    }
    keys
}

/// The primary key, what names an owning parent, and what owned children refer to.
fn frozen(schema: &Schema, id: ModelId, owning: &[RelationId]) -> Vec<FieldId> {
    let model = &schema[id];
    let mut frozen: Vec<FieldId> =
        model.primary_key.iter().flat_map(|key| &key.columns).map(|column| column.field).collect();
    for relation in owning.iter().map(|relation| &schema[*relation]) {
        let named = relation.fields.iter().filter(|_| relation.child == id);
        let referred = relation.references.iter().filter(|_| relation.parent == id);
        for field in named.chain(referred) {
            if !frozen.contains(field) {
                frozen.push(*field);
            }
        }
    }
    frozen.sort_unstable();
    frozen
}

/// The coarsest `deletedAt` decides.
fn precision(schema: &Schema, models: &[ModelPlan]) -> u8 {
    schema
        .tables()
        .filter_map(|(id, model)| {
            models[id.0 as usize].deleted_at.map(|field| column_precision(model, field))
        })
        .min()
        .unwrap_or(3)
}

/// Digits of a second of a time column; PostgreSQL's default is 6, Prisma's without `@db.…` 3.
pub(crate) fn column_precision(model: &Model, field: FieldId) -> u8 {
    match &model.column(field).native {
        Some(native) => native.arguments.first().and_then(|digits| digits.trim().parse().ok()).unwrap_or(6),
        None => 3,
    }
}
