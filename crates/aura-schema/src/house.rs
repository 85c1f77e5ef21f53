//! AuraID's own rules, on top of Prisma's; they hold where `auraid.toml` is present. Each breach is an error whose
//! help is the fix.

mod files;
mod warnings;

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::schema::{
    Arity, ColumnType, DefaultKind, Field, FieldKind, Model, ModelId, NativeType, ScalarField, ScalarType,
    Schema,
};
use crate::source::Sources;

/// Columns that the compiler adds to tables, and the endings of those it adds per relation.
const OUR_COLUMNS: [&str; 2] = ["liveUntil", "selfDeletedAt"];
const OUR_ENDINGS: [&str; 2] = ["LiveUntil", "Guard"];
/// The fields that say when a row was made, changed and deleted.
const ROW_TIMES: [&str; 3] = ["createdAt", "updatedAt", "deletedAt"];
/// The PostgreSQL schema of history and of the functions that keep the promises.
const OUR_SCHEMA: &str = "aura";

/// Checks a schema. `broken` names what could not be read: that it is missing is no second fault.
pub(crate) fn check(
    sources: &Sources,
    schema: &Schema,
    broken: &HashMap<ModelId, HashSet<String>>,
    _config: &Config,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    files::check(sources, schema, &mut diagnostics);
    if let Some(datasource) = &schema.datasource {
        if datasource.relation_mode.as_deref() == Some("prisma") {
            diagnostics.push(
                Diagnostic::error(
                    datasource.span,
                    "the relation mode `prisma` leaves the database without foreign keys",
                )
                .help("remove `relationMode`"),
            );
        }
        if datasource.schemas.iter().any(|name| name == OUR_SCHEMA) {
            let message = format!("the PostgreSQL schema `{OUR_SCHEMA}` is kept for the history");
            diagnostics.push(Diagnostic::error(datasource.span, message).help("choose another name"));
        }
    }
    let nothing = HashSet::new();
    for (id, model) in schema.tables() {
        let broken = broken.get(&id).unwrap_or(&nothing);
        check_id(model, broken, &mut diagnostics);
        check_times(model, broken, &mut diagnostics);
        check_columns(model, broken, &mut diagnostics);
        warnings::check(schema, id, &mut diagnostics);
    }
    diagnostics
}

/// The scalar field of that name.
fn column<'a>(model: &'a Model, name: &str) -> Option<(&'a Field, &'a ScalarField)> {
    let (_, field) = model.field(name)?;
    match &field.kind {
        FieldKind::Scalar(scalar) => Some((field, scalar)),
        FieldKind::Relation(_) => None,
    }
}

fn check_id(model: &Model, broken: &HashSet<String>, diagnostics: &mut Vec<Diagnostic>) {
    if ["id", "@:id"].iter().any(|name| broken.contains(*name)) {
        return;
    }
    let help = "write `id String @id @default(cuid(2))`";
    let Some((id, field)) = model.field("id") else {
        let message = format!("the model `{}` has no field `id`", model.name);
        diagnostics.push(Diagnostic::error(model.name_span, message).help(help));
        return;
    };
    let is_key = model
        .primary_key
        .as_ref()
        .is_some_and(|key| matches!(key.columns.as_slice(), [column] if column.field == id));
    let is_ours = match &field.kind {
        FieldKind::Scalar(scalar) => {
            scalar.ty == ColumnType::Scalar(ScalarType::String)
                && scalar.native.is_none()
                && field.arity == Arity::Required
                && scalar.default.as_ref().is_some_and(|default| default.kind == DefaultKind::Cuid(2))
        }
        FieldKind::Relation(_) => false,
    };
    if !is_key || !is_ours {
        let message = format!("`{}.id` is not made as every id is", model.name);
        diagnostics.push(Diagnostic::error(field.span, message).help(help));
    }
}

/// `createdAt`, `updatedAt`, `deletedAt`.
fn check_times(model: &Model, broken: &HashSet<String>, diagnostics: &mut Vec<Diagnostic>) {
    type Rule = (&'static str, &'static str, fn(&Field, &ScalarField) -> bool);
    let rules: [Rule; 3] = [
        ("createdAt", "createdAt DateTime @default(now()) @db.Timestamptz(3)", |field, scalar| {
            field.arity == Arity::Required && is_now(scalar) && !scalar.is_updated_at
        }),
        ("updatedAt", "updatedAt DateTime @default(now()) @updatedAt @db.Timestamptz(3)", |field, scalar| {
            field.arity == Arity::Required
                && scalar.is_updated_at
                && (scalar.default.is_none() || is_now(scalar))
        }),
        ("deletedAt", "deletedAt DateTime? @db.Timestamptz(3)", |field, scalar| {
            field.arity == Arity::Optional && scalar.default.is_none() && !scalar.is_updated_at
        }),
    ];
    for (name, written, holds) in rules {
        if broken.contains(name) || broken.contains(&format!("@:{name}")) {
            continue;
        }
        let help = format!("write `{written}`");
        let Some((field, scalar)) = column(model, name) else {
            let message = format!("the model `{}` has no field `{name}`", model.name);
            diagnostics.push(Diagnostic::error(model.name_span, message).help(help));
            continue;
        };
        if scalar.ty != ColumnType::Scalar(ScalarType::DateTime) || !holds(field, scalar) {
            let message = format!("`{}.{name}` is not made as every `{name}` is", model.name);
            diagnostics.push(Diagnostic::error(field.span, message).help(help));
        }
    }
}

fn is_now(scalar: &ScalarField) -> bool {
    scalar.default.as_ref().is_some_and(|default| default.kind == DefaultKind::Now)
}

/// Every moment has a zone and at least milliseconds; no column has a name that is ours.
fn check_columns(model: &Model, broken: &HashSet<String>, diagnostics: &mut Vec<Diagnostic>) {
    for (_, field, scalar) in model.columns() {
        let is_read = !broken.contains(&format!("@:{}", field.name));
        let is_time = scalar.ty == ColumnType::Scalar(ScalarType::DateTime);
        let is_row_time = ROW_TIMES.contains(&field.name.as_str());
        let is_no_moment = scalar.native.as_ref().is_some_and(is_no_moment);
        let is_fine = scalar.native.as_ref().is_some_and(is_fine_moment) || (is_no_moment && !is_row_time);
        if is_time && is_read && !is_fine {
            let place = scalar.native.as_ref().map_or(field.span, |native| native.span);
            let message = if is_no_moment {
                format!(
                    "the time `{}.{}` is no moment: it takes a day and a time of day",
                    model.name, field.name
                )
            } else {
                format!("the time `{}.{}` has no zone or is too coarse", model.name, field.name)
            };
            let help = if is_row_time {
                "write `@db.Timestamptz(3)`, or up to 6 digits"
            } else {
                "write `@db.Timestamptz(3)`, or up to 6 digits; for a day alone `@db.Date`, for a time of day alone `@db.Time`"
            };
            diagnostics.push(Diagnostic::error(place, message).help(help));
        }
        let name = scalar.database_name.as_str();
        if OUR_COLUMNS.contains(&name) || OUR_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let message = format!("the column name `{name}` is kept for what the compiler adds");
            let help = format!(
                "choose another name: neither {} nor anything that ends in {}",
                OUR_COLUMNS.map(|name| format!("`{name}`")).join(", "),
                OUR_ENDINGS.map(|name| format!("`{name}`")).join(" or ")
            );
            diagnostics.push(Diagnostic::error(field.name_span, message).help(help));
        }
    }
}

/// `Timestamptz` with 3 digits or more; without a number it has 6.
fn is_fine_moment(native: &NativeType) -> bool {
    let digits = native.arguments.first().map_or(Ok(6), |digits| digits.parse::<u32>());
    native.name == "Timestamptz" && digits.is_ok_and(|digits| digits >= 3)
}

/// A day alone or a time of day alone: it names no moment, so no zone could move it. A birthday is the same day
/// everywhere.
fn is_no_moment(native: &NativeType) -> bool {
    ["Date", "Time", "Timetz"].contains(&native.name.as_str())
}
