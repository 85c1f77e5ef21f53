//! The syntax tree: what stands in a file, with places, before any name means anything.
//!
//! Nothing of the text is lost between tree and tokens: comments that belong to something hang on it as
//! documentation, and all of them are kept in [`File::comments`], so that a formatter can be built on it.

use crate::source::Span;

/// One file.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) blocks: Vec<Block>,
    /// Every comment of the file, in order, whatever else it belongs to.
    pub(crate) comments: Vec<Comment>,
}

/// A comment of any kind, delimiters included.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) span: Span,
    /// Whether it is a `///` comment.
    pub(crate) is_documentation: bool,
}

/// A name and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// The keyword of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Model,
    View,
    Enum,
    Type,
    Datasource,
    Generator,
}

impl BlockKind {
    /// Keywords of all blocks a person may write.
    pub(crate) const KEYWORDS: [(&'static str, BlockKind); 6] = [
        ("model", BlockKind::Model),
        ("view", BlockKind::View),
        ("enum", BlockKind::Enum),
        ("type", BlockKind::Type),
        ("datasource", BlockKind::Datasource),
        ("generator", BlockKind::Generator),
    ];

    pub(crate) fn keyword(self) -> &'static str {
        match self {
            BlockKind::Model => "model",
            BlockKind::View => "view",
            BlockKind::Enum => "enum",
            BlockKind::Type => "type",
            BlockKind::Datasource => "datasource",
            BlockKind::Generator => "generator",
        }
    }
}

/// `model User { … }` and its likes.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) name: Name,
    pub(crate) documentation: Vec<DocumentationLine>,
    pub(crate) members: Vec<Member>,
    /// Names of fields and attributes (`@id`, `@@unique`) that could not be read: that they are missing is
    /// no second fault. `@:name` stands for a field some of whose attributes are lost.
    pub(crate) broken: Vec<String>,
    pub(crate) span: Span,
}

/// What stands on a line of a block.
#[derive(Debug)]
pub(crate) enum Member {
    /// `name Type @attribute …`
    Field(Field),
    /// `NAME @map("…")` in an enum
    Value(Value),
    /// `@@name(…)`
    Attribute(Attribute),
    /// `key = expression` in a datasource or generator
    Setting(Setting),
}

/// A field of a model or view.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) documentation: Vec<DocumentationLine>,
    pub(crate) span: Span,
}

/// The type of a field.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: TypeName,
    pub(crate) is_optional: bool,
    pub(crate) is_list: bool,
    pub(crate) span: Span,
}

/// The type without `?` and `[]`.
#[derive(Debug)]
pub(crate) enum TypeName {
    /// A scalar type, an enum or a model.
    Named(Name),
    /// `Unsupported("…")`, the text unescaped.
    Unsupported(String),
}

/// A value of an enum.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Name,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) documentation: Vec<DocumentationLine>,
    pub(crate) span: Span,
}

/// `@name(…)` or `@@name(…)`.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Without the `@`; with a dot where there is one (`db.Text`).
    pub(crate) name: Name,
    /// Whether it is written with `@@`.
    pub(crate) is_block: bool,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) span: Span,
}

/// `value` or `name: value`.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Option<Name>,
    pub(crate) value: Expression,
    pub(crate) span: Span,
}

/// `key = value` in a datasource or generator.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: Name,
    pub(crate) value: Expression,
    pub(crate) span: Span,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) span: Span,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum ExpressionKind {
    /// Unescaped.
    String(String),
    /// As written.
    Number(String),
    /// A bare word, with dots where there are some.
    Word(String),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `name(arguments)`
    Call(Name, Vec<Argument>),
    /// `{ a: 1 }`
    Object(Vec<(Name, Expression)>),
}

/// A `///` line: the text behind the slashes and one space.
#[derive(Debug, Clone)]
pub(crate) struct DocumentationLine {
    pub(crate) text: String,
    /// Of `text`, not of the slashes.
    pub(crate) span: Span,
}
