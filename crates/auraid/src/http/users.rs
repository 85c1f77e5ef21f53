//! Users over HTTP.

use aura_client::{Id, Secret, Timestamp};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value as Object;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::body::{Body, present};
use super::history::{EventBody, History, HistoryParams};
use super::page::{Page, PageAnswer, Which};
use super::params::{Params, PathId};
use super::record::{Answer, Created, IdParam, Shown};
use super::{page, record};
use crate::identity::{Access, users};
use crate::store::{User, UserStatus, user};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBody {
    #[schema(value_type = String)]
    id: Id<User>,
    /// Unique among the live, compared without case.
    email: String,
    /// Whether there is a password. The password itself, and its hash, are never shown.
    has_password: bool,
    name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    email_verified_at: Option<Timestamp>,
    status: UserStatus,
    #[schema(value_type = Object)]
    metadata: Object,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Null while it lives.
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
}

impl Shown for User {
    type Body = UserBody;

    const PATH: &'static str = "/v1/users";

    fn show(self, deleted_at: Option<Timestamp>) -> UserBody {
        UserBody {
            id: self.id,
            email: self.email.as_str().to_owned(),
            has_password: self.password_hash.is_some(),
            name: self.name,
            email_verified_at: self.email_verified_at,
            status: self.status,
            metadata: self.metadata,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at,
        }
    }
}

/// A new user.
// No `Debug`: it holds a password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewUserBody {
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// 8 to 1024 bytes. Kept as an Argon2id hash only.
    #[schema(min_length = 8, max_length = 1024)]
    password: Option<String>,
    /// ACTIVE if absent.
    status: Option<UserStatus>,
    /// An object of at most 16 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Object>,
}

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(super) struct UserChangesBody {
    /// Another address is not verified, and links sent to the old one end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false)]
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    name: Option<Option<String>>,
    /// Null removes it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 1024)]
    password: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = UserStatus, required = false)]
    status: Option<UserStatus>,
    /// As a whole: an object of at most 16 KiB.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<Object>,
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UserParams {
    /// Only the one with this address, compared without case.
    email: Option<String>,
    /// Only records behind this id: `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Id<User>>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The deleted ones instead. For operators.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
}

/// Users, by id.
#[utoipa::path(
    get, path = "/v1/users", tag = "users", params(UserParams),
    responses((status = 200, description = "A page of users", body = Page<UserBody>)),
)]
pub(super) async fn list_users(
    access: Access,
    Params(params): Params<UserParams>,
    uri: Uri,
) -> Result<PageAnswer<UserBody>, Problem> {
    let UserParams { email, after, limit, deleted } = params;
    let filter = email.map(|email| user::EMAIL.eq(email));
    page::list(&access, filter, Which { after, limit, deleted, uri: &uri }).await
}

/// Creates a user.
#[utoipa::path(
    post, path = "/v1/users", tag = "users", request_body = NewUserBody,
    responses((
        status = 201, description = "The new user", body = UserBody,
        headers(("Location" = String, description = "Its path")),
    )),
)]
pub(super) async fn create_user(
    access: Access,
    Body(new): Body<NewUserBody>,
) -> Result<Created<UserBody>, Problem> {
    let new = users::Registration {
        email: new.email,
        name: new.name,
        password: new.password.map(Secret::new),
        status: new.status,
        metadata: new.metadata,
    };
    Ok(Created::of(users::create(access.operator()?, new).await?))
}

/// One user.
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "users", params(IdParam),
    responses((status = 200, description = "The user", body = UserBody)),
)]
pub(super) async fn get_user(access: Access, PathId(id): PathId<User>) -> Answer<UserBody> {
    record::find(&access, id).await
}

/// Changes a user.
#[utoipa::path(
    patch, path = "/v1/users/{id}", tag = "users", request_body = UserChangesBody, params(IdParam),
    responses((status = 200, description = "The user, changed", body = UserBody)),
)]
pub(super) async fn change_user(
    access: Access,
    PathId(id): PathId<User>,
    Body(changes): Body<UserChangesBody>,
) -> Answer<UserBody> {
    let changes = users::Changes {
        email: changes.email,
        name: changes.name,
        password: changes.password.map(|password| password.map(Secret::new)),
        status: changes.status,
        metadata: changes.metadata,
    };
    Ok(record::live(users::change(access.operator()?, id, changes).await?))
}

/// Deletes a user, and with it its memberships, sessions and links. Nothing is lost: it can be restored.
#[utoipa::path(
    delete, path = "/v1/users/{id}", tag = "users", params(IdParam),
    responses((status = 200, description = "The deleted user", body = UserBody)),
)]
pub(super) async fn delete_user(access: Access, PathId(id): PathId<User>) -> Answer<UserBody> {
    record::delete(&access, id).await
}

/// Restores a deleted user and exactly what was deleted along with it.
#[utoipa::path(
    post, path = "/v1/users/{id}/restore", tag = "users", params(IdParam),
    responses((status = 200, description = "The user, live again", body = UserBody)),
)]
pub(super) async fn restore_user(access: Access, PathId(id): PathId<User>) -> Answer<UserBody> {
    record::restore(&access, id).await
}

/// What happened to a user, live or deleted, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/users/{id}/history", tag = "users", params(IdParam, HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn user_history(history: History<User>) -> Result<PageAnswer<EventBody>, Problem> {
    history.page().await
}
