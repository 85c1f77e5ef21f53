//! The `auraid` program as a person or a script runs it: words in, words out, exit status, signals.
//!
//! Every test starts the real program as a process of its own. A program that is started is ended by its number,
//! also when the test fails. Nothing waits for a length of time: conditions are waited for, with a deadline that only
//! a failure reaches.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

mod database_url;
mod export;
mod history;
mod id;
mod import;
mod import_interrupted;
mod key;
mod lines;
mod migrate;
mod place;
mod plain_user;
mod program;
mod request;
mod secrets;
mod up;
mod usage;
mod validate;
