//! Reading: the living, unless it says otherwise.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;

use tokio_postgres::Row;

use crate::connect::Via;
use crate::model::Model;
use crate::statement::{self, Visibility};
use crate::{Client, Deleted, Error, Filter, Id, Timestamp, Unique};

/// The most rows one list gives; a larger limit is cut to it.
pub(crate) const MAX_ROWS: u32 = 10_000;

/// Reads live rows of `M`.
#[derive(Debug)]
pub struct Reader<'a, M> {
    via: Via<'a>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Reader<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Reader<'_, M> {}

impl<'a, M: Model> Reader<'a, M> {
    /// Reads through the client's connections.
    pub fn new(client: &'a Client) -> Reader<'a, M> {
        Reader::via(Via::Pool(client))
    }

    pub(crate) fn via(via: Via<'a>) -> Reader<'a, M> {
        Reader { via, model: PhantomData }
    }

    /// The live row with this id, or another unique value (`user::by_email("ada@example.com")`).
    pub async fn find(self, key: impl Into<Unique<M>>) -> Result<Option<M>, Error> {
        let key = key.into();
        let statement = statement::find(key.columns, key.values, Visibility::Live)?;
        self.via.run(statement).await?.first().map(read_live).transpose()
    }

    /// As [`Reader::find`]; that there is none is [`Error::NotFound`].
    pub async fn get(self, key: impl Into<Unique<M>>) -> Result<M, Error> {
        let key = key.into();
        let names: Vec<&str> = key.columns.iter().map(|column| M::TABLE.columns[*column].field).collect();
        let names = names.join(", ");
        let statement = statement::find(key.columns, key.values, Visibility::Live)?;
        match self.via.run(statement).await?.first() {
            Some(row) => read_live(row),
            None => Err(Error::NotFound { model: M::TABLE.model, key: names }),
        }
    }

    /// Live rows by id, so the oldest first; at most 100 unless [`List::limit`] says otherwise.
    pub fn list(&self) -> List<'a, M> {
        List { via: self.via, filter: None, after: None, newest_first: false, limit: 100 }
    }

    /// How many live rows fit.
    pub async fn count(self, filter: Option<Filter<M>>) -> Result<u64, Error> {
        let rows = self.via.run(statement::count(filter, Visibility::Live)?).await?;
        let count: i64 =
            rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(|error| unreadable::<M>(&error))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The deleted ones instead: another type comes out.
    pub fn deleted(&self) -> DeletedReader<'a, M> {
        DeletedReader { via: self.via, model: PhantomData }
    }
}

/// Reads deleted rows of `M`.
#[derive(Debug)]
pub struct DeletedReader<'a, M> {
    via: Via<'a>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for DeletedReader<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for DeletedReader<'_, M> {}

impl<M: Model> DeletedReader<'_, M> {
    /// The deleted row with this id. Other uniques may have several.
    pub async fn find(self, id: Id<M>) -> Result<Option<Deleted<M>>, Error> {
        let key = Unique::from(id);
        let statement = statement::find(key.columns, key.values, Visibility::Deleted)?;
        self.via.run(statement).await?.first().map(read_deleted).transpose()
    }

    /// A page of deleted rows by id.
    pub async fn list(
        self,
        filter: Option<Filter<M>>,
        after: Option<Id<M>>,
        limit: u32,
    ) -> Result<Vec<Deleted<M>>, Error> {
        let limit = i64::from(limit.min(MAX_ROWS));
        let statement = statement::list(filter, after, false, limit, Visibility::Deleted)?;
        self.via.run(statement).await?.iter().map(read_deleted).collect()
    }
}

/// A list under construction; awaiting it gives the rows.
#[derive(Debug)]
pub struct List<'a, M> {
    via: Via<'a>,
    filter: Option<Filter<M>>,
    after: Option<Id<M>>,
    newest_first: bool,
    limit: u32,
}

impl<M: Model> List<'_, M> {
    /// Only rows that fit; given twice, rows that fit both.
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        self.filter = Some(match self.filter {
            Some(before) => before.and(filter),
            None => filter,
        });
        self
    }

    /// Only rows behind this one in the list's order: a keyset cursor.
    pub fn after(mut self, id: impl Into<Option<Id<M>>>) -> Self {
        self.after = id.into();
        self
    }

    /// The newest first.
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// At most so many, up to 10,000.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.min(MAX_ROWS);
        self
    }

    /// The rows, and where the next page begins.
    pub async fn page(self) -> Result<Page<M>, Error> {
        let limit = self.limit;
        let mut rows = self.fetch(i64::from(limit) + 1).await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if has_more { rows.last().map(Model::id) } else { None };
        Ok(Page { rows, next })
    }

    async fn fetch(self, limit: i64) -> Result<Vec<M>, Error> {
        let statement = statement::list(self.filter, self.after, self.newest_first, limit, Visibility::Live)?;
        self.via.run(statement).await?.iter().map(read_live).collect()
    }
}

impl<'a, M: Model> IntoFuture for List<'a, M> {
    type Output = Result<Vec<M>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let limit = i64::from(self.limit);
        Box::pin(self.fetch(limit))
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<M> {
    /// Its rows.
    pub rows: Vec<M>,
    /// What [`List::after`] wants for the next page; `None` behind the last.
    pub next: Option<Id<M>>,
}

pub(crate) fn read_live<M: Model>(row: &Row) -> Result<M, Error> {
    M::read(row).map_err(|error| unreadable::<M>(&error))
}

pub(crate) fn read_deleted<M: Model>(row: &Row) -> Result<Deleted<M>, Error> {
    let live = read_live(row)?;
    let deleted_at: Timestamp =
        row.try_get(M::TABLE.columns.len()).map_err(|error| unreadable::<M>(&error))?;
    Ok(Deleted::new(live, deleted_at))
}

fn unreadable<M: Model>(error: &tokio_postgres::Error) -> Error {
    Error::Unreadable { model: M::TABLE.model, why: crate::error::describe(error) }
}
