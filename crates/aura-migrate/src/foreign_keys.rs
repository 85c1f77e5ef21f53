//! Foreign keys: Prisma's, or those of soft delete.

use aura_schema::schema::{FieldId, ModelId, ReferentialAction, Relation, RelationId, Schema};

use crate::soft_delete::{self, LIVE_UNTIL, Link, Plan};
use crate::sql::{self, ident};
use crate::tables;

/// The foreign keys of one model's table, in the order of its relation fields.
pub(crate) fn add_foreign_keys(schema: &Schema, child: ModelId, plan: Option<&Plan>) -> Vec<String> {
    let mut relations: Vec<_> = schema
        .relations_of_child(child)
        .filter(|(_, relation)| soft_delete::is_key(schema, relation))
        .collect();
    relations.sort_by_key(|(_, relation)| relation.child_field);
    match plan {
        Some(plan) => relations.iter().flat_map(|(id, _)| house_keys(schema, plan, *id)).collect(),
        None if is_emulated(schema) => Vec::new(),
        None => relations
            .iter()
            .map(|(_, relation)| {
                let actions = format!(
                    " ON DELETE {} ON UPDATE {}",
                    action(relation.on_delete()),
                    action(relation.on_update())
                );
                let columns = (&relation.fields[..], &relation.references[..]);
                foreign_key(schema, relation, &name(schema, relation, ""), columns, None, &actions)
            })
            .collect(),
    }
}

/// `relationMode = "prisma"`: Prisma Client stands in for foreign keys.
fn is_emulated(schema: &Schema) -> bool {
    schema.datasource.as_ref().and_then(|source| source.relation_mode.as_deref()) == Some("prisma")
}

fn house_keys(schema: &Schema, plan: &Plan, id: RelationId) -> Vec<String> {
    let relation = &schema[id];
    let of = plan.model(relation.child);
    let (fields, references) = plan.physical(schema, id);
    let physical = (&fields[..], &references[..]);
    let whole = (&relation.fields[..], &relation.references[..]);
    let is = |link: &&Link| link.relation == id;
    if let Some(link) = of.owners.iter().find(is) {
        // The first carries a parent's deletion and refuses children of the deleted; the second holds for the dead too.
        let carried = " ON DELETE NO ACTION ON UPDATE CASCADE";
        vec![
            foreign_key(schema, relation, &name(schema, relation, ""), whole, Some(&link.column), carried),
            foreign_key(
                schema,
                relation,
                &name(schema, relation, "_any"),
                physical,
                None,
                " ON DELETE NO ACTION",
            ),
        ]
    } else if let Some(link) = of.guards.iter().find(is) {
        let refused = " ON DELETE NO ACTION ON UPDATE NO ACTION";
        vec![
            foreign_key(
                schema,
                relation,
                &name(schema, relation, ""),
                physical,
                None,
                " ON DELETE NO ACTION",
            ),
            foreign_key(
                schema,
                relation,
                &name(schema, relation, "_live"),
                whole,
                Some(&link.column),
                refused,
            ),
        ]
    } else if of.plain.contains(&id) {
        let actions = format!(" ON DELETE {}", action(relation.on_delete()));
        vec![foreign_key(schema, relation, &name(schema, relation, ""), whole, None, &actions)]
    } else {
        Vec::new()
    }
}

fn foreign_key(
    schema: &Schema,
    relation: &Relation,
    name: &str,
    (fields, references): (&[FieldId], &[FieldId]),
    hidden: Option<&str>,
    actions: &str,
) -> String {
    let (child, parent) = (&schema[relation.child], &schema[relation.parent]);
    let (here, there) = hidden
        .map(|column| (format!(", {}", ident(column)), format!(", {}", ident(LIVE_UNTIL))))
        .unwrap_or_default();
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}{here}) REFERENCES {}({}{there}){actions};",
        sql::table(child),
        ident(name),
        sql::column_list(child, fields),
        sql::table(parent),
        sql::column_list(parent, references),
    )
}

/// Prisma's name of the key, or AuraID's second one beside it.
fn name(schema: &Schema, relation: &Relation, variant: &str) -> String {
    let child = &schema[relation.child];
    match &relation.map {
        Some(map) if variant.is_empty() => map.clone(),
        Some(map) => sql::own_name(map, variant),
        None => {
            let columns: Vec<_> =
                relation.fields.iter().map(|field| child.column(*field).database_name.as_str()).collect();
            let front = format!("{}_{}", child.database_name, columns.join("_"));
            if variant.is_empty() {
                sql::prisma_name(&front, "_fkey")
            } else {
                sql::own_name(&front, &format!("{variant}_fkey"))
            }
        }
    }
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

/// The two foreign keys of a join table.
pub(crate) fn add_join_keys(schema: &Schema, relation: &Relation, name: &str) -> Vec<String> {
    if is_emulated(schema) {
        return Vec::new();
    }
    let table = sql::qualified(schema[relation.child].schema.as_deref(), name);
    [("A", relation.child), ("B", relation.parent)]
        .into_iter()
        .filter_map(|(column, target)| {
            let target = &schema[target];
            let key = sql::column(target, tables::join_key(target)?);
            Some(format!(
                "ALTER TABLE {table} ADD CONSTRAINT {} FOREIGN KEY (\"{column}\") REFERENCES {}({key}) ON DELETE CASCADE ON UPDATE CASCADE;",
                ident(&sql::prisma_name(name, &format!("_{column}_fkey"))),
                sql::table(target),
            ))
        })
        .collect()
}
