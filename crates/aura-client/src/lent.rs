//! A pooled connection in somebody's hands, and what becomes of it when they let go.

use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long an abandoned statement may run on, so that its connection can be used again.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long a cancelled one may take to end.
const SALVAGE: Duration = Duration::from_secs(5);

/// A connection out of the pool. Given back with [`Lent::give_back`] when its last answer is there; dropped
/// before that, at any await, its transaction is rolled back before anybody else gets it; a statement that does
/// not end by itself in a moment is cancelled, and the connection closed.
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
    if is_usable_again(&object, tls).await {
        drop(object);
    } else {
        drop(Object::take(object));
    }
}

async fn is_usable_again(object: &Object, tls: MakeRustlsConnect) -> bool {
    // Answered behind whatever is still under way, and no more than a warning where no transaction is open.
    let mut rollback = pin!(object.batch_execute("ROLLBACK"));
    if let Ok(answer) = tokio::time::timeout(PATIENCE, rollback.as_mut()).await {
        return answer.is_ok();
    }
    tracing::debug!("an abandoned statement is cancelled and its connection closed");
    let ended = async {
        object.cancel_token().cancel_query(tls).await?;
        rollback.await
    };
    // Whatever comes of it, the connection goes: a cancel request that is late would hit the next caller.
    drop(tokio::time::timeout(SALVAGE, ended).await);
    false
}
