//! Text to tokens. Every byte of the file is in a token or in the white space between two.

use crate::source::{FileId, Span};

/// What a token is. Its text is what its span covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name; may also begin with a digit or hold `-`, which later passes refuse with a better message.
    Name,
    /// `12`, `-3`, `1.5`
    Number,
    /// `"…"`, quotes included.
    String,
    /// A `"` without its partner on the same line; runs to the end of the line.
    OpenString,
    /// `@`
    At,
    /// `@@`
    AtAt,
    /// One of `{ } [ ] ( ) : , . = ? !`
    Punctuation(char),
    /// `\n`, `\r\n` or `\r`
    LineBreak,
    /// `// …`
    Comment,
    /// `/// …`
    Documentation,
    /// `/* … */`
    BlockComment,
    /// `/* …` to the end of the file.
    OpenBlockComment,
    /// Any other run of characters.
    Unknown,
    /// The end of the file; always the last token.
    End,
}

/// A token and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// Splits `text` into tokens. `text` must be shorter than 4 GiB ([`crate::MAX_FILE_BYTES`] is far below).
pub(crate) fn tokens(file: FileId, text: &str) -> Vec<Token> {
    let mut lexer = Lexer { file, text, at: 0, tokens: Vec::with_capacity(text.len() / 5 + 1) };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_while(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !accept(c)).unwrap_or(rest.len());
    }

    fn run(&mut self) {
        while let Some(first) = self.peek() {
            let start = self.at;
            let kind = self.token(first);
            if let Some(kind) = kind {
                self.push(kind, start);
            }
        }
        self.push(TokenKind::End, self.at);
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let span = Span { file: self.file, start: place(start), end: place(self.at) };
        self.tokens.push(Token { kind, span });
    }

    /// Reads one token; `None` is white space. Always moves on by at least one character.
    fn token(&mut self, first: char) -> Option<TokenKind> {
        match first {
            '\n' => self.at += 1,
            '\r' => self.at += if self.rest().starts_with("\r\n") { 2 } else { 1 },
            '/' => return Some(self.comment()),
            '"' => return Some(self.string()),
            '@' => {
                let double = self.rest().starts_with("@@");
                self.at += if double { 2 } else { 1 };
                return Some(if double { TokenKind::AtAt } else { TokenKind::At });
            }
            '{' | '}' | '[' | ']' | '(' | ')' | ':' | ',' | '.' | '=' | '?' | '!' => {
                self.at += 1;
                return Some(TokenKind::Punctuation(first));
            }
            '-' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                self.at += 1;
                return Some(self.number());
            }
            '0'..='9' => return Some(self.number()),
            _ if first.is_alphanumeric() || first == '_' => {
                self.skip_while(is_name);
                return Some(TokenKind::Name);
            }
            _ if first.is_whitespace() || first == '\u{feff}' => {
                self.skip_while(|c| (c.is_whitespace() && c != '\n' && c != '\r') || c == '\u{feff}');
                return None;
            }
            _ => {
                self.at += first.len_utf8();
                return Some(TokenKind::Unknown);
            }
        }
        Some(TokenKind::LineBreak)
    }

    fn comment(&mut self) -> TokenKind {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("/*") {
            let (length, kind) = match inside.find("*/") {
                Some(end) => (end + 4, TokenKind::BlockComment),
                None => (rest.len(), TokenKind::OpenBlockComment),
            };
            self.at += length;
            return kind;
        }
        if !rest.starts_with("//") {
            self.at += 1;
            return TokenKind::Unknown;
        }
        let kind = if rest.starts_with("///") { TokenKind::Documentation } else { TokenKind::Comment };
        self.skip_while(|c| c != '\n' && c != '\r');
        kind
    }

    fn string(&mut self) -> TokenKind {
        self.at += 1;
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.at += 1;
                    return TokenKind::String;
                }
                '\n' | '\r' => return TokenKind::OpenString,
                '\\' => {
                    self.at += 1;
                    if let Some(escaped) = self.peek().filter(|c| *c != '\n' && *c != '\r') {
                        self.at += escaped.len_utf8();
                    }
                }
                _ => self.at += next.len_utf8(),
            }
        }
        TokenKind::OpenString
    }

    fn number(&mut self) -> TokenKind {
        self.skip_while(|c| c.is_ascii_digit());
        if self.rest().starts_with('.') && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 1;
            self.skip_while(|c| c.is_ascii_digit());
        }
        if self.peek().is_some_and(is_name) {
            // `1st`: a name with a fault, which the parser reports as such.
            self.skip_while(is_name);
            return TokenKind::Name;
        }
        TokenKind::Number
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}
