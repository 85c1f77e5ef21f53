//! `auraid serve`, and the serving half of `auraid up`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aura_migrate::migrations::Migration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Error;
use super::args::Listen;
use super::database::Database;
use super::output::{answer, remark};
use crate::http;
use crate::store::Store;

pub(super) async fn run(listen: &Listen, database: &Database) -> Result<(), Error> {
    let listener = bind(listen).await?;
    let stop = stop_signal()?;
    let store = database.store().await?;
    serve(listener, store, database, stop).await
}

/// Takes the port.
pub(super) async fn bind(listen: &Listen) -> Result<TcpListener, Error> {
    TcpListener::bind(listen.listen).await.map_err(|error| {
        Error::Failed(format!("cannot listen on {}: {error}; choose another by --listen", listen.listen))
    })
}

/// Ends at Ctrl-C or SIGTERM, from now on: what comes while things are still starting counts.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Error> {
    let failed = |error: std::io::Error| Error::Failed(format!("signals cannot be heard: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        remark("stopping");
    })
}

/// Serves until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    store: Store,
    database: &Database,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|error| Error::Failed(error.to_string()))?;
    let client = store.client().clone();
    let readiness = Readiness {
        store: store.clone(),
        database: database.owner.clone(),
        migrations: database.project.migrations.clone(),
        is_migrated: AtomicBool::new(true),
    };
    let readiness = Arc::new(readiness);
    let ready = move || {
        let readiness = Arc::clone(&readiness);
        Box::pin(async move { readiness.check().await }) as futures_util::future::BoxFuture<'static, _>
    };
    answer(format!(
        "AuraID listens on http://{address}, its API is described at http://{address}/openapi.json"
    ))?;
    let served = http::serve(listener, http::router(store, ready), stop).await;
    client.close();
    served.map_err(|error| Error::Failed(format!("serving on {address}: {error}")))
}

/// Whether requests can be served: the database answers and has this program's migrations.
struct Readiness {
    store: Store,
    database: aura_client::Settings,
    migrations: Vec<Migration>,
    is_migrated: AtomicBool,
}

impl Readiness {
    async fn check(&self) -> Result<(), String> {
        if let Err(error) = self.store.client().ping().await {
            // What the database has when it is back is to be looked at anew.
            self.is_migrated.store(false, Ordering::Relaxed);
            return Err(error.to_string());
        }
        if self.is_migrated.load(Ordering::Relaxed) {
            return Ok(());
        }
        let client = self.database.connect().await.map_err(|error| error.to_string())?;
        let status =
            aura_migrate::status(&client, &self.migrations).await.map_err(|error| error.to_string())?;
        if !status.is_up_to_date() {
            return Err("the database does not have this program's migrations".into());
        }
        self.is_migrated.store(true, Ordering::Relaxed);
        Ok(())
    }
}
