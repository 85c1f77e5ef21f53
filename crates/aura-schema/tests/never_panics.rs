//! Invariant 9: parsing never panics and never stops at the first fault.

use std::path::Path;

use aura_schema::diagnostic::Diagnostic;
use aura_schema::schema::{FieldKind, Schema};
use aura_schema::source::{Sources, Span};
use aura_schema::{Config, parse, render};
use proptest::prelude::*;

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add("a.prisma", text);
    sources
}

/// Parses with and without house rules and checks what holds of any text.
fn check(text: &str) {
    let sources = sources(text);
    for config in [None, Some(Config::default())] {
        let (schema, diagnostics) = parse(&sources, config.as_ref());
        for diagnostic in &diagnostics {
            check_span(text, diagnostic.span);
            diagnostic.related.iter().for_each(|(span, _)| check_span(text, *span));
        }
        check_schema(text, &schema);
        assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.span));
        let shown = render::render(&sources, &diagnostics);
        assert_eq!(shown.is_empty(), diagnostics.is_empty());
        assert_eq!(render::short(&sources, &diagnostics).lines().count(), diagnostics.len());
    }
}

fn check_span(text: &str, span: Span) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && end <= text.len(), "{span:?} of {} bytes", text.len());
    assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{span:?}");
}

/// Every index in the schema leads somewhere, and every place is in the text.
fn check_schema(text: &str, schema: &Schema) {
    for model in &schema.models {
        check_span(text, model.span);
        let keys = model.primary_key.iter().map(|key| &key.columns);
        let uniques = model.uniques.iter().map(|unique| &unique.columns);
        for column in keys.chain(uniques).chain(model.indexes.iter().map(|index| &index.columns)).flatten() {
            model.column(column.field);
        }
        for field in &model.fields {
            check_span(text, field.span);
            field.annotations.iter().for_each(|annotation| check_span(text, annotation.span));
            if let FieldKind::Relation(relation) = &field.kind {
                assert!((relation.target.0 as usize) < schema.models.len());
                assert!((relation.relation.0 as usize) < schema.relations.len());
            }
        }
    }
    for relation in &schema.relations {
        // `column` panics if the field is none.
        for field in &relation.fields {
            schema[relation.child].column(*field);
        }
        for field in &relation.references {
            schema[relation.parent].column(*field);
        }
        assert!(matches!(schema[relation.child][relation.child_field].kind, FieldKind::Relation(_)));
    }
}

fn fixtures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/fixtures/valid", "tests/fixtures/invalid", "../../prisma/schema"];
    let mut texts = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(path).expect("text");
            texts.push(text.split("// ---- diagnostics").next().unwrap_or_default().to_owned());
        }
    }
    texts
}

#[test]
fn invariant_9_parsing_never_panics_and_reports_every_fault() {
    for text in fixtures() {
        for (end, _) in text.char_indices() {
            check(&text[..end]);
        }
        check(&text);
    }
    // Faults of every pass, in one file: none hides another.
    let text = "modl Early {\n}\nmodel User {\n  id    Int @id\n  a     Strng\n  b     Int @default(\"x\")\n  c     Int @db.Text\n  d     Int @uniqe\n  posts Post[]\n  @@index([nme])\n  @@unique([a\n}\nmodel Post {\n  id   Int  @id\n  user User\n}\nenum Empty {\n}\n";
    let (schema, diagnostics) = parse(&sources(text), None);
    let lines: Vec<usize> = diagnostics
        .iter()
        .map(|diagnostic| text[..diagnostic.span.start as usize].lines().count().max(1))
        .collect();
    assert_eq!(diagnostics.len(), 9, "{}", render::short(&sources(text), &diagnostics));
    assert!(diagnostics.iter().all(Diagnostic::is_error));
    assert_eq!(lines.first(), Some(&1));
    // And what could be understood is there.
    assert_eq!(schema.models.len(), 2);
    assert!(schema.model("User").is_some_and(|user| user.field("d").is_some() && user.field("a").is_none()));
}

#[test]
fn deep_and_large_input_neither_overflows_nor_hangs() {
    for open in ["(", "[", "{", "a(", "{a:", "@a(", "@@a([", "\"", "/*", "[\n", "x = [\n", "(\n"] {
        for head in ["", "model A {\n", "model A {\n  a Int @default", "generator a {\n  x = ", "enum E {\n"]
        {
            check(&format!("{head}{}", open.repeat(20_000)));
        }
    }
    let fields: String = (0..20_000).fold(String::new(), |text, n| text + &format!("  f{n} Int @unique\n"));
    check(&format!("model A {{\n  id Int @id\n{fields}}}\n"));
    let models: String =
        (0..3_000).fold(String::new(), |text, n| text + &format!("model M{n} {{\n  id Int @id\n}}\n"));
    check(&models);
    let (_, diagnostics) = parse(&sources(&" ".repeat(aura_schema::MAX_FILE_BYTES + 1)), None);
    assert_eq!(diagnostics.len(), 1);
}

/// Pieces of the language, in no order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "model ",
        "enum ",
        "view ",
        "type ",
        "datasource ",
        "generator ",
        "A",
        "B",
        "id",
        " Int",
        " String",
        " B",
        "{",
        "}",
        "{\n",
        "}\n",
        "\n",
        "\r",
        "[",
        "]",
        "(",
        ")",
        "[]",
        "?",
        "!",
        ":",
        ",",
        ".",
        "=",
        "@",
        "@@",
        "@id",
        "@unique",
        "@default(",
        "@relation(",
        "fields: [",
        "references: [id]",
        "@@index([",
        "@@id(",
        "@db.Text",
        "@map(\"x\")",
        "\"",
        "\"x\"",
        "\\",
        "\\u00",
        "1",
        "-1.5",
        "1e5",
        "-",
        "//",
        "///",
        "/// @aura.",
        "@aura.email\n",
        "/*",
        "*/",
        " ",
        "\t",
        "é",
        "日本",
        "\u{feff}",
        "autoincrement()",
        "cuid(2)",
        "raw(\"x\")",
        "where: {a: 1}",
        "Unsupported(\"x\")",
        "sort: Desc",
        "ops: raw(",
        "type: Gin",
        "provider = \"postgresql\"\n",
        "previewFeatures = [\"views\"]\n",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text);
        check(&format!("model A {{\n{text}\n}}\n"));
    }

    #[test]
    fn any_soup_of_tokens(text in soup(), inside in soup()) {
        check(&text);
        check(&format!("model A {{\n  id Int @id\n  b B @relation({inside}\n{text}\n}}\nmodel B {{\n{inside}\n}}\n"));
    }

    #[test]
    fn fixtures_with_deletions(pick in any::<prop::sample::Index>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..12), 1..6)) {
        let all = fixtures();
        let mut text: Vec<char> = pick.get(&all).chars().collect();
        for (at, length) in cuts {
            if text.is_empty() {
                break;
            }
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            text.drain(start..end);
        }
        check(&text.into_iter().collect::<String>());
    }
}
