//! Bodies of requests.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::error::Category;

use super::Problem;

/// A JSON body. Not JSON is 400, JSON of another shape 422, anything but JSON by its header 415.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        read(&bytes).map(Body)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let ty = headers.get(CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).unwrap_or_default();
    let ty = ty.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // `application/merge-patch+json` (RFC 7396) is what PATCH does here.
    ty == "application/json" || (ty.starts_with("application/") && ty.ends_with("+json"))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would take an array for a struct, by position.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid("expected an object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        problem(error.inner(), &path)
    })?;
    deserializer.end().map_err(|error| problem(&error, "."))?;
    Ok(value)
}

fn problem(error: &serde_json::Error, path: &str) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => {
            let said = without_values(&error.to_string());
            if path == "." || path == "?" {
                Problem::invalid(said)
            } else {
                Problem::invalid(format!("{path}: {said}")).field(path)
            }
        }
        Category::Eof => {
            Problem::bad_request("malformed-json", "Not JSON", format!("the body ends too early, at {place}"))
        }
        Category::Syntax | Category::Io => {
            Problem::bad_request("malformed-json", "Not JSON", format!("the body is not JSON at {place}"))
        }
    }
}

/// serde's words, less the value that was found: it may be a password in the wrong place. Words that are not known to
/// be free of it are not repeated.
fn without_values(said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    let starts = |words: &[&str]| words.iter().any(|start| said.starts_with(start));
    let quotes_value = starts(&["invalid type", "invalid value", "invalid length", "unknown variant"]);
    let said = match said.rsplit_once(", expected ") {
        // The name of a type of this program says nothing to a caller.
        Some((_, expected)) if quotes_value && expected.starts_with("struct ") => {
            "expected an object".to_owned()
        }
        Some((_, expected)) if quotes_value => format!("expected {expected}"),
        _ if starts(&["unknown field", "missing field", "duplicate field"])
            || starts(&["not an id", "not one of", "invalid IP address"]) =>
        {
            said.to_owned()
        }
        _ => "not what belongs there; a time is written like 2026-01-31T12:00:00Z".to_owned(),
    };
    said.chars().take(300).collect()
}

/// For fields of a PATCH: a value that is there, be it null. With `#[serde(default)]` an absent one is `None`, and
/// null is an error unless the field's type can hold it.
pub(super) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    struct Patch {
        #[serde(default, deserialize_with = "present")]
        name: Option<Option<String>>,
        #[serde(default, deserialize_with = "present")]
        count: Option<u8>,
        #[serde(default)]
        at: Option<aura_client::Timestamp>,
        #[serde(default)]
        of: Option<aura_client::Id<crate::store::User>>,
        #[serde(default)]
        from: Option<std::net::IpAddr>,
        #[serde(default)]
        kind: Option<crate::store::Role>,
    }

    #[test]
    fn absent_is_not_null() {
        let name = |text: &str| read::<Patch>(text.as_bytes()).unwrap().name;
        assert_eq!(name("{}"), None);
        assert_eq!(name(r#"{"name":null}"#), Some(None));
        assert_eq!(name(r#"{"name":"Ada"}"#), Some(Some("Ada".into())));
    }

    #[test]
    fn faults_say_where_and_never_what() {
        for (text, status, detail) in [
            (r#"{"name":"#, 400, "ends too early"),
            ("{]", 400, "not JSON at line 1, column 2"),
            ("{} {}", 400, "not JSON"),
            ("\u{fe}", 400, "not JSON"),
            (r#"{"count":"hunter2"}"#, 422, "count: expected u8"),
            (r#"{"count":null}"#, 422, "count: expected u8"),
            (r#"{"count":70000}"#, 422, "count: expected u8"),
            (r#"{"count":"a, expected hunter2"}"#, 422, "count: expected u8"),
            (r#"{"at":"hunter2"}"#, 422, "at: not what belongs there; a time is written like 2"),
            (r#"{"of":"hunter2 "}"#, 422, "of: not an id"),
            (r#"{"from":"hunter2"}"#, 422, "from: invalid IP address"),
            (r#"{"kind":"hunter2"}"#, 422, "kind: not one of OWNER"),
            (r#"{"count":1,"count":2}"#, 422, "duplicate field"),
            (r#"{"nome":"Ada"}"#, 422, "unknown field `nome`"),
            ("[]", 422, "expected an object"),
            ("3", 422, "expected an object"),
        ] {
            let problem = read::<Patch>(text.as_bytes()).unwrap_err();
            let shown = serde_json::to_string(&problem).unwrap();
            assert_eq!(problem.status().as_u16(), status, "{text}: {shown}");
            assert!(shown.contains(detail), "{text}: {shown}");
            assert!(!shown.contains("hunter2") && !shown.contains("70000"), "{shown}");
        }
    }
}
