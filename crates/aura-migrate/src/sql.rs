//! Text of SQL: quoting, names and lists.

use std::fmt::Write as _;

use aura_schema::schema::{FieldId, Model};
use sha2::{Digest, Sha256};

/// PostgreSQL cuts names behind this many bytes (`NAMEDATALEN` less one).
const NAME_LIMIT: usize = 63;

/// A quoted identifier (PostgreSQL, 4.1.1).
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string literal (PostgreSQL, 4.1.2.1; `standard_conforming_strings` is on since 9.1).
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A literal for the format of PL/pgSQL's `RAISE`, where `%` stands for an argument.
pub(crate) fn raise_format(text: &str) -> String {
    literal(&text.replace('%', "%%"))
}

/// A model's table, with its schema unless that is `public`, as Prisma writes it.
pub fn table(model: &Model) -> String {
    qualified(model.schema.as_deref(), &model.database_name)
}

/// A table, type or sequence with its schema unless that is `public`.
pub(crate) fn qualified(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) if schema != "public" => format!("{}.{}", ident(schema), ident(name)),
        _ => ident(name),
    }
}

/// The quoted name of a column.
pub(crate) fn column(model: &Model, field: FieldId) -> String {
    ident(&model.column(field).database_name)
}

/// `"a", "b"`.
pub(crate) fn column_list(model: &Model, fields: &[FieldId]) -> String {
    fields.iter().map(|field| column(model, *field)).collect::<Vec<_>>().join(", ")
}

/// Joins pieces by `, `, on further lines, indented, where a line grows long.
pub(crate) fn wrapped(pieces: &[String], indent: usize) -> String {
    const WIDTH: usize = 110;
    let mut out = String::new();
    let mut width = indent;
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            out.push(',');
            if width + piece.len() > WIDTH {
                write!(out, "\n{:indent$}", "").expect("writing to a String cannot fail");
                width = indent;
            } else {
                out.push(' ');
            }
        }
        out.push_str(piece);
        width += piece.len() + 2;
    }
    out
}

/// A name as Prisma forms its defaults: the front is cut so that the whole fits, the suffix stays.
pub(crate) fn prisma_name(front: &str, suffix: &str) -> String {
    let mut end = front.len().min(NAME_LIMIT - suffix.len());
    while !front.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &front[..end])
}

/// A name of AuraID's own. Where it must be cut, a hash of the whole keeps it apart from others that
/// begin alike.
pub(crate) fn own_name(front: &str, suffix: &str) -> String {
    if front.len() + suffix.len() <= NAME_LIMIT {
        return format!("{front}{suffix}");
    }
    let mut hash = String::new();
    for byte in &Sha256::digest(front.as_bytes())[..4] {
        write!(hash, "{byte:02x}").expect("writing to a String cannot fail");
    }
    prisma_name(front, &format!("_{hash}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(ident("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
    }

    #[test]
    fn long_names_are_cut_in_front_of_the_suffix_and_stay_apart() {
        let one = "é".repeat(40) + "1";
        let two = "é".repeat(40) + "2";
        assert!(prisma_name(&one, "_pkey").len() <= 63);
        assert!(own_name(&one, "_keep").len() <= 63);
        assert_ne!(own_name(&one, "_keep"), own_name(&two, "_keep"));
        assert_eq!(own_name("User", "_keep"), "User_keep");
    }
}
