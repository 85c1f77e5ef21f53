//! The identity store: one user, many applications, and a membership for each pair.
//!
//! [`mod@store`] is the typed client made from `prisma/schema`, [`identity`] the rules on top of it, [`http`] and
//! [`cli`] the ways in. SQL is in none of them.

pub mod cli;
pub mod embedded;
pub mod http;
pub mod identity;

pub mod store {
    //! The typed client, made from `prisma/schema` at build time.
    //!
    //! ```no_run
    //! use auraid::store::{NewUser, Store, user};
    //! use aura_client::Actor;
    //!
    //! # async fn example() -> Result<(), aura_client::Error> {
    //! let store = Store::of_process()?;
    //! let signup = store.acting_as(Actor::service("signup"));
    //! let ada = signup.user().create(NewUser::new("ada@example.com").name("Ada")).await?;
    //! let gone = signup.user().delete(ada.id).await?;
    //! assert!(store.user().find(user::by_email("ada@example.com")).await?.is_none());
    //! signup.user().restore(gone).await?;
    //! # Ok(())
    //! # }
    //! ```
    //!
    //! A write without an actor does not compile:
    //!
    //! ```compile_fail
    //! # async fn example(store: &auraid::store::Store) {
    //! store.user().create(auraid::store::NewUser::new("ada@example.com")).await;
    //! # }
    //! ```
    //!
    //! nor does another model's id:
    //!
    //! ```compile_fail
    //! # async fn example(store: &auraid::store::Store, membership: auraid::store::Membership) {
    //! store.user().find(membership.id).await;
    //! # }
    //! ```

    include!(concat!(env!("OUT_DIR"), "/store.rs"));
}

/// The process's one store, on the database that `DATABASE_URL` names: the same connections however often
/// it is called. Opens the first connection, so that a database that is away is found out here.
pub async fn store() -> Result<&'static store::Store, aura_client::Error> {
    let store = store::Store::of_process()?;
    store.client().ping().await?;
    Ok(store)
}
