//! Enums.

use std::collections::HashSet;

use aura_schema::schema::Enum;
use proc_macro2::TokenStream;
use quote::quote;

use crate::models::documentation;
use crate::names::{pascal, plain};

/// The Rust enum of an enum of the schema.
pub(crate) fn declare(definition: &Enum) -> TokenStream {
    let name = plain(&definition.name);
    let doc = documentation(definition.documentation.as_deref(), &format!("The enum `{}`.", definition.name));
    let mut taken: HashSet<String> = HashSet::from(["Self".to_owned()]);
    let values = definition.values.iter().map(|value| {
        // `SELF`, and what differs from an earlier value in case or underscores only, get a `_` behind them.
        let mut variant = pascal(&value.name);
        while !taken.insert(variant.clone()) {
            variant.push('_');
        }
        let ident = plain(&variant);
        let doc = documentation(value.documentation.as_deref(), &format!("`{}`", value.name));
        let (name, label) = (&value.name, &value.database_name);
        quote!(#doc #ident = #name => #label,)
    });
    quote! {
        ::aura_client::enumeration! {
            #doc
            pub enum #name {
                #(#values)*
            }
        }
    }
}
