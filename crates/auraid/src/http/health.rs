//! Is it alive, is it ready, what can it do: what anybody may ask.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use futures_util::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;

type Ask = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// Says whether requests can be served, or why not.
#[derive(Clone)]
pub(super) struct Readiness(Arc<Ask>);

impl Readiness {
    pub(super) fn new(
        ask: impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) -> Readiness {
        Readiness(Arc::new(ask))
    }
}

/// How it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Condition {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

const OK: Json<Condition> = Json(Condition { status: "ok" });

/// Whether the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "It is", body = Condition)),
)]
pub(super) async fn alive() -> Json<Condition> {
    OK
}

/// Whether requests can be served: the database answers and is migrated.
#[utoipa::path(
    get, path = "/readyz", tag = "health", security(()),
    responses(
        (status = 200, description = "They can", body = Condition),
        (status = 503, description = "They cannot", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn ready(State(Readiness(ask)): State<Readiness>) -> Result<Json<Condition>, Problem> {
    match tokio::time::timeout(PATIENCE, ask()).await {
        Ok(Ok(())) => Ok(OK),
        Ok(Err(why)) => {
            // May say hosts and ports: for the log only.
            tracing::warn!(why, "not ready");
            Err(Problem::unavailable(
                "the database is away or not migrated to this version: the server's log says more",
            ))
        }
        Err(_) => Err(Problem::unavailable("the database does not answer")),
    }
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "health", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
pub(super) async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(super::openapi())
}
