//! Values and arguments: everything between brackets.

use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::source::Span;
use crate::syntax::{Argument, Expression, ExpressionKind, Name};

use super::{Parsed, Parser};

/// How deep brackets may stand in each other. Prisma's language needs four; more is a mistake or an attack
/// on the stack.
const MAX_DEPTH: u32 = 32;

/// How many tokens a bracket that is open at the end of a line is followed. Without a limit, a file of
/// nothing but open brackets would take time square in its length.
const MAX_LOOK_AHEAD: usize = 1000;

impl Parser<'_> {
    /// Reads `( … )`.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        self.sequence(')', |parser| {
            let start = parser.span();
            let name = if parser.peek() == TokenKind::Name && parser.peek_at(1) == TokenKind::Punctuation(':')
            {
                let span = parser.next().span;
                parser.next();
                Some(Name { text: parser.slice(span).to_owned(), span })
            } else {
                None
            };
            let value = parser.expression()?;
            let span = start.to(value.span);
            Ok(Argument { name, value, span })
        })
    }

    /// Reads an opening bracket, members with commas in between, and `close`.
    fn sequence<T>(&mut self, close: char, mut member: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let open = self.next().span;
        if self.depth >= MAX_DEPTH {
            return Err(self.error(open, format!("brackets stand more than {MAX_DEPTH} deep in each other")));
        }
        self.depth += 1;
        let mut members = Vec::new();
        self.line_breaks(open)?;
        if !self.eat(close) {
            loop {
                members.push(member(self)?);
                self.line_breaks(open)?;
                if self.eat(close) {
                    break;
                }
                if !self.is(',') {
                    let found = self.found();
                    return Err(self.error(self.span(), format!("expected `,` or `{close}`, found {found}")));
                }
                let comma = self.next().span;
                self.line_breaks(open)?;
                if self.is(close) {
                    self.report(
                        Diagnostic::error(comma, format!("no comma may stand before `{close}`"))
                            .help("remove it"),
                    );
                    self.next();
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(members)
    }

    /// Line breaks inside brackets are a fault, reported once; the parser goes on over them where the
    /// brackets are closed later on, before anything that looks like the next line of a block.
    fn line_breaks(&mut self, open: Span) -> Parsed<()> {
        let is_break = |kind| {
            matches!(
                kind,
                TokenKind::LineBreak
                    | TokenKind::Comment
                    | TokenKind::Documentation
                    | TokenKind::BlockComment
            )
        };
        if !is_break(self.peek()) {
            if self.peek() == TokenKind::End {
                return Err(self.error(open, "this bracket is never closed"));
            }
            return Ok(());
        }
        if self.at >= self.allowed_until {
            let mut depth = self.depth;
            let mut ahead = self.at;
            while depth > 0 {
                match self.tokens[ahead].kind {
                    TokenKind::Punctuation('(' | '[') => depth += 1,
                    TokenKind::Punctuation(')' | ']') => depth -= 1,
                    TokenKind::At | TokenKind::AtAt | TokenKind::End | TokenKind::Punctuation('{' | '}') => {
                        return Err(self.error(open, "this bracket is never closed"));
                    }
                    _ if ahead > self.at + MAX_LOOK_AHEAD => {
                        return Err(self.error(open, "this bracket is never closed"));
                    }
                    _ => {}
                }
                ahead += 1;
            }
            self.allowed_until = ahead;
            self.report(
                Diagnostic::error(self.span(), "brackets must be closed on the line they are opened on")
                    .help("write the whole attribute on one line"),
            );
        }
        while is_break(self.peek()) {
            match self.peek() {
                TokenKind::LineBreak => {
                    self.next();
                }
                TokenKind::Documentation => {
                    let mut lines = self.documentation().into_iter().collect();
                    self.detach(&mut lines);
                }
                _ => self.comment(),
            }
        }
        Ok(())
    }

    /// Reads a value.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        let start = self.span();
        let kind = match self.peek() {
            TokenKind::String | TokenKind::OpenString => ExpressionKind::String(self.string_literal()?),
            TokenKind::Number => {
                self.next();
                ExpressionKind::Number(self.slice(start).to_owned())
            }
            TokenKind::Name => self.word()?,
            TokenKind::Punctuation('[') => ExpressionKind::List(self.sequence(']', Self::expression)?),
            TokenKind::Punctuation('{') => ExpressionKind::Object(self.sequence('}', |parser| {
                let key = parser.name("key")?;
                if !parser.eat(':') {
                    let found = parser.found();
                    return Err(parser.error(parser.span(), format!("expected `:`, found {found}")));
                }
                Ok((key, parser.expression()?))
            })?),
            _ => {
                let found = self.found();
                return Err(self.error(start, format!("expected a value, found {found}")));
            }
        };
        Ok(Expression { kind, span: start.to(self.previous()) })
    }

    /// A bare word, with dots where there are some, or a call.
    fn word(&mut self) -> Parsed<ExpressionKind> {
        let mut span = self.next().span;
        let first = self.slice(span);
        if first.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let message = format!("`{first}` is not a number as Prisma writes them");
            return Err(
                self.report(Diagnostic::error(span, message).help("write digits, with a `.` where needed"))
            );
        }
        while self.is('.') && self.span().start == span.end {
            span = span.to(self.next().span);
            if self.peek() != TokenKind::Name {
                let found = self.found();
                return Err(self.error(self.span(), format!("expected a name behind `.`, found {found}")));
            }
            span = span.to(self.next().span);
        }
        let text = self.slice(span).to_owned();
        if self.is('(') {
            return Ok(ExpressionKind::Call(Name { text, span }, self.arguments()?));
        }
        Ok(ExpressionKind::Word(text))
    }

    /// Reads text in quotes and takes the escapes out.
    pub(super) fn string_literal(&mut self) -> Parsed<String> {
        let span = self.span();
        match self.peek() {
            TokenKind::String => {}
            TokenKind::OpenString => {
                self.next();
                return Err(self.error(span, "this text is never closed: `\"` is missing"));
            }
            _ => {
                let found = self.found();
                return Err(self.error(span, format!("expected text in quotes, found {found}")));
            }
        }
        self.next();
        let inner = Span { start: span.start + 1, end: span.end - 1, ..span };
        let raw = self.slice(inner).to_owned();
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw.as_str();
        while let Some(at) = rest.find('\\') {
            text.push_str(&rest[..at]);
            let escape = &rest[at..];
            let Some((character, length)) = unescape(escape) else {
                let length = escape.chars().take(2).map(char::len_utf8).sum::<usize>();
                let start = inner.end - u32::try_from(escape.len()).unwrap_or(0);
                let end = start + u32::try_from(length).unwrap_or(0);
                let message = format!("`{}` is not an escape", &escape[..length]);
                self.report(
                    Diagnostic::error(Span { start, end, ..span }, message)
                        .help("write `\\\\` for a backslash"),
                );
                rest = &escape[length..];
                continue;
            };
            text.push(character);
            rest = &escape[length..];
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// Reads one escape, which begins with `\`: its character and its length in bytes.
fn unescape(escape: &str) -> Option<(char, usize)> {
    let simple = match escape.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let unit = |at: usize| {
                let digits = escape.get(at..at + 4)?;
                digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
            };
            let first = unit(2)?;
            if !(0xD800..0xDC00).contains(&first) {
                return Some((char::from_u32(first)?, 6));
            }
            // A surrogate pair, as in JSON.
            if escape.get(6..8) != Some("\\u") {
                return None;
            }
            let second = unit(8).filter(|unit| (0xDC00..0xE000).contains(unit))?;
            return Some((char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))?, 12));
        }
        _ => return None,
    };
    Some((simple, 2))
}
