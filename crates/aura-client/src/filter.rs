//! Conditions on rows, typed by model and field.

use std::marker::PhantomData;

use tokio_postgres::types::ToSql;

use crate::input::IntoField;
use crate::model::{Model, quote};
use crate::statement::{Sql, Visibility, equals};
use crate::{Error, Timestamp, Value};

/// A column of `M` that holds a `T`.
#[derive(Debug)]
pub struct Field<M, T> {
    column: usize,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Field<M, T> {}

impl<M: Model, T> Field<M, T> {
    /// For generated code: the column at that position of the model's table.
    pub const fn new(column: usize) -> Field<M, T> {
        Field { column, types: PhantomData }
    }

    /// The value is this one; of an e-mail address, without regard to the case of ASCII letters. `None` is
    /// no value, as in [`Field::is_null`].
    pub fn eq(self, value: impl IntoField<T>) -> Filter<M>
    where
        T: ToSql + Sync + Send + 'static,
    {
        Filter::new(match value.into_field() {
            Ok(value) => Condition::Equals(self.column, Value::new(value)),
            Err(why) => Condition::Fault(Error::Invalid {
                model: M::TABLE.model,
                field: M::TABLE.columns[self.column].field,
                why,
            }),
        })
    }

    /// There is no value.
    pub fn is_null(self) -> Filter<M> {
        Filter::new(Condition::IsNull(self.column))
    }

    /// There is a value.
    pub fn is_not_null(self) -> Filter<M> {
        self.is_null().not()
    }
}

/// Columns that hold a time, required or optional.
pub trait Temporal {}

impl Temporal for Timestamp {}

impl Temporal for Option<Timestamp> {}

impl<M: Model, T: Temporal> Field<M, T> {
    /// The time lies ahead, by the database's clock.
    pub fn is_ahead(self) -> Filter<M> {
        Filter::new(Condition::Now(self.column, " > now()"))
    }

    /// The time is now or has passed, by the database's clock.
    pub fn has_passed(self) -> Filter<M> {
        Filter::new(Condition::Now(self.column, " <= now()"))
    }
}

/// A way from `M` to the live rows of `N` that a relation joins to it.
#[derive(Debug)]
pub struct Relation<M, N> {
    pairs: &'static [(usize, usize)],
    types: PhantomData<fn() -> (M, N)>,
}

impl<M, N> Clone for Relation<M, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, N> Copy for Relation<M, N> {}

impl<M: Model, N: Model> Relation<M, N> {
    /// For generated code: pairs of columns (of `M`, of `N`) that are equal.
    pub const fn new(pairs: &'static [(usize, usize)]) -> Relation<M, N> {
        Relation { pairs, types: PhantomData }
    }

    /// At least one live row fits.
    pub fn some(self, filter: Filter<N>) -> Filter<M> {
        let pairs = self.pairs;
        Filter::new(Condition::Some(Box::new(move |sql, alias| {
            let inner = sql.alias();
            sql.push("EXISTS (SELECT FROM ").push(&N::TABLE.quoted()).push(" AS ").push(&inner);
            sql.push(" WHERE ").live(N::TABLE, &inner, Visibility::Live);
            for (ours, theirs) in pairs {
                sql.push(" AND ").push(&inner).push(".").push(&quote(N::TABLE.columns[*theirs].name));
                sql.push(" = ").push(alias).push(".").push(&quote(M::TABLE.columns[*ours].name));
            }
            sql.push(" AND ");
            filter.write(sql, &inner)?;
            sql.push(")");
            Ok(())
        })))
    }
}

/// A condition on rows of `M`.
#[derive(Debug)]
pub struct Filter<M> {
    condition: Condition,
    model: PhantomData<fn() -> M>,
}

type WriteSome = Box<dyn FnOnce(&mut Sql, &str) -> Result<(), Error> + Send>;

enum Condition {
    Equals(usize, Value),
    IsNull(usize),
    Now(usize, &'static str),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Some(WriteSome),
    Fault(Error),
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Condition")
    }
}

impl<M: Model> Filter<M> {
    fn new(condition: Condition) -> Filter<M> {
        Filter { condition, model: PhantomData }
    }

    /// Both hold.
    pub fn and(self, other: Filter<M>) -> Filter<M> {
        Filter::new(Condition::And(vec![self.condition, other.condition]))
    }

    /// At least one holds.
    pub fn or(self, other: Filter<M>) -> Filter<M> {
        Filter::new(Condition::Or(vec![self.condition, other.condition]))
    }

    /// It does not hold.
    #[expect(clippy::should_implement_trait, reason = "`!filter` reads worse than `filter.not()`")]
    pub fn not(self) -> Filter<M> {
        Filter::new(Condition::Not(Box::new(self.condition)))
    }

    pub(crate) fn write(self, sql: &mut Sql, alias: &str) -> Result<(), Error> {
        write::<M>(self.condition, sql, alias)
    }
}

fn write<M: Model>(condition: Condition, sql: &mut Sql, alias: &str) -> Result<(), Error> {
    let column = |at: usize| format!("{alias}.{}", quote(M::TABLE.columns[at].name));
    match condition {
        Condition::Equals(at, value) => equals(sql, alias, &M::TABLE.columns[at], value),
        Condition::IsNull(at) => {
            sql.push(&column(at)).push(" IS NULL");
        }
        Condition::Now(at, comparison) => {
            sql.push(&column(at)).push(comparison);
        }
        Condition::Not(inner) => {
            sql.push("NOT (");
            write::<M>(*inner, sql, alias)?;
            sql.push(")");
        }
        Condition::And(all) => join::<M>(all, " AND ", sql, alias)?,
        Condition::Or(any) => join::<M>(any, " OR ", sql, alias)?,
        Condition::Some(write) => write(sql, alias)?,
        Condition::Fault(fault) => return Err(fault),
    }
    Ok(())
}

fn join<M: Model>(all: Vec<Condition>, word: &str, sql: &mut Sql, alias: &str) -> Result<(), Error> {
    sql.push("(");
    for (n, condition) in all.into_iter().enumerate() {
        sql.push(if n == 0 { "" } else { word });
        write::<M>(condition, sql, alias)?;
    }
    sql.push(")");
    Ok(())
}
