//! Prisma schema text to a [`Schema`] and diagnostics with places.
//!
//! The passes, each a module: `lexer` (text to tokens), `parser` (tokens to the tree of `syntax`), `resolve`
//! (names, then types, attributes, keys, relations), and, where there is a [`Config`], `house` (AuraID's own
//! rules). None of them does IO, panics, or stops at the first fault: what was understood is returned beside
//! every diagnostic. [`folder`] is the edge that reads files.
//!
//! ```
//! use aura_schema::{parse, render, source::Sources};
//!
//! let mut sources = Sources::new();
//! sources.add("user.prisma", "model User {\n  id   String @id\n  name Strng\n}\n");
//! let (schema, diagnostics) = parse(&sources, None);
//! assert_eq!(schema.models[0].name, "User");
//! assert!(render::short(&sources, &diagnostics).starts_with("user.prisma:3:8: error: "));
//! ```

pub mod annotation;
pub mod config;
pub mod constraint_name;
pub mod diagnostic;
mod error;
pub mod folder;
mod house;
mod lexer;
mod parser;
pub mod render;
mod resolve;
pub mod schema;
pub mod source;
mod spelling;
mod syntax;

pub use config::Config;
pub use diagnostic::Diagnostic;
pub use error::Error;
pub use schema::Schema;
use source::{Sources, Span};

/// Larger files are refused: no schema is that long, and places must fit in 32 bits.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Reads a schema. Returns what it understood and every diagnostic, sorted by place. If one of them is an
/// error, the schema lacks what the error speaks of and is good for tools, not for a database.
///
/// The house rules hold where `config` is given.
pub fn parse(sources: &Sources, config: Option<&Config>) -> (Schema, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut files = Vec::new();
    for (id, file) in sources.files() {
        if file.text.len() > MAX_FILE_BYTES {
            let span = Span { file: id, start: 0, end: 0 };
            diagnostics.push(Diagnostic::error(span, "the file is larger than 16 MiB"));
            continue;
        }
        let (tree, faults) = parser::parse(id, &file.text);
        diagnostics.extend(annotation::in_plain_comments(&tree, &file.text));
        files.push(tree);
        diagnostics.extend(faults);
    }
    let resolved = resolve::resolve(&files);
    diagnostics.extend(resolved.diagnostics);
    if let Some(config) = config {
        diagnostics.extend(house::check(sources, &resolved.schema, &resolved.broken, config));
    }
    diagnostics.sort_by(|a, b| (a.span, a.severity, &a.message).cmp(&(b.span, b.severity, &b.message)));
    diagnostics.dedup();
    (resolved.schema, diagnostics)
}
