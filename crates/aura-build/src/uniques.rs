//! Uniques: lookups by them, and what their constraints are called.

use aura_schema::schema::{IndexColumn, ModelId, Schema};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::columns::Column;
use crate::names::{plain, snake};

struct Key<'a> {
    constraint: &'a str,
    /// Positions among the columns of the client.
    columns: Vec<usize>,
}

/// The primary key, then the uniques whose columns the client has all of.
fn of<'a>(schema: &'a Schema, id: ModelId, columns: &[Column<'_>]) -> Vec<Key<'a>> {
    let model = &schema[id];
    let positions = |key: &[IndexColumn]| -> Option<Vec<usize>> {
        key.iter().map(|part| columns.iter().position(|column| column.id == part.field)).collect()
    };
    let primary = model.primary_key.iter().map(|key| (key.database_name.as_str(), &key.columns));
    let uniques = model.uniques.iter().map(|key| (key.database_name.as_str(), &key.columns));
    primary
        .chain(uniques)
        .filter_map(|(constraint, key)| Some(Key { constraint, columns: positions(key)? }))
        .collect()
}

/// The table's list of uniques.
pub(crate) fn keys(schema: &Schema, id: ModelId, columns: &[Column<'_>]) -> Vec<TokenStream> {
    let describe = |key: Key<'_>| {
        let Key { constraint, columns } = key;
        quote!(::aura_client::UniqueKey { constraint: #constraint, columns: &[#(#columns),*] })
    };
    of(schema, id, columns).into_iter().map(describe).collect()
}

/// A function `by_…` for each unique. One that contains the id would find nothing that the id does not.
pub(crate) fn lookups(schema: &Schema, id: ModelId, columns: &[Column<'_>]) -> TokenStream {
    let name = plain(&schema[id].name);
    let lookups = of(schema, id, columns).into_iter().enumerate().filter_map(|(at, key)| {
        if key.columns.contains(&0) {
            return None;
        }
        let parts: Vec<&Column<'_>> = key.columns.iter().map(|column| &columns[*column]).collect();
        let words: Vec<String> = parts.iter().map(|part| snake(&part.field.name)).collect();
        let function = format_ident!("by_{}", words.join("_and_"));
        let arguments = parts.iter().map(|part| {
            let field = &part.name;
            let ty = &part.ty;
            quote!(#field: impl ::aura_client::IntoField<#ty>)
        });
        let sets = parts.iter().zip(&key.columns).map(|(part, column)| {
            let (field, ty) = (&part.name, &part.ty);
            quote!(.set::<#ty>(#column, #field))
        });
        let doc = format!(" The live row with this `{}`.", words.join("` and `"));
        Some(quote! {
            #[doc = #doc]
            pub fn #function(#(#arguments),*) -> ::aura_client::Unique<#name> {
                ::aura_client::Unique::new(#at, ::aura_client::RowValues::new() #(#sets)*)
            }
        })
    });
    quote!(#(#lookups)*)
}
