//! An API of one test's own.

use std::net::SocketAddr;

use aura_client::{Actor, Settings};
use aura_testing::TestDatabase;
use auraid::identity::keys;
use auraid::store::Store;
use auraid::{http, identity};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::client::Caller;

/// The role the service has.
const SERVICE: &str = "auraid_service";

/// An API on a port of its own, and its first operator key.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) store: Store,
    pub(crate) operator_key: String,
    /// Ends the serving when it is dropped.
    _stop: oneshot::Sender<()>,
}

impl Api {
    /// On a database of its own, which must outlive it.
    pub(crate) async fn start() -> (Api, TestDatabase) {
        let db = aura_testing::auraid().await;
        (Api::on(db.url_as(SERVICE)).await, db)
    }

    /// On the database at `url`.
    pub(crate) async fn on(url: String) -> Api {
        let store = Store::open(Settings::new(url)).unwrap();
        let setup = store.acting_as(Actor::service("setup"));
        let (_, key) = keys::create(&setup, "test", None).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = store.clone();
        let ready = move || -> futures_util::future::BoxFuture<'static, Result<(), String>> {
            let store = asked.clone();
            Box::pin(async move { store.client().ping().await.map_err(|error| error.to_string()) })
        };
        let router = http::router(store.clone(), ready);
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(http::serve(listener, router, async {
            let _ = stopped.await;
        }));
        Api { address, store, operator_key: key.expose().clone(), _stop: stop }
    }

    /// The operator.
    pub(crate) fn operator(&self) -> Caller {
        self.bearer(&self.operator_key)
    }

    /// Somebody with this after `Bearer`.
    pub(crate) fn bearer(&self, credentials: &str) -> Caller {
        Caller::new(self.address, Some(format!("Bearer {credentials}")))
    }

    /// Somebody with this as the whole header.
    pub(crate) fn with_authorization(&self, header: &str) -> Caller {
        Caller::new(self.address, Some(header.to_owned()))
    }

    /// Somebody without a key.
    pub(crate) fn nobody(&self) -> Caller {
        Caller::new(self.address, None)
    }

    /// A user who can sign in to nothing yet; the id.
    pub(crate) async fn user(&self, email: &str) -> String {
        self.operator().post("/v1/users", json!({ "email": email })).await.created()
    }

    /// An application with a secret; id and credentials for `Bearer`.
    pub(crate) async fn application(&self, client_id: &str) -> (String, String) {
        let new = json!({ "clientId": client_id, "name": client_id, "kind": "WEB" });
        let answer = self.operator().post("/v1/applications", new).await;
        let secret = answer.json["secret"].as_str().unwrap().to_owned();
        (answer.created(), format!("{client_id}.{secret}"))
    }

    /// A membership; the id.
    pub(crate) async fn membership(&self, user: &str, application: &str) -> String {
        let new = json!({ "userId": user, "applicationId": application });
        self.operator().post("/v1/memberships", new).await.created()
    }

    /// A session; the id.
    pub(crate) async fn session(&self, user: &str, application: &str) -> String {
        let new = json!({ "userId": user, "applicationId": application });
        self.operator().post("/v1/sessions", new).await.created()
    }

    /// A link to verify an address; id and token.
    pub(crate) async fn link(&self, user: &str) -> (String, String) {
        let new = json!({ "purpose": "VERIFY_EMAIL", "userId": user });
        let answer = self.operator().post("/v1/verifications", new).await;
        let token = answer.json["token"].as_str().unwrap().to_owned();
        (answer.created(), token)
    }

    /// What happened to a record: operation, actor and request of each event.
    pub(crate) async fn history(&self, kind: &str, id: &str) -> Vec<(String, String, String)> {
        let answer = self.operator().get(&format!("/v1/{kind}/{id}/history?limit=200")).await;
        let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
        let events = answer.ok()["data"].as_array().unwrap().clone();
        events
            .iter()
            .map(|event| (text(event, "operation"), text(event, "actor"), text(event, "request")))
            .collect()
    }
}

/// How many events there are in the whole database.
pub(crate) async fn events(db: &TestDatabase) -> i64 {
    let row = db.connect().await.query_one("SELECT count(*) FROM aura.event", &[]).await.unwrap();
    row.get(0)
}

/// That the identity layer is what it is elsewhere: an operator for its functions.
pub(crate) fn access(api: &Api) -> identity::Access {
    identity::Access::new(&api.store, identity::Caller::Operator { name: "test".into() }, "")
}
