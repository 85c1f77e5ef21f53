//! Databases and the templates they are cloned from.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};
use std::thread;

use tokio::sync::OnceCell;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::shared_server::{administrator, connect, server};

/// A database of one test's own. It is dropped, with all connections to it, when the value is: keep the value in a
/// variable for as long as the test lasts.
#[must_use]
pub struct TestDatabase {
    name: String,
    server: &'static aura_postgres::Server,
}

impl TestDatabase {
    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL for the superuser.
    pub fn url(&self) -> String {
        self.url_as("postgres")
    }

    /// Its URL for a role.
    pub fn url_as(&self, role: &str) -> String {
        self.server.url(&self.name, role)
    }

    /// A connection of the superuser.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    /// A connection of a role, which must be allowed to log in.
    pub async fn connect_as(&self, role: &str) -> Client {
        connect(&self.url_as(role)).await
    }

    /// A further database that holds what this one holds now. Nobody may be connected to this one.
    pub async fn copy(&self) -> TestDatabase {
        create(&self.name).await
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestDatabase").field(&self.url()).finish()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Only saves room: the whole server is thrown away at the end. So nobody waits for it.
        let _ = cleaner(self.server).send(std::mem::take(&mut self.name));
    }
}

/// A new database without anything in it.
pub async fn empty() -> TestDatabase {
    create("template0").await
}

/// A new database in which `script` was run by the superuser. The script runs once a process; further databases of
/// the same script are clones.
pub async fn from_sql(script: &str) -> TestDatabase {
    prepared(script, async |db| {
        if let Err(error) = db.connect().await.batch_execute(script).await {
            panic!("the script of a test database failed: {error:?}");
        }
    })
    .await
}

/// A new database prepared by `prepare`, which runs once a process for each `key`; further databases are clones.
/// All connections that `prepare` makes must be closed when it ends (a dropped client's connection is).
pub async fn prepared(key: &str, prepare: impl AsyncFnOnce(&TestDatabase)) -> TestDatabase {
    static TEMPLATES: LazyLock<Mutex<HashMap<String, Arc<OnceCell<TestDatabase>>>>> =
        LazyLock::new(Mutex::default);
    let cell = {
        let mut templates = TEMPLATES.lock().expect("nothing panics while this is locked");
        Arc::clone(templates.entry(key.to_owned()).or_default())
    };
    // Kept in the static for the whole process, so the template is never dropped.
    let template = cell
        .get_or_init(async || {
            let template = empty().await;
            prepare(&template).await;
            // From now on nobody can be connected to it, so that it can be cloned at any time.
            let sql = format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", template.name);
            administrator(template.server).await.batch_execute(&sql).await.expect("closing a template");
            template
        })
        .await;
    create(&template.name).await
}

/// Creates a database with a name that is unique in this process, which has the server to itself.
async fn create(template: &str) -> TestDatabase {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let server = server().await;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let client = administrator(server).await;
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    if let Err(error) = client.batch_execute(&create).await {
        panic!("{create}: {error:?}");
    }
    // PostgreSQL copies what is in a database, not the rights to it.
    let rights = "SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, $2, grantee::regrole)
        FROM pg_database, aclexplode(datacl) WHERE datname = $1 AND grantee <> 0 AND grantee <> datdba";
    let grants = client.query_typed(rights, &[(&template, Type::TEXT), (&name, Type::TEXT)]).await;
    for grant in grants.expect("the rights to a template") {
        let grant: String = grant.get(0);
        if let Err(error) = client.batch_execute(&grant).await {
            panic!("{grant}: {error:?}");
        }
    }
    TestDatabase { name, server }
}

/// A thread that drops databases, with a runtime of its own: a test's runtime may be gone by then.
fn cleaner(server: &'static aura_postgres::Server) -> &'static Sender<String> {
    static CLEANER: OnceLock<Sender<String>> = OnceLock::new();
    CLEANER.get_or_init(|| {
        let (sender, names) = channel::<String>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            let url = server.url("postgres", "postgres");
            for name in names {
                runtime.block_on(async {
                    let Ok((client, connection)) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await
                    else {
                        return;
                    };
                    tokio::spawn(connection);
                    let _ =
                        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                });
            }
        });
        sender
    })
}
