//! Who may do what.
//!
//! A caller from outside never holds the store, only an [`Access`]. All it can read goes through conditions that
//! are part of each statement; all it can write is either open to operators ([`Access::operator`]) or one of
//! the few methods here that an application may call for what is its own.

use aura_client::{Actor, Deleted, Event, Filter, Id, Model, Page, Reader};

use super::{Error, Record, record, sessions, verifications};
use crate::store::{ActingStore, Application, Membership, Session, Store, TokenPurpose, User};
use crate::store::{membership, session};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody with an operator key: may do everything.
    Operator {
        /// The key's name.
        name: String,
    },
    /// An application, by its secret: sees its own context only.
    Application {
        /// Which.
        id: Id<Application>,
    },
}

impl Caller {
    /// What the history says of them.
    pub fn actor(&self) -> Actor {
        match self {
            Caller::Operator { name } => Actor::operator(name),
            Caller::Application { id } => Actor::application(*id),
        }
    }
}

const OPERATORS_ONLY: Error = Error::Forbidden("only an operator may do this");

/// The store as one caller sees it, for one request.
#[derive(Debug, Clone)]
pub struct Access {
    store: Store,
    acting: ActingStore,
    caller: Caller,
}

impl Access {
    /// For a caller who has shown who they are. The request's id goes into the history beside them.
    pub fn new(store: &Store, caller: Caller, request: &str) -> Access {
        let acting = store.acting_as(caller.actor()).request(request);
        Access { store: store.clone(), acting, caller }
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The store to write to, for operators.
    pub fn operator(&self) -> Result<&ActingStore, Error> {
        match self.caller {
            Caller::Operator { .. } => Ok(&self.acting),
            Caller::Application { .. } => Err(OPERATORS_ONLY),
        }
    }

    fn reader<M: Record>(&self) -> Reader<'_, M> {
        Reader::new(self.store.client())
    }

    /// The live record with this id, if the caller sees it.
    pub async fn find<M: Record>(&self, id: Id<M>) -> Result<M, Error> {
        let found = match self.caller {
            Caller::Operator { .. } => self.reader::<M>().find(id).await?,
            Caller::Application { id: application } => {
                let own = M::has_id(id).and(M::is_of(application));
                self.reader::<M>().list().filter(own).limit(1).await?.pop().map(M::within_context)
            }
        };
        found.ok_or_else(|| Error::not_found(id))
    }

    /// A page of live records that the caller sees, by id.
    pub async fn page<M: Record>(
        &self,
        filter: Option<Filter<M>>,
        after: Option<Id<M>>,
        limit: u32,
    ) -> Result<Page<M>, Error> {
        let mut list = self.reader::<M>().list().after(after).limit(limit);
        if let Caller::Application { id } = self.caller {
            list = list.filter(M::is_of(id));
        }
        if let Some(filter) = filter {
            list = list.filter(filter);
        }
        let mut page = list.page().await?;
        if let Caller::Application { .. } = self.caller {
            page.rows = page.rows.into_iter().map(M::within_context).collect();
        }
        Ok(page)
    }

    /// A page of deleted records by id, for operators, and where the next one begins.
    pub async fn deleted_page<M: Record>(
        &self,
        filter: Option<Filter<M>>,
        after: Option<Id<M>>,
        limit: u32,
    ) -> Result<(Vec<Deleted<M>>, Option<Id<M>>), Error> {
        self.operator()?;
        let mut rows = self.reader::<M>().deleted().list(filter, after, limit + 1).await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if has_more { rows.last().map(|last| last.row().id()) } else { None };
        Ok((rows, next))
    }

    /// What happened to a record, live or not, the oldest first, for operators: the history shows what others did.
    pub async fn history<M: Model>(
        &self,
        id: Id<M>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        self.operator()?;
        let events = self.store.history().of(M::TABLE.model, id.as_str(), after, limit).await?;
        // Every record has at least the event of its creation.
        if events.is_empty() && after.is_none() {
            return Err(Error::not_found(id));
        }
        Ok(events)
    }

    /// Opens a session; an application, to itself and for its members only.
    pub async fn open_session(&self, mut opening: sessions::Opening) -> Result<Session, Error> {
        self.is_own(opening.application_id)?;
        if let Caller::Application { id } = self.caller {
            // One answer for who is no member, who is nobody and a membership of somebody else.
            let ours = self.membership(opening.user_id, id).await?.ok_or(Error::NoMembership)?;
            if *opening.membership_id.get_or_insert(ours.id) != ours.id {
                return Err(Error::NoMembership);
            }
        }
        sessions::open(&self.acting, opening).await
    }

    /// Revokes a session; an application, one of its own.
    pub async fn revoke_session(&self, id: Id<Session>) -> Result<Session, Error> {
        self.own_session(id).await?;
        sessions::revoke(&self.acting, id).await
    }

    /// Deletes a session; an application, one of its own.
    pub async fn end_session(&self, id: Id<Session>) -> Result<Deleted<Session>, Error> {
        self.own_session(id).await?;
        record::delete(&self.acting, id).await
    }

    /// Makes a link; an application, for one of its members and in its own name.
    pub async fn create_link(
        &self,
        mut request: verifications::Request,
    ) -> Result<verifications::Made, Error> {
        if let Caller::Application { id } = self.caller {
            // Whoever makes a link sees its token: a reset would hand one application a person's account
            // in all the others.
            if request.purpose == TokenPurpose::ResetPassword {
                return Err(Error::Forbidden(
                    "an application's key makes VERIFY_EMAIL and INVITE links only",
                ));
            }
            self.is_own(*request.application_id.get_or_insert(id))?;
            if self.membership(request.user_id, id).await?.is_none() {
                return Err(Error::not_found(request.user_id));
            }
        }
        verifications::create(&self.acting, request).await
    }

    async fn membership(
        &self,
        user: Id<User>,
        application: Id<Application>,
    ) -> Result<Option<Membership>, Error> {
        let pair = membership::by_user_id_and_application_id(user, application);
        Ok(self.store.membership().find(pair).await?)
    }

    /// Another application is as good as unknown.
    fn is_own(&self, application: Id<Application>) -> Result<(), Error> {
        match self.caller {
            Caller::Application { id } if id != application => Err(Error::not_found(application)),
            _ => Ok(()),
        }
    }

    /// Whose session it is never changes, so it can be asked for before the write.
    async fn own_session(&self, id: Id<Session>) -> Result<(), Error> {
        if let Caller::Application { id: application } = self.caller {
            let own = session::ID.eq(id).and(session::APPLICATION_ID.eq(application));
            if self.store.session().list().filter(own).limit(1).await?.is_empty() {
                return Err(Error::not_found(id));
            }
        }
        Ok(())
    }
}
