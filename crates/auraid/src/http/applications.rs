//! Applications over HTTP.

use aura_client::{Id, Timestamp};
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
use crate::identity::{Access, applications};
use crate::store::{Application, ApplicationKind, ApplicationStatus, application};

/// Something people sign in to: an OAuth 2 client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationBody {
    #[schema(value_type = String)]
    id: Id<Application>,
    /// The public identifier (RFC 6749, section 2.2).
    client_id: String,
    name: String,
    kind: ApplicationKind,
    redirect_uris: Vec<String>,
    /// Whether there is a secret. The secret itself, and its hash, are never shown.
    has_secret: bool,
    status: ApplicationStatus,
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

impl Shown for Application {
    type Body = ApplicationBody;

    const PATH: &'static str = "/v1/applications";

    fn show(self, deleted_at: Option<Timestamp>) -> ApplicationBody {
        ApplicationBody {
            id: self.id,
            client_id: self.client_id,
            name: self.name,
            kind: self.kind,
            redirect_uris: self.redirect_uris,
            has_secret: self.secret_hash.is_some(),
            status: self.status,
            metadata: self.metadata,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at,
        }
    }
}

/// An application just created.
// No `Debug`: it holds a secret.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedApplicationBody {
    #[serde(flatten)]
    application: ApplicationBody,
    /// The secret of a WEB or SERVICE client, `aura_app_…`: shown this once. Null for SPA and NATIVE, which cannot
    /// keep one.
    secret: Option<String>,
}

/// A new application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewApplicationBody {
    /// One is made if absent.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    client_id: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    kind: ApplicationKind,
    /// Absolute, without fragment: https, http to this machine, or for NATIVE a scheme of its own.
    #[serde(default)]
    #[schema(max_items = 50)]
    redirect_uris: Vec<String>,
    /// An object of at most 16 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Object>,
}

/// What is to change; what is absent stays. clientId and kind never change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApplicationChangesBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Option<String>,
    /// All of them.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    redirect_uris: Option<Vec<String>>,
    /// A suspended application cannot show its secret, nor can sessions to it be opened.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ApplicationStatus, required = false)]
    status: Option<ApplicationStatus>,
    /// As a whole: an object of at most 16 KiB.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<Object>,
}

/// Which applications.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ApplicationParams {
    /// Only the one with this clientId.
    client_id: Option<String>,
    /// Only records behind this id: `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Id<Application>>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The deleted ones instead. For operators.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
}

/// Applications, by id.
#[utoipa::path(
    get, path = "/v1/applications", tag = "applications", params(ApplicationParams),
    responses((status = 200, description = "A page of applications", body = Page<ApplicationBody>)),
)]
pub(super) async fn list_applications(
    access: Access,
    Params(params): Params<ApplicationParams>,
    uri: Uri,
) -> Result<PageAnswer<ApplicationBody>, Problem> {
    let ApplicationParams { client_id, after, limit, deleted } = params;
    let filter = client_id.map(|client_id| application::CLIENT_ID.eq(client_id));
    page::list(&access, filter, Which { after, limit, deleted, uri: &uri }).await
}

/// Creates an application. The answer has its secret: it is shown this once.
#[utoipa::path(
    post, path = "/v1/applications", tag = "applications", request_body = NewApplicationBody,
    responses((
        status = 201, description = "The new application", body = CreatedApplicationBody,
        headers(("Location" = String, description = "Its path")),
    )),
)]
pub(super) async fn create_application(
    access: Access,
    Body(new): Body<NewApplicationBody>,
) -> Result<Created<CreatedApplicationBody>, Problem> {
    let new = applications::Registration {
        client_id: new.client_id,
        name: new.name,
        kind: new.kind,
        redirect_uris: new.redirect_uris,
        metadata: new.metadata,
    };
    let (row, secret) = applications::create(access.operator()?, new).await?;
    let id = row.id;
    let secret = secret.map(|secret| secret.expose().clone());
    Ok(Created::new(id, CreatedApplicationBody { application: row.show(None), secret }))
}

/// One application.
#[utoipa::path(
    get, path = "/v1/applications/{id}", tag = "applications", params(IdParam),
    responses((status = 200, description = "The application", body = ApplicationBody)),
)]
pub(super) async fn get_application(
    access: Access,
    PathId(id): PathId<Application>,
) -> Answer<ApplicationBody> {
    record::find(&access, id).await
}

/// Changes an application.
#[utoipa::path(
    patch, path = "/v1/applications/{id}", tag = "applications", request_body = ApplicationChangesBody,
    params(IdParam),
    responses((status = 200, description = "The application, changed", body = ApplicationBody)),
)]
pub(super) async fn change_application(
    access: Access,
    PathId(id): PathId<Application>,
    Body(changes): Body<ApplicationChangesBody>,
) -> Answer<ApplicationBody> {
    let changes = applications::Changes {
        name: changes.name,
        redirect_uris: changes.redirect_uris,
        status: changes.status,
        metadata: changes.metadata,
    };
    Ok(record::live(applications::change(access.operator()?, id, changes).await?))
}

/// Deletes an application, and with it its memberships, sessions and links. Nothing is lost: it can be restored.
#[utoipa::path(
    delete, path = "/v1/applications/{id}", tag = "applications", params(IdParam),
    responses((status = 200, description = "The deleted application", body = ApplicationBody)),
)]
pub(super) async fn delete_application(
    access: Access,
    PathId(id): PathId<Application>,
) -> Answer<ApplicationBody> {
    record::delete(&access, id).await
}

/// Restores a deleted application and exactly what was deleted along with it.
#[utoipa::path(
    post, path = "/v1/applications/{id}/restore", tag = "applications", params(IdParam),
    responses((status = 200, description = "The application, live again", body = ApplicationBody)),
)]
pub(super) async fn restore_application(
    access: Access,
    PathId(id): PathId<Application>,
) -> Answer<ApplicationBody> {
    record::restore(&access, id).await
}

/// What happened to an application, live or deleted, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/applications/{id}/history", tag = "applications", params(IdParam, HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn application_history(
    history: History<Application>,
) -> Result<PageAnswer<EventBody>, Problem> {
    history.page().await
}
