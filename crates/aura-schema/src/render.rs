//! Diagnostics as text.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::{Sources, Span};

/// How many carets are drawn at most, and how much of a line is shown behind a fault.
const MAX_COLUMNS: usize = 160;

/// For people: message, place, the line with the place underlined, help, other places. Ends with a line break
/// unless there are no diagnostics.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    render_with(sources, diagnostics, false)
}

/// The same with colours for a terminal.
pub fn render_coloured(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    render_with(sources, diagnostics, true)
}

/// One line each: `path:line:column: error: message`, the form that compilers and editors know.
pub fn short(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let place = Place::of(sources, diagnostic.span);
        let _ = write!(
            out,
            "{}:{}:{}: {}: {}",
            place.path,
            place.line,
            place.column,
            diagnostic.severity.word(),
            printable(&diagnostic.message)
        );
        if let Some(help) = &diagnostic.help {
            let _ = write!(out, " ({})", printable(help));
        }
        out.push('\n');
    }
    out
}

fn render_with(sources: &Sources, diagnostics: &[Diagnostic], colour: bool) -> String {
    let paint =
        |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let mut out = String::new();
    for (position, diagnostic) in diagnostics.iter().enumerate() {
        if position > 0 {
            out.push('\n');
        }
        let code = if diagnostic.is_error() { "1;31" } else { "1;33" };
        let _ = writeln!(
            out,
            "{}: {}",
            paint(code, diagnostic.severity.word()),
            paint("1", &printable(&diagnostic.message))
        );
        excerpt(&mut out, sources, diagnostic.span, "-->", &|text| paint(code, text));
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "{}: {}", paint("1;36", "help"), printable(help));
        }
        for (span, why) in &diagnostic.related {
            let _ = writeln!(out, "{}: {}", paint("1", "note"), printable(why));
            excerpt(&mut out, sources, *span, "-->", &|text| paint("1", text));
        }
    }
    out
}

/// The place, its line, and carets under it.
fn excerpt(out: &mut String, sources: &Sources, span: Span, arrow: &str, paint: &dyn Fn(&str) -> String) {
    let place = Place::of(sources, span);
    let line = sources.file(span.file).line(place.line);
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let _ = writeln!(out, "{margin} {arrow} {}:{}:{}", place.path, place.line, place.column);
    let before: String = line.chars().take(place.column as usize - 1).collect();
    let columns = line.chars().count();
    let last = if place.end_line == place.line { place.end_column as usize } else { columns + 1 };
    let width = last.saturating_sub(place.column as usize).clamp(1, MAX_COLUMNS);
    // A tab under a tab, so that the carets stand where the text does whatever a tab is wide.
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let shown: String = line.chars().take(place.column as usize + MAX_COLUMNS).collect();
    let _ = writeln!(out, "{margin} |");
    let _ = writeln!(out, "{number} | {}", printable(&shown));
    let _ = writeln!(out, "{margin} | {indent}{}", paint(&"^".repeat(width)));
}

/// Schemas are other people's text: a line break would break the form, an escape sequence would reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}
