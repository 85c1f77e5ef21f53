//! What is the same for every kind of record: deleting, restoring, and what an application sees of them.

use aura_client::{Deleted, Filter, Id, Model, Writer};

use super::Error;
use crate::store::{
    ActingStore, Application, Membership, Session, User, application, membership, session, user,
};

/// A model that callers from outside can read.
pub trait Record: Model {
    /// The record with this id.
    fn has_id(id: Id<Self>) -> Filter<Self>;

    /// Records that belong to this application's context: its members, their memberships and sessions in it, and
    /// itself. The condition goes into the statement; nothing is filtered afterwards.
    fn is_of(application: Id<Application>) -> Filter<Self>;

    /// The record as an application sees it: without what points at people outside its context.
    #[must_use]
    fn within_context(self) -> Self {
        self
    }

    /// Writes records of this model.
    fn writer(store: &ActingStore) -> Writer<'_, Self>;
}

impl Record for User {
    fn has_id(id: Id<User>) -> Filter<User> {
        user::ID.eq(id)
    }

    fn is_of(application: Id<Application>) -> Filter<User> {
        user::MEMBERSHIPS.some(membership::APPLICATION_ID.eq(application))
    }

    fn writer(store: &ActingStore) -> Writer<'_, User> {
        store.user()
    }
}

impl Record for Application {
    fn has_id(id: Id<Application>) -> Filter<Application> {
        application::ID.eq(id)
    }

    fn is_of(application: Id<Application>) -> Filter<Application> {
        application::ID.eq(application)
    }

    fn writer(store: &ActingStore) -> Writer<'_, Application> {
        store.application()
    }
}

impl Record for Membership {
    fn has_id(id: Id<Membership>) -> Filter<Membership> {
        membership::ID.eq(id)
    }

    fn is_of(application: Id<Application>) -> Filter<Membership> {
        membership::APPLICATION_ID.eq(application)
    }

    fn within_context(self) -> Membership {
        Membership { invited_by_id: None, ..self }
    }

    fn writer(store: &ActingStore) -> Writer<'_, Membership> {
        store.membership()
    }
}

impl Record for Session {
    fn has_id(id: Id<Session>) -> Filter<Session> {
        session::ID.eq(id)
    }

    fn is_of(application: Id<Application>) -> Filter<Session> {
        session::APPLICATION_ID.eq(application)
    }

    fn writer(store: &ActingStore) -> Writer<'_, Session> {
        store.session()
    }
}

/// Deletes a record and with it everything that belongs to it. [`restore`] brings exactly that back.
pub async fn delete<M: Record>(store: &ActingStore, id: Id<M>) -> Result<Deleted<M>, Error> {
    Ok(M::writer(store).delete(id).await?)
}

/// Restores a deleted record and what was deleted with it.
///
/// # Errors
///
/// [`Error::CannotRestore`] where one of its unique values was taken meanwhile, or something it belongs to is
/// deleted.
pub async fn restore<M: Record>(store: &ActingStore, id: Id<M>) -> Result<M, Error> {
    let writer = M::writer(store);
    let gone = writer.deleted().find(id).await?.ok_or_else(|| aura_client::Error::NotFound {
        model: M::TABLE.model,
        key: format!("{id} among the deleted"),
    })?;
    writer.restore(gone).await.map_err(|error| match error {
        aura_client::Error::Taken { .. }
        | aura_client::Error::Reference(_)
        | aura_client::Error::Refused { .. } => Error::CannotRestore(error),
        other => Error::Store(other),
    })
}
