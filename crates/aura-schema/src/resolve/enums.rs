//! Enums.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::schema::{Enum, EnumValue};
use crate::syntax::{Attribute, Block, Member, Value};

use super::Resolver;
use super::arguments::{Bound, signed};
use super::documentation::{self, Place};

impl<'a> Resolver<'a> {
    pub(super) fn resolve_enums(&mut self) {
        for block in self.names.enums.clone() {
            let resolved = self.resolve_enum(block);
            self.schema.enums.push(resolved);
        }
    }

    fn resolve_enum(&mut self, block: &'a Block) -> Enum {
        let (documentation, _) =
            documentation::read(&block.documentation, Place::Other, &mut self.diagnostics);
        let mut resolved = Enum {
            name: block.name.text.clone(),
            database_name: block.name.text.clone(),
            schema: None,
            documentation,
            values: Vec::new(),
            span: block.span,
            name_span: block.name.span,
        };
        let mut seen: HashMap<&str, &Value> = HashMap::new();
        let mut attributes: Vec<&Attribute> = Vec::new();
        for member in &block.members {
            match member {
                Member::Value(value) => {
                    if let Some(first) = seen.insert(&value.name.text, value) {
                        let message = format!("the value `{}` is there twice", value.name.text);
                        self.diagnostics.push(
                            Diagnostic::error(value.name.span, message)
                                .related(first.name.span, "first here"),
                        );
                        continue;
                    }
                    let value = self.enum_value(value);
                    resolved.values.push(value);
                }
                Member::Attribute(attribute) => {
                    self.refuse_repetition(&mut attributes, attribute);
                    match attribute.name.text.as_str() {
                        "map" => {
                            if let Some(name) = self.map_attribute(attribute) {
                                resolved.database_name = name;
                            }
                        }
                        "schema" => resolved.schema = self.schema_attribute(attribute),
                        _ => self.unknown_attribute(attribute, &["map", "schema"]),
                    }
                }
                Member::Field(_) | Member::Setting(_) => {}
            }
        }
        if resolved.values.is_empty() && block.broken.is_empty() {
            let message = format!("the enum `{}` has no value", block.name.text);
            self.diagnostics.push(Diagnostic::error(block.name.span, message));
        }
        let has_schema = attributes.iter().any(|attribute| attribute.name.text == "schema");
        self.require_schema(block, has_schema);
        resolved
    }

    fn enum_value(&mut self, value: &'a Value) -> EnumValue {
        let (documentation, _) =
            documentation::read(&value.documentation, Place::Other, &mut self.diagnostics);
        let mut database_name = value.name.text.clone();
        let mut attributes = Vec::new();
        for attribute in &value.attributes {
            self.refuse_repetition(&mut attributes, attribute);
            if attribute.name.text == "map" {
                if let Some(name) = self.map_attribute(attribute) {
                    database_name = name;
                }
            } else {
                self.unknown_attribute(attribute, &["map"]);
            }
        }
        EnumValue { name: value.name.text.clone(), database_name, documentation, span: value.span }
    }

    /// Reads `@map("…")` or `@@map("…")`.
    pub(super) fn map_attribute(&mut self, attribute: &'a Attribute) -> Option<String> {
        let bound = Bound::new(attribute, &["name"], Some("name"), &mut self.diagnostics);
        if bound.value("name").is_none() {
            let sign = signed(attribute);
            let fault = Diagnostic::error(attribute.span, format!("`{sign}` needs a name"));
            self.diagnostics.push(fault.help(format!("write `{sign}(\"name_in_the_database\")`")));
            return None;
        }
        let name = bound.text("name", &mut self.diagnostics)?;
        // Prisma reads an empty name as none.
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// Reads `@@schema("…")`.
    pub(super) fn schema_attribute(&mut self, attribute: &'a Attribute) -> Option<String> {
        let bound = Bound::new(attribute, &["map"], Some("map"), &mut self.diagnostics);
        let Some(value) = bound.value("map") else {
            self.diagnostics.push(Diagnostic::error(attribute.span, "`@@schema` needs the name of a schema"));
            return None;
        };
        let name = bound.text("map", &mut self.diagnostics)?;
        let known = self.schema.datasource.as_ref().map_or(&[][..], |datasource| &datasource.schemas);
        if !known.iter().any(|schema| schema == name) {
            let message = format!("the datasource has no schema `{name}`");
            let mut fault = Diagnostic::error(value.span, message);
            fault.help = Some(match crate::spelling::closest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("add `\"{name}\"` to `schemas` of the datasource"),
            });
            if let Some(datasource) = &self.schema.datasource {
                fault.related.push((datasource.span, "this datasource".into()));
            }
            self.diagnostics.push(fault);
            return None;
        }
        Some(name.to_owned())
    }

    /// Where the datasource names schemas, every block must say to which it belongs.
    pub(super) fn require_schema(&mut self, block: &Block, has_schema: bool) {
        let Some(datasource) = &self.schema.datasource else { return };
        if has_schema || datasource.schemas.is_empty() || block.broken.iter().any(|name| name == "@@schema") {
            return;
        }
        let message = format!("the {} `{}` does not say its schema", block.kind.keyword(), block.name.text);
        let help = format!("add `@@schema(\"{}\")`", datasource.schemas[0]);
        let fault = Diagnostic::error(block.name.span, message).help(help);
        self.diagnostics.push(fault.related(datasource.span, "the datasource names schemas here"));
    }

    /// Reports an attribute that may stand once only and stands there again.
    pub(super) fn refuse_repetition(&mut self, seen: &mut Vec<&'a Attribute>, attribute: &'a Attribute) {
        // All native types are one attribute to Prisma.
        let kind = |attribute: &'a Attribute| attribute.name.text.split('.').next().unwrap_or_default();
        if let Some(first) = seen.iter().find(|first| kind(first) == kind(attribute)) {
            let message = format!("`{}` can stand here once only", signed(attribute));
            self.diagnostics
                .push(Diagnostic::error(attribute.span, message).related(first.span, "first here"));
        } else {
            seen.push(attribute);
        }
    }

    /// Reports an attribute that does not exist here.
    pub(super) fn unknown_attribute(&mut self, attribute: &Attribute, known: &[&str]) {
        let sign = if attribute.is_block { "@@" } else { "@" };
        let mut fault = Diagnostic::error(
            attribute.name.span,
            format!("there is no attribute `{sign}{}` here", attribute.name.text),
        );
        if let Some(meant) = crate::spelling::closest(&attribute.name.text, known.iter().copied()) {
            fault.help = Some(format!("did you mean `{sign}{meant}`?"));
        }
        self.diagnostics.push(fault);
    }
}
