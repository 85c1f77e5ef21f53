//! What the generated databases keep, tried on a real PostgreSQL. One program for all topics: it starts one
//! server and each test gets a database of its own on it.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do than to panic")]

mod deploy;
mod dump;
mod email;
mod events;
mod owner;
mod power;
mod product;
mod purge;
mod race;
mod roles;
mod script;
mod shapes;
mod soft_delete;
mod tables;
mod times;
