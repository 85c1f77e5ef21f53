//! Only what is described is served.
//!
//! The tests that try every operation without a key and as an application take the operations from the description.
//! A route that is not in it would escape them, so it is as if it were not there.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::ALLOW;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::OpenApi;

use super::Problem;

/// The described paths and the methods of each.
#[derive(Debug, Clone)]
pub(super) struct Described(Arc<HashMap<String, Vec<Method>>>);

impl Described {
    pub(super) fn new(api: &OpenApi) -> Described {
        let paths = api.paths.paths.iter().map(|(path, item)| {
            let described = [
                (Method::GET, &item.get),
                // What answers GET answers HEAD.
                (Method::HEAD, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let methods = described.into_iter().filter_map(|(method, item)| item.as_ref().map(|_| method));
            (path.clone(), methods.collect())
        });
        Described(Arc::new(paths.collect()))
    }
}

/// Answers what is not described: 404 for a path, 405 for a method of a path.
pub(super) async fn layer(
    State(Described(paths)): State<Described>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match route.map(|route| paths.get(route)) {
        Some(Some(methods)) if methods.contains(request.method()) => next.run(request).await,
        Some(Some(methods)) => {
            let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
            let problem = Problem::of_status(StatusCode::METHOD_NOT_ALLOWED);
            ([(ALLOW, methods.join(", "))], problem).into_response()
        }
        Some(None) | None => Problem::of_status(StatusCode::NOT_FOUND).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::{get, put};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_route_that_is_not_described_is_not_served() {
        let described = Described::new(&crate::http::openapi());
        let router = Router::new()
            .route("/healthz", get(|| async { "ok" }))
            .route("/healthz", put(|| async { "changed" }))
            .route("/v1/secrets", get(|| async { "all of them" }))
            .layer(from_fn_with_state(described, layer));
        for (method, path, status, allow) in [
            ("GET", "/healthz", 200, None),
            ("HEAD", "/healthz", 200, None),
            ("PUT", "/healthz", 405, Some("GET, HEAD")),
            ("GET", "/v1/secrets", 404, None),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{method} {path}");
            let got = response.headers().get(ALLOW).map(|value| value.to_str().unwrap());
            assert_eq!(got, allow, "{method} {path}");
        }
    }
}
