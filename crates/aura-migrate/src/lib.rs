//! Schema to PostgreSQL: every statement that shapes a database, and applying it.
//!
//! [`create_script`] writes the SQL of a new database from a [`Schema`](aura_schema::schema::Schema): plain
//! Prisma, or, where there is an `auraid.toml`, with soft delete, uniques among the live and the trail kept by
//! the database itself. [`deploy`](deploy::deploy) applies a list of [migrations](Migration) with Prisma's own
//! bookkeeping; [`status`](status::status) and [`resolve`](resolve::resolve) look at it and mend it.
//! [`roles`] makes the three roles and grants each what it needs.
//!
//! The first migration of AuraID itself is this crate's work. After a change of `prisma/schema` or of the
//! generator, `cargo run -p aura-migrate --example init` writes it anew; a test compares the two.

mod checks;
mod columns;
mod database;
pub mod deploy;
mod era;
pub mod error;
mod events;
mod foreign_keys;
mod foundation;
mod history;
mod indexes;
pub mod migrations;
pub mod resolve;
pub mod roles;
mod script;
pub mod soft_delete;
pub mod sql;
mod statements;
pub mod status;
mod tables;

pub use database::create_database;
pub use deploy::{Deployed, Options, deploy};
pub use error::Error;
pub use migrations::Migration;
pub use resolve::{Resolution, resolve};
pub use script::create_script;
pub use status::{Status, status};
