//! How a handler gets at the store: by what the layer of [`authenticate`](super::authenticate) left.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Problem;
use crate::identity::Access;

impl<S: Sync> FromRequestParts<S> for Access {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Access>().cloned().ok_or_else(|| {
            tracing::error!("a route outside the authenticated part wants access");
            Problem::internal()
        })
    }
}
