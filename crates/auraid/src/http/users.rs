//! Users over HTTP.

use aura_client::{Id, Secret, Timestamp};
use axum::Json;
use axum::http::Uri;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value as Object;
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use super::body::{Body, present};
use super::history::{EventBody, HistoryParams};
use super::page::{Page, PageAnswer, Which};
use super::params::{Params, PathId};
use super::{history, page};
use crate::identity::{Access, record, users};
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

impl UserBody {
    fn of(row: User, deleted_at: Option<Timestamp>) -> UserBody {
        UserBody {
            id: row.id,
            email: row.email.as_str().to_owned(),
            has_password: row.password_hash.is_some(),
            name: row.name,
            email_verified_at: row.email_verified_at,
            status: row.status,
            metadata: row.metadata,
            created_at: row.created_at,
            updated_at: row.updated_at,
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
    #[schema(max_length = 200)]
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
    /// Another address is not verified, and links that verify the old one end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false)]
    email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200)]
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
    page::list(&access, filter, Which { after, limit, deleted, uri: &uri }, UserBody::of).await
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
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<UserBody>), Problem> {
    let new = users::Registration {
        email: new.email,
        name: new.name,
        password: new.password.map(Secret::new),
        status: new.status,
        metadata: new.metadata,
    };
    let row = users::create(access.operator()?, new).await?;
    let location = [(LOCATION, format!("/v1/users/{}", row.id))];
    Ok((StatusCode::CREATED, location, Json(UserBody::of(row, None))))
}

/// One user.
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Its id", pattern = "^[a-z][0-9a-z]{1,31}$")),
    responses((status = 200, description = "The user", body = UserBody)),
)]
pub(super) async fn get_user(access: Access, id: PathId<User>) -> Result<Json<UserBody>, Problem> {
    Ok(Json(UserBody::of(access.find(id.0).await?, None)))
}

/// Changes a user.
#[utoipa::path(
    patch, path = "/v1/users/{id}", tag = "users", request_body = UserChangesBody,
    params(("id" = String, Path, description = "Its id", pattern = "^[a-z][0-9a-z]{1,31}$")),
    responses((status = 200, description = "The user, changed", body = UserBody)),
)]
pub(super) async fn change_user(
    access: Access,
    id: PathId<User>,
    Body(changes): Body<UserChangesBody>,
) -> Result<Json<UserBody>, Problem> {
    let changes = users::Changes {
        email: changes.email,
        name: changes.name,
        password: changes.password.map(|password| password.map(Secret::new)),
        status: changes.status,
        metadata: changes.metadata,
    };
    let row = users::change(access.operator()?, id.0, changes).await?;
    Ok(Json(UserBody::of(row, None)))
}

/// Deletes an user, and with it its memberships, sessions and links. Nothing is lost: it can be restored.
#[utoipa::path(
    delete, path = "/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Its id", pattern = "^[a-z][0-9a-z]{1,31}$")),
    responses((status = 200, description = "The deleted user", body = UserBody)),
)]
pub(super) async fn delete_user(access: Access, id: PathId<User>) -> Result<Json<UserBody>, Problem> {
    let gone = record::delete(access.operator()?, id.0).await?;
    let at = gone.deleted_at();
    Ok(Json(UserBody::of(gone.into_inner(), Some(at))))
}

/// Restores a deleted user and exactly what was deleted along with it.
#[utoipa::path(
    post, path = "/v1/users/{id}/restore", tag = "users",
    params(("id" = String, Path, description = "Its id", pattern = "^[a-z][0-9a-z]{1,31}$")),
    responses((status = 200, description = "The user, live again", body = UserBody)),
)]
pub(super) async fn restore_user(access: Access, id: PathId<User>) -> Result<Json<UserBody>, Problem> {
    let row = record::restore(access.operator()?, id.0).await?;
    Ok(Json(UserBody::of(row, None)))
}

/// What happened to an user, live or deleted, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/users/{id}/history", tag = "users",
    params(("id" = String, Path, description = "Its id", pattern = "^[a-z][0-9a-z]{1,31}$"), HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn user_history(
    access: Access,
    id: PathId<User>,
    Params(params): Params<HistoryParams>,
    uri: Uri,
) -> Result<PageAnswer<EventBody>, Problem> {
    history::page(&access, id.0, &params, &uri).await
}
