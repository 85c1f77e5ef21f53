//! SQL of the statements, from a model's [`Table`]. Values are parameters, always.

use std::fmt::Write as _;

use tokio_postgres::types::Type;

use crate::model::{Column, Model, Table, quote};
use crate::{Error, Filter, RowValues, Value};

/// A statement with its parameters.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<(Value, Type)>,
    /// Whether the text is one of a fixed, small number, so that preparing it pays and the
    /// connection's cache of prepared statements stays bounded.
    pub(crate) is_fixed: bool,
    /// The model it writes to, if it writes.
    pub(crate) writes: Option<&'static Table>,
}

/// Which rows a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Live,
    Deleted,
}

/// Who writes, and on whose request.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) actor: String,
    pub(crate) request: String,
}

/// SQL text under construction.
#[derive(Debug, Default)]
pub(crate) struct Sql {
    pub(crate) text: String,
    parameters: Vec<(Value, Type)>,
    aliases: usize,
}

impl Sql {
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A parameter for a column, cast to the column's type so that PostgreSQL never has to guess.
    pub(crate) fn bind(&mut self, column: &Column, value: Value) {
        self.parameters.push((value, column.transfer.parameter_type()));
        let n = self.parameters.len();
        match column.transfer.cast() {
            None => write!(self.text, "${n}::{}", column.sql_type),
            Some(wire) => write!(self.text, "${n}::{wire}::{}", column.sql_type),
        }
        .expect("writing to a String");
    }

    /// A text parameter.
    pub(crate) fn bind_text(&mut self, value: String) {
        self.parameters.push((Value::new(value), Type::TEXT));
        let n = self.parameters.len();
        write!(self.text, "${n}::text").expect("writing to a String");
    }

    /// A new name for a table.
    pub(crate) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    pub(crate) fn live(&mut self, table: &Table, alias: &str, visibility: Visibility) -> &mut Self {
        let test = match visibility {
            Visibility::Live => "IS NULL",
            Visibility::Deleted => "IS NOT NULL",
        };
        write!(self.text, "{alias}.{} {test}", quote(table.deleted_at)).expect("writing to a String");
        self
    }

    fn columns(&mut self, table: &Table, alias: &str) {
        for column in table.columns {
            write!(self.text, "{alias}.{}", quote(column.name)).expect("writing to a String");
            if let Some(wire) = column.transfer.cast() {
                self.push("::").push(wire);
            }
            self.push(", ");
        }
        write!(self.text, "{alias}.{}", quote(table.deleted_at)).expect("writing to a String");
    }

    fn act(&mut self, act: &Act) {
        self.push("WITH act AS MATERIALIZED (SELECT set_config('aura.actor', ");
        self.bind_text(act.actor.clone());
        self.push(", true), set_config('aura.request', ");
        self.bind_text(act.request.clone());
        self.push(", true)) ");
    }

    pub(crate) fn finish(self, is_fixed: bool, writes: Option<&'static Table>) -> Statement {
        Statement { sql: self.text, parameters: self.parameters, is_fixed, writes }
    }
}

/// The name of the table a statement is about.
pub(crate) const ROOT: &str = "t0";

/// `SELECT … WHERE unique = … AND live`.
pub(crate) fn find<M: Model>(
    columns: &[usize],
    values: RowValues<M>,
    visibility: Visibility,
) -> Result<Statement, Error> {
    let mut sql = select::<M>();
    sql.push(" WHERE ");
    let mut values = values.into_sorted()?;
    for column in columns {
        let at = values.iter().position(|(set, _)| set == column).expect("a unique sets all its columns");
        let (_, value) = values.swap_remove(at);
        equals(&mut sql, ROOT, &M::TABLE.columns[*column], value);
        sql.push(" AND ");
    }
    sql.live(M::TABLE, ROOT, visibility);
    Ok(sql.finish(true, None))
}

pub(crate) fn equals(sql: &mut Sql, alias: &str, column: &Column, value: Value) {
    let name = quote(column.name);
    if value.is_null(&column.transfer.parameter_type()) {
        sql.push(alias).push(".").push(&name).push(" IS NULL");
    } else if column.ignores_case {
        // As the index is: by ASCII's rules, whatever the database's locale.
        sql.push("lower(").push(alias).push(".").push(&name).push(" COLLATE \"C\") = lower((");
        sql.bind(column, value);
        sql.push(") COLLATE \"C\")");
    } else {
        sql.push(alias).push(".").push(&name).push(" = ");
        sql.bind(column, value);
    }
}

fn select<M: Model>() -> Sql {
    let mut sql = Sql::default();
    sql.push("SELECT ");
    sql.columns(M::TABLE, ROOT);
    sql.push(" FROM ").push(&M::TABLE.quoted()).push(" AS ").push(ROOT);
    sql
}

/// A page of rows by id: those behind `after`, in order or from the end.
pub(crate) fn list<M: Model>(
    filter: Option<Filter<M>>,
    after: Option<crate::Id<M>>,
    newest_first: bool,
    limit: i64,
    visibility: Visibility,
) -> Result<Statement, Error> {
    let mut sql = select::<M>();
    sql.push(" WHERE ").live(M::TABLE, ROOT, visibility);
    let id = M::TABLE.id();
    if let Some(after) = after {
        let comparison = if newest_first { " < " } else { " > " };
        sql.push(" AND ").push(ROOT).push(".").push(&quote(id.name)).push(comparison);
        sql.bind(id, Value::new(after));
    }
    if let Some(filter) = filter {
        sql.push(" AND ");
        filter.write(&mut sql, ROOT)?;
    }
    sql.push(" ORDER BY ").push(ROOT).push(".").push(&quote(id.name));
    sql.push(if newest_first { " DESC" } else { "" }).push(" LIMIT ");
    sql.push(&limit.to_string());
    Ok(sql.finish(false, None))
}

/// How many rows there are.
pub(crate) fn count<M: Model>(filter: Option<Filter<M>>, visibility: Visibility) -> Result<Statement, Error> {
    let mut sql = Sql::default();
    sql.push("SELECT count(*) FROM ").push(&M::TABLE.quoted()).push(" AS ").push(ROOT).push(" WHERE ");
    sql.live(M::TABLE, ROOT, visibility);
    if let Some(filter) = filter {
        sql.push(" AND ");
        filter.write(&mut sql, ROOT)?;
    }
    Ok(sql.finish(false, None))
}

/// One new row, with its actor, in one statement.
pub(crate) fn create<M: Model>(act: &Act, values: RowValues<M>) -> Result<Statement, Error> {
    let values = values.into_sorted()?;
    let mut sql = Sql::default();
    sql.act(act);
    sql.push("INSERT INTO ").push(&M::TABLE.quoted()).push(" AS ").push(ROOT).push(" (");
    let names: Vec<String> = values.iter().map(|(column, _)| quote(M::TABLE.columns[*column].name)).collect();
    sql.push(&names.join(", ")).push(") SELECT ");
    for (n, (column, value)) in values.into_iter().enumerate() {
        sql.push(if n == 0 { "" } else { ", " });
        sql.bind(&M::TABLE.columns[column], value);
    }
    sql.push(" FROM act RETURNING ");
    sql.columns(M::TABLE, ROOT);
    Ok(sql.finish(false, Some(M::TABLE)))
}

/// Changes of one live row, with the actor, if it fits the filter.
pub(crate) fn update<M: Model>(
    act: &Act,
    id: crate::Id<M>,
    condition: Option<Filter<M>>,
    changes: RowValues<M>,
) -> Result<Statement, Error> {
    let changes = changes.into_sorted()?;
    let mut sql = Sql::default();
    sql.act(act);
    sql.push("UPDATE ").push(&M::TABLE.quoted()).push(" AS ").push(ROOT).push(" SET ");
    for (n, (column, value)) in changes.into_iter().enumerate() {
        let column = &M::TABLE.columns[column];
        sql.push(if n == 0 { "" } else { ", " }).push(&quote(column.name)).push(" = ");
        sql.bind(column, value);
    }
    sql.push(" FROM act WHERE ");
    equals(&mut sql, ROOT, M::TABLE.id(), Value::new(id));
    sql.push(" AND ").live(M::TABLE, ROOT, Visibility::Live);
    if let Some(condition) = condition {
        sql.push(" AND ");
        condition.write(&mut sql, ROOT)?;
    }
    sql.push(" RETURNING ");
    sql.columns(M::TABLE, ROOT);
    Ok(sql.finish(false, Some(M::TABLE)))
}

/// Deletes one live row: its `deletedAt` becomes now; the database takes the children along.
pub(crate) fn delete<M: Model>(act: &Act, id: crate::Id<M>) -> Statement {
    mark::<M>(act, id, "now()", Visibility::Live)
}

/// Restores one deleted row: its `deletedAt` becomes null; the database brings back the children.
pub(crate) fn restore<M: Model>(act: &Act, id: crate::Id<M>) -> Statement {
    mark::<M>(act, id, "NULL", Visibility::Deleted)
}

fn mark<M: Model>(act: &Act, id: crate::Id<M>, deleted_at: &str, of: Visibility) -> Statement {
    let mut sql = Sql::default();
    sql.act(act);
    sql.push("UPDATE ").push(&M::TABLE.quoted()).push(" AS ").push(ROOT).push(" SET ");
    sql.push(&quote(M::TABLE.deleted_at)).push(" = ").push(deleted_at).push(" FROM act WHERE ");
    equals(&mut sql, ROOT, M::TABLE.id(), Value::new(id));
    sql.push(" AND ").live(M::TABLE, ROOT, of);
    sql.push(" RETURNING ");
    sql.columns(M::TABLE, ROOT);
    sql.finish(true, Some(M::TABLE))
}
