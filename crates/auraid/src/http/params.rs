//! What is in the path and the query of a request.

use std::fmt;

use aura_client::Id;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;

/// The `{id}` of a path. What cannot be an id is 400; whether there is such a record is another question.
pub(super) struct PathId<M>(pub(super) Id<M>);

impl<M, S: Send + Sync> FromRequestParts<S> for PathId<M> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |detail: &dyn fmt::Display| {
            Problem::bad_request("malformed-id", "Not an id", detail.to_string()).field("id")
        };
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|error| malformed(&error))?;
        Id::parse(&text).map(PathId).map_err(|error| malformed(&error))
    }
}

/// The query.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error: QueryRejection| malformed_query(error.body_text()))?;
        Ok(Params(query))
    }
}

/// A query that cannot be read or says what cannot be.
pub(super) fn malformed_query(detail: impl Into<String>) -> Problem {
    Problem::bad_request("malformed-query", "The query cannot be read", detail)
}
