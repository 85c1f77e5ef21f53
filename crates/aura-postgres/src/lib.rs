//! Finds and runs a local PostgreSQL
