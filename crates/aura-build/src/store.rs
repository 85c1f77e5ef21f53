//! The store: one way in for every model.

use aura_schema::config::Config;
use aura_schema::schema::Schema;
use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;
use crate::names::{beside, distinct, identifier, plain, snake};

/// Methods of the three stores that are no models.
const METHODS_TAKEN: &[&str] = &[
    "acting_as",
    "begin",
    "bulk",
    "client",
    "clone",
    "commit",
    "history",
    "of_process",
    "open",
    "request",
    "rollback",
];

/// `Store`, `ActingStore` and `StoreTransaction`.
pub(crate) fn declare(schema: &Schema, config: &Config) -> Result<TokenStream, Error> {
    let role = &config.roles.service;
    refuse_clashes(schema)?;
    let models: Vec<_> = schema.tables().map(|(_, model)| plain(&model.name)).collect();
    let modules = schema.tables().map(|(_, model)| identifier(&snake(&model.name), &model.name));
    let modules = modules.collect::<Result<Vec<_>, Error>>()?;
    let methods: Vec<_> = modules.iter().map(|module| beside(module.clone(), METHODS_TAKEN)).collect();
    let docs: Vec<_> = models.iter().map(|name| format!(" Live rows of [`{name}`].")).collect();
    Ok(quote! {
        /// The tables of all models.
        pub static TABLES: &[&::aura_client::Table] = &[#(&#modules::TABLE),*];

        /// Reads every model. Cloning it is cheap and shares its connections.
        #[derive(Debug, Clone)]
        pub struct Store {
            client: ::aura_client::Client,
        }

        impl Store {
            /// With connections of its own, opened at first use.
            pub fn open(
                settings: ::aura_client::Settings,
            ) -> ::std::result::Result<Self, ::aura_client::Error> {
                Ok(Store { client: ::aura_client::Client::new(settings, TABLES)? })
            }

            /// The process's one store, with the database that `DATABASE_URL` names and the service role's
            /// rights, whoever the URL logs in as: the same connections from however many places it is
            /// asked for.
            pub fn of_process() -> ::std::result::Result<&'static Self, ::aura_client::Error> {
                static STORE: ::std::sync::OnceLock<Store> = ::std::sync::OnceLock::new();
                if let Some(store) = STORE.get() {
                    return Ok(store);
                }
                // Of two first callers one's store is dropped unused: nothing is connected yet.
                let store = Store::open(::aura_client::Settings::from_env()?.with_role(#role))?;
                Ok(STORE.get_or_init(|| store))
            }

            /// The connections.
            pub fn client(&self) -> &::aura_client::Client {
                &self.client
            }

            /// What was recorded.
            pub fn history(&self) -> ::aura_client::History<'_> {
                ::aura_client::History::new(&self.client)
            }

            /// Writes in somebody's name.
            pub fn acting_as(&self, actor: impl ::std::convert::Into<::aura_client::Actor>) -> ActingStore {
                ActingStore { acting: ::aura_client::Acting::new(&self.client, &actor.into()) }
            }

            #(
                #[doc = #docs]
                pub fn #methods(&self) -> ::aura_client::Reader<'_, #models> {
                    ::aura_client::Reader::new(&self.client)
                }
            )*
        }

        /// Reads and writes every model, each write a transaction of its own.
        #[derive(Debug, Clone)]
        pub struct ActingStore {
            acting: ::aura_client::Acting,
        }

        impl ActingStore {
            /// On whose request: an id that the history shows.
            #[must_use]
            pub fn request(self, id: &str) -> Self {
                ActingStore { acting: self.acting.request(id) }
            }

            /// Begins a transaction.
            pub async fn begin(
                &self,
            ) -> ::std::result::Result<StoreTransaction, ::aura_client::Error> {
                Ok(StoreTransaction { transaction: self.acting.begin().await? })
            }

            #(
                #[doc = #docs]
                pub fn #methods(&self) -> ::aura_client::Writer<'_, #models> {
                    self.acting.model()
                }
            )*
        }

        /// Reads and writes every model; all writes happen together at the commit, or none.
        #[derive(Debug)]
        pub struct StoreTransaction {
            transaction: ::aura_client::Transaction,
        }

        impl StoreTransaction {
            /// Makes it all happen.
            pub async fn commit(self) -> ::std::result::Result<(), ::aura_client::Error> {
                self.transaction.commit().await
            }

            /// Undoes it all.
            pub async fn rollback(self) -> ::std::result::Result<(), ::aura_client::Error> {
                self.transaction.rollback().await
            }

            /// The transaction itself: bulk creation and the state of imports.
            pub fn bulk(&self) -> &::aura_client::Transaction {
                &self.transaction
            }

            #(
                #[doc = #docs]
                pub fn #methods(&self) -> ::aura_client::Writer<'_, #models> {
                    self.transaction.model()
                }
            )*
        }
    })
}

/// The names at the top of the generated code, and what has each of them.
fn refuse_clashes(schema: &Schema) -> Result<(), Error> {
    let of = |name: &str, what: &str| (name.to_owned(), what.to_owned());
    let own =
        ["Store", "ActingStore", "StoreTransaction", "TABLES"].map(|name| of(name, "what aura-build adds"));
    let enums = schema.enums.iter().map(|found| of(&found.name, &format!("enum {}", found.name)));
    let models = schema.tables().flat_map(|(_, model)| {
        let name = &model.name;
        let place = format!("model {name}");
        [name.clone(), format!("New{name}"), format!("{name}Changes"), snake(name)]
            .map(|rust| of(&rust, &place))
    });
    distinct(own.into_iter().chain(enums).chain(models))
}
