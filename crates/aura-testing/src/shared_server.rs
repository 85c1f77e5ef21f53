//! The server that all tests of one process share.

use std::sync::OnceLock;

use aura_postgres::Server;
use tokio_postgres::{Client, NoTls};

static SERVER: OnceLock<Server> = OnceLock::new();

/// The server of this process. It is not for tests that stop or kill it: [`own_server`](crate::own_server) is.
pub async fn server() -> &'static Server {
    if let Some(server) = SERVER.get() {
        return server;
    }
    tokio::task::spawn_blocking(|| {
        SERVER.get_or_init(|| {
            aura_postgres::scratch().unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"))
        })
    })
    .await
    .expect("starting PostgreSQL panicked; the reason is above")
}

/// Connects and lets the connection run on this runtime.
pub(crate) async fn connect(url: &str) -> Client {
    match tokio_postgres::connect(url, NoTls).await {
        Ok((client, connection)) => {
            // Its end is seen by the client, whose calls fail then.
            tokio::spawn(connection);
            client
        }
        Err(error) => panic!("could not connect to {url}: {error:?}"),
    }
}

/// A superuser's connection to the database `postgres`, for what concerns the whole server.
pub(crate) async fn administrator(server: &Server) -> Client {
    connect(&server.url("postgres", "postgres")).await
}
