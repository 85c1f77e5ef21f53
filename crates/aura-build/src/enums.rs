//! Enums.

use aura_schema::schema::Enum;
use proc_macro2::TokenStream;
use quote::quote;

use crate::models::documentation;
use crate::names::{pascal, plain};

/// The Rust enum of an enum of the schema.
pub(crate) fn declare(definition: &Enum) -> TokenStream {
    let name = plain(&definition.name);
    let doc = documentation(definition.documentation.as_deref(), &format!("The enum `{}`.", definition.name));
    let values = definition.values.iter().map(|value| {
        // Two values whose names differ in case only keep their names as written.
        let is_ambiguous =
            definition.values.iter().filter(|other| pascal(&other.name) == pascal(&value.name)).count() > 1;
        let ident = plain(&if is_ambiguous { value.name.clone() } else { pascal(&value.name) });
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
