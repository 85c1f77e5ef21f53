//! A database for each test, cloned from a template on a server of the test binary's own.
//!
//! ```no_run
//! # async fn example() {
//! let db = aura_testing::empty().await;
//! let client = db.connect().await;
//! client.batch_execute("CREATE TABLE t (i int)").await.unwrap();
//! # }
//! ```
//!
//! The server is started at first use and ends with the process. It is the newest PostgreSQL installed, or the one
//! named by `AURAID_POSTGRES_BIN`; so a suite runs on another version by setting that variable. Tests need no
//! order and run at the same time.
//!
//! Everything here panics with the reason when it fails: a test has nothing better to do.

pub use aura_postgres::Options;

mod database;
mod own_server;
mod product;
mod shared_server;

pub use database::{TestDatabase, empty, from_sql, prepared};
pub use own_server::{OwnServer, own_server, own_server_with};
pub use product::{auraid, deploy_auraid, with_schema};
pub use shared_server::server;
