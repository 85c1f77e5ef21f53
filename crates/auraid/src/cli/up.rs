//! `auraid up`: all of it on one machine.

use tokio::net::TcpListener;

use crate::identity::{self, keys};
use crate::store::Store;

use super::Error;
use super::args::{DatabaseArguments, Listen};
use super::database::Database;
use super::migrate;
use super::output::remark;
use super::serve;

/// Name of the key that the first start makes.
const FIRST_KEY: &str = "first";

pub(super) async fn run(arguments: &DatabaseArguments, listen: &Listen, stay: bool) -> Result<(), Error> {
    // Before anything is started: a taken port is found out without leaving a trace.
    let listener = serve::bind(listen).await?;
    let stop = serve::stop_signal()?;
    let database = Database::open(arguments, stay).await?;
    let done = start(&database, listener, stop).await;
    let closed = database.close().await;
    done.and(closed)
}

async fn start(
    database: &Database,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    if let Some(server) = database.server() {
        let verb = if server.was_started() { "started" } else { "found running" };
        let version = server.installation().version;
        remark(format!("PostgreSQL {version} {verb}, data in {}", server.data_dir().display()));
    }
    let deployed = migrate::deploy(database).await?;
    for name in &deployed.applied {
        remark(format!("migration {name} applied"));
    }
    let store = database.store().await?;
    first_key(database, &store).await?;
    serve::serve(listener, store, database, stop).await
}

/// The first operator key, printed once. Of two processes that start at once one makes it. Who revoked the last key
/// did not ask for another one in the log of the next start.
async fn first_key(database: &Database, store: &Store) -> Result<(), Error> {
    if keys::any(store).await? {
        return Ok(());
    }
    if keys::ever(store).await? {
        remark("there is no live operator key: `auraid key create NAME` makes one");
        return Ok(());
    }
    match keys::create(&database.acting(store), FIRST_KEY, None).await {
        Ok((_, secret)) => {
            remark("");
            remark("The first operator key. It is shown this once and kept as a hash:");
            remark(format!("\n    {}\n", secret.expose()));
            remark("`auraid key create NAME` makes more, `auraid key revoke first` takes this one back.");
            remark("");
            Ok(())
        }
        Err(identity::Error::Store(aura_client::Error::Taken { .. })) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
