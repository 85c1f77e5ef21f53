//! Which two ends belong together, and ends that have none or several to choose from.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, ModelId};

use super::end::End;
use crate::resolve::{Draft, Resolver};

impl<'a> Resolver<'a> {
    /// Finds the two ends of one relation among the fields that could be.
    pub(super) fn pair(
        &mut self,
        drafts: &[Draft<'a>],
        (first, second, name): (ModelId, ModelId, Option<&str>),
        ends: Vec<End<'a>>,
        pairs: &mut Vec<(End<'a>, End<'a>)>,
        missing: &mut Vec<End<'a>>,
    ) {
        if first == second {
            match <[End<'a>; 2]>::try_from(ends) {
                Ok([a, b]) if name.is_some() => pairs.push((a, b)),
                Ok([a, b]) => {
                    if a.is_broken || b.is_broken {
                        return;
                    }
                    let model = &drafts[first.0 as usize].model.name;
                    let message = format!(
                        "the fields `{}` and `{}` both lead from `{model}` to itself without a name",
                        a.syntax.name.text, b.syntax.name.text
                    );
                    let fault = Diagnostic::error(a.syntax.name.span, message)
                        .related(b.syntax.name.span, "the other");
                    self.diagnostics.push(fault.help(
                        "if they are the two ends of one relation, give both the same `@relation(\"name\")`",
                    ));
                }
                Err(ends) if ends.len() == 1 => missing.extend(ends),
                Err(ends) => self.ambiguous(drafts, &ends.iter().collect::<Vec<_>>()),
            }
            return;
        }
        let (mut of_first, mut of_second): (Vec<End<'a>>, Vec<End<'a>>) =
            ends.into_iter().partition(|end| end.model == first);
        if of_first.len() == 1 && of_second.len() == 1 {
            pairs.extend(of_first.pop().zip(of_second.pop()));
            return;
        }
        let mut is_ambiguous = false;
        for side in [&of_first, &of_second] {
            if side.len() > 1 {
                is_ambiguous = true;
                self.ambiguous(drafts, &side.iter().collect::<Vec<_>>());
            }
        }
        if !is_ambiguous {
            missing.append(&mut of_first);
            missing.append(&mut of_second);
        }
    }

    fn ambiguous(&mut self, drafts: &[Draft<'a>], ends: &[&End<'a>]) {
        let [first, rest @ ..] = ends else { return };
        if ends.iter().any(|end| end.is_broken) {
            return;
        }
        let model = &drafts[first.model.0 as usize].model.name;
        let target = &drafts[first.target.0 as usize].model.name;
        let names: Vec<String> = ends.iter().map(|end| format!("`{}`", end.syntax.name.text)).collect();
        let (message, help) = match first.name {
            None => (
                format!(
                    "the fields {} all lead from `{model}` to `{target}` without a name",
                    names.join(", ")
                ),
                "tell them apart: `@relation(\"name\")`, the same on both ends of each relation",
            ),
            Some(name) => (
                format!(
                    "the fields {} of `{model}` are all of the relation \"{name}\", which has two ends",
                    names.join(", ")
                ),
                "give each relation a name of its own",
            ),
        };
        let mut fault = Diagnostic::error(first.syntax.name.span, message).help(help);
        for end in rest {
            fault.related.push((end.syntax.name.span, "this one too".into()));
        }
        self.diagnostics.push(fault);
    }

    pub(super) fn report_missing(&mut self, drafts: &[Draft<'a>], missing: &[End<'a>]) {
        for end in missing {
            let target = &drafts[end.target.0 as usize];
            let model = &drafts[end.model.0 as usize].model;
            if end.is_broken || target.broken.iter().any(|name| !name.starts_with('@')) {
                // The other end may be on a line that could not be read.
                continue;
            }
            let message = format!(
                "the relation `{}.{}` has no field on the other side, in `{}`",
                model.name, end.syntax.name.text, target.model.name
            );
            let mut fault = Diagnostic::error(end.syntax.name.span, message);
            let other = missing.iter().find(|other| {
                (other.model, other.target) == (end.target, end.model)
                    && other.field != end.field
                    && other.name != end.name
            });
            if let Some(other) = other {
                fault
                    .related
                    .push((other.span(), "is this the other side? Its relation has another name".into()));
                fault.help = Some("give both sides the same `@relation(\"name\")`".into());
            } else {
                fault.related.push((target.model.name_span, "it belongs in here".into()));
                let name = end.name.map(|name| format!(" @relation(\"{name}\")")).unwrap_or_default();
                let arity = match (end.holds_key(), end.arity) {
                    (true, _) | (false, Arity::List) => "[]",
                    (false, _) => "",
                };
                let mut field = model.name.clone();
                if let Some(first) = field.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                let plural = if arity == "[]" { "s" } else { "" };
                fault.help = Some(format!(
                    "add `{field}{plural} {}{arity}{name}` to `{}`",
                    model.name, target.model.name
                ));
            }
            self.diagnostics.push(fault);
        }
    }
}
