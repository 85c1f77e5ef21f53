//! Starting, sharing, stopping and killing, with real servers and real processes.
//!
//! Another process is this same test program, asked to run `other::another_process` only. Nothing waits for a length
//! of time: conditions are waited for, with a deadline that only a failure reaches.
//!
//! What the tests stand on is in `other`, `processes`, `database` and `dir`; the rest are tests.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

mod database;
mod dir;
mod other;
mod processes;

mod accounts;
mod data_dir;
mod installation;
mod killed;
mod shared;
mod start;

use std::io::Write;

/// Says that a test is skipped, past the capture of output that a macro would be caught by.
fn skip(why: &str) {
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {why}").unwrap();
}
