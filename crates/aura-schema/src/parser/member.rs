//! The lines of a block: fields, values, attributes, settings.

use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::source::Span;
use crate::syntax::{
    Attribute, Block, BlockKind, DocumentationLine, Field, Member, Name, Setting, Type, TypeName, Value,
};

use super::{Parsed, Parser, Reported};

impl Parser<'_> {
    pub(super) fn members(&mut self, block: &mut Block, open: Span) {
        let mut documentation = Vec::new();
        // An empty line does not part documentation from its field: Prisma keeps it too.
        loop {
            match self.peek() {
                TokenKind::Punctuation('}') => {
                    self.detach(&mut documentation);
                    self.next();
                    return;
                }
                TokenKind::LineBreak => {
                    self.next();
                }
                TokenKind::Documentation => documentation.extend(self.documentation()),
                TokenKind::Comment | TokenKind::BlockComment | TokenKind::OpenBlockComment => self.comment(),
                kind if kind == TokenKind::End || (self.keyword().is_some() && self.is_block_head()) => {
                    let what = format!("{} {}", block.kind.keyword(), block.name.text);
                    self.report(
                        Diagnostic::error(open, format!("`{what}` is never closed"))
                            .help("write `}` on a line of its own behind its last line"),
                    );
                    self.detach(&mut documentation);
                    return;
                }
                _ => {
                    let above = std::mem::take(&mut documentation);
                    let start = self.at;
                    if self.member(block, above).is_err() {
                        block.broken.push(self.slice(self.tokens[start].span).to_owned());
                        if let TokenKind::AtAt = self.tokens[start].kind
                            && let Some(name) = self.tokens.get(start + 1)
                        {
                            block.broken.push(format!("@@{}", self.slice(name.span)));
                        }
                        self.depth = 0;
                        // Never stand still, and never run over a line that was not looked at.
                        if self.at == start {
                            self.next();
                        }
                        self.skip_line();
                    }
                }
            }
        }
    }

    fn member(&mut self, block: &mut Block, documentation: Vec<DocumentationLine>) -> Parsed<()> {
        match (block.kind, self.peek()) {
            (BlockKind::Datasource | BlockKind::Generator, TokenKind::Name) => {
                let setting = self.setting(block)?;
                block.members.push(Member::Setting(setting));
                let mut above = documentation;
                self.detach(&mut above);
                self.end_of_line();
            }
            (BlockKind::Enum, TokenKind::Name) => {
                let mut value = self.value(documentation, &mut block.broken)?;
                self.trailing(&mut value.documentation);
                block.members.push(Member::Value(value));
            }
            (BlockKind::Model | BlockKind::View | BlockKind::Type, TokenKind::Name) => {
                let mut field = self.field(documentation, &mut block.broken)?;
                self.trailing(&mut field.documentation);
                block.members.push(Member::Field(field));
            }
            (BlockKind::Model | BlockKind::View | BlockKind::Enum | BlockKind::Type, TokenKind::AtAt) => {
                let attribute = self.attribute(&mut block.broken)?;
                block.members.push(Member::Attribute(attribute));
                let mut above = documentation;
                self.detach(&mut above);
                self.end_of_line();
            }
            (kind, _) => {
                let found = self.found();
                let expected = match kind {
                    BlockKind::Datasource | BlockKind::Generator => "`name = value`",
                    BlockKind::Enum => "a value or `@@…`",
                    _ => "a field or `@@…`",
                };
                return Err(self.error(self.span(), format!("expected {expected}, found {found}")));
            }
        }
        Ok(())
    }

    /// What may stand behind a field or value: a comment, a documentation comment, the end of the line.
    fn trailing(&mut self, documentation: &mut Vec<DocumentationLine>) {
        while self.peek() == TokenKind::BlockComment {
            self.comment();
        }
        if self.peek() == TokenKind::Documentation {
            documentation.extend(self.documentation());
        }
        self.end_of_line();
    }

    fn end_of_line(&mut self) {
        while matches!(
            self.peek(),
            TokenKind::Comment
                | TokenKind::BlockComment
                | TokenKind::OpenBlockComment
                | TokenKind::Documentation
        ) {
            if self.peek() == TokenKind::Documentation {
                let mut lines = self.documentation().into_iter().collect();
                self.detach(&mut lines);
            } else {
                self.comment();
            }
        }
        match self.peek() {
            TokenKind::LineBreak => {
                self.next();
            }
            TokenKind::End => {}
            TokenKind::Punctuation('}') => {
                self.error(self.span(), "`}` must stand on a line of its own");
            }
            _ => {
                let (span, found) = (self.span(), self.found());
                self.error(span, format!("expected the end of the line, found {found}"));
                // What was read before it stands; only the rest of the line is lost.
                self.skip_line();
            }
        }
    }

    /// Reads the name of a `what`.
    pub(super) fn name(&mut self, what: &str) -> Parsed<Name> {
        if self.peek() != TokenKind::Name && self.peek() != TokenKind::Number {
            let found = self.found();
            return Err(self.error(self.span(), format!("expected the name of the {what}, found {found}")));
        }
        let span = self.next().span;
        let text = self.slice(span).to_owned();
        let message = match text.chars().next() {
            Some(first) if first.is_ascii_digit() => Some("must not begin with a digit"),
            Some('_') => Some("must begin with a letter"),
            _ if text.contains('-') => Some("must not hold `-`"),
            _ => None,
        };
        if let Some(message) = message {
            let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            self.error(span, format!("the name of {article} {what} {message}"));
        }
        Ok(Name { text, span })
    }

    fn value(&mut self, documentation: Vec<DocumentationLine>, broken: &mut Vec<String>) -> Parsed<Value> {
        let name = self.name("value")?;
        if self.peek() == TokenKind::Name {
            return Err(self.error(self.span(), "an enum holds one value a line, without a type"));
        }
        let attributes = self.attributes(broken)?;
        let span = name.span.to(self.previous());
        Ok(Value { name, attributes, documentation, span })
    }

    fn field(&mut self, documentation: Vec<DocumentationLine>, broken: &mut Vec<String>) -> Parsed<Field> {
        let name = self.name("field")?;
        if self.is(':') {
            self.report(
                Diagnostic::error(self.span(), "no `:` stands between a field and its type")
                    .help("remove it"),
            );
            self.next();
        }
        let ty = self.field_type(&name)?;
        let faults = self.diagnostics.len();
        let attributes = self.attributes(broken)?;
        if self.diagnostics.len() > faults {
            // Attributes behind a fault may be lost; house rules must not ask this field for them.
            broken.push(format!("@:{}", name.text));
        }
        let span = name.span.to(self.previous());
        Ok(Field { name, ty, attributes, documentation, span })
    }

    fn field_type(&mut self, field: &Name) -> Parsed<Type> {
        let start = self.span();
        let mut is_list = false;
        let name = if self.is('[')
            && self.peek_at(1) == TokenKind::Name
            && self.peek_at(2) == TokenKind::Punctuation(']')
        {
            self.next();
            let inner = self.next().span;
            self.next();
            let text = self.slice(inner).to_owned();
            self.report(
                Diagnostic::error(start.to(self.previous()), "a list is not written like this")
                    .help(format!("write `{text}[]`")),
            );
            is_list = true;
            TypeName::Named(Name { text, span: inner })
        } else if self.peek() == TokenKind::Name {
            let span = self.next().span;
            let text = self.slice(span).to_owned();
            if text == "Unsupported" && self.is('(') && self.span().start == span.end {
                self.next();
                let inner = self.string_literal()?;
                if !self.eat(')') {
                    let found = self.found();
                    return Err(self.error(self.span(), format!("expected `)`, found {found}")));
                }
                TypeName::Unsupported(inner)
            } else {
                TypeName::Named(Name { text, span })
            }
        } else {
            return Err(self.report(
                Diagnostic::error(field.span, format!("the field `{}` has no type", field.text))
                    .help(format!("write `{} String`, for example", field.text)),
            ));
        };
        if self.is('[') && self.peek_at(1) == TokenKind::Punctuation(']') {
            let open = self.next().span;
            let close = self.next().span;
            is_list = true;
            if open.end != close.start {
                self.report(
                    Diagnostic::error(open.to(close), "nothing may stand between `[` and `]`")
                        .help("write `[]`"),
                );
            }
        }
        let mut is_optional = self.eat('?');
        if is_optional && is_list {
            self.report(
                Diagnostic::error(start.to(self.previous()), "a list cannot be optional")
                    .help("write `[]` or `?`, not both"),
            );
            is_optional = false;
        }
        if self.is('!') {
            self.report(Diagnostic::error(self.span(), "fields are required without `!`").help("remove it"));
            self.next();
        }
        Ok(Type { name, is_optional, is_list, span: start.to(self.previous()) })
    }

    fn attributes(&mut self, broken: &mut Vec<String>) -> Parsed<Vec<Attribute>> {
        let mut attributes = Vec::new();
        loop {
            match self.peek() {
                TokenKind::At => attributes.extend(self.attribute(broken).ok()),
                TokenKind::AtAt => {
                    let span = self.span();
                    self.report(
                        Diagnostic::error(span, "`@@…` belongs to a block, not to a field")
                            .help("write it on a line of its own, or with a single `@`"),
                    );
                    attributes.extend(self.attribute(broken).ok());
                }
                _ => return Ok(attributes),
            }
        }
    }

    /// Reads an attribute. If its arguments are faulty, goes on behind them and puts its name into `broken`.
    fn attribute(&mut self, broken: &mut Vec<String>) -> Parsed<Attribute> {
        let sign = self.next();
        let is_block = sign.kind == TokenKind::AtAt;
        let signs = if is_block { "@@" } else { "@" };
        if self.peek() != TokenKind::Name {
            let found = self.found();
            return Err(self.error(
                sign.span,
                format!("expected the name of an attribute behind `{signs}`, found {found}"),
            ));
        }
        let mut span = self.next().span;
        // `db.Text`, without white space in between.
        while self.is('.') && self.span().start == span.end {
            span = span.to(self.next().span);
            if self.peek() == TokenKind::Name && self.span().start == span.end {
                span = span.to(self.next().span);
            }
        }
        let name = Name { text: self.slice(span).to_owned(), span };
        let mut arguments = Vec::new();
        if self.is('(') {
            let open = self.at;
            if let Ok(read) = self.arguments() {
                arguments = read;
            } else {
                broken.push(format!("{signs}{}", name.text));
                self.skip_brackets(open);
                return Err(Reported);
            }
        }
        Ok(Attribute { name, is_block, arguments, span: sign.span.to(self.previous()) })
    }

    /// Goes to behind the bracket that closes the one at `open`, if it stands on the same line (or where line
    /// breaks have been reported); else to the end of the line.
    fn skip_brackets(&mut self, open: usize) {
        let mut depth = 0_u32;
        let mut end = open;
        while let Some(token) = self.tokens.get(end) {
            match token.kind {
                TokenKind::Punctuation('(' | '[' | '{') => depth += 1,
                TokenKind::Punctuation(')' | ']' | '}') => depth = depth.saturating_sub(1),
                TokenKind::LineBreak if end >= self.allowed_until => break,
                TokenKind::End => break,
                _ => {}
            }
            end += 1;
            if depth == 0 {
                break;
            }
        }
        self.at = end;
        self.depth = 0;
    }

    /// Names of datasources, generators and their properties are not Prisma's to check.
    pub(super) fn setting_name(&mut self) -> Parsed<Name> {
        if self.peek() != TokenKind::Name {
            let found = self.found();
            return Err(self.error(self.span(), format!("expected a name, found {found}")));
        }
        let span = self.next().span;
        Ok(Name { text: self.slice(span).to_owned(), span })
    }

    fn setting(&mut self, block: &Block) -> Parsed<Setting> {
        let name = self.setting_name()?;
        if !self.eat('=') {
            let found = self.found();
            return Err(self.report(
                Diagnostic::error(self.span(), format!("expected `=` behind `{}`, found {found}", name.text))
                    .help(format!("a line of a {} is `name = value`", block.kind.keyword())),
            ));
        }
        if matches!(self.peek(), TokenKind::LineBreak | TokenKind::End | TokenKind::Comment) {
            return Err(self.error(name.span, format!("`{}` has no value", name.text)));
        }
        let value = self.expression()?;
        let span = name.span.to(value.span);
        Ok(Setting { name, value, span })
    }
}
