//! Tokens to a syntax tree. Never panics and never gives up: a fault is reported and the parser goes on with
//! the next attribute, line or block, whichever is the closest that can be told apart.

mod expression;
mod member;

use crate::annotation;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind, tokens};
use crate::source::{FileId, Span};
use crate::spelling;
use crate::syntax::{Block, BlockKind, Comment, DocumentationLine, File, Name};

/// Reads one file.
pub(crate) fn parse(file: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    let mut parser = Parser {
        text,
        tokens: tokens(file, text),
        at: 0,
        depth: 0,
        allowed_until: 0,
        file: File::default(),
        diagnostics: Vec::new(),
    };
    parser.run();
    (parser.file, parser.diagnostics)
}

/// A fault that has been reported already; the caller only has to find its way on.
pub(crate) struct Reported;

type Parsed<T> = Result<T, Reported>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Brackets around the current expression.
    depth: u32,
    /// Line breaks before this token have been reported as standing inside brackets.
    allowed_until: usize,
    file: File,
    diagnostics: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn peek(&self) -> TokenKind {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> TokenKind {
        // The last token is `End`; looking beyond it sees it again.
        self.tokens.get(self.at + ahead).map_or(TokenKind::End, |token| token.kind)
    }

    fn is(&self, punctuation: char) -> bool {
        self.peek() == TokenKind::Punctuation(punctuation)
    }

    fn span(&self) -> Span {
        self.tokens[self.at.min(self.tokens.len() - 1)].span
    }

    /// The place of the token read last.
    fn previous(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn next(&mut self) -> Token {
        let token = self.tokens[self.at.min(self.tokens.len() - 1)];
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, punctuation: char) -> bool {
        let found = self.is(punctuation);
        if found {
            self.at += 1;
        }
        found
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported
    }

    fn error(&mut self, span: Span, message: impl Into<String>) -> Reported {
        self.report(Diagnostic::error(span, message))
    }

    /// What the current token is called in a message.
    fn found(&self) -> String {
        match self.peek() {
            TokenKind::End => "the end of the file".into(),
            TokenKind::LineBreak => "the end of the line".into(),
            TokenKind::Comment
            | TokenKind::Documentation
            | TokenKind::BlockComment
            | TokenKind::OpenBlockComment => "a comment".into(),
            TokenKind::OpenString => "text without a closing `\"`".into(),
            _ => format!("`{}`", self.slice(self.span())),
        }
    }

    fn run(&mut self) {
        let mut documentation = Vec::new();
        let mut line_is_empty = true;
        loop {
            match self.peek() {
                TokenKind::End => break,
                TokenKind::LineBreak => {
                    self.next();
                    if line_is_empty {
                        self.detach(&mut documentation);
                    }
                    line_is_empty = true;
                    continue;
                }
                TokenKind::Documentation => documentation.extend(self.documentation()),
                TokenKind::Comment | TokenKind::BlockComment | TokenKind::OpenBlockComment => self.comment(),
                TokenKind::Name => {
                    let above = std::mem::take(&mut documentation);
                    self.block(above);
                }
                _ => {
                    let (span, found) = (self.span(), self.found());
                    let is_brace = self.is('}');
                    let help = if is_brace {
                        "remove it, or look for a block above that is closed too early"
                    } else {
                        "a block begins with `model`, `view`, `enum`, `datasource` or `generator`"
                    };
                    let fault = Diagnostic::error(span, format!("{found} stands outside of any block"));
                    self.report(fault.help(help));
                    self.next();
                    if !is_brace {
                        self.skip_line();
                    }
                }
            }
            line_is_empty = false;
        }
        self.detach(&mut documentation);
    }

    fn comment(&mut self) {
        let token = self.next();
        if token.kind == TokenKind::OpenBlockComment {
            self.error(token.span, "this comment is never closed: `*/` is missing");
        }
        self.file.comments.push(Comment { span: token.span, is_documentation: false });
    }

    /// Reads a `///` line.
    fn documentation(&mut self) -> Option<DocumentationLine> {
        let span = self.next().span;
        self.file.comments.push(Comment { span, is_documentation: true });
        let raw = self.slice(span).get(3..)?;
        let indent = usize::from(raw.starts_with(' '));
        let text = raw[indent..].trim_end().to_owned();
        let start = span.start + 3 + u32::from(raw.starts_with(' '));
        let end = start + u32::try_from(text.len()).unwrap_or(u32::MAX);
        Some(DocumentationLine { text, span: Span { start, end, ..span } })
    }

    /// Lets go of documentation that belongs to nothing. An annotation in it is a fault: whoever wrote it
    /// believes that it holds.
    fn detach(&mut self, lines: &mut Vec<DocumentationLine>) {
        for line in lines.drain(..) {
            if annotation::is_annotation(&line.text) {
                self.diagnostics.push(
                    Diagnostic::error(line.span, "this annotation belongs to nothing")
                        .help("put it on the line right above a model or field"),
                );
            }
        }
    }

    fn skip_line(&mut self) {
        while !matches!(self.peek(), TokenKind::LineBreak | TokenKind::End) {
            match self.peek() {
                TokenKind::Documentation => {
                    let mut lines = self.documentation().into_iter().collect();
                    self.detach(&mut lines);
                }
                TokenKind::Comment | TokenKind::BlockComment | TokenKind::OpenBlockComment => self.comment(),
                _ => {
                    self.next();
                }
            }
        }
    }

    /// Whether `word name {` stands here: the beginning of a block, known or not.
    fn is_block_head(&self) -> bool {
        self.peek() == TokenKind::Name
            && self.peek_at(1) == TokenKind::Name
            && self.peek_at(2) == TokenKind::Punctuation('{')
    }

    fn keyword(&self) -> Option<BlockKind> {
        if self.peek() != TokenKind::Name {
            return None;
        }
        let word = self.slice(self.span());
        BlockKind::KEYWORDS.iter().find(|(keyword, _)| *keyword == word).map(|(_, kind)| *kind)
    }

    fn block(&mut self, documentation: Vec<DocumentationLine>) {
        let start = self.span();
        let Some(kind) = self.keyword() else {
            let word = self.slice(start).to_owned();
            let keywords = BlockKind::KEYWORDS.iter().map(|(keyword, _)| *keyword);
            let is_head = self.is_block_head();
            let message = if is_head {
                format!("`{word}` is not a kind of block")
            } else {
                "this line begins no block".to_owned()
            };
            let mut diagnostic = Diagnostic::error(start, message)
                .help("a block begins with `model`, `view`, `enum`, `datasource` or `generator`");
            if let Some(meant) = spelling::closest(&word, keywords) {
                diagnostic.help = Some(format!("did you mean `{meant}`?"));
            }
            self.report(diagnostic);
            if is_head {
                self.skip_block();
            } else {
                self.skip_line();
            }
            return;
        };
        self.next();
        let name = match kind {
            BlockKind::Datasource | BlockKind::Generator => self.setting_name(),
            _ => self.name(kind.keyword()),
        };
        let Ok(name) = name else {
            if self.rest_of_line_has_brace() {
                self.skip_block();
            } else {
                self.skip_line();
            }
            return;
        };
        if kind == BlockKind::Type && self.is('=') {
            self.report(
                Diagnostic::error(
                    start.to(name.span),
                    "type aliases are no longer part of Prisma's language",
                )
                .help("write the type and its attributes on each field"),
            );
            self.skip_line();
            return;
        }
        if !self.open_block(kind, &name) {
            self.skip_line();
            return;
        }
        let open = self.previous();
        let mut block =
            Block { kind, name, documentation, members: Vec::new(), broken: Vec::new(), span: start };
        self.members(&mut block, open);
        block.span = start.to(self.previous());
        self.file.blocks.push(block);
    }

    /// Reads the `{` behind the head of a block and what may stand on the rest of its line.
    fn open_block(&mut self, kind: BlockKind, name: &Name) -> bool {
        let head = format!("{} {}", kind.keyword(), name.text);
        if !self.is('{') {
            let mut ahead = 0;
            while self.peek_at(ahead) == TokenKind::LineBreak {
                ahead += 1;
            }
            if ahead == 0 || self.peek_at(ahead) != TokenKind::Punctuation('{') {
                let found = self.found();
                self.error(self.span(), format!("expected `{{` behind `{head}`, found {found}"));
                return false;
            }
            self.at += ahead;
            self.error(self.span(), format!("the `{{` must stand on the line of `{head}`"));
        }
        self.next();
        while matches!(self.peek(), TokenKind::Comment | TokenKind::BlockComment) {
            self.comment();
        }
        // Prisma drops without a word what stands here, a primary key for example. That is a trap, not a feature.
        if !matches!(self.peek(), TokenKind::LineBreak | TokenKind::End | TokenKind::Documentation) {
            let span = self.span();
            self.error(span, format!("the content of `{head}` must begin on a line of its own"));
        }
        true
    }

    fn rest_of_line_has_brace(&self) -> bool {
        self.tokens[self.at..]
            .iter()
            .take_while(|token| !matches!(token.kind, TokenKind::LineBreak | TokenKind::End))
            .any(|token| token.kind == TokenKind::Punctuation('{'))
    }

    /// Skips to behind the `}` that closes the next `{`, or to the next line that begins a known block.
    fn skip_block(&mut self) {
        let mut depth = 0_u32;
        loop {
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Punctuation('{') => depth += 1,
                TokenKind::Punctuation('}') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.next();
                        return;
                    }
                }
                TokenKind::Documentation => {
                    self.documentation();
                    continue;
                }
                TokenKind::Comment | TokenKind::BlockComment | TokenKind::OpenBlockComment => {
                    self.comment();
                    continue;
                }
                TokenKind::Name if depth > 0 && self.keyword().is_some() && self.is_block_head() => return,
                _ => {}
            }
            self.next();
        }
    }
}
