//! The identity store over HTTP.
//!
//! JSON in the schema's field names, errors as problem documents (RFC 9457), pages by key with a `Link` header
//! (RFC 8288). Everything under `/v1` wants a key: one layer around all of it asks, and it is also the only place
//! that hands out an [`Access`](crate::identity::Access), so that a handler that was forgotten by it has nothing
//! to answer with. Knows no SQL.

mod access;
#[expect(unused_qualifications, reason = "utoipa's macros name types in full")]
mod applications;
mod authenticate;
mod body;
mod described;
mod document;
mod enums;
mod health;
mod history;
#[expect(unused_qualifications, reason = "utoipa's macros name types in full")]
mod memberships;
mod page;
mod params;
mod problem;
mod record;
mod request;
mod serve;
#[expect(unused_qualifications, reason = "utoipa's macros name types in full")]
mod sessions;
#[expect(unused_qualifications, reason = "utoipa's macros name types in full")]
mod users;
mod verifications;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use futures_util::future::BoxFuture;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use problem::Problem;
pub use serve::{Patience, serve, serve_patiently};

use self::described::Described;
use self::health::Readiness;
use crate::store::Store;

/// The most bytes of a request's body.
pub const MOST_BODY: usize = 256 * 1024;

/// The API. `ready` says whether the database answers and has the shape this program needs, or why not; its words go
/// to the log, not to the caller.
pub fn router(
    store: Store,
    ready: impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
) -> Router {
    let (v1, _) = v1().split_for_parts();
    let v1 = v1
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(from_fn_with_state(store, authenticate::layer))
        .layer(from_fn(request::no_store));
    let (open, _) = open().split_for_parts();
    v1.merge(open.with_state(Readiness::new(ready)))
        .fallback(request::unknown_path)
        .layer(from_fn_with_state(Described::new(&openapi()), described::layer))
        .layer(from_fn(request::time_limit))
        .layer(from_fn(request::problems_only))
        .layer(CatchPanicLayer::custom(request::panicked))
        .layer(from_fn(request::span))
}

/// The API's description, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, v1) = v1().split_for_parts();
    let (_, open) = open().split_for_parts();
    document::finish(v1, open)
}

/// What wants a key.
fn v1() -> OpenApiRouter {
    OpenApiRouter::with_openapi(document::heading())
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::get_user, users::change_user, users::delete_user))
        .routes(routes!(users::restore_user))
        .routes(routes!(users::user_history))
        .routes(routes!(applications::list_applications, applications::create_application))
        .routes(routes!(
            applications::get_application,
            applications::change_application,
            applications::delete_application
        ))
        .routes(routes!(applications::restore_application))
        .routes(routes!(applications::application_history))
        .routes(routes!(memberships::list_memberships, memberships::create_membership))
        .routes(routes!(
            memberships::get_membership,
            memberships::change_membership,
            memberships::delete_membership
        ))
        .routes(routes!(memberships::restore_membership))
        .routes(routes!(memberships::membership_history))
        .routes(routes!(sessions::list_sessions, sessions::open_session))
        .routes(routes!(sessions::get_session, sessions::change_session, sessions::delete_session))
        .routes(routes!(sessions::revoke_session))
        .routes(routes!(sessions::restore_session))
        .routes(routes!(sessions::session_history))
        .routes(routes!(verifications::create_verification))
        .routes(routes!(verifications::use_verification))
        .routes(routes!(verifications::verification_history))
}

/// What anybody may ask: none of it holds data.
fn open() -> OpenApiRouter<Readiness> {
    OpenApiRouter::default()
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::description))
}
