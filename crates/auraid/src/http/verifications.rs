//! Verification links over HTTP.

use aura_client::{Id, Timestamp};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Problem;
use super::body::Body;
use super::history::{EventBody, History, HistoryParams};
use super::page::{Page, PageAnswer};
use super::record::{Answer, IdParam};
use crate::identity::{Access, verifications};
use crate::store::{Application, TokenPurpose, User, VerificationToken};

/// What a link in an e-mail stands for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationBody {
    #[schema(value_type = String)]
    id: Id<VerificationToken>,
    purpose: TokenPurpose,
    #[schema(value_type = String)]
    user_id: Id<User>,
    #[schema(value_type = Option<String>)]
    application_id: Option<Id<Application>>,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<VerificationToken> for VerificationBody {
    fn from(row: VerificationToken) -> Self {
        VerificationBody {
            id: row.id,
            purpose: row.purpose,
            user_id: row.user_id,
            application_id: row.application_id,
            expires_at: row.expires_at,
            used_at: row.used_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A link just made.
// No `Debug`: it holds the token.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedVerificationBody {
    #[serde(flatten)]
    verification: VerificationBody,
    /// What goes into the link, 43 characters: shown this once. Put it behind the `#` of the link or into a form, not into
    /// a query, which logs keep.
    token: String,
    /// The user's address at this moment: send it there and nowhere else. A change of the address ends the link.
    email: String,
}

/// A link to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewVerificationBody {
    purpose: TokenPurpose,
    #[schema(value_type = String)]
    user_id: Id<User>,
    /// An application's own if absent and an application calls.
    #[schema(value_type = Option<String>)]
    application_id: Option<Id<Application>>,
    /// In a day if absent, in seven at most.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// The token of a link.
// No `Debug`: it holds the token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UseBody {
    /// What the link is taken for: one made for another purpose is refused, and stays unused.
    purpose: TokenPurpose,
    token: String,
}

/// Makes a link. The answer has its token: it is shown this once. An application may, for its members.
#[utoipa::path(
    post, path = "/v1/verifications", tag = "verifications", request_body = NewVerificationBody,
    responses((status = 201, description = "The new link", body = CreatedVerificationBody)),
)]
pub(super) async fn create_verification(
    access: Access,
    Body(new): Body<NewVerificationBody>,
) -> Result<(StatusCode, Json<CreatedVerificationBody>), Problem> {
    let request = verifications::Request {
        purpose: new.purpose,
        user_id: new.user_id,
        application_id: new.application_id,
        expires_at: new.expires_at,
    };
    let made = access.create_link(request).await?;
    let created = CreatedVerificationBody {
        verification: made.link.into(),
        token: made.token.expose().clone(),
        email: made.email.as_str().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Uses a link, once. Of VERIFY_EMAIL the user's e-mail address is verified with it.
///
/// 410 for one that was used, has expired, was withdrawn or never existed: which of these is not said.
#[utoipa::path(
    post, path = "/v1/verifications/use", tag = "verifications", request_body = UseBody,
    responses((status = 200, description = "The link, used", body = VerificationBody)),
)]
pub(super) async fn use_verification(access: Access, Body(link): Body<UseBody>) -> Answer<VerificationBody> {
    let row = verifications::redeem(access.operator()?, link.purpose, &link.token).await?;
    Ok(Json(row.into()))
}

/// What happened to a link, the oldest first. For operators.
#[utoipa::path(
    get, path = "/v1/verifications/{id}/history", tag = "verifications", params(IdParam, HistoryParams),
    responses((status = 200, description = "A page of its events", body = Page<EventBody>)),
)]
pub(super) async fn verification_history(
    history: History<VerificationToken>,
) -> Result<PageAnswer<EventBody>, Problem> {
    history.page().await
}
