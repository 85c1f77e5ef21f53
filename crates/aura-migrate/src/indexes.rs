//! Uniques and indexes.

use aura_schema::schema::{IndexAlgorithm, IndexColumn, Model, ModelId, Relation, Schema, Unique};

use crate::soft_delete::{self, LIVE_UNTIL, Plan, UniqueForm};
use crate::sql::{self, ident};
use crate::tables::House;

/// Everything of a model, in Prisma's order: uniques of one field, `@@index`, `@@unique`; then the keys and
/// indexes that soft delete needs.
pub(crate) fn create_indexes(schema: &Schema, id: ModelId, house: Option<&House>) -> Vec<String> {
    let model = &schema[id];
    let plan = house.map(|house| &house.plan);
    let is_of_field = |unique: &&Unique| match &unique.columns[..] {
        [only] => {
            let field = model[only.field].span;
            field.file == unique.span.file && field.start <= unique.span.start && unique.span.end <= field.end
        }
        _ => false,
    };
    let mut out: Vec<String> = model
        .uniques
        .iter()
        .filter(is_of_field)
        .map(|unique| create_unique(schema, id, unique, plan))
        .collect();
    out.extend(model.indexes.iter().map(|index| {
        let using = match index.algorithm {
            IndexAlgorithm::BTree => "",
            IndexAlgorithm::Hash => " USING HASH ",
            IndexAlgorithm::Gin => " USING GIN ",
            IndexAlgorithm::Gist => " USING GIST ",
            IndexAlgorithm::SpGist => " USING SPGIST ",
            IndexAlgorithm::Brin => " USING BRIN ",
        };
        format!(
            "CREATE INDEX {} ON {}{using}({}){};",
            ident(&index.database_name),
            sql::table(model),
            columns(model, &index.columns, false),
            predicate(index.predicate.as_deref(), None),
        )
    }));
    out.extend(
        model
            .uniques
            .iter()
            .filter(|unique| !is_of_field(unique))
            .map(|unique| create_unique(schema, id, unique, plan)),
    );
    if let Some(plan) = plan {
        out.extend(keys(schema, plan, id));
        out.extend(cascade_indexes(schema, plan, id));
    }
    out
}

fn create_unique(schema: &Schema, id: ModelId, unique: &Unique, plan: Option<&Plan>) -> String {
    let model = &schema[id];
    let name = ident(&unique.database_name);
    let table = sql::table(model);
    let form = plan.map(|plan| plan.unique_form(schema, id, unique));
    let is_plain = unique.predicate.is_none()
        && unique.columns.iter().all(|column| !column.descending && column.operator_class.is_none());
    match form {
        Some(UniqueForm::Tombstone) => {
            let fields: Vec<_> = unique.columns.iter().map(|column| column.field).collect();
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({}, {});",
                sql::column_list(model, &fields),
                ident(LIVE_UNTIL)
            )
        }
        Some(UniqueForm::Full) if is_plain => {
            let fields: Vec<_> = unique.columns.iter().map(|column| column.field).collect();
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({});",
                sql::column_list(model, &fields)
            )
        }
        _ => {
            let live = plan
                .filter(|_| form == Some(UniqueForm::Live))
                .and_then(|plan| plan.model(id).deleted_at)
                .map(|field| format!("{} IS NULL", sql::column(model, field)));
            format!(
                "CREATE UNIQUE INDEX {name} ON {table}({}){};",
                columns(model, &unique.columns, live.is_some()),
                predicate(unique.predicate.as_deref(), live.as_deref()),
            )
        }
    }
}

fn columns(model: &Model, of: &[IndexColumn], fold_case: bool) -> String {
    let columns: Vec<_> = of
        .iter()
        .map(|column| {
            let mut text = sql::column(model, column.field);
            if fold_case && model[column.field].has_annotation("email") {
                text = email_key(&text);
            }
            if let Some(class) = &column.operator_class {
                text.push(' ');
                text.push_str(&operator_class(class));
            }
            if column.descending {
                text += " DESC";
            }
            text
        })
        .collect();
    columns.join(", ")
}

/// By what addresses are told apart: without ASCII case, and by nothing that a locale decides. A locale's
/// upgrade would break the index unseen, and some make one letter of `i` and `İ`.
fn email_key(column: &str) -> String {
    format!("lower({column} COLLATE \"C\")")
}

/// `JsonbPathOps` of Prisma's list is `jsonb_path_ops`; what `raw("…")` held is taken as it is.
fn operator_class(written: &str) -> String {
    if !written.starts_with(|first: char| first.is_ascii_uppercase()) {
        return written.to_owned();
    }
    // Words that PostgreSQL writes as one.
    let written = written.replace("MinMax", "Minmax").replace("Tz", "tz").replace("VarBit", "Varbit");
    let mut out = String::new();
    for letter in written.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn predicate(written: Option<&str>, live: Option<&str>) -> String {
    match (written, live) {
        (None, None) => String::new(),
        (Some(written), None) => format!(" WHERE ({written})"),
        (None, Some(live)) => format!(" WHERE {live}"),
        (Some(written), Some(live)) => format!(" WHERE ({written}) AND {live}"),
    }
}

/// The keys that children refer to and that are none of the model's own uniques.
fn keys(schema: &Schema, plan: &Plan, id: ModelId) -> Vec<String> {
    let model = &schema[id];
    plan.model(id)
        .keys
        .iter()
        .filter(|key| {
            !model.uniques.iter().any(|unique| {
                let columns: Vec<_> = unique.columns.iter().map(|column| column.field).collect();
                soft_delete::set(&columns) == soft_delete::set(key)
                    && plan.unique_form(schema, id, unique) == UniqueForm::Tombstone
            })
        })
        .map(|key| {
            format!(
                "ALTER TABLE {} ADD CONSTRAINT {} UNIQUE ({}, {});",
                sql::table(model),
                ident(&Plan::key_name(model, key)),
                sql::column_list(model, key),
                ident(LIVE_UNTIL)
            )
        })
        .collect()
}

/// A cascade looks children up by their parent's id over all rows, so an index on the live cannot serve
/// it: where the schema declares none that can, one is made.
fn cascade_indexes(schema: &Schema, plan: &Plan, id: ModelId) -> Vec<String> {
    let model = &schema[id];
    let of = plan.model(id);
    let mut led: Vec<_> = model
        .indexes
        .iter()
        .filter(|index| index.predicate.is_none() && index.algorithm == IndexAlgorithm::BTree)
        .filter_map(|index| index.columns.first())
        .chain(model.primary_key.iter().filter_map(|key| key.columns.first()))
        .chain(
            model
                .uniques
                .iter()
                .filter(|unique| {
                    unique.predicate.is_none() && plan.unique_form(schema, id, unique) != UniqueForm::Live
                })
                .filter_map(|unique| unique.columns.first()),
        )
        .map(|column| column.field)
        .chain(of.keys.iter().filter_map(|key| key.first().copied()))
        .collect();
    let mut out = Vec::new();
    for link in of.owners.iter().chain(&of.guards) {
        let (fields, _) = plan.physical(schema, link.relation);
        if fields.iter().any(|field| led.contains(field)) {
            continue;
        }
        led.extend(fields.first());
        let names: Vec<_> = fields.iter().map(|field| model.column(*field).database_name.as_str()).collect();
        out.push(format!(
            "CREATE INDEX {} ON {}({});",
            ident(&sql::own_name(&format!("{}_{}", model.database_name, names.join("_")), "_idx")),
            sql::table(model),
            sql::column_list(model, &fields),
        ));
    }
    out
}

/// The index of a join table on its second column; the first is led by the primary key.
pub(crate) fn create_join_index(schema: &Schema, relation: &Relation, name: &str) -> String {
    format!(
        "CREATE INDEX {} ON {}(\"B\");",
        ident(&sql::prisma_name(name, "_B_index")),
        sql::qualified(schema[relation.child].schema.as_deref(), name)
    )
}
