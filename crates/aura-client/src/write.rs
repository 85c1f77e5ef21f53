//! Writing: with an actor, or not at all.

use std::ops::Deref;

use tokio_postgres::Row;

use crate::connect::Via;
use crate::model::Model;
use crate::read::{read_deleted, read_live};
use crate::statement::{self, Act};
use crate::{Actor, Client, Deleted, Error, Field, Filter, Id, Reader, Transaction};

/// A client together with who acts. The only way to a [`Writer`].
#[derive(Debug, Clone)]
pub struct Acting {
    client: Client,
    act: Act,
}

impl Acting {
    /// Writes in the name of `actor`.
    pub fn new(client: &Client, actor: &Actor) -> Acting {
        let act = Act { actor: actor.as_str().to_owned(), request: String::new() };
        Acting { client: client.clone(), act }
    }

    /// On whose request: an id that the history shows beside the actor, cut to 200 characters.
    pub fn request(mut self, id: &str) -> Acting {
        self.act.request = id.chars().map(|c| if c.is_control() { '_' } else { c }).take(200).collect();
        self
    }

    /// Reads and writes of a model, each statement a transaction of its own.
    pub fn model<M: Model>(&self) -> Writer<'_, M> {
        Writer { via: Via::Pool(&self.client), act: &self.act, reader: Reader::new(&self.client) }
    }

    /// Begins a transaction in the name of this actor.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(&self.client, self.act.clone()).await
    }

    /// The client, for reading.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Reads and writes rows of `M`; everything a [`Reader`] does, and the rest.
#[derive(Debug)]
pub struct Writer<'a, M> {
    pub(crate) via: Via<'a>,
    pub(crate) act: &'a Act,
    reader: Reader<'a, M>,
}

impl<M> Clone for Writer<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Writer<'_, M> {}

impl<'a, M> Deref for Writer<'a, M> {
    type Target = Reader<'a, M>;

    fn deref(&self) -> &Reader<'a, M> {
        &self.reader
    }
}

impl<'a, M: Model> Writer<'a, M> {
    pub(crate) fn in_transaction(transaction: &'a Transaction, act: &'a Act) -> Writer<'a, M> {
        let via = Via::Transaction(transaction);
        Writer { via, act, reader: Reader::via(via) }
    }

    /// A new row, as the database has it afterwards. Without an id of its own it gets a new one.
    pub async fn create(self, new: M::New) -> Result<M, Error> {
        let mut values = new.into();
        if values.id.is_none() {
            values = values.set_id(M::TABLE.new_id());
        }
        let rows = self.via.run(statement::create(self.act, values)?).await?;
        rows.first().map_or_else(|| Err(no_row::<M>()), read_written)
    }

    /// Changes a live row and gives it back; changes of nothing give it as it is.
    pub async fn update(self, id: Id<M>, changes: M::Changes) -> Result<M, Error> {
        self.change(id, None, changes).await?.ok_or_else(|| Error::not_found(M::TABLE, id))
    }

    /// Changes a live row if it fits; `None` if it does not, or is not there. Condition and change are one
    /// statement: of several callers whose condition the change undoes, exactly one gets the row.
    pub async fn update_if(
        self,
        id: Id<M>,
        condition: Filter<M>,
        changes: M::Changes,
    ) -> Result<Option<M>, Error> {
        self.change(id, Some(condition), changes).await
    }

    async fn change(
        self,
        id: Id<M>,
        condition: Option<Filter<M>>,
        changes: M::Changes,
    ) -> Result<Option<M>, Error> {
        let changes = changes.into();
        if changes.is_empty() {
            return match condition {
                None => self.find(id).await,
                Some(condition) => {
                    let same = Field::<M, Id<M>>::new(0).eq(id).and(condition);
                    Ok(self.list().filter(same).limit(1).await?.pop())
                }
            };
        }
        let statement = statement::update(self.act, id, condition, changes)?;
        self.via.run(statement).await?.first().map(read_written).transpose()
    }

    /// Deletes a live row, and with it all that belongs to it. Nothing is lost: [`Writer::restore`] brings
    /// exactly that back.
    pub async fn delete(self, id: Id<M>) -> Result<Deleted<M>, Error> {
        let rows = self.via.run(statement::delete::<M>(self.act, id)).await?;
        rows.first()
            .map_or_else(|| Err(Error::not_found(M::TABLE, id)), |row| read_deleted(row).map_err(written))
    }

    /// Restores a deleted row and what was deleted with it. Refused where one of its unique values was
    /// taken meanwhile ([`Error::Taken`]) or a row it belongs to is deleted ([`Error::Reference`]).
    pub async fn restore(self, deleted: Deleted<M>) -> Result<M, Error> {
        let id = deleted.row().id();
        let rows = self.via.run(statement::restore::<M>(self.act, id)).await?;
        rows.first().map_or_else(
            || Err(Error::NotFound { model: M::TABLE.model, key: format!("{id} among the deleted") }),
            read_written,
        )
    }
}

/// Reads a row that a write gave back. That the write happened must not be lost where the row is unreadable.
fn read_written<M: Model>(row: &Row) -> Result<M, Error> {
    read_live(row).map_err(written)
}

fn written(error: Error) -> Error {
    match error {
        Error::Unreadable { model, why } => Error::Written { model, why },
        other => other,
    }
}

fn no_row<M: Model>() -> Error {
    Error::Written { model: M::TABLE.model, why: "the new row did not come back".into() }
}
