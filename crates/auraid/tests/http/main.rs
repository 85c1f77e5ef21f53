//! The API over a real connection, on a real PostgreSQL, as the role the service has.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

mod bad_input;
mod client;
mod description;
mod isolation;
mod races;
mod secrets;
mod server;
mod serving;
mod whole_way;
