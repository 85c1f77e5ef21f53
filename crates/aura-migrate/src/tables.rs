//! Enums, tables and join tables.

use std::collections::BTreeSet;

use aura_schema::config::IdKind;
use aura_schema::schema::{
    Arity, ColumnType, DefaultKind, Field, FieldId, Model, ModelId, Relation, RelationKind, ScalarField,
    ScalarType, Schema,
};

use crate::soft_delete::{LIVE_UNTIL, Plan, SELF_DELETED_AT};
use crate::sql::{self, ident};
use crate::{checks, columns};

/// The house rules at work: what soft delete makes of the schema, and which columns hold ids.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) plan: Plan,
    pub(crate) ids: IdKind,
    id_columns: BTreeSet<(ModelId, FieldId)>,
}

impl House {
    pub(crate) fn new(schema: &Schema, ids: IdKind) -> House {
        House { plan: Plan::new(schema), ids, id_columns: id_columns(schema) }
    }
}

/// Ids and the columns of foreign keys that lead to them, over however many relations.
fn id_columns(schema: &Schema) -> BTreeSet<(ModelId, FieldId)> {
    let mut found: BTreeSet<_> = schema
        .tables()
        .flat_map(|(id, model)| {
            model
                .columns()
                .filter(|(field, _, column)| is_minted_id(model, *field, column))
                .map(move |(field, _, _)| (id, field))
        })
        .collect();
    loop {
        let before = found.len();
        for relation in &schema.relations {
            for (field, reference) in relation.fields.iter().zip(&relation.references) {
                if found.contains(&(relation.parent, *reference)) {
                    found.insert((relation.child, *field));
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Whether the column is the primary key and `cuid(…)` makes its values.
pub(crate) fn is_minted_id(model: &Model, field: FieldId, column: &ScalarField) -> bool {
    let alone = model
        .primary_key
        .as_ref()
        .is_some_and(|key| matches!(&key.columns[..], [only] if only.field == field));
    alone
        && column.ty == ColumnType::Scalar(ScalarType::String)
        && column.default.as_ref().is_some_and(|default| matches!(default.kind, DefaultKind::Cuid(_)))
}

/// `CREATE SCHEMA` for `public` and every `@@schema` in use, by name.
pub(crate) fn create_schemas(schema: &Schema) -> Vec<String> {
    let models =
        schema.models.iter().filter(|model| !model.is_view).filter_map(|model| model.schema.as_deref());
    let enums = schema.enums.iter().filter_map(|found| found.schema.as_deref());
    let declared = schema.datasource.iter().flat_map(|source| &source.schemas).map(String::as_str);
    let names: BTreeSet<&str> = models.chain(enums).chain(declared).chain(["public"]).collect();
    names.into_iter().map(|name| format!("CREATE SCHEMA IF NOT EXISTS {};", ident(name))).collect()
}

/// `CREATE EXTENSION` for every extension of the datasource, as written: `citext`, `pg_trgm(schema: "x")`.
pub(crate) fn create_extensions(schema: &Schema) -> Vec<String> {
    schema
        .datasource
        .iter()
        .flat_map(|source| &source.extensions)
        .map(|written| {
            let (name, arguments) = written.split_once('(').unwrap_or((written, ""));
            let argument = |wanted: &str| {
                arguments.trim_end().trim_end_matches(')').split(',').find_map(|argument| {
                    let (key, value) = argument.split_once(':')?;
                    (key.trim() == wanted).then(|| value.trim().trim_matches('"').to_owned())
                })
            };
            let name = argument("map").unwrap_or_else(|| name.trim().to_owned());
            let place =
                argument("schema").map(|place| format!(" WITH SCHEMA {}", ident(&place))).unwrap_or_default();
            let version = argument("version")
                .map(|version| format!(" VERSION {}", ident(&version)))
                .unwrap_or_default();
            format!("CREATE EXTENSION IF NOT EXISTS {}{place}{version};", ident(&name))
        })
        .collect()
}

/// `CREATE TYPE … AS ENUM`.
pub(crate) fn create_enums(schema: &Schema) -> Vec<String> {
    schema
        .enums
        .iter()
        .map(|found| {
            let labels: Vec<_> =
                found.values.iter().map(|value| sql::literal(&value.database_name)).collect();
            format!(
                "CREATE TYPE {} AS ENUM ({});",
                sql::qualified(found.schema.as_deref(), &found.database_name),
                labels.join(", ")
            )
        })
        .collect()
}

/// `CREATE TABLE` of one model.
pub(crate) fn create_table(schema: &Schema, id: ModelId, house: Option<&House>) -> String {
    let model = &schema[id];
    let mut lines: Vec<String> = model
        .columns()
        .map(|(field_id, field, column)| column_line(schema, (id, field_id), field, column, house))
        .collect();
    if let Some(house) = house {
        lines.extend(hidden_lines(house, id));
    }
    let mut constraints = Vec::new();
    if let Some(key) = &model.primary_key {
        let columns: Vec<_> = key.columns.iter().map(|column| sql::column(model, column.field)).collect();
        constraints.push(format!(
            "CONSTRAINT {} PRIMARY KEY ({})",
            ident(&key.database_name),
            columns.join(",")
        ));
    }
    if let Some(house) = house {
        constraints.extend(checks::checks(schema, &house.plan, id));
    }
    let constraints = if constraints.is_empty() {
        String::new()
    } else {
        format!(",\n\n    {}", constraints.join(",\n    "))
    };
    format!("CREATE TABLE {} (\n    {}{constraints}\n);", sql::table(model), lines.join(",\n    "))
}

fn column_line(
    schema: &Schema,
    (id, field_id): (ModelId, FieldId),
    field: &Field,
    column: &ScalarField,
    house: Option<&House>,
) -> String {
    let mut line =
        format!("{} {}", ident(&column.database_name), columns::declared_type(schema, field, column));
    let holds_id = house.is_some_and(|house| house.id_columns.contains(&(id, field_id)));
    if holds_id && field.arity != Arity::List {
        line += " COLLATE \"C\"";
    }
    if field.arity == Arity::Required {
        line += " NOT NULL";
    }
    let default = columns::default(schema, field, column).or_else(|| {
        house.and_then(|_| {
            if is_minted_id(&schema[id], field_id, column) {
                Some("aura.id()".to_owned())
            } else {
                // So that raw SQL need not name it.
                column.is_updated_at.then(|| "CURRENT_TIMESTAMP".to_owned())
            }
        })
    });
    if let Some(default) = default {
        line.push_str(" DEFAULT ");
        line.push_str(&default);
    }
    line
}

fn hidden_lines(house: &House, id: ModelId) -> Vec<String> {
    let of = house.plan.model(id);
    let ty = house.plan.tombstone_type();
    let mut lines: Vec<String> =
        of.owners.iter().map(|link| format!("{} {ty} DEFAULT 'infinity'", ident(&link.column))).collect();
    if !of.owners.is_empty() {
        lines.push(format!("{} {ty}", ident(SELF_DELETED_AT)));
    }
    if of.has_live_until() {
        lines.push(format!("{} {ty} NOT NULL DEFAULT 'infinity'", ident(LIVE_UNTIL)));
    }
    lines.extend(of.guards.iter().map(|link| format!("{} {ty} DEFAULT 'infinity'", ident(&link.column))));
    lines
}

/// Many-to-many relations with the name of their table, as Prisma names it.
pub(crate) fn join_tables(schema: &Schema) -> impl Iterator<Item = (&Relation, String)> {
    schema.relations.iter().filter(|relation| relation.kind == RelationKind::ManyToMany).map(|relation| {
        let name = match &relation.name {
            Some(name) => format!("_{name}"),
            None => format!("_{}To{}", schema[relation.child].name, schema[relation.parent].name),
        };
        (relation, name)
    })
}

/// `CREATE TABLE "_AToB"`.
pub(crate) fn create_join_table(
    schema: &Schema,
    relation: &Relation,
    name: &str,
    house: Option<&House>,
) -> String {
    let column = |name: &str, id: ModelId| {
        let model = &schema[id];
        let key = join_key(model);
        let ty = key.map_or_else(|| "TEXT".to_owned(), |key| columns::base_type(schema, model.column(key)));
        let collation = match (house, key) {
            (Some(house), Some(key)) if house.id_columns.contains(&(id, key)) => " COLLATE \"C\"",
            _ => "",
        };
        format!("{} {ty}{collation} NOT NULL", ident(name))
    };
    format!(
        "CREATE TABLE {} (\n    {},\n    {},\n\n    CONSTRAINT {} PRIMARY KEY (\"A\",\"B\")\n);",
        sql::qualified(schema[relation.child].schema.as_deref(), name),
        column("A", relation.child),
        column("B", relation.parent),
        ident(&sql::prisma_name(name, "_AB_pkey")),
    )
}

/// The one column of a model's id that a join table refers to.
pub(crate) fn join_key(model: &Model) -> Option<FieldId> {
    match model.primary_key.as_ref().map(|key| &key.columns[..]) {
        Some([only]) => Some(only.field),
        _ => model.uniques.iter().find_map(|unique| match &unique.columns[..] {
            [only] => Some(only.field),
            _ => None,
        }),
    }
}
