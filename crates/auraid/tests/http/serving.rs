//! Beginning and end of the serving, and what is answered without a database.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use aura_client::Settings;
use auraid::http::{self, Patience};
use auraid::store::Store;
use axum::Router;
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

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

/// Serves with this patience, until told to end.
async fn serve(router: Router, patience: Patience) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(http::serve_patiently(listener, router, patience, async {
        let _ = stopped.await;
    }));
    (address, stop, serving)
}

fn alive() -> Router {
    let store = Store::open(Settings::new("postgresql://nobody@127.0.0.1:1/none")).unwrap();
    http::router(store, || async { Ok(()) }.boxed())
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let head = Duration::from_millis(300);
    let (address, _stop, _serving) = serve(alive(), Patience { head, ..Patience::default() }).await;
    let ask = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    // Nothing, half a request line, headers without an end, and nothing more behind a request.
    for (sent, answer) in [("", ""), ("GET /hea", ""), (&ask[..ask.len() - 2], ""), (ask, "HTTP/1.1 200 OK")]
    {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let start = Instant::now();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut got = String::new();
        tokio::time::timeout(10 * head, stream.read_to_string(&mut got)).await.expect("closed").unwrap();
        assert!(start.elapsed() >= head, "{sent:?} had its time: {:?}", start.elapsed());
        assert!(got.starts_with(answer), "{sent:?}: {got}");
    }
    // Byte by byte does not help.
    let mut stream = TcpStream::connect(address).await.unwrap();
    let start = Instant::now();
    for byte in ask.as_bytes() {
        tokio::time::sleep(head / 8).await;
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
    }
    assert!(start.elapsed() < 4 * head, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let (address, _stop, _serving) = serve(alive(), Patience::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX: {}\r\n\r\n", "x".repeat(40_000));
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_request_under_way_is_answered_at_the_end_or_cut_off() {
    for (takes, drain, is_answered) in [(300, 10_000, true), (60_000, 300, false)] {
        let slow = move || async move { tokio::time::sleep(Duration::from_millis(takes)).await };
        let router = Router::new().route("/", axum::routing::get(slow));
        let drain = Duration::from_millis(drain);
        let (address, stop, serving) = serve(router, Patience { drain, ..Patience::default() }).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        let mut got = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut got));
        read.await.expect("answered or cut off").ok();
        assert_eq!(got.starts_with(b"HTTP/1.1 200"), is_answered);
        tokio::time::timeout(Duration::from_secs(5), serving).await.expect("at its end").unwrap();
    }
}
