//! Who calls: asked once, around everything under `/v1`.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::Problem;
use super::request::RequestId;
use crate::identity::{Access, Caller, Error, applications, keys};
use crate::store::Store;

/// Lets nobody through without a key. A missing, a malformed and a wrong one get the same answer.
pub(super) async fn layer(State(store): State<Store>, mut request: Request, next: Next) -> Response {
    let caller = match credentials(request.headers()) {
        Some(credentials) => match credentials.caller(&store).await {
            Ok(caller) => caller,
            Err(error) => return Problem::from(error).into_response(),
        },
        None => None,
    };
    let Some(caller) = caller else {
        return Problem::unauthenticated().into_response();
    };
    tracing::Span::current().record("actor", caller.actor().as_str());
    let id = request.extensions().get::<RequestId>().map_or("", |id| id.as_str());
    let access = Access::new(&store, caller, id);
    request.extensions_mut().insert(access);
    next.run(request).await
}

/// What a caller shows. No `Debug`: it holds secrets.
enum Credentials {
    Operator { key: String },
    Application { client_id: String, secret: String },
}

impl Credentials {
    async fn caller(&self, store: &Store) -> Result<Option<Caller>, Error> {
        Ok(match self {
            Credentials::Operator { key } => {
                keys::authenticate(store, key).await?.map(|key| Caller::Operator { name: key.name })
            }
            Credentials::Application { client_id, secret } => {
                applications::authenticate(store, client_id, secret)
                    .await?
                    .map(|application| Caller::Application { id: application.id })
            }
        })
    }
}

/// `Bearer` with an operator's key or `<clientId>.<secret>` (RFC 6750, section 2.1), or `Basic` with both, each
/// percent-encoded (RFC 6749, section 2.3.1). Nothing if there is more than one.
fn credentials(headers: &HeaderMap) -> Option<Credentials> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(one), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, rest) = one.to_str().ok()?.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(match rest.split_once('.') {
            // A client id has no dot.
            Some((client_id, secret)) => {
                Credentials::Application { client_id: client_id.to_owned(), secret: secret.to_owned() }
            }
            None => Credentials::Operator { key: rest.to_owned() },
        });
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    let decode = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some(Credentials::Application { client_id: decode(client_id)?, secret: decode(secret)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        match credentials(&headers) {
            None => "none".into(),
            Some(Credentials::Operator { key }) => format!("operator {key}"),
            Some(Credentials::Application { client_id, secret }) => {
                format!("application {client_id} {secret}")
            }
        }
    }

    #[test]
    fn every_form() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for (values, expected) in [
            (vec!["Bearer aura_op_x".to_owned()], "operator aura_op_x"),
            (vec!["bearer aura_op_x".to_owned()], "operator aura_op_x"),
            (vec!["Bearer portal.aura_app_x".to_owned()], "application portal aura_app_x"),
            (vec![basic("portal:aura_app_x")], "application portal aura_app_x"),
            (vec![basic("my%2Dportal:a%3Ab")], "application my-portal a:b"),
            (vec![basic("portal")], "none"),
            (vec!["Basic !".to_owned()], "none"),
            (vec!["Digest x".to_owned()], "none"),
            (vec!["Bearer".to_owned()], "none"),
            (vec!["Bearer a".to_owned(), "Bearer b".to_owned()], "none"),
            (vec![], "none"),
        ] {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            assert_eq!(read(&values), expected, "{values:?}");
        }
    }
}
