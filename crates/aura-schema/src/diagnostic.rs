//! Faults, with the place of each.

use serde::Serialize;

use crate::source::{Sources, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The schema is not valid.
    Error,
    /// It is, but somebody will regret it.
    Warning,
}

impl Severity {
    /// `error` or `warning`, as messages have it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
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

impl Diagnostic {
    /// An error without help or related places.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            span,
            help: None,
            related: Vec::new(),
        }
    }

    /// A warning without help or related places.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(span, message) }
    }

    /// With what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// With another place and why it matters.
    pub fn related(mut self, span: Span, why: impl Into<String>) -> Diagnostic {
        self.related.push((span, why.into()));
        self
    }

    /// Whether the schema is invalid because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// With paths, lines and columns instead of bytes: the form for `--json` (serialises with serde).
    pub fn located(&self, sources: &Sources) -> Located {
        Located {
            severity: self.severity,
            message: self.message.clone(),
            place: Place::of(sources, self.span),
            help: self.help.clone(),
            related: self
                .related
                .iter()
                .map(|(span, message)| RelatedPlace {
                    message: message.clone(),
                    place: Place::of(sources, *span),
                })
                .collect(),
        }
    }
}

/// A [`Diagnostic`] for readers that do not have the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that have to do with it.
    pub related: Vec<RelatedPlace>,
}

/// A place that has to do with a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelatedPlace {
    /// Why it matters.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
}

/// A place for people: lines and columns from 1, columns in characters, the end not included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file, as given.
    pub path: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column behind the last.
    pub end_column: u32,
}

impl Place {
    /// The place that a span is.
    pub fn of(sources: &Sources, span: Span) -> Place {
        let start = sources.line_column(span.file, span.start);
        let end = sources.line_column(span.file, span.end);
        Place {
            path: sources.file(span.file).path.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}
