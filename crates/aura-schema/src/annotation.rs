//! `/// @aura.…`: what Prisma's language cannot say, said in comments it keeps.

use crate::source::Span;

/// The annotations there are, each with where it may stand. Anything else behind `@aura.` is an error.
pub const KNOWN: &[(&str, Target)] = &[
    // A secret: never in an event, a log line, an error or a `Debug` output.
    ("sensitive", Target::Field),
    // An e-mail address: checked in form, unique without case, `Email` in Rust.
    ("email", Target::Field),
];

/// Where an annotation may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// On a column.
    Field,
    /// On a model.
    Model,
}

/// `@aura.NAME` or `@aura.NAME(ARGUMENT)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Without the `@aura.`.
    pub name: String,
    /// What stands between the parentheses, as written.
    pub argument: Option<String>,
    /// From the `@` to the end.
    pub span: Span,
}

/// Whether a line of documentation is meant as an annotation: it begins with `@aura`.
pub(crate) fn is_annotation(line: &str) -> bool {
    line.trim_start().strip_prefix("@aura").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}
