//! What happened to a record.

use aura_client::{Event, Id, Model, Timestamp};
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::page::{PageAnswer, limit};
use super::params::{Params, PathId};
use crate::identity::Access;

/// Which page of a history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParams {
    /// Only events behind this number: `next` of the page before.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// One recorded change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventBody {
    /// Grows, with gaps.
    number: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The model, for example `User`.
    model: String,
    record_id: String,
    /// `create`, `update`, `delete`, `restore` or `purge`.
    #[schema(example = "create")]
    operation: String,
    /// Who: `operator:NAME`, `application:ID`, `user:ID` or `service:NAME`.
    #[schema(example = "operator:first")]
    actor: Option<String>,
    /// The database role of the connection, which cannot be claimed.
    session_role: String,
    /// The request's id, as in the header `X-Request-Id` of its answer.
    request: Option<String>,
    /// The record before. Of secrets it only says whether there was one.
    #[schema(value_type = Option<Object>)]
    before: Option<Json>,
    /// The record after.
    #[schema(value_type = Option<Object>)]
    after: Option<Json>,
    /// Why, for a purge.
    reason: Option<String>,
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        EventBody {
            number: event.number,
            at: event.at,
            model: event.model,
            record_id: event.record_id,
            operation: event.operation,
            actor: event.actor,
            session_role: event.session_role,
            request: event.request,
            before: event.before,
            after: event.after,
            reason: event.reason,
        }
    }
}

/// A record's history as it is asked for, by path and query.
pub(super) struct History<M> {
    access: Access,
    id: Id<M>,
    params: HistoryParams,
    uri: Uri,
}

impl<M, S: Send + Sync> FromRequestParts<S> for History<M> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = Access::from_request_parts(parts, state).await?;
        let PathId(id) = PathId::from_request_parts(parts, state).await?;
        let Params(params) = Params::from_request_parts(parts, state).await?;
        Ok(History { access, id, params, uri: parts.uri.clone() })
    }
}

impl<M: Model> History<M> {
    /// A page of it. For operators.
    pub(super) async fn page(self) -> Result<PageAnswer<EventBody>, Problem> {
        let limit = limit(self.params.limit)?;
        let mut events = self.access.history(self.id, self.params.after, limit + 1).await?;
        let has_more = events.len() > limit as usize;
        events.truncate(limit as usize);
        let next = if has_more { events.last().map(|event| event.number.to_string()) } else { None };
        Ok(PageAnswer::new(events.into_iter().map(EventBody::from).collect(), next, &self.uri))
    }
}
