//! One set of connections, opened at first use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError};
use deadpool_postgres::{RecyclingMethod, Runtime, TimeoutType};
use rand::RngExt as _;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::describe;
use crate::lent::Lent;
use crate::model::Table;
use crate::settings::Driver;
use crate::statement::Statement;
use crate::{Error, Settings};

/// How often a statement that collided (40001, 40P01) or lost its connection is tried again.
const RETRIES: u32 = 4;

/// A process's connections to one database. Cloning it is cheap and shares them.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    tls: MakeRustlsConnect,
    settings: Settings,
    tables: &'static [&'static Table],
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Client {
    /// Prepares the connections; the first one is opened when the first statement needs it. `tables` is
    /// the generated code's list.
    pub fn new(settings: Settings, tables: &'static [&'static Table]) -> Result<Client, Error> {
        let Driver { config, tls, role } = settings.driver(Some(settings.statement_timeout))?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls.clone(), recycling);
        let mut builder = Pool::builder(manager)
            .max_size(settings.max_connections.max(1))
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(settings.wait))
            .recycle_timeout(Some(settings.wait))
            .runtime(Runtime::Tokio1);
        if let Some(role) = role {
            builder = builder.post_create(in_role(role));
        }
        let pool = builder.build().map_err(|error| Error::Settings(error.to_string()))?;
        Ok(Client { inner: Arc::new(Inner { pool, tls, settings, tables }) })
    }

    /// Whether a connection can be had and answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut lent = self.checkout().await?;
        let answer = lent.connection().simple_query("").await;
        lent.give_back();
        answer.map(drop).map_err(|error| Error::from_driver(&error, self.inner.tables, None))
    }

    /// Closes idle connections and refuses new ones; those in use end with their statement.
    pub fn close(&self) {
        self.inner.pool.close();
    }

    pub(crate) fn tables(&self) -> &'static [&'static Table] {
        self.inner.tables
    }

    /// A connection to oneself.
    pub(crate) async fn checkout(&self) -> Result<Lent, Error> {
        match self.inner.pool.get().await {
            Ok(object) => Ok(Lent::new(object, self.inner.tls.clone())),
            Err(error) => Err(self.pool_error(error)),
        }
    }

    fn pool_error(&self, error: PoolError) -> Error {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Error::Unavailable(format!(
                "none of this process's {} connections became free within {} s",
                self.inner.settings.max_connections,
                self.inner.settings.wait.as_secs_f32()
            )),
            PoolError::Timeout(_) => Error::Unavailable("no answer while connecting".into()),
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                Error::Unavailable(describe(&error))
            }
            PoolError::PostCreateHook(HookError::Message(why)) => Error::Settings(why.into_owned()),
            PoolError::Closed => Error::Unavailable("this process is shutting down".into()),
            other => Error::Unavailable(other.to_string()),
        }
    }

    /// Runs a statement that is a transaction of its own. One that collided is tried again, for nothing
    /// of it happened; one whose connection was lost only if it reads.
    async fn run(&self, statement: &Statement) -> Result<Vec<Row>, Error> {
        let mut tries = 0;
        loop {
            let mut lent = self.checkout().await?;
            let answer = send_anew(lent.connection(), statement).await;
            lent.give_back();
            let error = match answer {
                Ok(rows) => return Ok(rows),
                Err(error) => Error::from_driver(&error, self.inner.tables, statement.writes),
            };
            let again = match &error {
                Error::Collision => true,
                Error::Unavailable(_) => statement.writes.is_none(),
                _ => false,
            };
            if !again || tries == RETRIES {
                return Err(error);
            }
            tries += 1;
            let pause = rand::rng().random_range(0..(5_u64 << tries));
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }
}

/// Makes sure that a new connection has the rights it should have, and no more: a pooler in between may have
/// passed over the options it was opened with.
fn in_role(role: String) -> Hook {
    Hook::async_fn(move |connection, _| {
        let role = role.clone();
        Box::pin(async move {
            let row =
                connection.query_one("SELECT current_user::text", &[]).await.map_err(HookError::Backend)?;
            let found: String = row.try_get(0).map_err(HookError::Backend)?;
            if found == role {
                return Ok(());
            }
            let why = format!(
                "connections are to have the role {role} and have {found}: does a pooler drop the startup \
                 parameter `options`? Then log in as {role}"
            );
            Err(HookError::Message(why.into()))
        })
    })
}

/// Sends one statement.
pub(crate) async fn send(
    connection: &mut Object,
    statement: &Statement,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    if !statement.is_fixed {
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> =
            statement.parameters.iter().map(|(value, ty)| (value.as_sql(), ty.clone())).collect();
        return connection.query_typed(&statement.sql, &parameters).await;
    }
    let parameters: Vec<&(dyn ToSql + Sync)> =
        statement.parameters.iter().map(|(value, _)| value.as_sql()).collect();
    let types: Vec<Type> = statement.parameters.iter().map(|(_, ty)| ty.clone()).collect();
    let prepared = connection.prepare_typed_cached(&statement.sql, &types).await?;
    connection.query(&prepared, &parameters).await
}

/// Sends a statement that is a transaction of its own. A plan that a migration made stale (0A000, "cached
/// plan must not change result type") is prepared anew: the statement has not run. Inside a transaction
/// there is no second try, for the first has ended it.
async fn send_anew(
    connection: &mut Object,
    statement: &Statement,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    match send(connection, statement).await {
        Err(error) if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) && statement.is_fixed => {
            connection.statement_cache.clear();
            send(connection, statement).await
        }
        answer => answer,
    }
}

/// What a statement runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Via<'a> {
    Pool(&'a Client),
    Transaction(&'a crate::Transaction),
}

impl Via<'_> {
    pub(crate) async fn run(self, statement: Statement) -> Result<Vec<Row>, Error> {
        tracing::trace!(sql = statement.sql, "statement");
        match self {
            Via::Pool(client) => client.run(&statement).await,
            Via::Transaction(transaction) => transaction.run(&statement).await,
        }
    }
}
