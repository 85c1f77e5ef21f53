//! What is the same for every kind of record that the API shows: the routes say of which model, the work is here.

use aura_client::{Deleted, Id, Timestamp};
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::IntoParams;

use super::Problem;
use crate::identity::{Access, Record, record};

/// A model that the API shows.
pub(super) trait Shown: Record {
    /// What it shows of a record.
    type Body: Serialize;

    /// Where the records are, for example `/v1/users`.
    const PATH: &'static str;

    /// A record, live (without time) or deleted.
    fn show(self, deleted_at: Option<Timestamp>) -> Self::Body;
}

/// A record, or why not.
pub(super) type Answer<T> = Result<Json<T>, Problem>;

/// The `{id}` of a path, as the description has it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only described; PathId reads it")]
pub(super) struct IdParam {
    /// Its id
    #[param(pattern = "^[a-z][0-9a-z]{1,31}$")]
    id: String,
}

/// Something just created, with its path in the header `Location`.
pub(super) struct Created<T> {
    location: String,
    body: T,
}

impl<T> Created<T> {
    /// The record `id`, shown as `body`.
    pub(super) fn new<M: Shown>(id: Id<M>, body: T) -> Created<T> {
        Created { location: format!("{}/{id}", M::PATH), body }
    }

    /// The record as it is always shown.
    pub(super) fn of<M: Shown<Body = T>>(row: M) -> Created<T> {
        Created::new(row.id(), row.show(None))
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(LOCATION, self.location)], Json(self.body)).into_response()
    }
}

/// A live record, if the caller sees it.
pub(super) async fn find<M: Shown>(access: &Access, id: Id<M>) -> Answer<M::Body> {
    Ok(live(access.find(id).await?))
}

/// Deletes a record. For operators.
pub(super) async fn delete<M: Shown>(access: &Access, id: Id<M>) -> Answer<M::Body> {
    Ok(deleted(record::delete(access.operator()?, id).await?))
}

/// Restores a record. For operators.
pub(super) async fn restore<M: Shown>(access: &Access, id: Id<M>) -> Answer<M::Body> {
    Ok(live(record::restore(access.operator()?, id).await?))
}

/// Shows a live record.
pub(super) fn live<M: Shown>(row: M) -> Json<M::Body> {
    Json(row.show(None))
}

/// Shows a deleted record.
pub(super) fn deleted<M: Shown>(gone: Deleted<M>) -> Json<M::Body> {
    let at = gone.deleted_at();
    Json(gone.into_inner().show(Some(at)))
}
