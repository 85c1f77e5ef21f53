//! The trail: one trigger function a table, static SQL, that writes an event for each change of the
//! model's own columns.
//!
//! Its settings are pinned so that the commitment does not depend on the session; pins that only some
//! column types need are made only where such a column is.

use std::collections::BTreeSet;

use aura_schema::schema::{ColumnType, FieldId, Model, ModelId, ScalarField, ScalarType, Schema};

use crate::soft_delete::{Plan, keep_row};
use crate::sql::{self, ident};

/// `jsonb_build_object` takes 100 arguments, two a column.
const COLUMNS_PER_OBJECT: usize = 45;

/// Characters of an actor and of a request that an event keeps: whoever has SQL access may set them to anything.
const NAME_LIMIT: u32 = 200;
/// Characters of a reason.
const REASON_LIMIT: u32 = 2000;

/// The function and the triggers of one model: events, and the refusal of `DELETE` and `TRUNCATE`.
pub(crate) fn events(schema: &Schema, plan: &Plan, id: ModelId) -> String {
    let model = &schema[id];
    let table = sql::table(model);
    let function = format!("aura.{}", ident(&sql::own_name(&model.name, "_event")));
    let columns: Vec<FieldId> = model.columns().map(|(id, _, _)| id).collect();
    let own_columns_changed = format!(
        "pg_catalog.record_image_ne({}, {})",
        keep_row(model, "OLD", &columns),
        keep_row(model, "NEW", &columns)
    );
    let update = match plan.model(id).deleted_at {
        None => "o := 'update';".to_owned(),
        Some(field) => {
            let deleted = sql::column(model, field);
            format!(
                "o := CASE WHEN (OLD.{deleted} IS NULL) = (NEW.{deleted} IS NULL) THEN 'update' WHEN NEW.{deleted} IS NULL THEN 'restore' ELSE 'delete' END;"
            )
        }
    };
    format!(
        "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET \"TimeZone\" = 'UTC'{pins} AS $$
DECLARE
  b jsonb; a jsonb; o text; i text; r text;
  s CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
  IF TG_OP = 'INSERT' THEN
    o := 'create'; i := {new_id};
    a := {created};
  ELSIF TG_OP = 'UPDATE' THEN
    i := {new_id};
    {update}
    b := {before};
    a := {updated};
  ELSE
    o := 'purge'; i := {old_id}; r := NULLIF(left(current_setting('aura.purge', true), {REASON_LIMIT}), '');
    b := {before};
  END IF;
  INSERT INTO aura.event (\"at\", \"model\", \"record_id\", \"operation\", \"actor\", \"session_role\", \"request\", \"before\", \"after\", \"reason\", \"salt\", \"commitment\")
  VALUES (clock_timestamp(), {name}, i, o, {actor}, session_user, {request},
    b, a, r, s, sha256(s || convert_to(jsonb_build_array(b, a, r)::text, 'UTF8')));
  RETURN NULL;
END $$;
CREATE TRIGGER aura_event AFTER INSERT OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE TRIGGER aura_event_update AFTER UPDATE ON {table} FOR EACH ROW
  WHEN ({own_columns_changed}) EXECUTE FUNCTION {function}();
CREATE TRIGGER aura_no_delete BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_delete();
CREATE TRIGGER aura_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION aura.refuse_truncate();
",
        pins = pins(model),
        new_id = record_id(model, "NEW"),
        old_id = record_id(model, "OLD"),
        created = object(model, "NEW", None),
        before = object(model, "OLD", None),
        updated = object(model, "NEW", Some("OLD")),
        name = sql::literal(&model.name),
        actor = setting("aura.actor"),
        request = setting("aura.request"),
    )
}

/// A setting of the writer's, none if empty, cut to [`NAME_LIMIT`].
fn setting(name: &str) -> String {
    format!("NULLIF(left(current_setting({}, true), {NAME_LIMIT}), '')", sql::literal(name))
}

/// The primary key as text; a compound one as a JSON array.
fn record_id(model: &Model, row: &str) -> String {
    let columns: Vec<_> = model
        .primary_key
        .iter()
        .flat_map(|key| &key.columns)
        .map(|column| (model.column(column.field), format!("{row}.{}", sql::column(model, column.field))))
        .collect();
    match &columns[..] {
        [] => "''".to_owned(),
        [(column, only)]
            if column.ty == ColumnType::Scalar(ScalarType::String) && column.native.is_none() =>
        {
            only.clone()
        }
        [(_, only)] => format!("{only}::text"),
        several => {
            let several: Vec<_> = several.iter().map(|(_, column)| column.clone()).collect();
            format!("jsonb_build_array({})::text", several.join(", "))
        }
    }
}

/// A row as JSON by field names. A secret shows only that it is there and, beside an older row, that it changed.
fn object(model: &Model, row: &str, older: Option<&str>) -> String {
    let pairs: Vec<String> = model
        .columns()
        .map(|(_, field, column)| {
            let name = ident(&column.database_name);
            let value = if field.has_annotation("sensitive") {
                let changed = older
                    .map(|older| {
                        format!(" WHEN record_image_ne(ROW({older}.{name}), ROW({row}.{name})) THEN '[secret, changed]'")
                    })
                    .unwrap_or_default();
                format!("CASE WHEN {row}.{name} IS NULL THEN NULL{changed} ELSE '[secret]' END")
            } else {
                format!("{row}.{name}")
            };
            format!("{}, {value}", sql::literal(&field.name))
        })
        .collect();
    pairs
        .chunks(COLUMNS_PER_OBJECT)
        .map(|pairs| format!("jsonb_build_object({})", sql::wrapped(pairs, 8)))
        .collect::<Vec<_>>()
        .join("\n      || ")
}

/// What the text of the table's column types depends on, besides the time zone.
fn pins(model: &Model) -> String {
    let mut pins = BTreeSet::new();
    for (_, field, column) in model.columns() {
        if !field.has_annotation("sensitive") {
            pins.extend(pins_of(column));
        }
    }
    pins.into_iter().fold(String::new(), |text, pin| text + " SET " + pin)
}

fn pins_of(column: &ScalarField) -> Vec<&'static str> {
    const BYTES: &str = "bytea_output = 'hex'";
    const FLOAT: &str = "extra_float_digits = 1";
    const MONEY: &str = "lc_monetary = 'C'";
    let native = column.native.as_ref().map(|native| native.name.as_str());
    match (&column.ty, native) {
        (ColumnType::Scalar(_), Some("Money")) => vec![MONEY],
        (ColumnType::Scalar(ScalarType::Bytes), _) => vec![BYTES],
        (ColumnType::Scalar(ScalarType::Float), _) => vec![FLOAT],
        // It may be anything.
        (ColumnType::Unsupported(_), _) => {
            vec![BYTES, FLOAT, MONEY, "\"DateStyle\" = 'ISO, YMD'", "\"IntervalStyle\" = 'iso_8601'"]
        }
        _ => Vec::new(),
    }
}
