//! One set of connections, opened at first use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use deadpool_postgres::{HookError, TimeoutType};
use rand::RngExt as _;
use rustls::crypto::ring;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;
use crate::error::describe;
use crate::model::Table;
use crate::statement::Statement;

/// How often a statement that collided (40001, 40P01) or lost its connection is tried again.
const RETRIES: u32 = 4;

/// Where the database is and how much of it this process may use.
#[derive(Clone)]
pub struct Settings {
    /// `postgresql://user:password@host:port/database?…`, or `key=value` pairs, as libpq takes them.
    pub url: String,
    /// Takes this role at the start of each connection (`SET ROLE`): the service's, where the URL is the
    /// owner's.
    pub role: Option<String>,
    /// The most connections this process opens; by default 10.
    pub max_connections: usize,
    /// How long a caller waits for a connection; by default 5 seconds.
    pub wait: Duration,
    /// What `pg_stat_activity` shows.
    pub application_name: String,
}

// The URL may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("role", &self.role)
            .field("max_connections", &self.max_connections)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The defaults, for the database at `url`.
    pub fn new(url: impl Into<String>) -> Settings {
        Settings {
            url: url.into(),
            role: None,
            max_connections: 10,
            wait: Duration::from_secs(5),
            application_name: "auraid".into(),
        }
    }

    /// The database named by `DATABASE_URL`.
    pub fn from_env() -> Result<Settings, Error> {
        match std::env::var("DATABASE_URL") {
            Ok(url) if !url.trim().is_empty() => Ok(Settings::new(url)),
            _ => Err(Error::Settings(
                "DATABASE_URL is not set: set it to postgresql://user:password@host/database".into(),
            )),
        }
    }

    /// A connection of its own, outside the pool and its budget: for migrations.
    pub async fn connect(&self) -> Result<tokio_postgres::Client, Error> {
        let config = self.driver_config()?;
        let connecting = config.connect(tls()?);
        let (client, connection) = tokio::time::timeout(self.wait.max(Duration::from_secs(5)), connecting)
            .await
            .map_err(|_| Error::Unavailable("no answer while connecting".into()))?
            .map_err(|error| Error::Unavailable(describe(&error)))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
        Ok(client)
    }

    fn driver_config(&self) -> Result<tokio_postgres::Config, Error> {
        let mut config: tokio_postgres::Config =
            without_prisma_parameters(&self.url).parse().map_err(|error: tokio_postgres::Error| {
                // The parser's cause may quote the URL; its first words do not.
                Error::Settings(format!("DATABASE_URL cannot be read: {error}"))
            })?;
        config.application_name(&self.application_name);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if let Some(role) = &self.role {
            // A space or backslash in `options` is escaped by a backslash (libpq, "options").
            let role = role.replace('\\', "\\\\").replace(' ', "\\ ");
            let options = config.get_options().map_or_else(String::new, |set| format!("{set} "));
            config.options(format!("{options}-c role={role}"));
        }
        Ok(config)
    }
}

/// Parameters that Prisma reads from the URL and PostgreSQL's drivers do not know.
const PRISMA_PARAMETERS: &[&str] =
    &["schema", "connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "statement_cache_size"];

fn without_prisma_parameters(url: &str) -> String {
    let Some((base, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !PRISMA_PARAMETERS.contains(&name)
        })
        .map(|pair| match pair {
            // rustls checks certificate and name in any case.
            "sslmode=verify-full" | "sslmode=verify-ca" => "sslmode=require",
            other => other,
        })
        .collect();
    if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) }
}

fn tls() -> Result<MakeRustlsConnect, Error> {
    let mut roots = rustls::RootCertStore::empty();
    // A machine without certificates can still reach a database without TLS.
    roots.add_parsable_certificates(tokio_postgres_rustls_roots());
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Settings(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn tokio_postgres_rustls_roots() -> Vec<rustls::pki_types::CertificateDer<'static>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::debug!(%error, "a certificate of this machine cannot be read");
    }
    found.certs
}

/// A process's connections to one database. Cloning it is cheap and shares them.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
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
        let config = settings.driver_config()?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls()?, recycling);
        let pool = Pool::builder(manager)
            .max_size(settings.max_connections.max(1))
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(settings.wait))
            .recycle_timeout(Some(settings.wait))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Settings(error.to_string()))?;
        Ok(Client { inner: Arc::new(Inner { pool, settings, tables }) })
    }

    /// Whether a connection can be had and answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let connection = self.checkout().await?;
        connection
            .simple_query("")
            .await
            .map(drop)
            .map_err(|error| Error::from_driver(&error, self.inner.tables, None))
    }

    /// Closes idle connections and refuses new ones; those in use end with their statement.
    pub fn close(&self) {
        self.inner.pool.close();
    }

    pub(crate) fn tables(&self) -> &'static [&'static Table] {
        self.inner.tables
    }

    /// A connection to oneself.
    pub(crate) async fn checkout(&self) -> Result<Object, Error> {
        self.inner.pool.get().await.map_err(|error| self.pool_error(error))
    }

    fn pool_error(&self, error: PoolError) -> Error {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Error::Unavailable(format!(
                "none of this process's {} connections became free within {} s",
                self.inner.settings.max_connections,
                self.inner.settings.wait.as_secs()
            )),
            PoolError::Timeout(_) => Error::Unavailable("no answer while connecting".into()),
            PoolError::Backend(error) => Error::Unavailable(describe(&error)),
            PoolError::PostCreateHook(HookError::Backend(error)) => Error::Unavailable(describe(&error)),
            PoolError::Closed => Error::Unavailable("this process is shutting down".into()),
            other => Error::Unavailable(other.to_string()),
        }
    }

    /// Runs a statement that is a transaction of its own. One that collided is tried again, for nothing
    /// of it happened; one whose connection was lost only if it reads.
    async fn run(&self, statement: &Statement) -> Result<Vec<Row>, Error> {
        let mut tries = 0;
        loop {
            let mut connection = self.checkout().await?;
            let error = match send(&mut connection, statement).await {
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
            drop(connection);
            let pause = rand::rng().random_range(0..(5_u64 << tries));
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }
}

/// Sends one statement. A plan that a migration made stale (0A000, "cached plan must not change result
/// type") is prepared anew: the statement has not run.
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
    match connection.query(&prepared, &parameters).await {
        Err(error) if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) => {
            connection.statement_cache.clear();
            let prepared = connection.prepare_typed_cached(&statement.sql, &types).await?;
            connection.query(&prepared, &parameters).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prisma_parameters_are_left_out() {
        for (given, kept) in [
            ("postgresql://h/d?schema=public", "postgresql://h/d"),
            ("postgresql://h/d?schema=public&host=/run&connection_limit=5", "postgresql://h/d?host=/run"),
            ("postgresql://h/d?sslmode=verify-full", "postgresql://h/d?sslmode=require"),
            ("host=h dbname=d", "host=h dbname=d"),
        ] {
            assert_eq!(without_prisma_parameters(given), kept);
        }
    }

    #[test]
    fn invariant_4_no_password_in_debug_or_error() {
        let settings = Settings::new("postgresql://ada:hunter2@h/d?no_such_option=hunter2");
        assert!(!format!("{settings:?}").contains("hunter2"));
        let error = Client::new(settings, &[]).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let error = Client::new(Settings::new("postgresql://ada:hunter2@h:port/d"), &[]).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
