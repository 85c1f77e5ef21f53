//! `@db.…`: PostgreSQL's types under Prisma's names.

use crate::diagnostic::Diagnostic;
use crate::schema::{NativeType, ScalarType};
use crate::spelling;
use crate::syntax::{Attribute, ExpressionKind};

use super::Resolver;

/// What stands between the parentheses of a native type.
#[derive(Clone, Copy)]
enum Parameters {
    None,
    /// A length in characters; PostgreSQL checks its range.
    Length,
    /// A length in bits, from 1.
    Bits,
    /// Digits of a second, 0 to 6.
    Fraction,
    /// Precision from 1 to 1000, and scale not above it: both or none.
    Decimal,
}

/// Name, the scalar type it belongs to, parameters.
const TYPES: &[(&str, ScalarType, Parameters)] = &[
    ("SmallInt", ScalarType::Int, Parameters::None),
    ("Integer", ScalarType::Int, Parameters::None),
    ("Oid", ScalarType::Int, Parameters::None),
    ("BigInt", ScalarType::BigInt, Parameters::None),
    ("Decimal", ScalarType::Decimal, Parameters::Decimal),
    ("Money", ScalarType::Decimal, Parameters::None),
    ("Real", ScalarType::Float, Parameters::None),
    ("DoublePrecision", ScalarType::Float, Parameters::None),
    ("Text", ScalarType::String, Parameters::None),
    ("VarChar", ScalarType::String, Parameters::Length),
    ("Char", ScalarType::String, Parameters::Length),
    ("Bit", ScalarType::String, Parameters::Bits),
    ("VarBit", ScalarType::String, Parameters::Bits),
    ("Uuid", ScalarType::String, Parameters::None),
    ("Xml", ScalarType::String, Parameters::None),
    ("Inet", ScalarType::String, Parameters::None),
    ("Citext", ScalarType::String, Parameters::None),
    ("ByteA", ScalarType::Bytes, Parameters::None),
    ("Timestamp", ScalarType::DateTime, Parameters::Fraction),
    ("Timestamptz", ScalarType::DateTime, Parameters::Fraction),
    ("Date", ScalarType::DateTime, Parameters::None),
    ("Time", ScalarType::DateTime, Parameters::Fraction),
    ("Timetz", ScalarType::DateTime, Parameters::Fraction),
    ("Boolean", ScalarType::Boolean, Parameters::None),
    ("Json", ScalarType::Json, Parameters::None),
    ("JsonB", ScalarType::Json, Parameters::None),
];

impl Resolver<'_> {
    /// Reads the native type `name` of a column of type `ty`.
    pub(super) fn native_type(
        &mut self,
        attribute: &Attribute,
        name: &str,
        ty: ScalarType,
    ) -> Option<NativeType> {
        let Some((_, expected, parameters)) = TYPES.iter().find(|(known, ..)| *known == name) else {
            let mut fault =
                Diagnostic::error(attribute.name.span, format!("PostgreSQL has no type `{name}` in Prisma"));
            let names = TYPES.iter().map(|(known, ..)| *known);
            fault.help = spelling::closest(name, names).map(|meant| format!("did you mean `@db.{meant}`?"));
            self.diagnostics.push(fault);
            return None;
        };
        if *expected != ty {
            let message =
                format!("`@{}` belongs on a `{expected:?}`, not on a `{ty:?}`", attribute.name.text);
            let fitting: Vec<String> =
                TYPES.iter().filter(|(_, of, _)| *of == ty).map(|(name, ..)| format!("`{name}`")).collect();
            let help = format!("for `{ty:?}` there are {}", fitting.join(", "));
            self.diagnostics.push(Diagnostic::error(attribute.span, message).help(help));
            return None;
        }
        let arguments = self.numbers(attribute)?;
        if let Some(message) = fault(name, *parameters, &arguments) {
            self.diagnostics.push(Diagnostic::error(attribute.span, message));
            return None;
        }
        Some(NativeType {
            name: name.to_owned(),
            arguments: arguments.iter().map(u32::to_string).collect(),
            span: attribute.span,
        })
    }

    fn numbers(&mut self, attribute: &Attribute) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        for argument in &attribute.arguments {
            let number = match (&argument.value.kind, &argument.name) {
                (ExpressionKind::Number(text), None) => text.parse().ok(),
                _ => None,
            };
            let Some(number) = number else {
                self.diagnostics.push(Diagnostic::error(argument.span, "expected a whole number from 0"));
                return None;
            };
            numbers.push(number);
        }
        Some(numbers)
    }
}

/// What is wrong with the arguments of a native type.
fn fault(name: &str, parameters: Parameters, arguments: &[u32]) -> Option<String> {
    match (parameters, arguments) {
        (_, []) | (Parameters::Length, [_]) => None,
        (Parameters::None, _) => Some(format!("`{name}` takes no argument")),
        (Parameters::Bits, [bits]) => (*bits == 0).then(|| format!("the length of `{name}` is at least 1")),
        (Parameters::Fraction, [digits]) => {
            (*digits > 6).then(|| format!("`{name}` keeps 0 to 6 digits of a second"))
        }
        (Parameters::Decimal, [precision, scale]) => {
            if !(1..=1000).contains(precision) {
                Some("the precision of `Decimal` is 1 to 1000".into())
            } else if scale > precision {
                Some("the scale of `Decimal` must not be larger than its precision".into())
            } else {
                None
            }
        }
        (Parameters::Decimal, _) => Some("`Decimal` takes precision and scale, or no argument".into()),
        (Parameters::Length | Parameters::Bits | Parameters::Fraction, _) => {
            Some(format!("`{name}` takes one argument"))
        }
    }
}
