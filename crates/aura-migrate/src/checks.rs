//! What must hold of a row by itself, with triggers on or off.

use aura_schema::schema::{
    Arity, ColumnType, Field, FieldKind, Model, ModelId, Relation, ScalarField, ScalarType, Schema,
};

use crate::soft_delete::{LIVE_UNTIL, ModelPlan, Plan, SELF_DELETED_AT};
use crate::sql::{self, ident};
use crate::tables::is_minted_id;

/// The CHECKs of a model's table.
pub(crate) fn checks(schema: &Schema, plan: &Plan, id: ModelId) -> Vec<String> {
    let model = &schema[id];
    let of = plan.model(id);
    let check = |column: &str, condition: &str| {
        let name = sql::own_name(&format!("{}_{column}", model.database_name), "_check");
        format!("CONSTRAINT {} CHECK ({condition})", ident(&name))
    };
    let mut checks = Vec::new();
    for (field_id, field, column) in model.columns() {
        let quoted = ident(&column.database_name);
        if is_minted_id(model, field_id, column) {
            checks.push(check(&column.database_name, &format!("{quoted} ~ '^[a-z][0-9a-z]{{1,31}}$'")));
        }
        if field.has_annotation("email") && field.arity != Arity::List {
            checks.push(check(&column.database_name, &email_condition(&quoted)));
        }
    }
    checks.extend(times_condition(model, of).map(|condition| check("times", &condition)));
    let Some(deleted_at) = of.deleted_at else { return checks };
    let deleted = sql::column(model, deleted_at);
    let until = if of.owners.is_empty() {
        None
    } else {
        let parents: Vec<_> = of.owners.iter().map(|link| ident(&link.column)).collect();
        let itself = ident(SELF_DELETED_AT);
        checks.push(check(
            SELF_DELETED_AT,
            &format!(
                "num_nulls({}) = CASE WHEN {itself} IS NULL THEN 0 ELSE {} END",
                parents.join(", "),
                parents.len()
            ),
        ));
        Some(format!("LEAST(COALESCE({itself}, 'infinity'), {})", parents.join(", ")))
    };
    let live = ident(LIVE_UNTIL);
    let condition = match (until, of.has_live_until()) {
        (None, false) => None,
        (None, true) => Some(format!("{live} = COALESCE({deleted}, 'infinity')")),
        (Some(until), false) => Some(format!("COALESCE({deleted}, 'infinity') = {until}")),
        (Some(until), true) => Some(format!("{live} = {until} AND COALESCE({deleted}, 'infinity') = {live}")),
    };
    checks.extend(condition.map(|condition| check(LIVE_UNTIL, &condition)));
    for link in &of.owners {
        if let Some(present) = is_present(schema, &schema[link.relation]) {
            let column = ident(&link.column);
            checks.push(check(&link.column, &format!("{present} OR {column} = 'infinity'")));
        }
    }
    for link in &of.guards {
        let column = ident(&link.column);
        checks.push(check(
            &link.column,
            &format!(
                "({column} = 'infinity') IS NOT DISTINCT FROM CASE WHEN {deleted} IS NULL THEN true END"
            ),
        ));
    }
    checks
}

/// Whether an optional relation's columns name a parent; `None` where they always do.
fn is_present(schema: &Schema, relation: &Relation) -> Option<String> {
    let child = &schema[relation.child];
    let optional: Vec<_> = relation
        .fields
        .iter()
        .filter(|field| child[**field].arity == Arity::Optional)
        .map(|field| format!("{} IS NOT NULL", sql::column(child, *field)))
        .collect();
    match &optional[..] {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("({})", many.join(" AND "))),
    }
}

/// RFC 5321, 4.5.3.1 (lengths); one `@` with something on both sides; no white space, control or
/// invisible characters, Unicode's included, whatever the collation knows of them.
fn email_condition(column: &str) -> String {
    let other =
        r"[^@\u0001-\u0020\u007F-\u00A0\u00AD\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF]+";
    format!(
        "octet_length({column}) <= 254 AND octet_length(split_part({column}, '@', 1)) <= 64 AND {column} ~ '^{other}@{other}$'"
    )
}

/// What a column of times holds, and within which bounds clients can read it: the years 1 to 9999. PostgreSQL
/// goes further on both sides and has `infinity` (8.5), and one such value makes a row unreadable for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeKind {
    Instant,
    Local,
    Day,
}

impl TimeKind {
    const ALL: [TimeKind; 3] = [TimeKind::Instant, TimeKind::Local, TimeKind::Day];

    /// `None` for what is no point in time, and for a time of day.
    fn of(column: &ScalarField) -> Option<TimeKind> {
        if column.ty != ColumnType::Scalar(ScalarType::DateTime) {
            return None;
        }
        match column.native.as_ref().map(|native| native.name.as_str()) {
            None | Some("Timestamp") => Some(TimeKind::Local),
            Some("Timestamptz") => Some(TimeKind::Instant),
            Some("Date") => Some(TimeKind::Day),
            Some(_) => None,
        }
    }

    fn bounds(self) -> (&'static str, &'static str) {
        match self {
            TimeKind::Instant => ("'0001-01-01 00:00:00+00'", "'9999-12-31 23:59:59.999999+00'"),
            TimeKind::Local => ("'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'"),
            TimeKind::Day => ("'0001-01-01'", "'9999-12-31'"),
        }
    }
}

/// That every time can be read. One expression a kind: `LEAST` and `GREATEST` pass over nulls, and kinds are
/// not compared with each other, which would ask the session for its time zone.
fn times_condition(model: &Model, of: &ModelPlan) -> Option<String> {
    let kind_of = |field: &Field| match &field.kind {
        FieldKind::Scalar(column) => TimeKind::of(column),
        FieldKind::Relation(_) => None,
    };
    let mut conditions = Vec::new();
    for kind in TimeKind::ALL {
        let (earliest, latest) = kind.bounds();
        let (lists, single): (Vec<_>, Vec<_>) = model
            .columns()
            .filter(|(_, field, _)| kind_of(field) == Some(kind))
            .partition(|(_, field, _)| field.arity == Arity::List);
        let mut single: Vec<_> = single.iter().map(|(_, _, column)| ident(&column.database_name)).collect();
        // Whoever writes `infinity` into deletedAt finds it here: deletedAt itself follows from it.
        if kind == TimeKind::Instant && !of.owners.is_empty() {
            single.push(ident(SELF_DELETED_AT));
        }
        match &single[..] {
            [] => {}
            [only] => conditions.push(format!("{only} BETWEEN {earliest} AND {latest}")),
            several => {
                let several = several.join(", ");
                conditions
                    .push(format!("LEAST({several}) >= {earliest} AND GREATEST({several}) <= {latest}"));
            }
        }
        conditions.extend(lists.iter().map(|(_, _, column)| {
            let list = ident(&column.database_name);
            format!("{earliest} <= ALL ({list}) AND {latest} >= ALL ({list})")
        }));
    }
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}
