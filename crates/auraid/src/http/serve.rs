//! Serving, and the end of it.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener as _, ListenerExt as _};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The most bytes of a request's line and headers: more is 431.
const MOST_HEAD: usize = 32 * 1024;

/// How long the server waits for others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long the line and the headers of a request may take from the moment the connection is free for it. So
    /// it is also how long a connection may idle. 30 s by default.
    pub head: Duration,
    /// How long requests under way may take once the end has come. 10 s by default.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { head: Duration::from_secs(30), drain: Duration::from_secs(10) }
    }
}

/// Serves until `shutdown` is done, then takes no more connections and waits for the requests under way, with the
/// default [`Patience`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_patiently(listener, router, Patience::default(), shutdown).await;
    Ok(())
}

/// As [`serve`], with another [`Patience`]. A connection that cannot be taken is no end: it is tried again.
pub async fn serve_patiently(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let mut listener = listener.tap_io(|connection| {
        // An answer goes out at once. Where that cannot be set it only takes longer.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    // axum's own server has no limit for the head of a request: a client that sends it byte by byte would hold its
    // connection for ever.
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(patience.head).max_header_size(MOST_HEAD);
    let end = GracefulShutdown::new();
    // Dropped with this future, and with it every connection that is left.
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            (stream, _) = listener.accept() => {
                let service = TowerToHyperService::new(router.clone());
                let served = end.watch(protocol.serve_connection(TokioIo::new(stream), service));
                connections.spawn(async {
                    if let Err(error) = served.await {
                        tracing::debug!(%error, "connection");
                    }
                });
            }
            // So that those which have ended do not pile up.
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    if timeout(patience.drain, end.shutdown()).await.is_err() {
        tracing::warn!(after = ?patience.drain, "requests are still under way; they are cut off");
    }
}
