//! What stands between the parentheses of an attribute.

use crate::diagnostic::Diagnostic;
use crate::spelling;
use crate::syntax::{Argument, Attribute, Expression, ExpressionKind};

/// Arguments of one attribute, each under the name of its parameter.
pub(super) struct Bound<'a> {
    values: Vec<(&'static str, &'a Argument)>,
}

impl<'a> Bound<'a> {
    /// Binds `arguments`. An argument without a name goes to the parameter `unnamed`.
    pub(super) fn new(
        attribute: &'a Attribute,
        parameters: &'static [&'static str],
        unnamed: Option<&'static str>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Bound<'a> {
        let sign = signed(attribute);
        Bound::of(&sign, &attribute.arguments, parameters, unnamed, diagnostics)
    }

    /// The same for what is no attribute, `what` being its name in messages.
    pub(super) fn of(
        what: &str,
        arguments: &'a [Argument],
        parameters: &'static [&'static str],
        unnamed: Option<&'static str>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Bound<'a> {
        let mut values: Vec<(&'static str, &'a Argument)> = Vec::new();
        for argument in arguments {
            let parameter = if let Some(name) = &argument.name {
                let known = parameters.iter().find(|parameter| **parameter == name.text);
                let Some(known) = known else {
                    let mut fault =
                        Diagnostic::error(name.span, format!("`{what}` has no argument `{}`", name.text));
                    fault.help = match spelling::closest(&name.text, parameters.iter().copied()) {
                        Some(meant) => Some(format!("did you mean `{meant}`?")),
                        None if parameters.is_empty() => Some(format!("`{what}` takes no arguments")),
                        None => Some(format!("it takes {}", list(parameters))),
                    };
                    diagnostics.push(fault);
                    continue;
                };
                known
            } else {
                let Some(unnamed) = unnamed else {
                    let message = format!("`{what}` takes no argument without a name");
                    diagnostics.push(Diagnostic::error(argument.span, message));
                    continue;
                };
                unnamed
            };
            if let Some((_, first)) = values.iter().find(|(taken, _)| *taken == parameter) {
                let message = format!("the argument `{parameter}` of `{what}` is given twice");
                let mut fault = Diagnostic::error(argument.span, message).related(first.span, "first here");
                if argument.name.is_none() {
                    fault.help = Some("several values go into brackets: `[a, b]`".into());
                }
                diagnostics.push(fault);
                continue;
            }
            values.push((parameter, argument));
        }
        Bound { values }
    }

    pub(super) fn argument(&self, parameter: &str) -> Option<&'a Argument> {
        self.values.iter().find(|(name, _)| *name == parameter).map(|(_, argument)| *argument)
    }

    pub(super) fn value(&self, parameter: &str) -> Option<&'a Expression> {
        self.argument(parameter).map(|argument| &argument.value)
    }

    /// Text of an argument, if given and text.
    pub(super) fn text(&self, parameter: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a str> {
        text(self.value(parameter)?, diagnostics)
    }

    /// Text that may not be empty.
    pub(super) fn filled_text(&self, parameter: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a str> {
        let value = self.value(parameter)?;
        let text = text(value, diagnostics)?;
        if text.is_empty() {
            diagnostics.push(Diagnostic::error(value.span, format!("`{parameter}` must not be empty")));
            return None;
        }
        Some(text)
    }
}

/// The attribute's name with its `@`.
pub(super) fn signed(attribute: &Attribute) -> String {
    format!("{}{}", if attribute.is_block { "@@" } else { "@" }, attribute.name.text)
}

/// Text in quotes.
pub(super) fn text<'a>(value: &'a Expression, diagnostics: &mut Vec<Diagnostic>) -> Option<&'a str> {
    if let ExpressionKind::String(text) = &value.kind {
        return Some(text);
    }
    let mut fault = Diagnostic::error(value.span, "expected text in quotes");
    if let ExpressionKind::Word(word) = &value.kind {
        fault.help = Some(format!("write `\"{word}\"`"));
    }
    diagnostics.push(fault);
    None
}

/// Members of a list; a single value counts as a list of one, as Prisma has it.
pub(super) fn members(value: &Expression) -> &[Expression] {
    match &value.kind {
        ExpressionKind::List(members) => members,
        _ => std::slice::from_ref(value),
    }
}

/// `` `a`, `b` or `c` ``
pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
