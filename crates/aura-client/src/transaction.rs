//! Several writes as one.

use deadpool_postgres::Object;
use tokio::sync::Mutex;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::connect::{Client, send};
use crate::model::Table;
use crate::statement::{Act, Statement};
use crate::{Error, Model, Value, Writer};

/// A transaction: what is written through it happens together at [`Transaction::commit`], or not at all.
///
/// Dropped before that, at any await, its connection is closed instead of going back to the pool, so the
/// server rolls back and no open transaction is ever handed to somebody else.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) connection: Mutex<Connection>,
    tables: &'static [&'static Table],
    act: Act,
}

#[derive(Debug)]
pub(crate) struct Connection {
    // None once it went back to the pool.
    object: Option<Object>,
    // The model last written: what a lost COMMIT is ambiguous about.
    wrote: Option<&'static Table>,
    // Whether a statement failed, or was abandoned before its answer came. PostgreSQL answers the COMMIT
    // of a failed transaction with a rollback and no error, so it must be known here.
    is_broken: bool,
    was_broken: bool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

impl Transaction {
    pub(crate) async fn begin(client: &Client, act: Act) -> Result<Transaction, Error> {
        let tables = client.tables();
        // Guarded before BEGIN is sent: a future dropped from here on takes the connection with it.
        let connection = Connection { object: Some(client.checkout().await?), wrote: None, is_broken: false, was_broken: false };
        let object = connection.object.as_ref().expect("just put there");
        object.batch_execute("BEGIN").await.map_err(|error| Error::from_driver(&error, tables, None))?;
        Ok(Transaction { connection: Mutex::new(connection), tables, act })
    }

    /// Reads and writes of a model inside this transaction.
    pub fn model<M: Model>(&self) -> Writer<'_, M> {
        Writer::in_transaction(self, &self.act)
    }

    /// Makes it all happen. After an error nothing of it did, except that a lost answer
    /// ([`Error::Ambiguous`]) leaves that open.
    pub async fn commit(self) -> Result<(), Error> {
        if self.connection.lock().await.is_broken {
            self.rollback().await?;
            return Err(Error::Aborted);
        }
        let mut connection = self.connection.into_inner();
        let object = connection.object.as_ref().expect("there until commit or rollback");
        object
            .batch_execute("COMMIT")
            .await
            .map_err(|error| Error::from_driver(&error, self.tables, connection.wrote))?;
        connection.object.take();
        Ok(())
    }

    /// Undoes it all. Dropping does too, at the price of a connection.
    pub async fn rollback(self) -> Result<(), Error> {
        let mut connection = self.connection.into_inner();
        let object = connection.object.as_ref().expect("there until commit or rollback");
        object
            .batch_execute("ROLLBACK")
            .await
            .map_err(|error| Error::from_driver(&error, self.tables, None))?;
        connection.object.take();
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
        let mut connection = self.connection.lock().await;
        let answer = send(connection.begin_statement(statement.writes), statement).await;
        self.end_statement(&mut connection, answer, statement.writes)
    }

    /// Statements without parameters and answer. The one way back from a failed statement, where they
    /// begin with `ROLLBACK TO`.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Error> {
        let mut connection = self.connection.lock().await;
        let answer = connection.begin_statement(None).batch_execute(sql).await;
        if answer.is_ok() && sql.starts_with("ROLLBACK TO") {
            connection.is_broken = false;
            return Ok(());
        }
        self.end_statement(&mut connection, answer, None)
    }

    /// What is lost inside a transaction did not happen: only COMMIT can be ambiguous.
    pub(crate) fn end_statement<T>(
        &self,
        connection: &mut Connection,
        answer: Result<T, tokio_postgres::Error>,
        writes: Option<&'static Table>,
    ) -> Result<T, Error> {
        match answer {
            Ok(answer) => {
                connection.is_broken = connection.was_broken;
                Ok(answer)
            }
            Err(error) => Err(match Error::from_driver(&error, self.tables, writes) {
                Error::Ambiguous { .. } => Error::Unavailable(crate::error::describe(&error)),
                other => other,
            }),
        }
    }
}

impl Connection {
    /// Marks the transaction as broken until the statement's answer is there: a future dropped in
    /// between leaves it so.
    pub(crate) fn begin_statement(&mut self, writes: Option<&'static Table>) -> &mut Object {
        self.wrote = writes.or(self.wrote);
        self.was_broken = std::mem::replace(&mut self.is_broken, true);
        self.object.as_mut().expect("there until commit or rollback")
    }
}
