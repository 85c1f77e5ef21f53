//! A small HTTP client that holds every answer against the API's own description.

use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// The API's description.
pub(crate) static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(auraid::http::openapi()).unwrap());

/// Somebody who asks, with or without a key.
#[derive(Clone)]
pub(crate) struct Caller {
    address: SocketAddr,
    authorization: Option<String>,
    request_id: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Caller {
    pub(crate) fn new(address: SocketAddr, authorization: Option<String>) -> Caller {
        Caller { address, authorization, request_id: None }
    }

    /// With this request id.
    pub(crate) fn request(&self, id: &str) -> Caller {
        Caller { request_id: Some(id.to_owned()), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(body)).await
    }

    /// Sends JSON, or nothing.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let ty = body.as_ref().map(|_| "application/json");
        self.send_raw(method, path, ty, body.map(|body| body.to_string()).unwrap_or_default()).await
    }

    /// Sends anything.
    pub(crate) async fn send_raw(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Answer {
        let method: Method = method.parse().unwrap();
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method.clone()).uri(uri);
        for (name, value) in [
            ("authorization", self.authorization.as_deref()),
            ("x-request-id", self.request_id.as_deref()),
            ("content-type", content_type),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let answer = Answer { status, headers, json };
        answer.is_as_described(&method, path);
        answer
    }
}

impl Answer {
    fn is_as_described(&self, method: &Method, path: &str) {
        let Answer { status, headers, json } = self;
        assert!(headers.contains_key("x-request-id"), "{method} {path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{method} {path}");
        if *status >= 400 {
            assert_eq!(headers["content-type"], "application/problem+json", "{method} {path} {status}");
            assert_eq!(json["status"], *status, "{method} {path} {json}");
            for member in ["type", "title", "detail"] {
                assert!(!json[member].as_str().unwrap().is_empty(), "{method} {path} {json}");
            }
        }
        let Some(operation) = operation(method, path) else {
            assert!(matches!(status, 401 | 404 | 405), "{method} {path} is not described: {status}");
            return;
        };
        assert!(operation["responses"].get(status.to_string()).is_some(), "{method} {path}: {status} {json}");
        if path.starts_with("/v1/") {
            assert_eq!(headers["cache-control"], "no-store", "{method} {path}");
        }
    }

    /// The status, and the kind of problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        let kind = self.json["type"].as_str().unwrap_or_default();
        (self.status, kind.strip_prefix("urn:auraid:problem:").unwrap_or(kind))
    }

    /// The body of something that went well.
    pub(crate) fn ok(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.json);
        &self.json
    }

    /// The id of something that was created.
    pub(crate) fn created(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.json);
        let id = self.json["id"].as_str().unwrap();
        if let Some(location) = self.headers.get("location") {
            assert!(location.to_str().unwrap().ends_with(&format!("/{id}")));
        }
        id.to_owned()
    }

    /// The ids of a list.
    pub(crate) fn ids(&self) -> Vec<String> {
        let rows = self.ok()["data"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// The described operation of a request.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let (have, want) = (path.split('/').count(), template.split('/').count());
        have == want
            && path
                .split('/')
                .zip(template.split('/'))
                .all(|(have, want)| have == want || want.starts_with('{'))
    };
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    // A fixed path goes before one with a variable.
    let (_, item) = paths
        .iter()
        .find(|(template, _)| *template == path)
        .or_else(|| paths.iter().find(|(template, _)| fits(template)))?;
    item.get(method.as_str().to_ascii_lowercase())
}
