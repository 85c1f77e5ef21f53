//! A pooled connection in somebody's hands, and what becomes of it when they let go.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long an abandoned connection may take to become usable again.
const SALVAGE: Duration = Duration::from_secs(5);

/// A connection out of the pool. Given back with [`Lent::give_back`] when its last answer is there; dropped
/// before that, at any await, its statement is cancelled and its transaction rolled back before anybody else
/// gets it. Where that fails it is closed, which makes the server do the same.
pub(crate) struct Lent {
    // None once it went back, or away.
    object: Option<Object>,
    tls: MakeRustlsConnect,
}

impl std::fmt::Debug for Lent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lent")
    }
}

impl Lent {
    pub(crate) fn new(object: Object, tls: MakeRustlsConnect) -> Lent {
        Lent { object: Some(object), tls }
    }

    /// The connection.
    pub(crate) fn connection(&mut self) -> &mut Object {
        self.object.as_mut().expect("there until it is given back, which takes self")
    }

    /// Back to the pool: no statement is under way, no transaction open.
    pub(crate) fn give_back(mut self) {
        drop(self.object.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else {
            return;
        };
        // Its place in the pool stays taken until it is usable again or gone, so the budget holds.
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(salvage(object, self.tls.clone()))),
            Err(_) => drop(Object::take(object)),
        }
    }
}

async fn salvage(object: Object, tls: MakeRustlsConnect) {
    let clean = async {
        // Exact, for nobody else uses this connection: whatever it hits is what was abandoned.
        object.cancel_token().cancel_query(tls).await?;
        // A cancel request that comes late hits the first of these, not the next caller's statement.
        match object.batch_execute("ROLLBACK").await {
            Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => {
                object.batch_execute("ROLLBACK").await
            }
            outcome => outcome,
        }
    };
    let outcome: Result<Result<(), tokio_postgres::Error>, _> = tokio::time::timeout(SALVAGE, clean).await;
    if !matches!(outcome, Ok(Ok(()))) {
        tracing::debug!("an abandoned connection is closed");
        drop(Object::take(object));
    }
}
