//! Lines for imports.

use std::fmt::Write as _;

/// A password hash as tests write it: in form, of no password.
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// That many users, one a line.
pub(crate) fn users(count: u32) -> String {
    (1..=count).fold(String::new(), |mut lines, number| {
        writeln!(lines, r#"{{"email":"user{number}@example.com","name":"User {number}"}}"#).unwrap();
        lines
    })
}
