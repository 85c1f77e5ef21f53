//! Several writes as one.

use tokio::sync::Mutex;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::connect::{Client, send};
use crate::error::describe;
use crate::lent::Lent;
use crate::model::Table;
use crate::statement::{Act, Statement};
use crate::{Error, Model, Value, Writer};

/// A transaction: what is written through it happens together at [`Transaction::commit`], or not at all.
///
/// Dropped before that, at any await, it is rolled back before anybody else gets its connection.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) state: Mutex<State>,
    tables: &'static [&'static Table],
    act: Act,
}

/// A transaction's connection and how it stands.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) lent: Lent,
    /// What was last written: what a lost COMMIT is ambiguous about.
    wrote: Option<&'static str>,
    /// Whether a statement failed, or was abandoned before its answer came. PostgreSQL answers the COMMIT
    /// of a failed transaction with a rollback and no error, so it must be known here.
    is_broken: bool,
}

/// A statement of a transaction under way. Ends the transaction unless [`State::end`] says that it went well.
pub(crate) struct UnderWay {
    was_broken: bool,
}

impl State {
    /// Marks the transaction as broken until the answer is there: a future dropped in between leaves it so.
    pub(crate) fn begin(&mut self, writes: Option<&'static str>) -> UnderWay {
        self.wrote = writes.or(self.wrote);
        UnderWay { was_broken: std::mem::replace(&mut self.is_broken, true) }
    }

    fn end(&mut self, under_way: &UnderWay) {
        self.is_broken = under_way.was_broken;
    }
}

impl Transaction {
    pub(crate) async fn begin(client: &Client, act: Act) -> Result<Transaction, Error> {
        let tables = client.tables();
        let mut lent = client.checkout().await?;
        let begun = lent.connection().batch_execute("BEGIN").await;
        begun.map_err(|error| Error::from_driver(&error, tables, None))?;
        let state = State { lent, wrote: None, is_broken: false };
        Ok(Transaction { state: Mutex::new(state), tables, act })
    }

    /// Reads and writes of a model inside this transaction.
    pub fn model<M: Model>(&self) -> Writer<'_, M> {
        Writer::in_transaction(self, &self.act)
    }

    /// Makes it all happen. After an error nothing of it did, except that a lost answer
    /// ([`Error::Ambiguous`]) leaves that open.
    pub async fn commit(self) -> Result<(), Error> {
        let mut state = self.state.into_inner();
        let end = if state.is_broken { "ROLLBACK" } else { "COMMIT" };
        let answer = state.lent.connection().batch_execute(end).await;
        if let Err(error) = answer {
            let wrote = state.wrote.filter(|_| !state.is_broken);
            return Err(Error::from_driver_naming(&error, self.tables, wrote));
        }
        state.lent.give_back();
        if state.is_broken { Err(Error::Aborted) } else { Ok(()) }
    }

    /// Undoes it all. Dropping does too.
    pub async fn rollback(self) -> Result<(), Error> {
        let mut state = self.state.into_inner();
        let answer = state.lent.connection().batch_execute("ROLLBACK").await;
        answer.map_err(|error| Error::from_driver(&error, self.tables, None))?;
        state.lent.give_back();
        Ok(())
    }

    /// Says who acts, for statements that cannot say it themselves (COPY).
    pub(crate) async fn name_actor(&self) -> Result<(), Error> {
        let text = |text: &String| (Value::new(text.clone()), Type::TEXT);
        self.run(&Statement {
            sql: "SELECT set_config('aura.actor', $1, true), set_config('aura.request', $2, true)".into(),
            parameters: vec![text(&self.act.actor), text(&self.act.request)],
            is_fixed: true,
            writes: None,
        })
        .await
        .map(drop)
    }

    pub(crate) async fn run(&self, statement: &Statement) -> Result<Vec<Row>, Error> {
        let mut state = self.state.lock().await;
        let under_way = state.begin(statement.writes.map(|table| table.model));
        let answer = send(state.lent.connection(), statement).await;
        self.end(&mut state, &under_way, answer, statement.writes)
    }

    /// A statement on AuraID's own tables, which are no models.
    pub(crate) async fn run_on(&self, what: &'static str, statement: &Statement) -> Result<Vec<Row>, Error> {
        let mut state = self.state.lock().await;
        let under_way = state.begin(Some(what));
        let answer = send(state.lent.connection(), statement).await;
        self.end(&mut state, &under_way, answer, None)
    }

    /// Statements without parameters and answer.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Error> {
        let mut state = self.state.lock().await;
        let under_way = state.begin(None);
        let answer = state.lent.connection().batch_execute(sql).await;
        self.end(&mut state, &under_way, answer, None)
    }

    /// Goes back to a savepoint that was set when the transaction was sound.
    pub(crate) async fn back_to(&self, savepoint: &str) -> Result<(), Error> {
        let sql = format!("ROLLBACK TO SAVEPOINT {savepoint}; RELEASE SAVEPOINT {savepoint}");
        let mut state = self.state.lock().await;
        let answer = state.lent.connection().batch_execute(&sql).await;
        self.end(&mut state, &UnderWay { was_broken: false }, answer, None)
    }

    /// Reads an answer. What is lost inside a transaction did not happen: only COMMIT can be ambiguous.
    pub(crate) fn end<T>(
        &self,
        state: &mut State,
        under_way: &UnderWay,
        answer: Result<T, tokio_postgres::Error>,
        writes: Option<&'static Table>,
    ) -> Result<T, Error> {
        match answer {
            Ok(answer) => {
                state.end(under_way);
                Ok(answer)
            }
            Err(error) => Err(match Error::from_driver(&error, self.tables, writes) {
                Error::Ambiguous { .. } => Error::Unavailable(describe(&error)),
                other => other,
            }),
        }
    }
}
