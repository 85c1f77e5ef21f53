//! Beginning and end of the serving, and what is answered without a database.

use std::time::Duration;

use aura_client::Settings;
use auraid::http;
use auraid::store::Store;
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::client::Caller;
use crate::server::Api;

#[tokio::test]
async fn it_says_when_it_is_not_ready_and_ends_when_told() {
    // Nothing listens there, and nobody asks.
    let store = Store::open(Settings::new("postgresql://nobody@127.0.0.1:1/none")).unwrap();
    let router = http::router(store, || async { Err("host 10.0.0.1 is behind by two".to_owned()) }.boxed());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(http::serve(listener, router, async {
        let _ = stopped.await;
    }));

    let caller = Caller::new(address, None);
    assert_eq!(caller.get("/healthz").await.ok(), &json!({ "status": "ok" }));
    let answer = caller.get("/readyz").await;
    assert_eq!(answer.problem(), (503, "unavailable"));
    assert!(!answer.json.to_string().contains("10.0.0.1"), "that is for the log: {}", answer.json);
    let answer =
        Caller::new(address, Some(format!("Bearer aura_op_{}", "x".repeat(43)))).get("/v1/users").await;
    assert_eq!(answer.problem(), (503, "unavailable"), "who it is cannot be known");

    let idle = TcpStream::connect(address).await.unwrap();
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving)
        .await
        .expect("nothing is under way")
        .unwrap()
        .unwrap();
    drop(idle);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_up_to_the_limit() {
    let (api, _db) = Api::start().await;
    let mut stream = TcpStream::connect(api.address).await.unwrap();
    let head = format!(
        "POST /v1/users HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        api.operator_key
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..=http::MOST_BODY / 0x10000 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
}
