//! Where the database is, and how much of it a process may use.

use std::fmt;
use std::time::Duration;

use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;
use crate::error::describe;
use crate::tls::{self, Trust};

/// Where the database is and how much of it this process may use.
#[derive(Clone)]
pub struct Settings {
    /// `postgresql://user:password@host:port/database?…`, or `key=value` pairs, as libpq takes them.
    /// Parameters that only Prisma knows are passed over.
    pub url: String,
    /// Takes this role at the start of each connection (as `SET ROLE` does), unless the URL logs in as it:
    /// the service's, where the URL is the owner's.
    pub role: Option<String>,
    /// The most connections this process opens; by default 10.
    pub max_connections: usize,
    /// How long a caller waits for a connection; by default 5 seconds.
    pub wait: Duration,
    /// The server ends a statement that takes longer (`statement_timeout`); by default 25 seconds. A
    /// transaction that does nothing for twice as long is ended too.
    pub statement_timeout: Duration,
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
            .field("statement_timeout", &self.statement_timeout)
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
            statement_timeout: Duration::from_secs(25),
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

    /// With this role's rights.
    pub fn with_role(mut self, role: &str) -> Settings {
        self.role = Some(role.to_owned());
        self
    }

    /// A connection of its own, outside the pool, its budget and its time limits: for migrations.
    pub async fn connect(&self) -> Result<tokio_postgres::Client, Error> {
        let Driver { config, tls, .. } = self.driver(None)?;
        let (client, connection) =
            tokio::time::timeout(self.wait.max(Duration::from_secs(5)), config.connect(tls))
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

    /// What the driver needs. `limit` is the time limit of a statement.
    pub(crate) fn driver(&self, limit: Option<Duration>) -> Result<Driver, Error> {
        let (url, trust) = read(&self.url);
        let mut config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
            // The parser's cause may quote the URL; its first words do not.
            Error::Settings(format!("DATABASE_URL cannot be read: {error}"))
        })?;
        config.application_name(&self.application_name);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        // A host that vanished without a word is noticed in half a minute, not in two hours.
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(30));
        let role = self.role.as_deref().filter(|role| config.get_user() != Some(role));
        let mut options: Vec<String> = config.get_options().map(str::to_owned).into_iter().collect();
        // A space or backslash in `options` is escaped by a backslash (libpq, "options").
        let set = |name: &str, value: &str| {
            format!("-c {name}={}", value.replace('\\', "\\\\").replace(' ', "\\ "))
        };
        options.extend(role.map(|role| set("role", role)));
        if let Some(limit) = limit {
            options.push(set("statement_timeout", &limit.as_millis().to_string()));
            let idle = limit.saturating_mul(2).as_millis().to_string();
            options.push(set("idle_in_transaction_session_timeout", &idle));
        }
        if !options.is_empty() {
            config.options(options.join(" "));
        }
        Ok(Driver { role: role.map(str::to_owned), config, tls: tls::connector(&trust)? })
    }
}

/// A connection as the driver wants it described.
pub(crate) struct Driver {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: MakeRustlsConnect,
    /// The role that a connection must find itself in.
    pub(crate) role: Option<String>,
}

/// Parameters that Prisma reads from the URL and PostgreSQL's drivers do not know.
const PRISMA_PARAMETERS: &[&str] = &[
    "schema",
    "connection_limit",
    "pool_timeout",
    "pgbouncer",
    "socket_timeout",
    "statement_cache_size",
    "sslaccept",
];

/// The URL in words that the driver knows, and whom to trust. `key=value` pairs go as they are.
fn read(url: &str) -> (String, Trust) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), Trust::Anybody);
    };
    let mut kept: Vec<String> = Vec::new();
    let mut verifies = false;
    let mut file = None;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "sslmode" => {
                verifies = matches!(value, "require" | "verify-ca" | "verify-full");
                let mode = match value {
                    "verify-ca" | "verify-full" => "require",
                    "allow" => "prefer",
                    other => other,
                };
                kept.push(format!("sslmode={mode}"));
            }
            "sslrootcert" => file = Some(percent_decoded(value)),
            name if PRISMA_PARAMETERS.contains(&name) => {}
            _ => kept.push(pair.to_owned()),
        }
    }
    let trust = match file {
        Some(path) if path != "system" => Trust::File(path),
        Some(_) => Trust::System,
        None if verifies => Trust::System,
        None => Trust::Anybody,
    };
    let url = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
    (url, trust)
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    #[test]
    fn a_url_is_read_as_libpq_and_prisma_write_it() {
        for (given, kept, trust) in [
            ("postgresql://h/d", "postgresql://h/d", Trust::Anybody),
            ("postgresql://h/d?schema=public", "postgresql://h/d", Trust::Anybody),
            (
                "postgresql://h/d?schema=a&host=/run&connection_limit=5",
                "postgresql://h/d?host=/run",
                Trust::Anybody,
            ),
            ("postgresql://h/d?sslmode=prefer", "postgresql://h/d?sslmode=prefer", Trust::Anybody),
            ("postgresql://h/d?sslmode=require", "postgresql://h/d?sslmode=require", Trust::System),
            ("postgresql://h/d?sslmode=verify-full", "postgresql://h/d?sslmode=require", Trust::System),
            ("postgresql://h/d?sslrootcert=system", "postgresql://h/d", Trust::System),
            ("postgresql://h/d?sslrootcert=%2Fa%20b.pem", "postgresql://h/d", Trust::File("/a b.pem".into())),
            ("host=h dbname=d", "host=h dbname=d", Trust::Anybody),
        ] {
            assert_eq!(read(given), (kept.to_owned(), trust), "{given}");
        }
    }

    #[test]
    fn a_role_is_taken_unless_the_url_logs_in_as_it() {
        let options = |user: &str| {
            let settings = Settings::new(format!("postgresql://{user}@h/d")).with_role("the service");
            settings.driver(None).unwrap().config.get_options().map(str::to_owned)
        };
        assert_eq!(options("owner").as_deref(), Some("-c role=the\\ service"));
        assert_eq!(options("the%20service"), None);
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
