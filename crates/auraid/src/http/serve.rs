//! Serving, and the end of it.

use std::future::IntoFuture as _;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

/// How long requests under way may take once the end has come.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until `shutdown` is done, then takes no more connections and waits for the requests under way, for 10 s at
/// most.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (ending, ends) = tokio::sync::oneshot::channel();
    let listener = listener.tap_io(|connection| {
        // An answer goes out at once. Where that cannot be set it only takes longer.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    let serving = axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody waits for it only if the serving has ended by itself.
            let _ = ending.send(());
        })
        .into_future();
    let too_long = async {
        if ends.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = too_long => {
            tracing::warn!("requests were still under way 10 s after the end; they are cut off");
            Ok(())
        }
    }
}
