//! `where:` of the preview feature `partialIndexes`.

use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnType, ScalarType};
use crate::syntax::{Expression, ExpressionKind, Name};

use super::arguments::{Bound, text};
use super::{Draft, Resolver};

impl<'a> Resolver<'a> {
    /// Reads `where: raw("…")` as it stands, and `where: { field: value }` as the SQL it means.
    pub(super) fn predicate(&mut self, draft: &Draft<'a>, bound: &Bound<'a>) -> Option<String> {
        let argument = bound.argument("where")?;
        if !self.preview_features.contains("partialIndexes") {
            let fault =
                Diagnostic::error(argument.span, "`where` needs the preview feature `partialIndexes`");
            self.diagnostics.push(fault.help("add it to `previewFeatures` of a generator"));
        }
        let value = &argument.value;
        match &value.kind {
            ExpressionKind::Call(name, arguments) if name.text == "raw" && arguments.len() == 1 => {
                let condition = text(&arguments[0].value, &mut self.diagnostics)?;
                if condition.trim().is_empty() {
                    self.diagnostics.push(Diagnostic::error(value.span, "the condition is empty"));
                    return None;
                }
                Some(condition.to_owned())
            }
            ExpressionKind::Object(entries) => {
                if entries.is_empty() {
                    self.diagnostics.push(Diagnostic::error(value.span, "the condition is empty"));
                    return None;
                }
                let conditions: Vec<Option<String>> =
                    entries.iter().map(|(name, value)| self.condition(draft, name, value)).collect();
                Some(conditions.into_iter().collect::<Option<Vec<String>>>()?.join(" AND "))
            }
            _ => {
                let fault = Diagnostic::error(value.span, "`where` is `raw(\"SQL\")` or `{ field: value }`");
                self.diagnostics.push(fault);
                None
            }
        }
    }

    fn condition(&mut self, draft: &Draft<'a>, name: &Name, value: &Expression) -> Option<String> {
        let id = self.scalar_field(draft, &name.text, name.span, "where")?;
        let scalar = draft.scalar(id)?;
        let column = format!("\"{}\"", scalar.database_name.replace('"', "\"\""));
        let (negated, value) = match &value.kind {
            ExpressionKind::Object(entries) => match entries.as_slice() {
                [(key, value)] if key.text == "not" => (true, value),
                _ => {
                    self.diagnostics.push(Diagnostic::error(value.span, "expected `{ not: value }`"));
                    return None;
                }
            },
            _ => (false, value),
        };
        let literal = match &value.kind {
            ExpressionKind::Word(word) if word == "null" => {
                return Some(format!("{column} IS {}NULL", if negated { "NOT " } else { "" }));
            }
            ExpressionKind::Word(word) if word == "true" || word == "false" => {
                (scalar.ty == ColumnType::Scalar(ScalarType::Boolean)).then(|| word.clone())
            }
            ExpressionKind::Number(number) => matches!(
                scalar.ty,
                ColumnType::Scalar(
                    ScalarType::Int | ScalarType::BigInt | ScalarType::Float | ScalarType::Decimal
                )
            )
            .then(|| number.clone()),
            ExpressionKind::String(text) => {
                let stored = match &scalar.ty {
                    ColumnType::Enum(id) => {
                        let value = self.schema[*id].values.iter().find(|value| value.name == *text);
                        Some(value.map_or(text.as_str(), |value| &value.database_name))
                    }
                    ColumnType::Scalar(
                        ScalarType::Boolean
                        | ScalarType::Int
                        | ScalarType::BigInt
                        | ScalarType::Float
                        | ScalarType::Decimal,
                    ) => None,
                    _ => Some(text.as_str()),
                };
                stored.map(|text| format!("'{}'", text.replace('\'', "''")))
            }
            _ => None,
        };
        let Some(literal) = literal else {
            let message = format!("this is no value that `{}` can be compared with", name.text);
            let related = draft.fields[id.0 as usize].syntax.ty.span;
            self.diagnostics
                .push(Diagnostic::error(value.span, message).related(related, "the field has this type"));
            return None;
        };
        Some(format!("{column} {} {literal}", if negated { "<>" } else { "=" }))
    }
}
