//! Prisma schema text to a [`Schema`](schema::Schema) and diagnostics with places.

pub mod annotation;
pub mod config;
pub mod diagnostic;
pub mod schema;
pub mod source;
