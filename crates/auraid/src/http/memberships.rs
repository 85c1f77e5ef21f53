//! Memberships over HTTP.

use aura_client::{Id, Timestamp};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value as Object;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::body::{Body, present};
use super::history::{EventBody, History, HistoryParams};
use super::page::{Page, PageAnswer, Which, both};
use super::params::{Params, PathId};
use super::record::{Answer, Created, IdParam, Shown};
use super::{page, record};
use crate::identity::{Access, memberships};
use crate::store::{Application, Membership, MembershipStatus, Role, User, membership};

/// One person in one application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MembershipBody {
    #[schema(value_type = String)]
    id: Id<Membership>,
    #[schema(value_type = String)]
    user_id: Id<User>,
    #[schema(value_type = String)]
    application_id: Id<Application>,
    role: Role,
    status: MembershipStatus,
    #[schema(value_type = Object)]
    metadata: Object,
    /// Who invited them, who may be deleted by now. For operators: an application sees null.
    #[schema(value_type = Option<String>)]
    invited_by_id: Option<Id<User>>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Null while it lives.
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
}

impl Shown for Membership {
    type Body = MembershipBody;

    const PATH: &'static str = "/v1/memberships";

    fn show(self, deleted_at: Option<Timestamp>) -> MembershipBody {
        MembershipBody {
            id: self.id,
            user_id: self.user_id,
            application_id: self.application_id,
            role: self.role,
            status: self.status,
            metadata: self.metadata,
            invited_by_id: self.invited_by_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at,
        }
    }
}

/// A new membership: one live one a pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewMembershipBody {
    #[schema(value_type = String)]
    user_id: Id<User>,
    #[schema(value_type = String)]
    application_id: Id<Application>,
    /// MEMBER if absent.
    role: Option<Role>,
    /// ACTIVE if absent.
    status: Option<MembershipStatus>,
    #[schema(value_type = Option<String>)]
    invited_by_id: Option<Id<User>>,
    /// An object of at most 16 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Object>,
}

/// What is to change; what is absent stays. User and application never change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MembershipChangesBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Role, required = false)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = MembershipStatus, required = false)]
    status: Option<MembershipStatus>,
    /// As a whole: an object of at most 16 KiB.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<Object>,
}

/// Which memberships.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MembershipParams {
    /// Only those of this user.
    #[param(value_type = Option<String>)]
    user_id: Option<Id<User>>,
    /// Only those in this application.
    #[param(value_type = Option<String>)]
    application_id: Option<Id<Application>>,
    /// Only records behind this id: `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Id<Membership>>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The deleted ones instead. For operators.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
}

/// Memberships, by id.
#[utoipa::path(
    get, path = "/v1/memberships", tag = "memberships", params(MembershipParams),
    responses((status = 200, description = "A page of memberships", body = Page<MembershipBody>)),
)]
pub(super) async fn list_memberships(
    access: Access,
    Params(params): Params<MembershipParams>,
    uri: Uri,
) -> Result<PageAnswer<MembershipBody>, Problem> {
    let MembershipParams { user_id, application_id, after, limit, deleted } = params;
    let filter = both(
        user_id.map(|id| membership::USER_ID.eq(id)),
        application_id.map(|id| membership::APPLICATION_ID.eq(id)),
    );
    page::list(&access, filter, Which { after, limit, deleted, uri: &uri }).await
}

/// Creates a membership.
#[utoipa::path(
    post, path = "/v1/memberships", tag = "memberships", request_body = NewMembershipBody,
    responses((
        status = 201, description = "The new membership", body = MembershipBody,
        headers(("Location" = String, description = "Its path")),
    )),
)]
pub(super) async fn create_membership(
    access: Access,
    Body(new): Body<NewMembershipBody>,
) -> Result<Created<MembershipBody>, Problem> {
    let grant = memberships::Grant {
        user_id: new.user_id,
        application_id: new.application_id,
        role: new.role,
        status: new.status,
        invited_by_id: new.invited_by_id,
        metadata: new.metadata,
    };
    Ok(Created::of(memberships::create(access.operator()?, grant).await?))
}

/// One membership.
#[utoipa::path(
    get, path = "/v1/memberships/{id}", tag = "memberships", params(IdParam),
    responses((status = 200, description = "The membership", body = MembershipBody)),
)]
pub(super) async fn get_membership(access: Access, PathId(id): PathId<Membership>) -> Answer<MembershipBody> {
    record::find(&access, id).await
}

/// Changes a membership.
#[utoipa::path(
    patch, path = "/v1/memberships/{id}", tag = "memberships", request_body = MembershipChangesBody, params(IdParam),
    responses((status = 200, description = "The membership, changed", body = MembershipBody)),
)]
pub(super) async fn change_membership(
    access: Access,
    PathId(id): PathId<Membership>,
    Body(changes): Body<MembershipChangesBody>,
) -> Answer<MembershipBody> {
    let changes =
        memberships::Changes { role: changes.role, status: changes.status, metadata: changes.metadata };
    Ok(record::live(memberships::change(access.operator()?, id, changes).await?))
}

/// Deletes a membership, and with it its sessions. Nothing is lost: it can be restored.
#[utoipa::path(
    delete, path = "/v1/memberships/{id}", tag = "memberships", params(IdParam),
    responses((status = 200, description = "The deleted membership", body = MembershipBody)),
)]
pub(super) async fn delete_membership(
    access: Access,
    PathId(id): PathId<Membership>,
) -> Answer<MembershipBody> {
    record::delete(&access, id).await
}

/// Restores a deleted membership and exactly what was deleted along with it.
#[utoipa::path(
    post, path = "/v1/memberships/{id}/restore", tag = "memberships", params(IdParam),
    responses((status = 200, description = "The membership, live again", body = MembershipBody)),
)]
pub(super) async fn restore_membership(
    access: Access,
    PathId(id): PathId<Membership>,
) -> Answer<MembershipBody> {
    record::restore(&access, id).await
}

/// What happened to a membership, live or deleted, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/memberships/{id}/history", tag = "memberships", params(IdParam, HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn membership_history(
    history: History<Membership>,
) -> Result<PageAnswer<EventBody>, Problem> {
    history.page().await
}
