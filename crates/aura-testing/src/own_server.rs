//! A server of one test's own, to be killed and restarted.

use aura_postgres::{Options, Server};
use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::Client;

use crate::product::deploy_auraid;
use crate::shared_server::connect;

/// A server that a test may kill. Its data survives that, and is removed when the value is dropped.
#[derive(Debug)]
pub struct OwnServer(Option<Server>);

/// Starts a server of this test's own. A commit survives the server's own `kill -9`, as the system keeps what was
/// written; it is not flushed to disk, which only a crash of the machine would tell.
pub async fn own_server() -> OwnServer {
    own_server_with(Options::new()).await
}

/// The same with options of the test's own, such as `Options::new().setting("max_connections", "10")`.
pub async fn own_server_with(options: Options) -> OwnServer {
    let started = tokio::task::spawn_blocking(|| aura_postgres::temporary(options.setting("fsync", "off")));
    match started.await.expect("starting PostgreSQL panicked; the reason is above") {
        Ok(server) => OwnServer(Some(server)),
        Err(error) => panic!("no PostgreSQL for the test: {error}"),
    }
}

impl OwnServer {
    /// The server.
    pub fn server(&self) -> &Server {
        self.0.as_ref().expect("taken out only within a method")
    }

    /// The URL of a database for a role.
    pub fn url(&self, database: &str, role: &str) -> String {
        self.server().url(database, role)
    }

    /// A superuser's connection.
    pub async fn connect(&self, database: &str) -> Client {
        connect(&self.url(database, "postgres")).await
    }

    /// A database of AuraID itself on this server, by its name; to be made once.
    pub async fn auraid(&self, database: &str) {
        let create = format!("CREATE DATABASE \"{database}\" TEMPLATE template0");
        self.connect("postgres").await.batch_execute(&create).await.expect("a new database of a new name");
        deploy_auraid(&mut self.connect(database).await).await;
    }

    /// `kill -9` to PostgreSQL's first process. The others end when they notice.
    pub fn kill(&self) {
        let pid = Pid::from_raw(self.server().pid()).expect("a process number is above 0");
        kill_process(pid, Signal::KILL).expect("PostgreSQL of this test runs");
    }

    /// Starts the server again, after a stop if it runs, and waits until it takes connections. URLs stay the same.
    pub async fn restart(&mut self) {
        let mut server = self.0.take().expect("taken out only within a method");
        let restarted = tokio::task::spawn_blocking(move || server.restart().map(|()| server));
        match restarted.await.expect("restarting PostgreSQL panicked; the reason is above") {
            Ok(server) => self.0 = Some(server),
            Err(error) => panic!("PostgreSQL did not restart: {error}"),
        }
    }
}
