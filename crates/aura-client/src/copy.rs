//! Many rows at once, by COPY.

use std::collections::HashSet;
use std::pin::pin;

use bytes::Bytes;
use tokio_postgres::CopyInSink;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use crate::model::{Model, Table, Transfer, quote};
use crate::statement::Statement;
use crate::{Error, RowValues, Transaction, Value};

/// What became of many rows.
#[derive(Debug, Default)]
pub struct Copied {
    /// How many are there now.
    pub created: u64,
    /// Which were not taken, by their position, and why. All others were.
    pub rejected: Vec<Rejected>,
}

/// A row that was not taken.
#[derive(Debug)]
pub struct Rejected {
    /// Its position among those given.
    pub row: usize,
    /// Why.
    pub error: Error,
}

/// The table that takes rows of which some may be refused; it lives and dies with the transaction.
const STAGE: &str = "pg_temp.aura_stage";

/// Rows that set the same columns.
struct Group {
    columns: Vec<usize>,
    rows: Vec<(usize, Vec<(usize, Value)>)>,
}

/// Rows in the wire's terms: position and values by column.
struct Rows<'a> {
    table: &'static Table,
    columns: &'a [usize],
    numbered: Vec<(usize, &'a [(usize, Value)])>,
    ids: &'a [String],
}

impl Transaction {
    /// Creates many rows. A row that a rule of the database refuses is reported and the others are
    /// taken; any other error ends it. Of two rows that exclude each other the earlier one is taken, if
    /// they set the same columns. Runs inside this transaction.
    pub async fn create_many<M: Model>(&self, rows: Vec<M::New>) -> Result<Copied, Error> {
        let mut copied = Copied::default();
        let count = rows.len();
        let mut ids = vec![String::new(); count];
        let mut seen = HashSet::new();
        let mut by_columns: Vec<Group> = Vec::new();
        for (position, new) in rows.into_iter().enumerate() {
            let mut values: RowValues<M> = new.into();
            // The position of a created row is found again by its id.
            let id = values.id.unwrap_or_else(|| M::TABLE.new_id());
            values = values.set_id(id);
            id.as_str().clone_into(&mut ids[position]);
            // Created rows are told by their ids, so of two with one id the second cannot go along.
            if !seen.insert(id) {
                copied.rejected.push(Rejected { row: position, error: id_taken(M::TABLE) });
                continue;
            }
            match values.into_sorted() {
                Ok(values) => {
                    let is_alike =
                        |group: &&mut Group| group.columns.iter().eq(values.iter().map(|(column, _)| column));
                    match by_columns.iter_mut().find(is_alike) {
                        Some(group) => group.rows.push((position, values)),
                        None => by_columns.push(Group {
                            columns: values.iter().map(|(column, _)| *column).collect(),
                            rows: vec![(position, values)],
                        }),
                    }
                }
                Err(error) => copied.rejected.push(Rejected { row: position, error }),
            }
        }
        self.name_actor().await?;
        for Group { columns, rows } in &by_columns {
            let rows = rows.iter().map(|(position, values)| (*position, values.as_slice())).collect();
            self.copy(Rows { table: M::TABLE, columns, numbered: rows, ids: &ids }, &mut copied).await?;
        }
        copied.rejected.sort_by_key(|rejected| rejected.row);
        assert_eq!(
            copied.created + copied.rejected.len() as u64,
            count as u64,
            "every row is either created or named as rejected"
        );
        Ok(copied)
    }

    /// Takes all rows, or those that can be: first by COPY into the table itself, which is what input
    /// without faults costs; then through a stage that passes over taken values; a row refused for
    /// another reason is found by halving.
    async fn copy(&self, all: Rows<'_>, copied: &mut Copied) -> Result<(), Error> {
        let mut pending = vec![all];
        while let Some(rows) = pending.pop() {
            if rows.need_casts() {
                self.copy_staged(&rows, copied).await?;
                continue;
            }
            let target = rows.table.quoted();
            self.batch("SAVEPOINT aura_copy").await?;
            let error = match self.copy_into(&target, &rows).await {
                Ok(count) => {
                    self.batch("RELEASE SAVEPOINT aura_copy").await?;
                    copied.created += count;
                    continue;
                }
                Err(error) => error,
            };
            self.back_to("aura_copy").await?;
            match error {
                Error::Taken { .. } if rows.numbered.len() > 1 => self.copy_staged(&rows, copied).await?,
                Error::Taken { .. }
                | Error::Reference(_)
                | Error::Refused { .. }
                | Error::Database { message: None, .. } => {
                    if let [(row, _)] = rows.numbered[..] {
                        copied.rejected.push(Rejected { row, error });
                    } else {
                        // Taken from the end: of two rows that exclude each other the earlier one stays.
                        let [first, second] = rows.halves();
                        pending.extend([second, first]);
                    }
                }
                other => return Err(other),
            }
        }
        Ok(())
    }

    /// Takes the rows whose unique values are free; the others are tried one by one for their reason.
    async fn copy_staged(&self, rows: &Rows<'_>, copied: &mut Copied) -> Result<(), Error> {
        let target = rows.table.quoted();
        let columns = rows.column_list();
        let (staged, unstaged) = rows.cast_lists();
        self.batch(&format!(
            "CREATE TEMPORARY TABLE aura_stage ON COMMIT DROP AS SELECT {staged} FROM {target} \
             WITH NO DATA; SAVEPOINT aura_stage"
        ))
        .await?;
        let taken = async {
            self.copy_into(STAGE, rows).await?;
            let id = quote(rows.table.id().name);
            let sql = format!(
                "INSERT INTO {target} ({columns}) SELECT {unstaged} FROM {STAGE} ON CONFLICT DO NOTHING \
                 RETURNING {id}"
            );
            let statement =
                Statement { sql, parameters: Vec::new(), is_fixed: false, writes: Some(rows.table) };
            self.run(&statement).await
        };
        let outcome = taken.await;
        match outcome {
            Ok(created) => {
                self.batch("RELEASE SAVEPOINT aura_stage; DROP TABLE pg_temp.aura_stage").await?;
                let created: HashSet<String> = created.iter().filter_map(|row| row.try_get(0).ok()).collect();
                copied.created += created.len() as u64;
                let left: Vec<usize> = rows
                    .numbered
                    .iter()
                    .map(|(row, _)| *row)
                    .filter(|row| !created.contains(&rows.ids[*row]))
                    .collect();
                let held = self.held_ids(rows, &left).await?;
                for row in left {
                    let table = rows.table;
                    let error =
                        if held.contains(&rows.ids[row]) { id_taken(table) } else { value_taken(table) };
                    copied.rejected.push(Rejected { row, error });
                }
                Ok(())
            }
            Err(
                error @ (Error::Reference(_) | Error::Refused { .. } | Error::Database { message: None, .. }),
            ) => {
                self.back_to("aura_stage").await?;
                self.batch("DROP TABLE pg_temp.aura_stage").await?;
                if let [(row, _)] = rows.numbered[..] {
                    copied.rejected.push(Rejected { row, error });
                    return Ok(());
                }
                for half in rows.halves() {
                    Box::pin(self.copy(half, copied)).await?;
                }
                Ok(())
            }
            Err(other) => Err(other),
        }
    }
}

impl Transaction {
    /// Which of the ids of these rows are in the table, be it of a deleted row: an id is never free again.
    async fn held_ids(&self, rows: &Rows<'_>, left: &[usize]) -> Result<HashSet<String>, Error> {
        let id = quote(rows.table.id().name);
        let ids: Vec<String> = left.iter().map(|row| rows.ids[*row].clone()).collect();
        let statement = Statement {
            sql: format!("SELECT {id} FROM {} WHERE {id} = ANY ($1)", rows.table.quoted()),
            parameters: vec![(Value::new(ids), Type::TEXT_ARRAY)],
            is_fixed: false,
            writes: None,
        };
        Ok(self.run(&statement).await?.iter().filter_map(|row| row.try_get(0).ok()).collect())
    }
}

fn id_taken(table: &'static Table) -> Error {
    let is_id = |unique: &&crate::model::UniqueKey| unique.columns == [0];
    let constraint = table.uniques.iter().find(is_id).map_or("the primary key", |unique| unique.constraint);
    Error::Taken {
        model: table.model.to_owned(),
        fields: vec![table.id().field],
        constraint: constraint.to_owned(),
    }
}

/// Which of several uniques it was is not told by `ON CONFLICT DO NOTHING`; where there is one besides
/// the id, it is that one.
fn value_taken(table: &'static Table) -> Error {
    let uniques: Vec<_> = table.uniques.iter().filter(|unique| !unique.columns.contains(&0)).collect();
    let (fields, constraint) = match uniques[..] {
        [unique] => (
            unique.columns.iter().map(|column| table.columns[*column].field).collect(),
            unique.constraint.to_owned(),
        ),
        _ => (Vec::new(), "a unique".to_owned()),
    };
    Error::Taken { model: table.model.to_owned(), fields, constraint }
}

impl<'a> Rows<'a> {
    fn column_list(&self) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|column| quote(self.table.columns[*column].name)).collect();
        names.join(", ")
    }

    fn need_casts(&self) -> bool {
        self.columns
            .iter()
            .any(|column| matches!(self.table.columns[*column].transfer, Transfer::Cast { .. }))
    }

    /// Columns as they go into the stage, and as they come out of it.
    fn cast_lists(&self) -> (String, String) {
        let mut staged = Vec::new();
        let mut unstaged = Vec::new();
        for column in self.columns {
            let column = &self.table.columns[*column];
            let name = quote(column.name);
            if let Transfer::Cast { name: wire, .. } = column.transfer {
                staged.push(format!("{name}::{wire} AS {name}"));
                unstaged.push(format!("{name}::{}", column.sql_type));
            } else {
                staged.push(name.clone());
                unstaged.push(name);
            }
        }
        (staged.join(", "), unstaged.join(", "))
    }

    fn types(&self) -> Vec<Type> {
        self.columns.iter().map(|column| self.table.columns[*column].transfer.parameter_type()).collect()
    }

    fn halves(&self) -> [Rows<'a>; 2] {
        let (first, second) = self.numbered.split_at(self.numbered.len() / 2);
        [first, second].map(|rows| Rows {
            table: self.table,
            columns: self.columns,
            numbered: rows.to_vec(),
            ids: self.ids,
        })
    }

    /// Writes the rows in PostgreSQL's binary COPY format and ends the COPY.
    pub(crate) async fn send(&self, sink: CopyInSink<Bytes>) -> Result<u64, tokio_postgres::Error> {
        let writer = BinaryCopyInWriter::new(sink, &self.types());
        let mut writer = pin!(writer);
        for (_, values) in &self.numbered {
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|(_, value)| value.as_sql()).collect();
            writer.as_mut().write(&values).await?;
        }
        writer.finish().await
    }
}

impl Transaction {
    async fn copy_into(&self, target: &str, rows: &Rows<'_>) -> Result<u64, Error> {
        let sql = format!("COPY {target} ({}) FROM STDIN (FORMAT binary)", rows.column_list());
        let mut state = self.state.lock().await;
        let under_way = state.begin(Some(rows.table.model));
        let answer = async {
            let sink = state.lent.connection().copy_in(&sql).await?;
            rows.send(sink).await
        }
        .await;
        self.end(&mut state, &under_way, answer, Some(rows.table))
    }
}
