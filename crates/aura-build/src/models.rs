//! Models: the row, what creates and what changes one, and the table behind them.

use std::collections::BTreeSet;

use aura_schema::config::{Config, IdKind};
use aura_schema::schema::{Arity, ModelId, Schema};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::columns::{self, Column, DELETED_AT};
use crate::names::{beside, constant, distinct, identifier, plain, snake};
use crate::{Error, relations, uniques};

/// Everything of one model.
pub(crate) fn declare(schema: &Schema, config: &Config, id: ModelId) -> Result<TokenStream, Error> {
    let model = &schema[id];
    let columns = columns::of(schema, id)?;
    let names = model.fields.iter().map(|field| &field.name);
    distinct(names.map(|field| (snake(field), format!("{}.{field}", model.name))))?;
    let name = plain(&model.name);
    let new = format_ident!("New{}", model.name);
    let changes = format_ident!("{}Changes", model.name);
    let module = identifier(&snake(&model.name), &model.name)?;
    let row = row(&name, model.documentation.as_deref(), &columns);
    let read = read(&name, &new, &changes, &module, &columns);
    let creates = creates(&name, &new, &columns);
    let updates = updates(&name, &changes, &columns);
    let table = table(schema, config, id, &columns);
    let fields = fields(&name, &columns);
    let lookups = uniques::lookups(schema, id, &columns);
    let relations = relations::handles(schema, id)?;
    let doc = format!(" Fields, lookups and relations of [`{}`].", model.name);
    let content = quote! {
        #table
        #fields
        #lookups
        #relations
    };
    let mentioned = named_in(schema, &content);
    Ok(quote! {
        #row
        #read
        #creates
        #updates
        #[doc = #doc]
        pub mod #module {
            use super::{#(#mentioned),*};
            #content
        }
    })
}

/// The models and enums that the content of a module names.
fn named_in(schema: &Schema, content: &TokenStream) -> BTreeSet<Ident> {
    let mut named = BTreeSet::new();
    let mut streams = vec![content.clone()];
    while let Some(stream) = streams.pop() {
        // A name behind `::` is somebody else's: `::aura_client::Table`.
        let mut colons = 0;
        for token in stream {
            let is_segment = colons == 2;
            colons = match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
                _ => 0,
            };
            match token {
                TokenTree::Ident(_) if is_segment => {}
                TokenTree::Group(group) => streams.push(group.stream()),
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    if schema.model(&name).is_some() || schema.find_enum(&name).is_some() {
                        named.insert(ident);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    named
}

/// A doc comment; `otherwise` where the schema has none.
pub(crate) fn documentation(text: Option<&str>, otherwise: &str) -> TokenStream {
    // A space in front, as rustdoc writes `///` lines.
    let lines = text.unwrap_or(otherwise).lines().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}

fn row(name: &Ident, doc: Option<&str>, columns: &[Column<'_>]) -> TokenStream {
    let doc = documentation(doc, &format!("A live row of `{name}`."));
    let fields = columns.iter().map(|column| {
        let doc = documentation(column.field.documentation.as_deref(), &format!("`{}`", column.field.name));
        let (field, ty) = (&column.name, &column.ty);
        quote!(#doc pub #field: #ty,)
    });
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name {
            #(#fields)*
        }
    }
}

fn read(name: &Ident, new: &Ident, changes: &Ident, module: &Ident, columns: &[Column<'_>]) -> TokenStream {
    let fields = columns.iter().enumerate().map(|(at, column)| {
        let (field, ty) = (&column.name, &column.ty);
        if column.field.arity == Arity::List {
            // PostgreSQL may hold NULL where Prisma's language has an empty list.
            quote!(#field: row.try_get::<_, ::std::option::Option<#ty>>(#at)?.unwrap_or_default(),)
        } else {
            quote!(#field: row.try_get(#at)?,)
        }
    });
    let id = &columns[0].name;
    quote! {
        impl ::aura_client::Model for #name {
            const TABLE: &'static ::aura_client::Table = &#module::TABLE;
            type New = #new;
            type Changes = #changes;

            fn id(&self) -> ::aura_client::Id<Self> {
                self.#id
            }

            fn read(
                row: &::aura_client::generated::Row,
            ) -> ::std::result::Result<Self, ::aura_client::generated::tokio_postgres::Error> {
                Ok(#name { #(#fields)* })
            }
        }
    }
}

/// Methods of `New…` and `…Changes` that are no fields.
const SETTERS_TAKEN: &[&str] = &["new", "is_empty"];

fn setter(at: usize, column: &Column<'_>, verb: &str) -> TokenStream {
    let doc =
        documentation(column.field.documentation.as_deref(), &format!("{verb} `{}`.", column.field.name));
    let (field, ty) = (beside(column.name.clone(), SETTERS_TAKEN), &column.ty);
    quote! {
        #doc
        #[must_use]
        pub fn #field(self, value: impl ::aura_client::IntoField<#ty>) -> Self {
            Self(self.0.set::<#ty>(#at, value))
        }
    }
}

fn creates(name: &Ident, new: &Ident, columns: &[Column<'_>]) -> TokenStream {
    let doc = format!(" A new [`{name}`]: what it must have is said at once, the rest is optional.");
    let numbered = || columns.iter().enumerate().skip(1);
    let required: Vec<_> = numbered().filter(|(_, column)| !column.has_default).collect();
    let arguments = required.iter().map(|(_, column)| {
        let (field, ty) = (&column.name, &column.ty);
        quote!(#field: impl ::aura_client::IntoField<#ty>)
    });
    let sets = required.iter().map(|(at, column)| {
        let (field, ty) = (&column.name, &column.ty);
        quote!(.set::<#ty>(#at, #field))
    });
    let optional = numbered()
        .filter(|(_, column)| column.has_default && !columns::is_made_by_database(column.scalar))
        .map(|(at, column)| setter(at, column, "Sets"));
    let expect = required.is_empty().then(
        || quote!(#[expect(clippy::new_without_default, reason = "`default` does not say that a row is wanted")]),
    );
    quote! {
        #[doc = #doc]
        #[derive(Debug)]
        pub struct #new(::aura_client::RowValues<#name>);

        impl #new {
            /// With what it must have.
            #expect
            pub fn new(#(#arguments),*) -> Self {
                Self(::aura_client::RowValues::new() #(#sets)*)
            }

            /// With this id instead of a new one.
            #[must_use]
            pub fn id(self, id: ::aura_client::Id<#name>) -> Self {
                Self(self.0.set_id(id))
            }

            #(#optional)*
        }

        impl ::std::convert::From<#new> for ::aura_client::RowValues<#name> {
            fn from(new: #new) -> Self {
                new.0
            }
        }
    }
}

fn updates(name: &Ident, changes: &Ident, columns: &[Column<'_>]) -> TokenStream {
    let doc = format!(" Changes of a [`{name}`]. Ids, owners and the times of the row itself cannot change.");
    let setters = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| {
            !column.is_fixed && !column.scalar.is_updated_at && column.field.name != "createdAt"
        })
        .map(|(at, column)| setter(at, column, "Changes"));
    quote! {
        #[doc = #doc]
        #[derive(Debug, Default)]
        pub struct #changes(::aura_client::RowValues<#name>);

        impl #changes {
            /// No changes yet.
            pub fn new() -> Self {
                Self::default()
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            #(#setters)*
        }

        impl ::std::convert::From<#changes> for ::aura_client::RowValues<#name> {
            fn from(changes: #changes) -> Self {
                changes.0
            }
        }
    }
}

fn table(schema: &Schema, config: &Config, id: ModelId, columns: &[Column<'_>]) -> TokenStream {
    let model = &schema[id];
    let (name, table) = (&model.name, &model.database_name);
    let space = model.schema.as_deref().unwrap_or("public");
    let deleted_at =
        model.field(DELETED_AT).map_or(DELETED_AT, |(field, _)| model.column(field).database_name.as_str());
    let described = columns.iter().map(|column| {
        let (field, column_name) = (&column.field.name, &column.scalar.database_name);
        let (sql_type, transfer) = columns::sql_type(schema, column.field, column.scalar);
        let ignores_case = column.field.has_annotation("email");
        let is_sensitive = column.field.has_annotation("sensitive");
        quote!(::aura_client::Column {
            field: #field,
            name: #column_name,
            sql_type: #sql_type,
            transfer: #transfer,
            ignores_case: #ignores_case,
            is_sensitive: #is_sensitive,
        })
    });
    let uniques = uniques::keys(schema, id, columns);
    let foreign_keys = relations::foreign_keys(schema, id);
    let ordered_ids = config.ids == IdKind::Ordered;
    quote! {
        /// The table behind the model.
        pub static TABLE: ::aura_client::Table = ::aura_client::Table {
            model: #name,
            schema: #space,
            name: #table,
            columns: &[#(#described),*],
            deleted_at: #deleted_at,
            uniques: &[#(#uniques),*],
            foreign_keys: &[#(#foreign_keys),*],
            ordered_ids: #ordered_ids,
        };
    }
}

fn fields(name: &Ident, columns: &[Column<'_>]) -> TokenStream {
    let fields = columns.iter().enumerate().map(|(at, column)| {
        let constant = constant(&column.field.name);
        let ty = &column.ty;
        let doc = format!(" `{}`, for conditions.", column.field.name);
        quote! {
            #[doc = #doc]
            pub const #constant: ::aura_client::Field<#name, #ty> = ::aura_client::Field::new(#at);
        }
    });
    quote!(#(#fields)*)
}
