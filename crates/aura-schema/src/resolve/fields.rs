//! Fields: which type each has, and what its attributes say of it.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::schema::{Arity, ColumnType, FieldId, Model, ScalarField, ScalarType};
use crate::syntax::{Attribute, Block, BlockKind, Field, Member, TypeName};

use super::arguments::{Bound, signed};
use super::documentation::{self, Place};
use super::names::TypeMeaning;
use super::{Draft, DraftField, DraftKind, Resolver};

/// Prisma's scalar types by name.
pub(super) const SCALAR_TYPES: &[(&str, ScalarType)] = &[
    ("String", ScalarType::String),
    ("Boolean", ScalarType::Boolean),
    ("Int", ScalarType::Int),
    ("BigInt", ScalarType::BigInt),
    ("Float", ScalarType::Float),
    ("Decimal", ScalarType::Decimal),
    ("DateTime", ScalarType::DateTime),
    ("Json", ScalarType::Json),
    ("Bytes", ScalarType::Bytes),
];

const FIELD_ATTRIBUTES: &[&str] = &["id", "unique", "default", "updatedAt", "map", "relation", "ignore"];
const MODEL_ATTRIBUTES: &[&str] = &["id", "unique", "index", "map", "schema", "ignore"];

impl<'a> Resolver<'a> {
    pub(super) fn resolve_fields(&mut self) {
        for block in self.names.models.clone() {
            let mut draft = self.draft(block);
            self.block_attributes(&mut draft);
            self.fields(&mut draft);
            self.drafts.push(draft);
        }
        self.check_table_names();
    }

    fn draft(&mut self, block: &'a Block) -> Draft<'a> {
        let (documentation, annotations) =
            documentation::read(&block.documentation, Place::Model, &mut self.diagnostics);
        let is_view = block.kind == BlockKind::View;
        if is_view && !self.preview_features.contains("views") {
            let fault = Diagnostic::error(block.name.span, "views need the preview feature `views`");
            self.diagnostics.push(fault.help("add it to `previewFeatures` of a generator"));
        }
        Draft {
            block,
            model: Model {
                name: block.name.text.clone(),
                database_name: block.name.text.clone(),
                schema: None,
                documentation,
                annotations,
                fields: Vec::new(),
                primary_key: None,
                uniques: Vec::new(),
                indexes: Vec::new(),
                is_view,
                is_ignored: false,
                span: block.span,
                name_span: block.name.span,
            },
            fields: Vec::new(),
            by_name: HashMap::new(),
            broken: block.broken.iter().cloned().collect::<HashSet<String>>(),
        }
    }

    /// `@@map`, `@@schema`, `@@ignore`; keys and indexes come later, for they need the fields.
    fn block_attributes(&mut self, draft: &mut Draft<'a>) {
        let mut once: Vec<&Attribute> = Vec::new();
        for member in &draft.block.members {
            let Member::Attribute(attribute) = member else { continue };
            match attribute.name.text.as_str() {
                "map" => {
                    self.refuse_repetition(&mut once, attribute);
                    if let Some(name) = self.map_attribute(attribute) {
                        draft.model.database_name = name;
                    }
                }
                "schema" => {
                    self.refuse_repetition(&mut once, attribute);
                    draft.model.schema = self.schema_attribute(attribute);
                }
                "ignore" => {
                    self.refuse_repetition(&mut once, attribute);
                    Bound::new(attribute, &[], None, &mut self.diagnostics);
                    draft.model.is_ignored = true;
                }
                "id" => self.refuse_repetition(&mut once, attribute),
                "unique" | "index" => {}
                "fulltext" => {
                    self.diagnostics.push(
                        Diagnostic::error(attribute.span, "`@@fulltext` does not exist for PostgreSQL")
                            .help("use `@@index([…], type: Gin)`"),
                    );
                }
                _ => self.unknown_attribute(attribute, MODEL_ATTRIBUTES),
            }
        }
        let has_schema = once.iter().any(|attribute| attribute.name.text == "schema");
        self.require_schema(draft.block, has_schema);
    }

    fn fields(&mut self, draft: &mut Draft<'a>) {
        let mut columns: HashMap<String, &Field> = HashMap::new();
        for member in &draft.block.members {
            let Member::Field(field) = member else { continue };
            let mut resolved = self.field(draft, field);
            if let Some(first) = draft.by_name.get(field.name.text.as_str()) {
                let first = draft.fields[first.0 as usize].syntax;
                let message = format!("the field `{}` is there twice", field.name.text);
                let fault =
                    Diagnostic::error(field.name.span, message).related(first.name.span, "first here");
                self.diagnostics.push(fault);
                resolved.kind = DraftKind::Broken;
            } else {
                let id = FieldId(u32::try_from(draft.fields.len()).unwrap_or(u32::MAX));
                draft.by_name.insert(&field.name.text, id);
                if let DraftKind::Scalar(scalar) = &resolved.kind
                    && let Some(first) = columns.insert(scalar.database_name.clone(), field)
                {
                    let message = format!("two fields are the column `{}`", scalar.database_name);
                    self.diagnostics.push(
                        Diagnostic::error(field.name.span, message)
                            .related(first.name.span, "the other is this"),
                    );
                }
            }
            draft.fields.push(resolved);
        }
    }

    fn field(&mut self, draft: &Draft<'a>, field: &'a Field) -> DraftField<'a> {
        let arity = match (field.ty.is_list, field.ty.is_optional) {
            (true, _) => Arity::List,
            (false, true) => Arity::Optional,
            (false, false) => Arity::Required,
        };
        let kind = match &field.ty.name {
            TypeName::Unsupported(text) => column(field, ColumnType::Unsupported(text.clone())),
            TypeName::Named(name) => {
                if let Some((_, scalar)) = SCALAR_TYPES.iter().find(|(known, _)| *known == name.text) {
                    column(field, ColumnType::Scalar(*scalar))
                } else {
                    match self.names.meaning(&name.text) {
                        Some(TypeMeaning::Model(model)) => DraftKind::Relation(model, None),
                        Some(TypeMeaning::Enum(id)) => column(field, ColumnType::Enum(id)),
                        Some(TypeMeaning::Refused) => DraftKind::Broken,
                        None => {
                            let message = format!("there is no type, model or enum `{}`", name.text);
                            let mut fault = Diagnostic::error(name.span, message);
                            fault.help = self
                                .names
                                .closest(&name.text)
                                .map(|meant| format!("did you mean `{meant}`?"));
                            self.diagnostics.push(fault);
                            DraftKind::Broken
                        }
                    }
                }
            }
        };
        let place = match kind {
            DraftKind::Relation(..) => Place::Relation,
            // Of an unknown type: assume the best, the type has been reported.
            DraftKind::Scalar(_) | DraftKind::Broken => Place::Column,
        };
        let (documentation, annotations) =
            documentation::read(&field.documentation, place, &mut self.diagnostics);
        let mut resolved =
            DraftField { syntax: field, documentation, annotations, arity, kind, is_ignored: false };
        self.check_email(&resolved);
        self.field_attributes(draft, &mut resolved);
        resolved
    }

    fn check_email(&mut self, field: &DraftField<'a>) {
        let Some(annotation) = field.annotations.iter().find(|annotation| annotation.name == "email") else {
            return;
        };
        let DraftKind::Scalar(scalar) = &field.kind else { return };
        if scalar.ty != ColumnType::Scalar(ScalarType::String) || field.arity == Arity::List {
            let fault = Diagnostic::error(annotation.span, "`@aura.email` belongs on a `String`");
            self.diagnostics.push(fault.related(field.syntax.ty.span, "the field has this type"));
        }
    }

    fn field_attributes(&mut self, draft: &Draft<'a>, field: &mut DraftField<'a>) {
        let mut once: Vec<&Attribute> = Vec::new();
        for attribute in &field.syntax.attributes {
            if attribute.is_block {
                // The parser has said that it stands in the wrong place.
                continue;
            }
            self.refuse_repetition(&mut once, attribute);
            match (attribute.name.text.as_str(), &mut field.kind) {
                ("ignore", _) => {
                    Bound::new(attribute, &[], None, &mut self.diagnostics);
                    field.is_ignored = true;
                    if let Some(ignored) = ignores_block(draft.block) {
                        let fault = Diagnostic::error(attribute.span, "the whole model is ignored already");
                        self.diagnostics
                            .push(fault.related(ignored.span, "by this").help("remove `@ignore`"));
                    }
                }
                // Keys and relations have passes of their own.
                ("id" | "unique", DraftKind::Scalar(_))
                | ("relation", DraftKind::Relation(..))
                | (_, DraftKind::Broken) => {}
                ("map", DraftKind::Scalar(scalar)) => {
                    if let Some(name) = self.map_attribute(attribute) {
                        scalar.database_name = name;
                    }
                }
                ("updatedAt", DraftKind::Scalar(scalar)) => {
                    Bound::new(attribute, &[], None, &mut self.diagnostics);
                    if scalar.ty != ColumnType::Scalar(ScalarType::DateTime) || field.arity == Arity::List {
                        let fault =
                            Diagnostic::error(attribute.span, "`@updatedAt` belongs on a single `DateTime`");
                        self.diagnostics.push(fault.related(field.syntax.ty.span, "the field has this type"));
                    } else {
                        scalar.is_updated_at = true;
                    }
                }
                ("default", DraftKind::Scalar(scalar)) => {
                    scalar.default = self.default(attribute, &scalar.ty, field.arity);
                }
                ("relation", DraftKind::Scalar(_)) => {
                    let message = format!("`{}` is a column, not a relation", field.syntax.name.text);
                    let fault = Diagnostic::error(attribute.span, message);
                    self.diagnostics.push(
                        fault
                            .help("put `@relation` on the field whose type is a model")
                            .related(field.syntax.ty.span, "the field has this type"),
                    );
                }
                ("id" | "unique" | "default" | "map" | "updatedAt", DraftKind::Relation(..)) => {
                    let message =
                        format!("`{}` cannot stand on a relation, which is no column", signed(attribute));
                    let fault = Diagnostic::error(attribute.span, message);
                    self.diagnostics.push(fault.help("put it on the columns named in `fields`"));
                }
                (name, kind) => match (name.split_once('.'), kind) {
                    (Some((prefix, native)), DraftKind::Scalar(scalar)) => {
                        let datasource =
                            self.schema.datasource.as_ref().map_or("db", |datasource| &datasource.name);
                        if prefix != datasource {
                            let message = format!("`{prefix}` is not the name of the datasource");
                            let fault = Diagnostic::error(attribute.name.span, message);
                            self.diagnostics.push(fault.help(format!("write `@{datasource}.{native}`")));
                        } else if let ColumnType::Scalar(ty) = scalar.ty {
                            scalar.native = self.native_type(attribute, native, ty);
                        } else {
                            let fault = Diagnostic::error(
                                attribute.span,
                                format!("`@{name}` belongs on a column of a scalar type"),
                            );
                            self.diagnostics
                                .push(fault.related(field.syntax.ty.span, "the field has this type"));
                        }
                    }
                    (Some(_), _) => {
                        let message = format!("`@{name}` cannot stand on a relation, which is no column");
                        self.diagnostics.push(Diagnostic::error(attribute.span, message));
                    }
                    (None, _) => self.unknown_attribute(attribute, FIELD_ATTRIBUTES),
                },
            }
        }
    }

    /// Two tables, or two enums, of one name in one schema of the database.
    fn check_table_names(&mut self) {
        let mut tables: HashMap<(Option<&str>, &str), &Draft<'a>> = HashMap::new();
        for draft in &self.drafts {
            let key = (draft.model.schema.as_deref(), draft.model.database_name.as_str());
            if let Some(first) = tables.insert(key, draft) {
                let message = format!("two models are the table `{}`", draft.model.database_name);
                let fault = Diagnostic::error(draft.model.name_span, message);
                self.diagnostics.push(fault.related(first.model.name_span, "the other is this"));
            }
        }
        let mut enums = HashMap::new();
        for found in &self.schema.enums {
            let key = (found.schema.as_deref(), found.database_name.as_str());
            if let Some(first) = enums.insert(key, found.name_span) {
                let message = format!("two enums are the type `{}`", found.database_name);
                self.diagnostics
                    .push(Diagnostic::error(found.name_span, message).related(first, "the other is this"));
            }
        }
    }
}

fn column(field: &Field, ty: ColumnType) -> DraftKind {
    DraftKind::Scalar(ScalarField {
        database_name: field.name.text.clone(),
        ty,
        native: None,
        default: None,
        is_updated_at: false,
    })
}

fn ignores_block(block: &Block) -> Option<&Attribute> {
    block.members.iter().find_map(|member| match member {
        Member::Attribute(attribute) if attribute.name.text == "ignore" => Some(attribute),
        _ => None,
    })
}
