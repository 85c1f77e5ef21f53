//! The trigger that keeps a row's bookkeeping: `deletedAt` is an ordinary column that anyone may write, the
//! hidden columns follow from it, and `updatedAt` from any change of the row.
//!
//! The CHECKs of the table pin the same equalities, so that with triggers off a bad write fails.
//!
//! During `ON UPDATE CASCADE` PostgreSQL runs the function as the owner of the table, with the settings of
//! whoever wrote: so its search_path is its own, and types of casts are named with their schema.

use aura_schema::schema::{FieldId, Model, ModelId, Schema};

use super::{LIVE_UNTIL, ModelPlan, Plan, SELF_DELETED_AT};
use crate::sql::{self, ident};

/// The function and its triggers; nothing where the model has neither `deletedAt` nor `updatedAt`.
pub(crate) fn keep(schema: &Schema, plan: &Plan, id: ModelId) -> Option<String> {
    let model = &schema[id];
    let of = plan.model(id);
    if of.deleted_at.is_none() && of.updated_at.is_none() {
        return None;
    }
    let table = sql::table(model);
    let function = format!("aura.{}", ident(&sql::own_name(&model.name, "_keep")));
    let mut body = String::new();
    body.push_str(&refuse_changes(model, of));
    body.push_str(&tombstone(schema, plan, model, of));
    body.push_str(&touch(model, of));

    let mut out = vec![format!(
        "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql\nSET search_path = pg_catalog, pg_temp AS $$\nBEGIN\n{body}  RETURN NEW;\nEND $$;\n"
    )];
    if let Some(deleted_at) = of.deleted_at {
        let mut when = vec![format!("NEW.{} IS NOT NULL", sql::column(model, deleted_at))];
        if !of.owners.is_empty() {
            when.push(format!("NEW.{} IS NOT NULL", ident(SELF_DELETED_AT)));
            when.extend(of.owners.iter().map(|link| format!("NEW.{} <> 'infinity'", ident(&link.column))));
        }
        out.push(format!(
            "CREATE TRIGGER aura_keep_new BEFORE INSERT ON {table} FOR EACH ROW\n  WHEN ({}) EXECUTE FUNCTION {function}();\n",
            when.join(" OR ")
        ));
    }
    // Compared by image: `=` holds 1.0 and 1.00, or two spellings in citext, for the same value.
    out.push(format!(
        "CREATE TRIGGER aura_keep BEFORE UPDATE ON {table} FOR EACH ROW\n  WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION {function}();\n"
    ));
    Some(out.concat())
}

/// `NEW.a, NEW.b` of several columns, as a row to compare by image.
pub(crate) fn row(model: &Model, prefix: &str, fields: &[FieldId]) -> String {
    let columns: Vec<_> =
        fields.iter().map(|field| format!("{prefix}.{}", sql::column(model, *field))).collect();
    format!("ROW({})", sql::wrapped(&columns, 6))
}

fn changed(model: &Model, fields: &[FieldId]) -> String {
    format!("pg_catalog.record_image_ne({}, {})", row(model, "OLD", fields), row(model, "NEW", fields))
}

/// A key that moved would carry the children of one owner to another by `ON UPDATE CASCADE`.
fn refuse_changes(model: &Model, of: &ModelPlan) -> String {
    if of.frozen.is_empty() {
        return String::new();
    }
    let names: Vec<_> = of.frozen.iter().map(|field| model[*field].name.as_str()).collect();
    let message = format!("{}: {} cannot be changed", model.name, names.join(", "));
    format!(
        "  IF TG_OP = 'UPDATE' AND {} THEN\n    RAISE EXCEPTION {} USING ERRCODE = '23514', TABLE = {};\n  END IF;\n",
        changed(model, &of.frozen),
        sql::raise_format(&message),
        sql::literal(&model.database_name),
    )
}

/// Derives the hidden columns from `deletedAt`, or `deletedAt` from what befell the parents.
fn tombstone(schema: &Schema, plan: &Plan, model: &Model, of: &ModelPlan) -> String {
    let Some(field) = of.deleted_at else { return String::new() };
    let deleted = format!("NEW.{}", sql::column(model, field));
    let live = format!("NEW.{}", ident(LIVE_UNTIL));
    let itself = format!("NEW.{}", ident(SELF_DELETED_AT));
    let mut out = Vec::new();
    if super::column_precision(model, field) > plan.precision {
        out.push(format!(
            "  {deleted} := {deleted}::pg_catalog.{}; -- as fine as the keys\n",
            plan.tombstone_type()
        ));
    }

    if of.owners.is_empty() {
        if of.has_live_until() {
            out.push(format!("  {live} := COALESCE({deleted}, 'infinity');\n"));
        }
    } else {
        let old_deleted = format!("OLD.{}", sql::column(model, field));
        let parents: Vec<_> = of.owners.iter().map(|link| format!("NEW.{}", ident(&link.column))).collect();
        let first_parent = format!("LEAST({})", parents.join(", "));
        let message =
            format!("{} % cannot be restored: a parent of it is deleted", model.name.replace('%', "%%"));
        let key = model.primary_key.iter().flat_map(|key| &key.columns).next();
        let shown =
            key.map_or_else(|| "NULL".to_owned(), |key| format!("OLD.{}", sql::column(model, key.field)));
        let constraint = sql::own_name(&model.database_name, "_liveUntil_check");
        out.push(format!(
            "  IF TG_OP = 'INSERT' THEN\n    \
               {itself} := COALESCE({itself}, CASE WHEN {deleted} < {first_parent} OR {deleted} = 'infinity' THEN {deleted} END);\n  \
             ELSIF {deleted} IS DISTINCT FROM {old_deleted} THEN\n    \
               {itself} := {deleted};\n    \
               IF {itself} IS NULL AND {first_parent} < 'infinity' THEN\n      \
                 RAISE EXCEPTION {} USING ERRCODE = '23503', TABLE = {}, CONSTRAINT = {};\n    \
               END IF;\n  \
             END IF;\n",
            format_args!("{}, {shown}", sql::literal(&message)),
            sql::literal(&model.database_name),
            sql::literal(&constraint),
        ));
        out.push(format!("  IF {itself} IS NULL THEN\n"));
        for parent in &parents {
            out.push(format!("    {parent} := COALESCE({parent}, 'infinity');\n"));
        }
        out.push("  ELSE -- deleted by itself: out of its parents' keys\n".to_owned());
        for parent in &parents {
            out.push(format!("    {parent} := NULL;\n"));
        }
        out.push("  END IF;\n".to_owned());
        let until = format!("LEAST(COALESCE({itself}, 'infinity'), {})", parents.join(", "));
        if of.has_live_until() {
            out.push(format!("  {live} := {until};\n  {deleted} := NULLIF({live}, 'infinity');\n"));
        } else {
            out.push(format!("  {deleted} := NULLIF({until}, 'infinity');\n"));
        }
    }
    for link in &of.guards {
        let field = &schema[schema[link.relation].child][schema[link.relation].child_field].name;
        out.push(format!(
            "  NEW.{} := CASE WHEN {deleted} IS NULL THEN 'infinity'::pg_catalog.timestamptz END; -- a deleted row does not hold its {field}\n",
            ident(&link.column)
        ));
    }
    out.concat()
}

/// `updatedAt` moves when a column of the model does, not with the hidden ones.
fn touch(model: &Model, of: &ModelPlan) -> String {
    let Some(updated_at) = of.updated_at else { return String::new() };
    let others: Vec<FieldId> = model.columns().map(|(id, _, _)| id).filter(|id| *id != updated_at).collect();
    let column = sql::column(model, updated_at);
    format!(
        "  IF TG_OP = 'UPDATE' THEN\n    \
           NEW.{column} := CASE WHEN {}\n      THEN now() ELSE OLD.{column} END;\n  \
         END IF;\n",
        changed(model, &others)
    )
}
