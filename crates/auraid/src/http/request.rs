//! What is done around every request: its id, its span, its time limit, and that every error is a problem document.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use super::Problem;
use super::problem::MEDIA_TYPE;

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id taken from a caller.
const LONGEST_REQUEST_ID: usize = 64;

/// The id of a request: the caller's if it is a sane one, else a new one.
#[derive(Debug, Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    fn of(headers: &HeaderMap) -> RequestId {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
            (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        });
        RequestId(given.map_or_else(|| aura_cuid2::ordered().to_string(), str::to_owned))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Gives the request its id and its span. The span has the route, not the path, whose ids say who; no header and
/// no body.
pub(super) async fn span(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        id = id.as_str(),
        method = request.method().as_str(),
        route,
        actor = tracing::field::Empty,
    );
    let header = HeaderValue::from_str(id.as_str());
    request.extensions_mut().insert(id);
    let start = Instant::now();
    let mut response = async {
        let response = next.run(request).await;
        let microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), microseconds, "answered");
        response
    }
    .instrument(span)
    .await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Nobody keeps an answer that holds data.
pub(super) async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Ends what takes too long. What was written until then stays only if its commit had been sent.
pub(super) async fn time_limit(request: Request, next: Next) -> Response {
    let is_read = request.method().is_safe();
    tokio::time::timeout(TIME_LIMIT, next.run(request)).await.unwrap_or_else(|_| {
        let problem = if is_read {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(status, "timeout", "Took too long", "the request took longer than 30 s: try again")
        } else {
            Problem::ambiguous(
                "the request took longer than 30 s: look whether it happened before trying again",
            )
        };
        problem.into_response()
    })
}

/// Errors of the framework itself (wrong method, a body that is too large) become problem documents too.
pub(super) async fn problems_only(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.headers().get(CONTENT_TYPE).is_some_and(|ty| ty == MEDIA_TYPE) {
        return response;
    }
    let mut problem = Problem::of_status(status).into_response();
    for name in [axum::http::header::ALLOW, CACHE_CONTROL] {
        if let Some(value) = response.headers_mut().remove(&name) {
            problem.headers_mut().insert(name, value);
        }
    }
    problem
}

pub(super) async fn unknown_path() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// A fault of a handler. Its message may hold anything, so it is not repeated; the panic hook has printed it.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[test]
    fn only_a_sane_request_id_is_taken() {
        let of = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
            RequestId::of(&headers).0
        };
        assert_eq!(of(b"abc-123"), "abc-123");
        for odd in [&b""[..], b"a b", b"\xff", &[b'x'; 65]] {
            let made = of(odd);
            assert!(made.len() == 24, "{made}");
        }
    }

    async fn hang() {
        tokio::time::sleep(Duration::from_hours(1)).await;
    }

    async fn boom() {
        panic!("hunter2");
    }

    async fn ask(router: Router, method: &str, path: &str) -> (StatusCode, String, String) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let ty = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, ty, String::from_utf8(body.to_vec()).unwrap())
    }

    fn router() -> Router {
        Router::new()
            .route("/hang", get(hang).post(hang))
            .route("/boom", get(boom))
            .fallback(unknown_path)
            .layer(from_fn(time_limit))
            .layer(from_fn(problems_only))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(span))
    }

    #[tokio::test(start_paused = true)]
    async fn every_error_is_a_problem_document() {
        for (method, path, status, kind) in [
            ("GET", "/hang", 503, "timeout"),
            ("POST", "/hang", 500, "ambiguous"),
            ("GET", "/boom", 500, "internal"),
            ("DELETE", "/boom", 405, "method-not-allowed"),
            ("GET", "/nothing", 404, "unknown-path"),
        ] {
            let (got, ty, body) = ask(router(), method, path).await;
            assert_eq!((got.as_u16(), ty.as_str()), (status, MEDIA_TYPE), "{method} {path} {body}");
            assert!(body.contains(&format!("urn:auraid:problem:{kind}\"")), "{body}");
            assert!(!body.contains("hunter2"), "{body}");
        }
    }
}
