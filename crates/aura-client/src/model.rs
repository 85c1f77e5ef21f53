//! What the runtime knows of a model.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::input::IntoField;
use crate::{Error, Id, Timestamp, Value};

/// A model of the schema. Implemented by generated code only.
pub trait Model: Sized + Send + Sync + 'static {
    /// Its table.
    const TABLE: &'static Table;

    /// What creates a row.
    type New: Into<RowValues<Self>>;

    /// What changes a row.
    type Changes: Into<RowValues<Self>>;

    /// The row's id.
    fn id(&self) -> Id<Self>;

    /// Reads a row whose first columns are [`Table::columns`].
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error>;
}

/// A model's table: static data of the generated code.
#[derive(Debug)]
pub struct Table {
    /// The model's name.
    pub model: &'static str,
    /// PostgreSQL schema.
    pub schema: &'static str,
    /// Table name.
    pub name: &'static str,
    /// Columns in the order in which [`Model::read`] wants them; the first is the id. `deletedAt` is not
    /// among them: a live row has none.
    pub columns: &'static [Column],
    /// Column name of `deletedAt`.
    pub deleted_at: &'static str,
    /// Uniques, for lookups and for errors.
    pub uniques: &'static [UniqueKey],
    /// Foreign keys, for errors.
    pub foreign_keys: &'static [ForeignKey],
    /// Whether new ids are ordered by time or random.
    pub ordered_ids: bool,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Field name in the `.prisma` file.
    pub field: &'static str,
    /// Column name.
    pub name: &'static str,
    /// SQL type as a cast writes it, for example `text` or `"public"."Role"`.
    pub sql_type: &'static str,
    /// How values travel.
    pub transfer: Transfer,
    /// Compared without case.
    pub ignores_case: bool,
    /// `/// @aura.sensitive`
    pub is_sensitive: bool,
}

/// How values of a column travel between client and server.
#[derive(Debug)]
pub enum Transfer {
    /// In the binary form of this type.
    Binary(Type),
    /// An enum, as its label in text, cast by the server. The enum's own type would do, but the driver
    /// looks unknown types up while the rows of the answer already wait to be read, and with more rows than
    /// its buffer holds both wait for ever.
    Label,
    /// As another type that the server casts to the column's and back: for types that Rust has no own
    /// type for (`numeric`, `uuid`, …).
    Cast {
        /// The type on the wire, `text` or an array of it.
        wire: Type,
        /// Its name in SQL.
        name: &'static str,
    },
}

impl Transfer {
    /// The type of a parameter.
    pub(crate) fn parameter_type(&self) -> Type {
        match self {
            Transfer::Binary(ty) | Transfer::Cast { wire: ty, .. } => ty.clone(),
            Transfer::Label => Type::TEXT,
        }
    }

    /// The type that the server casts from and to, where it does.
    pub(crate) fn cast(&self) -> Option<&'static str> {
        match self {
            Transfer::Binary(_) => None,
            Transfer::Label => Some("text"),
            Transfer::Cast { name, .. } => Some(name),
        }
    }
}

/// A unique of a model.
#[derive(Debug)]
pub struct UniqueKey {
    /// Name in PostgreSQL.
    pub constraint: &'static str,
    /// Its columns, as positions in [`Table::columns`].
    pub columns: &'static [usize],
}

/// A foreign key of a model.
#[derive(Debug)]
pub struct ForeignKey {
    /// What the names of its constraints in PostgreSQL begin with: every relation has more than one
    /// (`Membership_userId_fkey`, `Membership_userId_any_fkey`).
    pub constraint_prefix: &'static str,
    /// The relation field.
    pub field: &'static str,
    /// The model referred to.
    pub parent: &'static str,
}

impl Table {
    pub(crate) fn id(&self) -> &Column {
        &self.columns[0]
    }

    /// An id for a new row.
    pub(crate) fn new_id<M>(&self) -> Id<M> {
        if self.ordered_ids { Id::new() } else { Id::random() }
    }

    /// `"public"."User"`
    pub(crate) fn quoted(&self) -> String {
        format!("{}.{}", quote(self.schema), quote(self.name))
    }
}

/// A name of the database, quoted.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A deleted row: everything the live one had, and when it was deleted.
///
/// Where a live row is wanted it does not fit:
///
/// ```compile_fail
/// # struct User;
/// fn greet(user: &User) {}
/// fn wrong(gone: &aura_client::Deleted<User>) { greet(gone) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted<M> {
    row: M,
    deleted_at: Timestamp,
}

impl<M> Deleted<M> {
    pub(crate) fn new(row: M, deleted_at: Timestamp) -> Deleted<M> {
        Deleted { row, deleted_at }
    }

    /// When it was deleted.
    pub fn deleted_at(&self) -> Timestamp {
        self.deleted_at
    }

    /// The row. There is no `Deref`: `&Deleted<User>` must not pass for `&User` unseen.
    pub fn row(&self) -> &M {
        &self.row
    }

    /// The row, no longer marked as deleted: for showing it, not for using it.
    pub fn into_inner(self) -> M {
        self.row
    }
}

/// Values for columns of one row: what `New…` and `…Changes` of the generated code collect.
#[derive(Debug)]
pub struct RowValues<M: Model> {
    pub(crate) values: Vec<(usize, Value)>,
    pub(crate) fault: Option<Error>,
    pub(crate) id: Option<Id<M>>,
    pub(crate) model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> Default for RowValues<M> {
    fn default() -> Self {
        RowValues { values: Vec::new(), fault: None, id: None, model: std::marker::PhantomData }
    }
}

impl<M: Model> RowValues<M> {
    /// No values yet.
    pub fn new() -> RowValues<M> {
        RowValues::default()
    }

    /// Sets the column at that position of [`Table::columns`]; set twice, the later value counts.
    #[must_use]
    pub fn set<T>(mut self, column: usize, value: impl IntoField<T>) -> Self
    where
        T: tokio_postgres::types::ToSql + Sync + Send + 'static,
    {
        match value.into_field() {
            Ok(value) => {
                self.values.retain(|(set, _)| *set != column);
                self.values.push((column, Value::new(value)));
            }
            Err(why) => {
                self.fault.get_or_insert(Error::Invalid {
                    model: M::TABLE.model,
                    field: M::TABLE.columns[column].field,
                    why,
                });
            }
        }
        self
    }

    /// Sets the row's id instead of having one made.
    #[must_use]
    pub fn set_id(mut self, id: Id<M>) -> Self {
        self = self.set::<Id<M>>(0, id);
        self.id = Some(id);
        self
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.fault.is_none()
    }

    /// The values in the order of the columns, so that the same set of columns is the same statement.
    pub(crate) fn into_sorted(mut self) -> Result<Vec<(usize, Value)>, Error> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        self.values.sort_by_key(|(column, _)| *column);
        Ok(self.values)
    }
}

/// A value of one of a model's uniques: finds at most one live row.
#[derive(Debug)]
pub struct Unique<M: Model> {
    pub(crate) columns: &'static [usize],
    pub(crate) values: RowValues<M>,
}

impl<M: Model> Unique<M> {
    /// For generated code: the unique at that position of [`Table::uniques`] and its values.
    pub fn new(unique: usize, values: RowValues<M>) -> Unique<M> {
        Unique { columns: M::TABLE.uniques[unique].columns, values }
    }
}

impl<M: Model> From<Id<M>> for Unique<M> {
    fn from(id: Id<M>) -> Self {
        Unique { columns: &[0], values: RowValues::new().set::<Id<M>>(0, id) }
    }
}
