//! One end of a relation: a field and what its `@relation` says.

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, FieldId, ModelId, ReferentialAction};
use crate::source::Span;
use crate::spelling;
use crate::syntax::{Attribute, Expression, ExpressionKind, Field};

use crate::resolve::Resolver;
use crate::resolve::arguments::{Bound, list, members};

const PARAMETERS: &[&str] = &["name", "fields", "references", "onDelete", "onUpdate", "map"];

const ACTIONS: &[(&str, ReferentialAction)] = &[
    ("Cascade", ReferentialAction::Cascade),
    ("Restrict", ReferentialAction::Restrict),
    ("NoAction", ReferentialAction::NoAction),
    ("SetNull", ReferentialAction::SetNull),
    ("SetDefault", ReferentialAction::SetDefault),
];

/// One end of a relation, as written.
pub(super) struct End<'a> {
    pub(super) model: ModelId,
    pub(super) target: ModelId,
    pub(super) field: FieldId,
    pub(super) syntax: &'a Field,
    pub(super) arity: Arity,
    pub(super) attribute: Option<&'a Attribute>,
    pub(super) name: Option<&'a str>,
    pub(super) fields: Option<&'a Expression>,
    pub(super) references: Option<&'a Expression>,
    pub(super) on_delete: Option<(ReferentialAction, Span)>,
    pub(super) on_update: Option<(ReferentialAction, Span)>,
    pub(super) map: Option<&'a str>,
    /// Something of its `@relation` was reported.
    pub(super) is_broken: bool,
}

impl End<'_> {
    pub(super) fn span(&self) -> Span {
        self.attribute.map_or(self.syntax.name.span, |attribute| attribute.span)
    }

    pub(super) fn holds_key(&self) -> bool {
        self.fields.is_some() || self.references.is_some()
    }
}

/// The names in `fields:` as written, for "did you mean" where a relation stands for its columns.
pub(in crate::resolve) fn written_fields(field: &Field) -> Vec<&str> {
    let relation = field.attributes.iter().find(|attribute| attribute.name.text == "relation");
    let arguments = relation.map_or(&[][..], |attribute| &attribute.arguments);
    let fields =
        arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|name| name.text == "fields"));
    fields
        .map_or(&[][..], |argument| members(&argument.value))
        .iter()
        .filter_map(|value| match &value.kind {
            ExpressionKind::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect()
}

impl<'a> Resolver<'a> {
    pub(super) fn end(
        &mut self,
        model: ModelId,
        field: FieldId,
        target: ModelId,
        syntax: &'a Field,
        arity: Arity,
    ) -> End<'a> {
        let attribute = syntax
            .attributes
            .iter()
            .find(|attribute| attribute.name.text == "relation" && !attribute.is_block);
        let before = self.diagnostics.len();
        let mut end = End {
            model,
            target,
            field,
            syntax,
            arity,
            attribute,
            name: None,
            fields: None,
            references: None,
            on_delete: None,
            on_update: None,
            map: None,
            is_broken: false,
        };
        if let Some(attribute) = attribute {
            let bound = Bound::new(attribute, PARAMETERS, Some("name"), &mut self.diagnostics);
            end.name = bound.filled_text("name", &mut self.diagnostics);
            end.fields = bound.value("fields").filter(|value| !members(value).is_empty());
            end.references = bound.value("references").filter(|value| !members(value).is_empty());
            end.on_delete = self.action(bound.value("onDelete"));
            end.on_update = self.action(bound.value("onUpdate"));
            end.map = bound.filled_text("map", &mut self.diagnostics);
            if let (Some(map), Some(value)) = (end.map, bound.value("map"))
                && map.len() > crate::constraint_name::MAX_BYTES
            {
                let message = "the name of the foreign key is longer than 63 bytes, where PostgreSQL cuts it";
                self.diagnostics.push(Diagnostic::error(value.span, message));
            }
        }
        end.is_broken = self.diagnostics.len() > before;
        end
    }

    fn action(&mut self, value: Option<&Expression>) -> Option<(ReferentialAction, Span)> {
        let value = value?;
        let word = match &value.kind {
            ExpressionKind::Word(word) => word.as_str(),
            _ => "",
        };
        if let Some((_, action)) = ACTIONS.iter().find(|(name, _)| *name == word) {
            return Some((*action, value.span));
        }
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        let mut fault = Diagnostic::error(value.span, "there is no such referential action");
        fault.help = Some(match spelling::closest(word, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", list(&names)),
        });
        self.diagnostics.push(fault);
        None
    }
}
