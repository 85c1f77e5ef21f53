//! `@default(…)`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, ColumnType, DefaultKind, DefaultValue, Literal, ScalarType};
use crate::source::Span;
use crate::spelling;
use crate::syntax::{Argument, Attribute, Expression, ExpressionKind, Name};

use super::Resolver;
use super::arguments::{Bound, list};

const FUNCTIONS: &[&str] = &["autoincrement", "now", "cuid", "uuid", "ulid", "nanoid", "dbgenerated"];

impl<'a> Resolver<'a> {
    pub(super) fn default(
        &mut self,
        attribute: &'a Attribute,
        ty: &ColumnType,
        arity: Arity,
    ) -> Option<DefaultValue> {
        let bound = Bound::new(attribute, &["value", "map"], Some("value"), &mut self.diagnostics);
        if let Some(map) = bound.argument("map") {
            let fault = Diagnostic::error(map.span, "PostgreSQL has no names for defaults");
            self.diagnostics.push(fault.help("remove `map`"));
        }
        let Some(value) = bound.value("value") else {
            self.diagnostics.push(Diagnostic::error(attribute.span, "`@default` needs a value"));
            return None;
        };
        let kind = match &value.kind {
            ExpressionKind::Call(name, arguments) => self.function(name, arguments, value.span, ty)?,
            _ if matches!(ty, ColumnType::Unsupported(_)) => {
                let fault =
                    Diagnostic::error(value.span, "an `Unsupported` column takes `dbgenerated(\"…\")` only");
                self.diagnostics.push(fault);
                return None;
            }
            ExpressionKind::List(members) if arity == Arity::List => {
                let literals: Vec<Option<Literal>> =
                    members.iter().map(|member| self.literal(member, ty)).collect();
                DefaultKind::Value(Literal::List(literals.into_iter().collect::<Option<_>>()?))
            }
            ExpressionKind::List(_) => {
                let fault = Diagnostic::error(value.span, "the default of a single value cannot be a list");
                self.diagnostics.push(fault);
                return None;
            }
            _ if arity == Arity::List => {
                let fault = Diagnostic::error(value.span, "the default of a list must be a list");
                self.diagnostics.push(fault.help("write it in brackets: `[…]`"));
                return None;
            }
            _ => DefaultKind::Value(self.literal(value, ty)?),
        };
        Some(DefaultValue { kind, map: None, span: attribute.span })
    }

    fn function(
        &mut self,
        name: &Name,
        arguments: &[Argument],
        span: Span,
        ty: &ColumnType,
    ) -> Option<DefaultKind> {
        let fits = |types: &[ScalarType]| matches!(ty, ColumnType::Scalar(scalar) if types.contains(scalar));
        let text = fits(&[ScalarType::String]);
        let (fits, kind) = match name.text.as_str() {
            "autoincrement" => (
                fits(&[ScalarType::Int, ScalarType::BigInt]),
                self.without_arguments(name, arguments, DefaultKind::Autoincrement),
            ),
            "now" => {
                (fits(&[ScalarType::DateTime]), self.without_arguments(name, arguments, DefaultKind::Now))
            }
            "ulid" => (text, self.without_arguments(name, arguments, DefaultKind::Ulid)),
            "cuid" => (
                text,
                self.number(name, arguments, span, 1, "1 or 2", |n| n == 1 || n == 2).map(DefaultKind::Cuid),
            ),
            "uuid" => (
                text,
                self.number(name, arguments, span, 4, "4 or 7", |n| n == 4 || n == 7).map(DefaultKind::Uuid),
            ),
            "nanoid" => {
                let length = self.number(name, arguments, span, 21, "2 to 255", |n| n >= 2);
                (text, length.map(|length| DefaultKind::Nanoid(length.into())))
            }
            "dbgenerated" => (true, self.database_expression(arguments, span)),
            _ => {
                let mut fault = Diagnostic::error(name.span, format!("there is no function `{}`", name.text));
                fault.help = Some(match spelling::closest(&name.text, FUNCTIONS.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}()`?"),
                    None => format!("there are {}", list(FUNCTIONS)),
                });
                self.diagnostics.push(fault);
                return None;
            }
        };
        if !fits {
            let message = format!("`{}()` makes no {}", name.text, self.type_name(ty));
            self.diagnostics.push(Diagnostic::error(span, message));
            return None;
        }
        kind
    }

    fn without_arguments(
        &mut self,
        name: &Name,
        arguments: &[Argument],
        kind: DefaultKind,
    ) -> Option<DefaultKind> {
        let Some(argument) = arguments.first() else { return Some(kind) };
        self.diagnostics
            .push(Diagnostic::error(argument.span, format!("`{}()` takes no argument", name.text)));
        None
    }

    fn number(
        &mut self,
        name: &Name,
        arguments: &[Argument],
        span: Span,
        absent: u8,
        range: &str,
        accept: impl Fn(u8) -> bool,
    ) -> Option<u8> {
        let given = match arguments {
            [] => return Some(absent),
            [argument] => match &argument.value.kind {
                ExpressionKind::Number(text) => text.parse().ok().filter(|number| accept(*number)),
                _ => None,
            },
            _ => None,
        };
        if given.is_none() {
            let message = format!("`{}()` takes no argument or a number, {range}", name.text);
            self.diagnostics.push(Diagnostic::error(span, message));
        }
        given
    }

    fn database_expression(&mut self, arguments: &[Argument], span: Span) -> Option<DefaultKind> {
        match arguments {
            [] => Some(DefaultKind::DbGenerated(String::new())),
            [argument] if matches!(&argument.value.kind, ExpressionKind::String(text) if !text.is_empty()) => {
                let ExpressionKind::String(text) = &argument.value.kind else { return None };
                Some(DefaultKind::DbGenerated(text.clone()))
            }
            _ => {
                let message = "`dbgenerated()` takes no argument or an SQL expression in quotes";
                self.diagnostics.push(Diagnostic::error(span, message));
                None
            }
        }
    }

    fn type_name(&self, ty: &ColumnType) -> String {
        match ty {
            ColumnType::Scalar(scalar) => format!("`{scalar:?}`"),
            ColumnType::Enum(id) => format!("`{}`", self.schema[*id].name),
            ColumnType::Unsupported(text) => format!("`Unsupported({text:?})`"),
        }
    }

    fn literal(&mut self, value: &Expression, ty: &ColumnType) -> Option<Literal> {
        let literal = match ty {
            ColumnType::Enum(id) => return self.enum_default(value, *id),
            ColumnType::Scalar(scalar) => scalar_literal(&value.kind, *scalar),
            ColumnType::Unsupported(_) => return None,
        };
        match literal {
            Ok(literal) => Some(literal),
            Err(why) => {
                let message = match why {
                    Some(why) => why.to_owned(),
                    None => format!("this is no value of {}", self.type_name(ty)),
                };
                let mut fault = Diagnostic::error(value.span, message);
                if let ExpressionKind::Word(word) = &value.kind {
                    if FUNCTIONS.contains(&word.as_str()) {
                        fault.help = Some(format!("did you mean `{word}()`?"));
                    } else if *ty == ColumnType::Scalar(ScalarType::String) {
                        fault.help = Some(format!("write `\"{word}\"`"));
                    }
                }
                self.diagnostics.push(fault);
                None
            }
        }
    }

    fn enum_default(&mut self, value: &Expression, id: crate::schema::EnumId) -> Option<Literal> {
        let found = &self.schema[id];
        let ExpressionKind::Word(word) = &value.kind else {
            let message = format!("expected a value of the enum `{}`, without quotes", found.name);
            self.diagnostics.push(Diagnostic::error(value.span, message));
            return None;
        };
        if found.values.iter().any(|value| value.name == *word) {
            return Some(Literal::EnumValue(word.clone()));
        }
        let message = format!("the enum `{}` has no value `{word}`", found.name);
        let mut fault = Diagnostic::error(value.span, message).related(found.name_span, "the enum");
        let names = found.values.iter().map(|value| value.name.as_str());
        fault.help = spelling::closest(word, names).map(|meant| format!("did you mean `{meant}`?"));
        self.diagnostics.push(fault);
        None
    }
}

/// Reads a literal of a type; the error is what is wrong with it, where that can be said.
fn scalar_literal(kind: &ExpressionKind, ty: ScalarType) -> Result<Literal, Option<&'static str>> {
    let check =
        |valid: bool, literal: Literal, why: &'static str| if valid { Ok(literal) } else { Err(Some(why)) };
    match (ty, kind) {
        (ScalarType::String, ExpressionKind::String(text)) => Ok(Literal::String(text.clone())),
        (ScalarType::Boolean, ExpressionKind::Word(word)) => match word.as_str() {
            "true" => Ok(Literal::Boolean(true)),
            "false" => Ok(Literal::Boolean(false)),
            _ => Err(Some("a `Boolean` is `true` or `false`")),
        },
        // Prisma takes 64 bits for `Int` as well; PostgreSQL has the last word.
        (ScalarType::Int | ScalarType::BigInt, ExpressionKind::Number(number)) => {
            let literal = Literal::Number(number.clone());
            check(number.parse::<i64>().is_ok(), literal, "this is no whole number of 64 bits")
        }
        (ScalarType::Float | ScalarType::Decimal, ExpressionKind::Number(number)) => {
            Ok(Literal::Number(number.clone()))
        }
        (ScalarType::Decimal, ExpressionKind::String(text)) => {
            check(is_decimal(text), Literal::Number(text.clone()), "this text is no decimal number")
        }
        (ScalarType::DateTime, ExpressionKind::String(text)) => check(
            is_rfc3339(text),
            Literal::String(text.clone()),
            "a time is written as in RFC 3339, for example \"2030-01-31T12:00:00Z\"",
        ),
        (ScalarType::Json, ExpressionKind::String(text)) => {
            let valid = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            check(valid, Literal::String(text.clone()), "this text is no JSON")
        }
        (ScalarType::Bytes, ExpressionKind::String(text)) => check(
            STANDARD.decode(text).is_ok(),
            Literal::String(text.clone()),
            "this text is no base 64 with padding",
        ),
        _ => Err(None),
    }
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let unsigned = |text: &'_ str| text.strip_prefix(['+', '-']).unwrap_or(text).to_owned();
    let digits = unsigned(mantissa);
    let dots = digits.bytes().filter(|b| *b == b'.').count();
    let is_number =
        digits.bytes().any(|b| b.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let exponent = exponent.is_none_or(|exponent| {
        let digits = unsigned(exponent);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    is_number && dots <= 1 && exponent
}

/// RFC 3339, section 5.6: `date-time`.
fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let sign = |at: usize, accepted: &[u8]| bytes.get(at).is_some_and(|byte| accepted.contains(byte));
    let read = || -> Option<bool> {
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            1..=12 => 31,
            _ => return None,
        };
        let separators =
            sign(4, b"-") && sign(7, b"-") && sign(10, b"Tt ") && sign(13, b":") && sign(16, b":");
        let mut at = 19;
        if sign(at, b".") {
            let digits = text.get(20..)?.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            at = 20 + digits;
        }
        let zone = match text.get(at..)? {
            "Z" | "z" => true,
            offset => {
                offset.len() == 6
                    && sign(at, b"+-")
                    && sign(at + 3, b":")
                    && number(at + 1, at + 3)? < 24
                    && number(at + 4, at + 6)? < 60
            }
        };
        Some(separators && zone && (1..=days).contains(&day) && hour < 24 && minute < 60 && second <= 60)
    };
    read().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::{is_decimal, is_rfc3339};

    #[test]
    fn times_are_checked_to_the_day() {
        for good in ["2024-02-29T00:00:00Z", "2030-01-31T23:59:60.123+02:00"] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in
            ["2023-02-29T00:00:00Z", "2020-01-01", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z", "", "é"]
        {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }

    #[test]
    fn decimals() {
        for good in ["1", "-1.5", "1e5", "+1.5E-3"] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", "x", "1.2.3", "1e", "."] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }
}
