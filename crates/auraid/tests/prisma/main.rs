//! A real Prisma Client 7 on our database, as a TypeScript team has it beside us: generated from `prisma/schema`,
//! connected as the service role through `@prisma/adapter-pg`. The database keeps its promises to it, and what it
//! is refused is refused in the words that `docs/typescript.md` gives.
//!
//! Needs Node and, in the variable `AURAID_ORACLE`, a folder whose `node_modules` holds `prisma`, `@prisma/client`,
//! `@prisma/adapter-pg` and `pg`. Without them every test says so and passes. The `.mjs` files beside this one are
//! the TypeScript side; each does its work, prints one line of JSON, and leaves the judging to Rust.

mod commands;
mod deleting;
mod history;
mod models;
mod product;
mod project;
mod racing;
mod reading;
mod refused;
mod soundness;
