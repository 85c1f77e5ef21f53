//! Every file in `tests/fixtures` is a test; its README says how to add one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use aura_schema::diagnostic::{Diagnostic, Place};
use aura_schema::source::{Sources, Span};
use aura_schema::{Config, parse};

const MARK: &str = "// ---- diagnostics\n";

/// A fixture's schema, and the diagnostics that stand at its end.
fn split(text: &str) -> (&str, &str) {
    text.split_once(MARK).unwrap_or((text, ""))
}

/// The files a fixture stands for.
fn sources(schema: &str) -> Sources {
    let mut sources = Sources::new();
    let mut name = "schema.prisma";
    let mut start = 0;
    let mut at = 0;
    for line in schema.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix("// file: ") {
            if at > 0
                && !schema[start..at].trim().is_empty()
                && !schema[start..at].starts_with("// house rules")
            {
                sources.add(name, &schema[start..at]);
            }
            name = next.trim();
            start = at + line.len();
        }
        at += line.len();
    }
    sources.add(name, &schema[start..]);
    sources
}

fn place(sources: &Sources, span: Span) -> String {
    let place = Place::of(sources, span);
    let several = sources.files().count() > 1;
    let path = if several { format!("{}:", place.path) } else { String::new() };
    format!("{path}{}:{}-{}:{}", place.line, place.column, place.end_line, place.end_column)
}

fn described(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let severity = diagnostic.severity.word();
        let _ = writeln!(out, "// {severity} {}: {}", place(sources, diagnostic.span), diagnostic.message);
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "//   help: {help}");
        }
        for (span, why) in &diagnostic.related {
            let _ = writeln!(out, "//   {}: {why}", place(sources, *span));
        }
    }
    out
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of fixtures is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "prisma"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths
}

fn check(folder: &str, wants_errors: bool) {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut failures = String::new();
    for path in fixtures(folder) {
        let text = std::fs::read_to_string(&path).expect("a fixture is UTF-8");
        let (schema, expected) = split(&text);
        let config = schema.starts_with("// house rules").then(Config::default);
        let sources = sources(schema);
        let (_, diagnostics) = parse(&sources, config.as_ref());
        let found = described(&sources, &diagnostics);
        if diagnostics.iter().any(Diagnostic::is_error) != wants_errors {
            let _ = writeln!(failures, "{}: belongs in another folder, it has\n{found}", path.display());
        }
        if found == expected {
            continue;
        }
        if update {
            let end = if found.is_empty() { String::new() } else { format!("{MARK}{found}") };
            std::fs::write(&path, format!("{schema}{end}")).expect("the fixture can be written");
        } else {
            let _ = writeln!(failures, "{}:\nexpected\n{expected}found\n{found}", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn valid_schemas_have_no_errors() {
    check("valid", false);
}

#[test]
fn invalid_schemas_have_every_error() {
    check("invalid", true);
}

/// The schema this repository is about.
#[test]
fn our_own_schema_keeps_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let project = aura_schema::folder::Project::load(&root).expect("the repository has a schema");
    assert!(project.config.is_some());
    let (schema, diagnostics) = project.parse();
    assert!(diagnostics.is_empty(), "{}", aura_schema::render::render(&project.sources, &diagnostics));
    for model in ["User", "Application", "Membership", "Session", "RefreshToken", "VerificationToken"] {
        assert!(schema.model(model).is_some(), "{model}");
    }
}
