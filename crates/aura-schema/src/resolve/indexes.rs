//! Which kinds of index there are, and what may be in each.
//!
//! The tables say what Prisma accepts, which is narrower than PostgreSQL: `ops: raw("…")` passes by them.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, ColumnType, IndexAlgorithm, IndexColumn, ScalarType};
use crate::source::Span;
use crate::spelling;
use crate::syntax::{Expression, ExpressionKind};

use super::arguments::{Bound, list, text};
use super::{Draft, Resolver};

const ALGORITHMS: &[(&str, IndexAlgorithm)] = &[
    ("BTree", IndexAlgorithm::BTree),
    ("Hash", IndexAlgorithm::Hash),
    ("Gin", IndexAlgorithm::Gin),
    ("Gist", IndexAlgorithm::Gist),
    ("SpGist", IndexAlgorithm::SpGist),
    ("Brin", IndexAlgorithm::Brin),
];

/// Operator class, the algorithms it belongs to, and the native types it takes. BRIN's come in families: the
/// name is the family and one of the endings `BloomOps`, `MinMaxOps`, `MinMaxMultiOps`.
const BRIN_FAMILIES: &[(&str, &[&str], &[&str])] = &[
    ("Bit", &["MinMaxOps"], &["Bit"]),
    ("VarBit", &["MinMaxOps"], &["VarBit"]),
    ("Bpchar", &["BloomOps", "MinMaxOps"], &["Char"]),
    ("Bytea", &["BloomOps", "MinMaxOps"], &["ByteA"]),
    ("Date", MULTI, &["Date"]),
    ("Float4", MULTI, &["Real"]),
    ("Float8", MULTI, &["DoublePrecision"]),
    ("Inet", &["BloomOps", "MinMaxOps", "MinMaxMultiOps", "InclusionOps"], &["Inet"]),
    ("Int2", MULTI, &["SmallInt"]),
    ("Int4", MULTI, &["Integer"]),
    ("Int8", MULTI, &["BigInt"]),
    ("Numeric", MULTI, &["Decimal"]),
    ("Oid", MULTI, &["Oid"]),
    ("Text", &["BloomOps", "MinMaxOps"], &["Text", "VarChar"]),
    ("Timestamp", MULTI, &["Timestamp"]),
    ("TimestampTz", MULTI, &["Timestamptz"]),
    ("Time", MULTI, &["Time"]),
    ("TimeTz", MULTI, &["Timetz"]),
    ("Uuid", MULTI, &["Uuid"]),
];

const MULTI: &[&str] = &["BloomOps", "MinMaxOps", "MinMaxMultiOps"];

/// Native types that BRIN has an operator class for.
const BRIN_TYPES: &[&str] = &[
    "Bit",
    "VarBit",
    "Char",
    "ByteA",
    "Date",
    "Real",
    "DoublePrecision",
    "Inet",
    "SmallInt",
    "Integer",
    "BigInt",
    "Decimal",
    "Oid",
    "Text",
    "VarChar",
    "Timestamp",
    "Timestamptz",
    "Time",
    "Timetz",
    "Uuid",
];

const OTHER_CLASSES: &[&str] = &["InetOps", "JsonbOps", "JsonbPathOps", "ArrayOps", "TextOps"];

/// Marks a class that was given as `raw("…")` from the resolver's column to its check.
const RAW: char = '\0';

impl<'a> Resolver<'a> {
    /// Reads `type:`.
    pub(super) fn algorithm(&mut self, bound: &Bound<'a>) -> IndexAlgorithm {
        let Some(value) = bound.value("type") else { return IndexAlgorithm::default() };
        let word = match &value.kind {
            ExpressionKind::Word(word) => word.as_str(),
            _ => "",
        };
        if let Some((_, algorithm)) = ALGORITHMS.iter().find(|(name, _)| *name == word) {
            return *algorithm;
        }
        let names: Vec<&str> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        let mut fault = Diagnostic::error(value.span, "there is no such type of index");
        fault.help = Some(match spelling::closest(word, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", list(&names)),
        });
        self.diagnostics.push(fault);
        IndexAlgorithm::default()
    }

    /// Reads `ops:`.
    pub(super) fn operator_class(&mut self, value: &'a Expression) -> Option<String> {
        match &value.kind {
            ExpressionKind::Call(name, arguments) if name.text == "raw" && arguments.len() == 1 => {
                let class = text(&arguments[0].value, &mut self.diagnostics)?;
                Some(format!("{RAW}{class}"))
            }
            ExpressionKind::Word(word) => {
                let known = classes();
                if known.iter().any(|class| class == word) {
                    return Some(word.clone());
                }
                let mut fault = Diagnostic::error(value.span, format!("there is no operator class `{word}`"));
                let meant = spelling::closest(word, known.iter().map(String::as_str));
                fault.help = Some(match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "an operator class that Prisma does not know is `raw(\"name\")`".into(),
                });
                self.diagnostics.push(fault);
                None
            }
            _ => {
                let fault = Diagnostic::error(value.span, "expected an operator class or `raw(\"name\")`");
                self.diagnostics.push(fault);
                None
            }
        }
    }

    /// Whether an index of this kind can hold the column.
    pub(super) fn check_column(
        &mut self,
        draft: &Draft<'a>,
        column: &IndexColumn,
        algorithm: IndexAlgorithm,
        span: Span,
    ) {
        if column.descending && algorithm == IndexAlgorithm::Hash {
            self.diagnostics.push(Diagnostic::error(span, "a hash index has no sort order"));
        }
        let name = draft.field_name(column.field);
        let Some(scalar) = draft.scalar(column.field) else { return };
        let is_list = draft.fields[column.field.0 as usize].arity == Arity::List;
        let native = match (&scalar.native, &scalar.ty) {
            (Some(native), _) => native.name.as_str(),
            (None, ColumnType::Scalar(ty)) => usual_native_type(*ty),
            (None, ColumnType::Enum(_)) => "an enum",
            // Prisma knows nothing of the type and lets it pass.
            (None, ColumnType::Unsupported(_)) => return,
        };
        let is_bare_text = scalar.native.is_none() && scalar.ty == ColumnType::Scalar(ScalarType::String);
        if let Some(class) = &column.operator_class {
            if class.starts_with(RAW) || class_fits(class, algorithm, native, is_list) {
                return;
            }
            let message =
                format!("the operator class `{class}` does not fit `{name}` in a `{algorithm:?}` index");
            let related = draft.fields[column.field.0 as usize].syntax.ty.span;
            self.diagnostics
                .push(Diagnostic::error(span, message).related(related, "the field has this type"));
            return;
        }
        let fits = match algorithm {
            IndexAlgorithm::BTree | IndexAlgorithm::Hash => native != "Xml",
            IndexAlgorithm::Gin => is_list || native == "JsonB",
            // Prisma leaves text to an operator class of an extension.
            IndexAlgorithm::Gist => is_bare_text,
            IndexAlgorithm::SpGist => ["Text", "VarChar", "Char", "Inet"].contains(&native),
            IndexAlgorithm::Brin => BRIN_TYPES.contains(&native),
        };
        if !fits {
            let message = format!("a `{algorithm:?}` index cannot hold `{name}` without an operator class");
            let related = draft.fields[column.field.0 as usize].syntax.ty.span;
            let fault = Diagnostic::error(span, message).related(related, "the field has this type");
            self.diagnostics.push(fault.help(format!("name one: `{name}(ops: raw(\"…\"))`")));
        }
    }
}

/// Takes the mark of `raw("…")` away once it has done its work.
pub(super) fn unmark(columns: &mut [IndexColumn]) {
    for class in columns.iter_mut().filter_map(|column| column.operator_class.as_mut()) {
        if class.starts_with(RAW) {
            class.remove(0);
        }
    }
}

fn classes() -> Vec<String> {
    let brin = BRIN_FAMILIES
        .iter()
        .flat_map(|(family, endings, _)| endings.iter().map(move |end| format!("{family}{end}")));
    OTHER_CLASSES.iter().map(|class| (*class).to_owned()).chain(brin).collect()
}

fn class_fits(class: &str, algorithm: IndexAlgorithm, native: &str, is_list: bool) -> bool {
    match (class, algorithm) {
        ("InetOps", IndexAlgorithm::Gist | IndexAlgorithm::SpGist) => native == "Inet",
        ("TextOps", IndexAlgorithm::SpGist) => ["Text", "VarChar", "Char"].contains(&native),
        ("JsonbOps" | "JsonbPathOps", IndexAlgorithm::Gin) => native == "JsonB",
        ("ArrayOps", IndexAlgorithm::Gin) => is_list,
        (_, IndexAlgorithm::Brin) => BRIN_FAMILIES.iter().any(|(family, endings, natives)| {
            natives.contains(&native)
                && class.strip_prefix(family).is_some_and(|ending| endings.contains(&ending))
        }),
        _ => false,
    }
}

/// The type Prisma gives to a column without `@db.…`.
fn usual_native_type(ty: ScalarType) -> &'static str {
    match ty {
        ScalarType::String => "Text",
        ScalarType::Boolean => "Boolean",
        ScalarType::Int => "Integer",
        ScalarType::BigInt => "BigInt",
        ScalarType::Float => "DoublePrecision",
        ScalarType::Decimal => "Decimal",
        ScalarType::DateTime => "Timestamp",
        ScalarType::Json => "JsonB",
        ScalarType::Bytes => "ByteA",
    }
}
