//! First pass: which blocks there are.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diagnostic::Diagnostic;
use crate::schema::{EnumId, ModelId};
use crate::spelling;
use crate::syntax::{Block, BlockKind, File};

use super::Resolver;
use super::fields::SCALAR_TYPES;

/// Names that Prisma Client cannot give to a class: its own, and words of JavaScript.
const RESERVED: &[&str] = &[
    "PrismaClient",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "using",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// What a name of a type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeMeaning {
    Model(ModelId),
    Enum(EnumId),
    /// A block that cannot be used; reported where it stands.
    Refused,
}

/// The blocks with types, by name and in order.
#[derive(Default)]
pub(super) struct Names<'a> {
    types: HashMap<&'a str, (TypeMeaning, &'a Block)>,
    pub(super) models: Vec<&'a Block>,
    pub(super) enums: Vec<&'a Block>,
}

impl Names<'_> {
    pub(super) fn meaning(&self, name: &str) -> Option<TypeMeaning> {
        self.types.get(name).map(|(meaning, _)| *meaning)
    }

    /// The type that was meant by an unknown name.
    pub(super) fn closest(&self, name: &str) -> Option<&str> {
        // Sorted, so that of two equally close names always the same one is shown.
        let mut names: Vec<&str> = self.types.keys().copied().collect();
        names.sort_unstable();
        spelling::closest(name, SCALAR_TYPES.iter().map(|(name, _)| *name).chain(names))
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn collect_names(&mut self, files: &'a [File]) {
        for block in files.iter().flat_map(|file| &file.blocks) {
            let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
            let meaning = match block.kind {
                BlockKind::Model | BlockKind::View => {
                    TypeMeaning::Model(ModelId(number(self.names.models.len())))
                }
                BlockKind::Enum => TypeMeaning::Enum(EnumId(number(self.names.enums.len()))),
                BlockKind::Type => {
                    self.diagnostics.push(
                        Diagnostic::error(block.name.span, "composite types do not exist for PostgreSQL")
                            .help("use a model with a relation, or a `Json` field"),
                    );
                    TypeMeaning::Refused
                }
                BlockKind::Datasource | BlockKind::Generator => {
                    self.check_reserved(block);
                    continue;
                }
            };
            self.check_reserved(block);
            match self.names.types.entry(&block.name.text) {
                Entry::Occupied(first) => {
                    let first = first.get().1;
                    self.diagnostics.push(
                        Diagnostic::error(
                            block.name.span,
                            format!("the name `{}` is taken", block.name.text),
                        )
                        .related(first.name.span, format!("by this {}", first.kind.keyword())),
                    );
                }
                Entry::Vacant(place) => {
                    place.insert((meaning, block));
                    match meaning {
                        TypeMeaning::Model(_) => self.names.models.push(block),
                        TypeMeaning::Enum(_) => self.names.enums.push(block),
                        TypeMeaning::Refused => {}
                    }
                }
            }
        }
    }

    fn check_reserved(&mut self, block: &Block) {
        let name = &block.name.text;
        let message = if SCALAR_TYPES.iter().any(|(scalar, _)| scalar == name) {
            format!("`{name}` is the name of a scalar type")
        } else if RESERVED.contains(&name.as_str())
            && !matches!(block.kind, BlockKind::Datasource | BlockKind::Generator)
        {
            format!("`{name}` is a reserved word of Prisma Client")
        } else {
            return;
        };
        let help = match block.kind {
            BlockKind::Datasource | BlockKind::Generator => "choose another name".to_owned(),
            _ => format!("choose another name, and keep the database's with `@@map(\"{name}\")`"),
        };
        self.diagnostics.push(Diagnostic::error(block.name.span, message).help(help));
    }
}
