//! Errors as problem documents (RFC 9457).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::identity;

/// The media type.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong. Never holds a secret, nor any value of a record.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// What kind of problem it is: programs decide by this. Stable.
    #[serde(rename = "type", serialize_with = "as_urn")]
    #[schema(value_type = String, example = "urn:auraid:problem:taken")]
    kind: &'static str,
    /// The kind in words.
    #[schema(value_type = String)]
    title: &'static str,
    /// The HTTP status.
    #[schema(value_type = u16)]
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    /// What it was this time, and what to do.
    detail: String,
    /// The model it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// The fields it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
}

fn as_urn<S: serde::Serializer>(kind: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("urn:auraid:problem:{kind}"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        Problem { kind, title, status, detail: detail.into(), model: None, fields: Vec::new() }
    }

    fn about(mut self, model: impl Into<String>, fields: &[&str]) -> Problem {
        self.model = Some(model.into());
        self.fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self
    }

    pub(super) fn field(mut self, field: impl Into<String>) -> Problem {
        self.fields = vec![field.into()];
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// For a status that has nothing more to say.
    pub(super) fn of_status(status: StatusCode) -> Problem {
        let (kind, detail) = match status {
            StatusCode::NOT_FOUND => ("unknown-path", "there is nothing at this path: see /openapi.json"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method-not-allowed", "this path has other methods: see the header Allow")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "the body of a request may have 256 KiB at most"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("media-type", "send JSON, with the header Content-Type: application/json")
            }
            StatusCode::INTERNAL_SERVER_ERROR => {
                ("internal", "a fault of the server: its log has more under this request's X-Request-Id")
            }
            _ => ("request", "the request cannot be processed"),
        };
        Problem::new(status, kind, status.canonical_reason().unwrap_or("Error"), detail)
    }

    pub(super) fn internal() -> Problem {
        Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(super) fn unauthenticated() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "No valid key",
            "send an operator key as Authorization: Bearer aura_op_…, or an application's clientId and secret as Basic",
        )
    }

    pub(super) fn bad_request(kind: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, kind, title, detail)
    }

    pub(super) fn invalid(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "A value is not valid", detail)
    }

    pub(super) fn ambiguous(detail: impl Into<String>) -> Problem {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, "ambiguous", "It may or may not have happened", detail)
    }

    /// A change was made, but the row that came back cannot be shown.
    fn written(detail: impl Into<String>) -> Problem {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, "written", "It has happened, but cannot be shown", detail)
    }

    pub(super) fn unavailable(detail: &str) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available at present", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let status = self.status;
        let mut response = (status, [(CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        match status {
            StatusCode::UNAUTHORIZED => {
                for challenge in [r#"Bearer realm="auraid""#, r#"Basic realm="auraid", charset="UTF-8""#] {
                    response.headers_mut().append(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
                }
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<identity::Error> for Problem {
    fn from(error: identity::Error) -> Self {
        use identity::Error as E;
        let said = error.to_string();
        match error {
            E::Store(error) => Problem::from(error),
            E::Invalid { field, .. } => Problem::invalid(said).field(field),
            E::NotActive { .. } => Problem::new(StatusCode::CONFLICT, "not-active", "Not active", said),
            E::NoMembership => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Problem::new(status, "no-membership", "No membership", said)
                    .about("Session", &["userId", "applicationId"])
            }
            E::LinkUsedOrExpired => {
                Problem::new(StatusCode::GONE, "link-used-or-expired", "Link not usable", said)
            }
            E::CannotRestore(cause) => {
                let mut problem = Problem::from(cause);
                problem.status = StatusCode::CONFLICT;
                problem.kind = "cannot-restore";
                problem.title = "Cannot be restored";
                problem.detail = said;
                problem
            }
            E::Forbidden(_) => Problem::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", said),
            E::Password(_) => {
                tracing::error!(error = said, "a password");
                Problem::internal()
            }
        }
    }
}

impl From<aura_client::Error> for Problem {
    fn from(error: aura_client::Error) -> Self {
        use aura_client::Error as E;
        let said = error.to_string();
        match error {
            E::Invalid { model, field, .. } => Problem::invalid(said).about(model, &[field]),
            E::NotFound { model, .. } => {
                Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", said).about(model, &[])
            }
            E::Taken { model, fields, .. } => {
                Problem::new(StatusCode::CONFLICT, "taken", "Taken already", said).about(model, &fields)
            }
            E::Reference(reference) => {
                let (status, kind, title) = if reference.still_referred_to {
                    (StatusCode::CONFLICT, "referred-to", "Still referred to")
                } else {
                    (StatusCode::UNPROCESSABLE_ENTITY, "reference", "Refers to nothing that is live")
                };
                let fields: Vec<&str> = reference.field.into_iter().collect();
                Problem::new(status, kind, title, said).about(reference.model, &fields)
            }
            E::Refused { model, .. } => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Problem::new(status, "refused", "The database refuses the value", said).about(model, &[])
            }
            // A value the column cannot hold at all, such as the character U+0000 (class 22, "data exception").
            E::Database { code, .. } if code.starts_with("22") => Problem::invalid(
                "PostgreSQL cannot hold one of these values; is there a character U+0000 in one?",
            ),
            E::Collision | E::Aborted => {
                Problem::unavailable("it collided with other writers; nothing changed, try again")
            }
            E::Timeout => Problem::unavailable("the database took too long; nothing changed, try again"),
            E::Unavailable(_) => {
                // Says hosts and ports: for the log only.
                tracing::warn!(error = said, "database");
                Problem::unavailable("the database is away; nothing changed, try again")
            }
            E::Ambiguous { model } => {
                tracing::warn!(error = said, "database");
                Problem::ambiguous(said).about(model, &[])
            }
            E::Written { model, .. } => {
                // Says what is wrong with the row: for the log only.
                tracing::error!(error = said, "database");
                Problem::written(
                    "the change was made, but the record that came back cannot be read: do not repeat it, \
                     look whether the server is of the database's version",
                )
                .about(model, &[])
            }
            // `Settings`, `Unreadable`, `Forbidden` and what a later version of the client may add: faults of the
            // server or its surroundings, of which the caller learns only that.
            _ => {
                tracing::error!(error = said, "database");
                Problem::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_says_has_its_status() {
        use aura_client::{Error as E, Reference};
        let reference = |still_referred_to| {
            let (model, constraint) = ("Membership".to_owned(), "Membership_userId_fkey".to_owned());
            let (field, parent) = (Some("user"), Some("User"));
            E::Reference(Reference { model, field, parent, constraint, still_referred_to })
        };
        let taken = || E::Taken { model: "User".into(), fields: vec!["email"], constraint: "c".into() };
        for (error, status, kind) in [
            (E::NotFound { model: "User", key: "abc".into() }, 404, "not-found"),
            (taken(), 409, "taken"),
            (reference(false), 422, "reference"),
            (reference(true), 409, "referred-to"),
            (E::Refused { model: "User".into(), rule: "r".into() }, 422, "refused"),
            (E::Forbidden("permission denied".into()), 500, "internal"),
            (E::Collision, 503, "unavailable"),
            (E::Timeout, 503, "unavailable"),
            (E::Unavailable("host 10.0.0.1".into()), 503, "unavailable"),
            (E::Ambiguous { model: "User" }, 500, "ambiguous"),
            (E::Written { model: "User", why: "host 10.0.0.1".into() }, 500, "written"),
            (E::Settings("host 10.0.0.1".into()), 500, "internal"),
            (E::Unreadable { model: "User", why: "host 10.0.0.1".into() }, 500, "internal"),
            (E::Database { code: "22021".into(), message: None }, 422, "invalid"),
            (E::Database { code: "XX000".into(), message: None }, 500, "internal"),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.status.as_u16(), status, "{problem:?}");
            assert_eq!(problem.kind, kind);
            assert!(!problem.detail.contains("10.0.0.1"), "{problem:?}");
        }
        let restore = Problem::from(identity::Error::CannotRestore(taken()));
        assert_eq!(restore.status, StatusCode::CONFLICT);
        assert_eq!(restore.fields, ["email"]);
    }
}
