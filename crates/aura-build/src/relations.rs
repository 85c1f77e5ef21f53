//! Relations: ways from a model to others, and what their constraints are called.

use aura_schema::schema::{FieldId, FieldKind, ModelId, RelationKind, Schema};
use proc_macro2::TokenStream;
use quote::quote;

use crate::names::{constant, plain};
use crate::{Error, columns};

/// Foreign keys by what the names of their constraints begin with: Prisma's name without `_fkey`.
pub(crate) fn foreign_keys(schema: &Schema, id: ModelId) -> Vec<TokenStream> {
    let model = &schema[id];
    schema
        .relations_of_child(id)
        .map(|(_, relation)| {
            let columns: Vec<&str> =
                relation.fields.iter().map(|field| model.column(*field).database_name.as_str()).collect();
            let prefix = format!("{}_{}_", model.database_name, columns.join("_"));
            let prefix = relation.map.clone().unwrap_or(prefix);
            let field = &model[relation.child_field].name;
            let parent = &schema[relation.parent].name;
            quote!(::aura_client::ForeignKey {
                constraint_prefix: #prefix,
                field: #field,
                parent: #parent,
            })
        })
        .collect()
}

/// A constant for each relation field whose relation has columns to join by.
pub(crate) fn handles(schema: &Schema, id: ModelId) -> Result<TokenStream, Error> {
    let model = &schema[id];
    let mut handles = Vec::new();
    for (at, field) in (0u32..).zip(&model.fields) {
        let FieldKind::Relation(end) = &field.kind else {
            continue;
        };
        let relation = &schema[end.relation];
        if relation.kind == RelationKind::ManyToMany || schema[end.target].is_view {
            continue;
        }
        let is_child_side = relation.child == id && relation.child_field == FieldId(at);
        let (ours, theirs) = if is_child_side {
            (&relation.fields, &relation.references)
        } else {
            (&relation.references, &relation.fields)
        };
        let our_columns = columns::of(schema, id)?;
        let their_columns = columns::of(schema, end.target)?;
        let position = |columns: &[columns::Column<'_>], field: FieldId| {
            columns.iter().position(|column| column.id == field)
        };
        let pairs: Option<Vec<TokenStream>> = ours
            .iter()
            .zip(theirs)
            .map(|(our, their)| {
                let our = position(&our_columns, *our)?;
                let their = position(&their_columns, *their)?;
                Some(quote!((#our, #their)))
            })
            .collect();
        let Some(pairs) = pairs else {
            continue;
        };
        let (name, target) = (plain(&model.name), plain(&schema[end.target].name));
        let constant = constant(&field.name);
        let doc = format!(" `{}`: the live `{}` joined to it.", field.name, schema[end.target].name);
        handles.push(quote! {
            #[doc = #doc]
            pub const #constant: ::aura_client::Relation<#name, #target> =
                ::aura_client::Relation::new(&[#(#pairs),*]);
        });
    }
    Ok(quote!(#(#handles)*))
}
