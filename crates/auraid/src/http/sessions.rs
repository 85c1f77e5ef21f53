//! Sessions over HTTP.

use std::net::IpAddr;

use aura_client::{Id, Timestamp};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::body::{Body, present};
use super::history::{EventBody, History, HistoryParams};
use super::page::{Page, PageAnswer, Which, both};
use super::params::{Params, PathId};
use super::record::{Answer, Created, IdParam, Shown};
use super::{page, record};
use crate::identity::{Access, sessions};
use crate::store::{Application, Membership, Session, User, session};

/// A sign-in of one person to one application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionBody {
    #[schema(value_type = String)]
    id: Id<Session>,
    #[schema(value_type = String)]
    user_id: Id<User>,
    #[schema(value_type = String)]
    application_id: Id<Application>,
    #[schema(value_type = String)]
    membership_id: Id<Membership>,
    device: Option<String>,
    #[schema(value_type = Option<String>, example = "192.0.2.1")]
    address: Option<IpAddr>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Null while it lives.
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
}

impl Shown for Session {
    type Body = SessionBody;

    const PATH: &'static str = "/v1/sessions";

    fn show(self, deleted_at: Option<Timestamp>) -> SessionBody {
        SessionBody {
            id: self.id,
            user_id: self.user_id,
            application_id: self.application_id,
            membership_id: self.membership_id,
            device: self.device,
            address: self.address,
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at,
        }
    }
}

/// A session to be opened. User, application and membership must be live and active.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewSessionBody {
    #[schema(value_type = String)]
    user_id: Id<User>,
    #[schema(value_type = String)]
    application_id: Id<Application>,
    /// Found by user and application if absent.
    #[schema(value_type = Option<String>)]
    membership_id: Option<Id<Membership>>,
    #[schema(min_length = 1, max_length = 200)]
    device: Option<String>,
    #[schema(value_type = Option<String>, example = "192.0.2.1")]
    address: Option<IpAddr>,
    /// In 30 days if absent, in 365 at most.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// What is to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(super) struct SessionChangesBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    device: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    address: Option<Option<IpAddr>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, format = DateTime, required = false)]
    last_used_at: Option<Timestamp>,
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionParams {
    /// Only those of this user.
    #[param(value_type = Option<String>)]
    user_id: Option<Id<User>>,
    /// Only those to this application.
    #[param(value_type = Option<String>)]
    application_id: Option<Id<Application>>,
    /// Only records behind this id: `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Id<Session>>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The deleted ones instead. For operators.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
}

/// Sessions, by id: revoked and expired ones too.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions", params(SessionParams),
    responses((status = 200, description = "A page of sessions", body = Page<SessionBody>)),
)]
pub(super) async fn list_sessions(
    access: Access,
    Params(params): Params<SessionParams>,
    uri: Uri,
) -> Result<PageAnswer<SessionBody>, Problem> {
    let SessionParams { user_id, application_id, after, limit, deleted } = params;
    let filter = both(
        user_id.map(|id| session::USER_ID.eq(id)),
        application_id.map(|id| session::APPLICATION_ID.eq(id)),
    );
    page::list(&access, filter, Which { after, limit, deleted, uri: &uri }).await
}

/// Opens a session. An application may, to itself.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "sessions", request_body = NewSessionBody,
    responses((
        status = 201, description = "The new session", body = SessionBody,
        headers(("Location" = String, description = "Its path")),
    )),
)]
pub(super) async fn open_session(
    access: Access,
    Body(new): Body<NewSessionBody>,
) -> Result<Created<SessionBody>, Problem> {
    let opening = sessions::Opening {
        user_id: new.user_id,
        application_id: new.application_id,
        membership_id: new.membership_id,
        device: new.device,
        address: new.address,
        expires_at: new.expires_at,
    };
    Ok(Created::of(access.open_session(opening).await?))
}

/// One session.
#[utoipa::path(
    get, path = "/v1/sessions/{id}", tag = "sessions", params(IdParam),
    responses((status = 200, description = "The session", body = SessionBody)),
)]
pub(super) async fn get_session(access: Access, PathId(id): PathId<Session>) -> Answer<SessionBody> {
    record::find(&access, id).await
}

/// Changes what is known of a session.
#[utoipa::path(
    patch, path = "/v1/sessions/{id}", tag = "sessions", request_body = SessionChangesBody, params(IdParam),
    responses((status = 200, description = "The session, changed", body = SessionBody)),
)]
pub(super) async fn change_session(
    access: Access,
    PathId(id): PathId<Session>,
    Body(changes): Body<SessionChangesBody>,
) -> Answer<SessionBody> {
    let changes = sessions::Changes {
        device: changes.device,
        address: changes.address,
        last_used_at: changes.last_used_at,
    };
    Ok(record::live(sessions::change(access.operator()?, id, changes).await?))
}

/// Revokes a session: it stays in the lists and cannot be used. Once revoked, the time stays. An application may revoke
/// its own.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/revoke", tag = "sessions", params(IdParam),
    responses((status = 200, description = "The session, revoked", body = SessionBody)),
)]
pub(super) async fn revoke_session(access: Access, PathId(id): PathId<Session>) -> Answer<SessionBody> {
    Ok(record::live(access.revoke_session(id).await?))
}

/// Deletes a session. Nothing is lost: it can be restored. An application may delete its own.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "sessions", params(IdParam),
    responses((status = 200, description = "The deleted session", body = SessionBody)),
)]
pub(super) async fn delete_session(access: Access, PathId(id): PathId<Session>) -> Answer<SessionBody> {
    Ok(record::deleted(access.end_session(id).await?))
}

/// Restores a deleted session and exactly what was deleted along with it.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/restore", tag = "sessions", params(IdParam),
    responses((status = 200, description = "The session, live again", body = SessionBody)),
)]
pub(super) async fn restore_session(access: Access, PathId(id): PathId<Session>) -> Answer<SessionBody> {
    record::restore(&access, id).await
}

/// What happened to a session, live or deleted, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/sessions/{id}/history", tag = "sessions", params(IdParam, HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn session_history(history: History<Session>) -> Result<PageAnswer<EventBody>, Problem> {
    history.page().await
}
