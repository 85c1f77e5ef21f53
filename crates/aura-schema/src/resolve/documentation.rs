//! `///` lines to documentation and annotations.

use crate::annotation::{Annotation, KNOWN, Target, is_annotation};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::spelling;
use crate::syntax::DocumentationLine;

use super::arguments::list;

/// What documentation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Column,
    Relation,
    Model,
    Other,
}

/// Splits documentation into its text and its annotations.
pub(super) fn read(
    lines: &[DocumentationLine],
    place: Place,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Option<String>, Vec<Annotation>) {
    let mut text: Vec<&str> = Vec::new();
    let mut annotations: Vec<Annotation> = Vec::new();
    for line in lines {
        if !is_annotation(&line.text) {
            text.push(&line.text);
            continue;
        }
        let Some(annotation) = annotation(line, diagnostics) else { continue };
        if let Some(first) = annotations.iter().find(|first| first.name == annotation.name) {
            let message = format!("`@aura.{}` is there twice", annotation.name);
            diagnostics.push(Diagnostic::error(annotation.span, message).related(first.span, "first here"));
            continue;
        }
        if check(&annotation, place, diagnostics) {
            annotations.push(annotation);
        }
    }
    let text = text.join("\n").trim().to_owned();
    ((!text.is_empty()).then_some(text), annotations)
}

/// Reads `@aura.NAME` or `@aura.NAME(ARGUMENT)`; the whole line must be nothing else.
fn annotation(line: &DocumentationLine, diagnostics: &mut Vec<Diagnostic>) -> Option<Annotation> {
    let written = line.text.trim_start();
    let indent = u32::try_from(line.text.len() - written.len()).unwrap_or(0);
    let span = Span { start: line.span.start + indent, ..line.span };
    let rest = written.strip_prefix("@aura.").unwrap_or_default();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    let argument = match behind.trim() {
        "" => Ok(None),
        behind => behind.strip_prefix('(').and_then(|behind| behind.strip_suffix(')')).map(Some).ok_or(()),
    };
    let (false, Ok(argument)) = (name.is_empty(), argument) else {
        diagnostics.push(
            Diagnostic::error(
                span,
                "an annotation is `@aura.name` or `@aura.name(argument)` and nothing else on its line",
            )
            .help("move other text to a `///` line of its own"),
        );
        return None;
    };
    Some(Annotation { name: name.to_owned(), argument: argument.map(|text| text.trim().to_owned()), span })
}

fn check(annotation: &Annotation, place: Place, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let name = annotation.name.as_str();
    let Some((_, target)) = KNOWN.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).collect();
        let help = match spelling::closest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `@aura.{meant}`?"),
            None => format!("there are {}", list(&known)),
        };
        diagnostics.push(
            Diagnostic::error(annotation.span, format!("there is no annotation `@aura.{name}`")).help(help),
        );
        return false;
    };
    let fits = match target {
        Target::Field => place == Place::Column,
        Target::Model => place == Place::Model,
    };
    if !fits {
        let belongs = match target {
            Target::Field => "a column",
            Target::Model => "a model",
        };
        let message = format!("`@aura.{name}` belongs on {belongs}");
        diagnostics.push(Diagnostic::error(annotation.span, message));
    }
    if annotation.argument.is_some() {
        let message = format!("`@aura.{name}` takes no argument");
        diagnostics.push(Diagnostic::error(annotation.span, message));
        return false;
    }
    fits
}
