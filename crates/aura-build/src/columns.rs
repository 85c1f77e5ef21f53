//! Columns: the Rust type of each, and how its values travel.

use aura_schema::schema::{
    Arity, ColumnType, DefaultKind, Field, FieldId, Model, ModelId, ScalarField, ScalarType, Schema,
};
use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;
use crate::names::{identifier, snake};

/// A column of the generated client, which is every column but `deletedAt` and unsupported types.
pub(crate) struct Column<'a> {
    pub(crate) id: FieldId,
    pub(crate) field: &'a Field,
    pub(crate) scalar: &'a ScalarField,
    /// Field name in Rust.
    pub(crate) name: proc_macro2::Ident,
    /// Type in Rust, `Option` and `Vec` included.
    pub(crate) ty: TokenStream,
    /// Whether a new row can do without a value.
    pub(crate) has_default: bool,
    /// Whether it stays as it was when the row was created: ids and what ties a row to its owner.
    pub(crate) is_fixed: bool,
}

/// The name of the column that says whether a row is deleted (a house rule).
pub(crate) const DELETED_AT: &str = "deletedAt";

/// The columns of a model, its id first.
pub(crate) fn of(schema: &Schema, id: ModelId) -> Result<Vec<Column<'_>>, Error> {
    let model = &schema[id];
    let mut columns = Vec::new();
    for (field_id, field, scalar) in model.columns() {
        if field.name == DELETED_AT || matches!(scalar.ty, ColumnType::Unsupported(_)) {
            continue;
        }
        columns.push(Column {
            id: field_id,
            field,
            scalar,
            name: identifier(&snake(&field.name), &format!("{}.{}", model.name, field.name))?,
            ty: rust_type(schema, id, field_id),
            has_default: has_default(field, scalar),
            is_fixed: is_id(model, field_id) || is_owner_key(schema, id, field_id),
        });
    }
    columns.sort_by_key(|column| !is_id(model, column.id));
    Ok(columns)
}

fn has_default(field: &Field, scalar: &ScalarField) -> bool {
    field.arity != Arity::Required || scalar.default.is_some() || scalar.is_updated_at
}

fn is_id(model: &Model, field: FieldId) -> bool {
    model.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|column| column.field == field))
}

/// The database refuses to change a column by which a row belongs to its owning parent.
fn is_owner_key(schema: &Schema, model: ModelId, field: FieldId) -> bool {
    schema.relations_of_child(model).any(|(_, relation)| {
        relation.on_delete() == aura_schema::schema::ReferentialAction::Cascade
            && relation.fields.contains(&field)
    })
}

/// The type of a column in Rust.
pub(crate) fn rust_type(schema: &Schema, model: ModelId, field: FieldId) -> TokenStream {
    let definition = &schema[model][field];
    let scalar = schema[model].column(field);
    let mut ty = bare_type(schema, model, field, scalar);
    if definition.has_annotation("email") {
        ty = quote!(::aura_client::Email);
    }
    if definition.arity == Arity::List {
        ty = quote!(::std::vec::Vec<#ty>);
    }
    if definition.has_annotation("sensitive") {
        ty = quote!(::aura_client::Secret<#ty>);
    }
    if definition.arity == Arity::Optional {
        ty = quote!(::std::option::Option<#ty>);
    }
    ty
}

fn bare_type(schema: &Schema, model: ModelId, field: FieldId, scalar: &ScalarField) -> TokenStream {
    if let Some(target) = id_of(schema, model, field, 0) {
        let target = crate::names::plain(&schema[target].name);
        return quote!(::aura_client::Id<#target>);
    }
    let native = scalar.native.as_ref().map_or("", |native| native.name.as_str());
    match &scalar.ty {
        ColumnType::Enum(id) => {
            let name = crate::names::plain(&schema[*id].name);
            quote!(#name)
        }
        ColumnType::Unsupported(_) => quote!(()),
        ColumnType::Scalar(ty) => match (ty, native) {
            (ScalarType::String, "Inet") => quote!(::std::net::IpAddr),
            (ScalarType::String | ScalarType::Decimal, _)
            | (ScalarType::DateTime, "Date" | "Time" | "Timetz") => quote!(::std::string::String),
            (ScalarType::Boolean, _) => quote!(bool),
            (ScalarType::Int, "SmallInt") => quote!(i16),
            (ScalarType::Int, "Oid") => quote!(u32),
            (ScalarType::Int, _) => quote!(i32),
            (ScalarType::BigInt, _) => quote!(i64),
            (ScalarType::Float, "Real") => quote!(f32),
            (ScalarType::Float, _) => quote!(f64),
            (ScalarType::DateTime, _) => quote!(::aura_client::Timestamp),
            (ScalarType::Json, _) => quote!(::aura_client::generated::Json),
            (ScalarType::Bytes, _) => quote!(::std::vec::Vec<u8>),
        },
    }
}

/// The model whose id the column holds: its own, or through relations the one referred to.
fn id_of(schema: &Schema, model: ModelId, field: FieldId, depth: usize) -> Option<ModelId> {
    // Relations can form a circle; no chain of ids is as long as the list of models.
    if depth > schema.models.len() {
        return None;
    }
    if is_id(&schema[model], field)
        && schema[model].primary_key.as_ref().is_some_and(|key| key.columns.len() == 1)
    {
        return Some(model);
    }
    schema.relations_of_child(model).find_map(|(_, relation)| {
        let at = relation.fields.iter().position(|own| *own == field)?;
        id_of(schema, relation.parent, relation.references[at], depth + 1)
    })
}

/// The SQL type and the way of transfer: the arguments of `aura_client::Column`.
pub(crate) fn sql_type(schema: &Schema, field: &Field, scalar: &ScalarField) -> (String, TokenStream) {
    let is_list = field.arity == Arity::List;
    let (mut name, wire) = bare_sql_type(schema, scalar);
    if is_list {
        name.push_str("[]");
    }
    let is_enum = matches!(scalar.ty, ColumnType::Enum(_));
    let transfer = match (wire, is_list) {
        (_, false) if is_enum => quote!(::aura_client::Transfer::Label),
        (Some(wire), false) => {
            let wire = crate::names::plain(wire);
            quote!(::aura_client::Transfer::Binary(::aura_client::generated::Type::#wire))
        }
        (Some(wire), true) => {
            let wire = crate::names::plain(&format!("{wire}_ARRAY"));
            quote!(::aura_client::Transfer::Binary(::aura_client::generated::Type::#wire))
        }
        (_, true) => quote!(::aura_client::Transfer::Cast {
            wire: ::aura_client::generated::Type::TEXT_ARRAY,
            name: "text[]",
        }),
        (None, false) => {
            quote!(::aura_client::Transfer::Cast { wire: ::aura_client::generated::Type::TEXT, name: "text" })
        }
    };
    (name, transfer)
}

/// The type's name in SQL, without length and precision (a cast would cut silently what an assignment
/// refuses), and the driver's name of it; none where it travels as text.
fn bare_sql_type(schema: &Schema, scalar: &ScalarField) -> (String, Option<&'static str>) {
    let native = scalar.native.as_ref().map_or("", |native| native.name.as_str());
    let (name, wire) = match &scalar.ty {
        ColumnType::Enum(id) => {
            let definition = &schema[*id];
            let space = definition.schema.as_deref().unwrap_or("public");
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            return (format!("{}.{}", quoted(space), quoted(&definition.database_name)), None);
        }
        ColumnType::Unsupported(name) => return (name.clone(), None),
        ColumnType::Scalar(ty) => match (ty, native) {
            (ScalarType::String, "Uuid") => ("uuid", None),
            (ScalarType::String, "Inet") => ("inet", Some("INET")),
            (ScalarType::String, "Citext") => ("citext", None),
            (ScalarType::String, "Xml") => ("xml", None),
            (ScalarType::String, "Bit") => ("bit varying", None),
            (ScalarType::String, "VarBit") => ("varbit", None),
            (ScalarType::String, _) => ("text", Some("TEXT")),
            (ScalarType::Boolean, _) => ("boolean", Some("BOOL")),
            (ScalarType::Int, "SmallInt") => ("smallint", Some("INT2")),
            (ScalarType::Int, "Oid") => ("oid", Some("OID")),
            (ScalarType::Int, _) => ("integer", Some("INT4")),
            (ScalarType::BigInt, _) => ("bigint", Some("INT8")),
            (ScalarType::Float, "Real") => ("real", Some("FLOAT4")),
            (ScalarType::Float, _) => ("double precision", Some("FLOAT8")),
            (ScalarType::Decimal, "Money") => ("money", None),
            (ScalarType::Decimal, _) => ("numeric", None),
            (ScalarType::DateTime, "Date") => ("date", None),
            (ScalarType::DateTime, "Time") => ("time", None),
            (ScalarType::DateTime, "Timetz") => ("timetz", None),
            (ScalarType::DateTime, "Timestamptz") => ("timestamptz", Some("TIMESTAMPTZ")),
            (ScalarType::DateTime, _) => ("timestamp", Some("TIMESTAMP")),
            (ScalarType::Json, "Json") => ("json", Some("JSON")),
            (ScalarType::Json, _) => ("jsonb", Some("JSONB")),
            (ScalarType::Bytes, _) => ("bytea", Some("BYTEA")),
        },
    };
    (name.to_owned(), wire)
}

/// Whether the database makes the value (`autoincrement`, `dbgenerated`).
pub(crate) fn is_made_by_database(scalar: &ScalarField) -> bool {
    matches!(
        scalar.default.as_ref().map(|default| &default.kind),
        Some(DefaultKind::Autoincrement | DefaultKind::DbGenerated(_))
    )
}
