//! `/// @aura.…`: what Prisma's language cannot say, said in comments it keeps.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::File;

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
    line.trim_start()
        .strip_prefix("@aura")
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// Annotations in comments of the wrong kind. Whoever wrote `// @aura.sensitive` believes that it holds.
pub(crate) fn in_plain_comments(file: &File, text: &str) -> Vec<Diagnostic> {
    let plain = file.comments.iter().filter(|comment| !comment.is_documentation);
    plain
        .filter(|comment| {
            let comment = &text[comment.span.start as usize..comment.span.end as usize];
            is_annotation(comment.trim_start_matches(['/', '*']))
        })
        .map(|comment| {
            Diagnostic::error(comment.span, "an annotation in a plain comment does nothing")
                .help("write it with `///`")
        })
        .collect()
}
