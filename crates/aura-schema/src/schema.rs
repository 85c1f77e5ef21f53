//! What a schema means: the resolved form that everything downstream reads.
//!
//! Models, enums and relations live in flat lists and refer to each other by typed index, so that a
//! [`Schema`] is plain data: cloning nothing, pointing nowhere. Names are as in the `.prisma` file;
//! `database_name` is what `@map` makes of them in PostgreSQL.

use std::ops::Index;

use crate::annotation::Annotation;
use crate::constraint_name;
use crate::source::Span;

/// Index of a [`Model`] in [`Schema::models`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(pub u32);

/// Index of an [`Enum`] in [`Schema::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub u32);

/// Index of a [`Relation`] in [`Schema::relations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(pub u32);

/// Index of a [`Field`] in [`Model::fields`] of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub u32);

/// A whole schema, from however many files.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Models and views, in the order of their files and lines.
    pub models: Vec<Model>,
    /// Enums, in the order of their files and lines.
    pub enums: Vec<Enum>,
    /// Every relation once, whichever side it was met from.
    pub relations: Vec<Relation>,
    /// The datasource block, where there is one.
    pub datasource: Option<Datasource>,
    /// Generator blocks. AuraID is none of them and passes them by.
    pub generators: Vec<Generator>,
}

impl Schema {
    /// The model of that name in the `.prisma` file.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The enum of that name in the `.prisma` file.
    pub fn find_enum(&self, name: &str) -> Option<&Enum> {
        self.enums.iter().find(|found| found.name == name)
    }

    /// Every model with its id, views left out.
    pub fn tables(&self) -> impl Iterator<Item = (ModelId, &Model)> {
        (0u32..).zip(&self.models).filter(|(_, model)| !model.is_view).map(|(id, model)| (ModelId(id), model))
    }

    /// The name of a relation's foreign key: `map:`, else Prisma's default (`Membership_userId_fkey`).
    pub fn foreign_key_name(&self, relation: &Relation) -> String {
        let child = &self[relation.child];
        let columns: Vec<&str> =
            relation.fields.iter().map(|field| child.column(*field).database_name.as_str()).collect();
        relation.map.clone().unwrap_or_else(|| constraint_name::foreign_key(&child.database_name, &columns))
    }

    /// Relations whose foreign key stands in `child`.
    pub fn relations_of_child(&self, child: ModelId) -> impl Iterator<Item = (RelationId, &Relation)> {
        (0u32..)
            .zip(&self.relations)
            .filter(move |(_, relation)| relation.child == child && relation.kind != RelationKind::ManyToMany)
            .map(|(id, relation)| (RelationId(id), relation))
    }

    /// Relations whose foreign key points at `parent`.
    pub fn relations_of_parent(&self, parent: ModelId) -> impl Iterator<Item = (RelationId, &Relation)> {
        (0u32..)
            .zip(&self.relations)
            .filter(move |(_, relation)| {
                relation.parent == parent && relation.kind != RelationKind::ManyToMany
            })
            .map(|(id, relation)| (RelationId(id), relation))
    }
}

impl Index<ModelId> for Schema {
    type Output = Model;

    fn index(&self, id: ModelId) -> &Model {
        &self.models[id.0 as usize]
    }
}

impl Index<EnumId> for Schema {
    type Output = Enum;

    fn index(&self, id: EnumId) -> &Enum {
        &self.enums[id.0 as usize]
    }
}

impl Index<RelationId> for Schema {
    type Output = Relation;

    fn index(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }
}

/// A `model` or `view` block.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name in the `.prisma` file.
    pub name: String,
    /// Table name in PostgreSQL.
    pub database_name: String,
    /// PostgreSQL schema from `@@schema`; `None` is the connection's default (`public`).
    pub schema: Option<String>,
    /// The `///` comments above the block, annotations left out, lines joined by `\n`.
    pub documentation: Option<String>,
    /// `@aura.…` annotations of the block.
    pub annotations: Vec<Annotation>,
    /// Fields in the order written, relation fields included.
    pub fields: Vec<Field>,
    /// `@id` or `@@id`; views may have none.
    pub primary_key: Option<PrimaryKey>,
    /// `@unique` and `@@unique`, in the order written.
    pub uniques: Vec<Unique>,
    /// `@@index`, in the order written.
    pub indexes: Vec<IndexDefinition>,
    /// Whether it is a `view` block.
    pub is_view: bool,
    /// `@@ignore`.
    pub is_ignored: bool,
    /// The whole block.
    pub span: Span,
    /// The name alone.
    pub name_span: Span,
}

impl Model {
    /// The field of that name, with its id.
    pub fn field(&self, name: &str) -> Option<(FieldId, &Field)> {
        (0u32..)
            .zip(&self.fields)
            .find(|(_, field)| field.name == name)
            .map(|(id, field)| (FieldId(id), field))
    }

    /// Fields that are columns, in the order written.
    pub fn columns(&self) -> impl Iterator<Item = (FieldId, &Field, &ScalarField)> {
        (0u32..).zip(&self.fields).filter_map(|(id, field)| match &field.kind {
            FieldKind::Scalar(scalar) => Some((FieldId(id), field, scalar)),
            FieldKind::Relation(_) => None,
        })
    }

    /// The column that a scalar field is. Panics if the field is a relation: ids of columns come from
    /// keys, indexes and [`Model::columns`], which hold scalar fields only.
    pub fn column(&self, id: FieldId) -> &ScalarField {
        match &self[id].kind {
            FieldKind::Scalar(scalar) => scalar,
            FieldKind::Relation(_) => panic!("{}.{} is a relation, not a column", self.name, self[id].name),
        }
    }

    /// Whether it has the annotation `@aura.NAME`.
    pub fn has_annotation(&self, name: &str) -> bool {
        self.annotations.iter().any(|annotation| annotation.name == name)
    }
}

impl Index<FieldId> for Model {
    type Output = Field;

    fn index(&self, id: FieldId) -> &Field {
        &self.fields[id.0 as usize]
    }
}

/// A field of a model.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in the `.prisma` file.
    pub name: String,
    /// The `///` comments above it and the one behind it, annotations left out.
    pub documentation: Option<String>,
    /// `@aura.…` annotations.
    pub annotations: Vec<Annotation>,
    /// Required, optional or list.
    pub arity: Arity,
    /// A column or a relation.
    pub kind: FieldKind,
    /// `@ignore`.
    pub is_ignored: bool,
    /// The whole field.
    pub span: Span,
    /// The name alone.
    pub name_span: Span,
}

impl Field {
    /// Whether it has the annotation `@aura.NAME`.
    pub fn has_annotation(&self, name: &str) -> bool {
        self.annotations.iter().any(|annotation| annotation.name == name)
    }
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// Exactly one.
    Required,
    /// One or none (`?`).
    Optional,
    /// Any number (`[]`).
    List,
}

/// A column or a relation.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// A column.
    Scalar(ScalarField),
    /// A way to another model; no column of its own.
    Relation(RelationField),
}

/// What is particular to a column.
#[derive(Debug, Clone)]
pub struct ScalarField {
    /// Column name in PostgreSQL.
    pub database_name: String,
    /// Prisma's type.
    pub ty: ColumnType,
    /// `@db.…`, where written.
    pub native: Option<NativeType>,
    /// `@default(…)`.
    pub default: Option<DefaultValue>,
    /// `@updatedAt`.
    pub is_updated_at: bool,
}

/// Prisma's type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// One of Prisma's own.
    Scalar(ScalarType),
    /// An enum of the schema.
    Enum(EnumId),
    /// `Unsupported("…")`: the PostgreSQL type as written.
    Unsupported(String),
}

/// Prisma's scalar types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// `String`
    String,
    /// `Boolean`
    Boolean,
    /// `Int`, 32 bits
    Int,
    /// `BigInt`, 64 bits
    BigInt,
    /// `Float`, double precision
    Float,
    /// `Decimal`
    Decimal,
    /// `DateTime`
    DateTime,
    /// `Json`
    Json,
    /// `Bytes`
    Bytes,
}

/// `@db.Timestamptz(3)`: a name of Prisma's list for PostgreSQL and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeType {
    /// As written behind `@db.`, for example `Timestamptz`.
    pub name: String,
    /// For example `["3"]`, or `["10", "2"]` of `Decimal(10, 2)`.
    pub arguments: Vec<String>,
    /// The attribute.
    pub span: Span,
}

/// `@default(…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultValue {
    /// What it is.
    pub kind: DefaultKind,
    /// `map:`, the constraint's name (kept for round trips; PostgreSQL has none).
    pub map: Option<String>,
    /// The attribute.
    pub span: Span,
}

/// The value or function of a default.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultKind {
    /// A literal, or a list of literals.
    Value(Literal),
    /// `autoincrement()`
    Autoincrement,
    /// `now()`
    Now,
    /// `cuid(1)` or `cuid(2)`
    Cuid(u8),
    /// `uuid(4)` or `uuid(7)`
    Uuid(u8),
    /// `ulid()`
    Ulid,
    /// `nanoid(n)`, by default 21
    Nanoid(u16),
    /// `dbgenerated("…")`; empty when written without argument.
    DbGenerated(String),
}

/// A literal of a default.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text, unescaped (also of `Json`, `Bytes` in base 64 and `DateTime` in RFC 3339, as Prisma writes them).
    String(String),
    /// A number as written.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A value of the column's enum, by its name.
    EnumValue(String),
    /// A list.
    List(Vec<Literal>),
}

/// A relation field: one end of a [`Relation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelationField {
    /// The relation it is an end of.
    pub relation: RelationId,
    /// The model it leads to.
    pub target: ModelId,
}

/// What joins two models. `child` holds the foreign key and `parent` is referred to; in a many-to-many
/// relation they are just the two ends, in alphabetic order as Prisma's join table has them.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The relation's own name, where written.
    pub name: Option<String>,
    /// One to one, one to many, many to many.
    pub kind: RelationKind,
    /// The model with the foreign key.
    pub child: ModelId,
    /// The model referred to.
    pub parent: ModelId,
    /// The relation field on the child's side (`Membership.user`).
    pub child_field: FieldId,
    /// The relation field on the parent's side (`User.memberships`).
    pub parent_field: Option<FieldId>,
    /// `fields:`, columns of the child. Empty in a many-to-many relation.
    pub fields: Vec<FieldId>,
    /// `references:`, columns of the parent. Empty in a many-to-many relation.
    pub references: Vec<FieldId>,
    /// `onDelete:`, where written. See [`Relation::on_delete`].
    pub written_on_delete: Option<ReferentialAction>,
    /// `onUpdate:`, where written. See [`Relation::on_update`].
    pub written_on_update: Option<ReferentialAction>,
    /// Whether every child has a parent (the child's side is required).
    pub is_required: bool,
    /// `map:`, the constraint's name.
    pub map: Option<String>,
    /// The `@relation` attribute, else the child's field.
    pub span: Span,
}

impl Relation {
    /// What happens to children when the parent goes; Prisma's default is `Restrict` for a required
    /// relation and `SetNull` for an optional one.
    pub fn on_delete(&self) -> ReferentialAction {
        self.written_on_delete.unwrap_or(if self.is_required {
            ReferentialAction::Restrict
        } else {
            ReferentialAction::SetNull
        })
    }

    /// What happens to children when the parent's key changes; Prisma's default is `Cascade`.
    pub fn on_update(&self) -> ReferentialAction {
        self.written_on_update.unwrap_or(ReferentialAction::Cascade)
    }
}

/// The shape of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// The foreign key is unique.
    OneToOne,
    /// One parent, any number of children.
    OneToMany,
    /// A join table that the schema does not show.
    ManyToMany,
}

/// `onDelete:` and `onUpdate:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferentialAction {
    /// `Cascade`; of `onDelete`, what makes an owning parent.
    Cascade,
    /// `Restrict`
    Restrict,
    /// `NoAction`
    NoAction,
    /// `SetNull`
    SetNull,
    /// `SetDefault`
    SetDefault,
}

/// `@id` or `@@id`.
#[derive(Debug, Clone)]
pub struct PrimaryKey {
    /// Its columns.
    pub columns: Vec<IndexColumn>,
    /// `name:`, what Prisma Client calls it.
    pub name: Option<String>,
    /// `map:`, else Prisma's default name (`User_pkey`).
    pub database_name: String,
    /// The attribute.
    pub span: Span,
}

/// `@unique` or `@@unique`.
#[derive(Debug, Clone)]
pub struct Unique {
    /// Its columns.
    pub columns: Vec<IndexColumn>,
    /// `name:`, what Prisma Client calls it.
    pub name: Option<String>,
    /// `map:`, else Prisma's default name (`User_email_key`).
    pub database_name: String,
    /// `where:`, as Prisma's preview feature `partialIndexes` has it: raw SQL.
    pub predicate: Option<String>,
    /// The attribute.
    pub span: Span,
}

/// `@@index`.
#[derive(Debug, Clone)]
pub struct IndexDefinition {
    /// Its columns.
    pub columns: Vec<IndexColumn>,
    /// `map:`, else Prisma's default name (`User_name_idx`).
    pub database_name: String,
    /// `type:`, by default a B-tree.
    pub algorithm: IndexAlgorithm,
    /// `where:`: raw SQL.
    pub predicate: Option<String>,
    /// The attribute.
    pub span: Span,
}

/// A column of a key or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    /// The column.
    pub field: FieldId,
    /// `sort: Desc`
    pub descending: bool,
    /// `ops:`, a name of Prisma's list or the argument of `raw("…")`.
    pub operator_class: Option<String>,
}

/// `type:` of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IndexAlgorithm {
    /// `BTree`
    #[default]
    BTree,
    /// `Hash`
    Hash,
    /// `Gin`
    Gin,
    /// `Gist`
    Gist,
    /// `SpGist`
    SpGist,
    /// `Brin`
    Brin,
}

/// An `enum` block.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name in the `.prisma` file.
    pub name: String,
    /// Type name in PostgreSQL.
    pub database_name: String,
    /// PostgreSQL schema from `@@schema`.
    pub schema: Option<String>,
    /// The `///` comments above it.
    pub documentation: Option<String>,
    /// Its values, in order.
    pub values: Vec<EnumValue>,
    /// The whole block.
    pub span: Span,
    /// The name alone.
    pub name_span: Span,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Name in the `.prisma` file.
    pub name: String,
    /// Label in PostgreSQL.
    pub database_name: String,
    /// The `///` comments above it.
    pub documentation: Option<String>,
    /// The value's line.
    pub span: Span,
}

/// The `datasource` block.
#[derive(Debug, Clone)]
pub struct Datasource {
    /// Its name, usually `db`.
    pub name: String,
    /// `provider`; validation has made sure that it is `postgresql` (or its alias `postgres`).
    pub provider: String,
    /// `url`, as version 6 files have it: a literal, or the variable's name in `env("…")`.
    pub url: Option<UrlSource>,
    /// `schemas = […]` of a multi-schema database.
    pub schemas: Vec<String>,
    /// `relationMode`; `None` is `foreignKeys`.
    pub relation_mode: Option<String>,
    /// `extensions = […]`, each with its arguments as written.
    pub extensions: Vec<String>,
    /// The whole block.
    pub span: Span,
}

/// Where a datasource has its URL from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlSource {
    /// Written out.
    Literal(String),
    /// `env("NAME")`
    Environment(String),
}

/// A `generator` block: passed by, kept for `dmmf` and formatting.
#[derive(Debug, Clone)]
pub struct Generator {
    /// Its name.
    pub name: String,
    /// `provider`, where it is a literal.
    pub provider: Option<String>,
    /// `previewFeatures`.
    pub preview_features: Vec<String>,
    /// The whole block.
    pub span: Span,
}
