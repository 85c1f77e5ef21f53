//! Faults, with the place of each.

use crate::source::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The schema is not valid.
    Error,
    /// It is, but somebody will regret it.
    Warning,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do about it, where it is known.
    pub help: Option<String>,
    /// Another place that has to do with it, and why.
    pub related: Vec<(Span, String)>,
}
