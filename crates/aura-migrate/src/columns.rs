//! Types and defaults of columns, as Prisma 7 writes them.

use aura_schema::schema::{
    Arity, ColumnType, DefaultKind, EnumId, Field, Literal, NativeType, ScalarField, ScalarType, Schema,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sql;

/// The type without `[]`: what Prisma's type means in PostgreSQL, or what `@db.…` says.
pub(crate) fn base_type(schema: &Schema, column: &ScalarField) -> String {
    match (&column.ty, &column.native) {
        (ColumnType::Enum(id), _) => enum_type(schema, *id),
        (ColumnType::Unsupported(written), _) => written.clone(),
        (ColumnType::Scalar(_), Some(native)) => native_type(native),
        (ColumnType::Scalar(scalar), None) => match scalar {
            ScalarType::String => "TEXT",
            ScalarType::Boolean => "BOOLEAN",
            ScalarType::Int => "INTEGER",
            ScalarType::BigInt => "BIGINT",
            ScalarType::Float => "DOUBLE PRECISION",
            ScalarType::Decimal => "DECIMAL(65,30)",
            ScalarType::DateTime => "TIMESTAMP(3)",
            ScalarType::Json => "JSONB",
            ScalarType::Bytes => "BYTEA",
        }
        .to_owned(),
    }
}

/// The column's type with `[]` for a list.
pub(crate) fn full_type(schema: &Schema, field: &Field, column: &ScalarField) -> String {
    let base = base_type(schema, column);
    if field.arity == Arity::List { format!("{base}[]") } else { base }
}

/// As [`full_type`], but a column that numbers itself has the type that makes its sequence.
pub(crate) fn declared_type(schema: &Schema, field: &Field, column: &ScalarField) -> String {
    let full = full_type(schema, field, column);
    let numbered = matches!(&column.default, Some(default) if default.kind == DefaultKind::Autoincrement);
    match full.as_str() {
        "INTEGER" if numbered => "SERIAL".to_owned(),
        "BIGINT" if numbered => "BIGSERIAL".to_owned(),
        "SMALLINT" if numbered => "SMALLSERIAL".to_owned(),
        _ => full,
    }
}

/// The quoted name of an enum's type.
pub(crate) fn enum_type(schema: &Schema, id: EnumId) -> String {
    sql::qualified(schema[id].schema.as_deref(), &schema[id].database_name)
}

/// `@db.Timestamptz(3)` as `TIMESTAMPTZ(3)`; the few whose name is not the type's are spelt out.
fn native_type(native: &NativeType) -> String {
    let name = match native.name.as_str() {
        "DoublePrecision" => "DOUBLE PRECISION".to_owned(),
        "ByteA" => "BYTEA".to_owned(),
        "JsonB" => "JSONB".to_owned(),
        other => other.to_uppercase(),
    };
    if native.arguments.is_empty() {
        name
    } else {
        let arguments: Vec<_> = native.arguments.iter().map(|argument| argument.trim()).collect();
        format!("{name}({})", arguments.join(","))
    }
}

/// The expression behind `DEFAULT`; `None` where the client makes the value or there is none.
pub(crate) fn default(schema: &Schema, field: &Field, column: &ScalarField) -> Option<String> {
    match &column.default.as_ref()?.kind {
        DefaultKind::Value(value) => Some(default_literal(schema, field, column, value)),
        DefaultKind::Now => Some("CURRENT_TIMESTAMP".to_owned()),
        DefaultKind::DbGenerated(expression) if !expression.trim().is_empty() => Some(expression.clone()),
        DefaultKind::DbGenerated(_)
        | DefaultKind::Autoincrement
        | DefaultKind::Cuid(_)
        | DefaultKind::Uuid(_)
        | DefaultKind::Ulid
        | DefaultKind::Nanoid(_) => None,
    }
}

fn default_literal(schema: &Schema, field: &Field, column: &ScalarField, value: &Literal) -> String {
    match value {
        Literal::List(items) => {
            let items: Vec<_> =
                items.iter().map(|item| default_literal(schema, field, column, item)).collect();
            format!("ARRAY[{}]::{}", items.join(", "), full_type(schema, field, column))
        }
        Literal::Number(number) => number.clone(),
        Literal::Boolean(value) => value.to_string(),
        Literal::EnumValue(name) => {
            let label = match &column.ty {
                ColumnType::Enum(id) => schema[*id].values.iter().find(|value| value.name == *name),
                ColumnType::Scalar(_) | ColumnType::Unsupported(_) => None,
            };
            sql::literal(label.map_or(name, |label| &label.database_name))
        }
        Literal::String(text) => match &column.ty {
            ColumnType::Scalar(ScalarType::Bytes) => sql::literal(&bytes(text)),
            ColumnType::Scalar(ScalarType::DateTime) => sql::literal(&date_time(text)),
            ColumnType::Scalar(_) | ColumnType::Enum(_) | ColumnType::Unsupported(_) => sql::literal(text),
        },
    }
}

/// Base 64 as `\x…`. What cannot be decoded (the schema's validation reports it) stays as it is.
fn bytes(text: &str) -> String {
    use std::fmt::Write as _;
    let Ok(decoded) = STANDARD.decode(text) else { return text.to_owned() };
    decoded.iter().fold(String::from("\\x"), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
        hex
    })
}

/// `2020-01-01T00:00:00.1Z` as `2020-01-01 00:00:00.100 +00:00`, in Prisma's way.
fn date_time(text: &str) -> String {
    let Some((date, rest)) = text.split_once(['T', 't', ' ']) else { return text.to_owned() };
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let fraction = fraction.trim_end_matches('0');
    let fraction = match fraction.len() {
        0 => String::new(),
        1..=3 => format!(".{fraction:0<3}"),
        4..=6 => format!(".{fraction:0<6}"),
        _ => format!(".{fraction:0<9}"),
    };
    let zone = if zone.is_empty() || zone.eq_ignore_ascii_case("z") { "+00:00" } else { zone };
    format!("{date} {seconds}{fraction} {zone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_bytes_are_written_as_prisma_writes_them() {
        assert_eq!(date_time("2020-01-01T00:00:00Z"), "2020-01-01 00:00:00 +00:00");
        assert_eq!(date_time("2020-01-01T00:00:00.123+02:00"), "2020-01-01 00:00:00.123 +02:00");
        assert_eq!(date_time("2020-01-01T00:00:00.1Z"), "2020-01-01 00:00:00.100 +00:00");
        assert_eq!(bytes("aGVsbG8="), "\\x68656c6c6f");
    }
}
