//! What happened to a record.

use aura_client::{Event, Id, Model, Timestamp};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::page::{PageAnswer, limit};
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

/// A page of a record's history.
pub(super) async fn page<M: Model>(
    access: &Access,
    id: Id<M>,
    params: &HistoryParams,
    uri: &Uri,
) -> Result<PageAnswer<EventBody>, Problem> {
    let limit = limit(params.limit)?;
    let mut events = access.history(id, params.after, limit + 1).await?;
    let has_more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = if has_more { events.last().map(|event| event.number.to_string()) } else { None };
    Ok(PageAnswer::new(events.into_iter().map(EventBody::from).collect(), next, uri))
}
