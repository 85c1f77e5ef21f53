//! Cuts a script into statements, so that a failure has a line.
//!
//! Knows the lexical rules of PostgreSQL (4.1): quotes, dollar quotes, nested comments, and the bodies of
//! SQL-standard functions (`BEGIN ATOMIC … END`), whose semicolons end nothing.

/// A statement of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// Its text without the semicolon.
    pub(crate) text: &'a str,
    /// The line it begins on, from 1; comments in front of it do not count.
    pub(crate) line: usize,
}

impl<'a> Statement<'a> {
    /// The first word, if it begins or ends transactions.
    pub(crate) fn transaction_control(&self) -> Option<&'a str> {
        let end = self.text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.text.len());
        let word = &self.text[..end];
        let rest = self.text[end..].trim_start().to_ascii_lowercase();
        let is_control = match word.to_ascii_lowercase().as_str() {
            "begin" | "commit" | "end" | "rollback" | "abort" => !rest.starts_with("to "),
            "start" | "prepare" => rest.starts_with("transaction"),
            _ => false,
        };
        is_control.then_some(word)
    }
}

/// The statements of a script, empty ones left out.
pub(crate) fn statements(script: &str) -> Vec<Statement<'_>> {
    let bytes = script.as_bytes();
    let mut out = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    // Open `BEGIN ATOMIC` and `CASE` of the statement, and its words so far that decide on them.
    let mut depth = 0_usize;
    let mut is_routine = false;
    let mut words = 0_usize;
    while at < bytes.len() {
        let rest = &script[at..];
        let byte = bytes[at];
        if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            at += block_comment(rest);
            continue;
        }
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if byte == b';' && depth == 0 {
            if let Some(start) = start.take() {
                out.push(statement(script, start, at));
            }
            is_routine = false;
            words = 0;
            at += 1;
            continue;
        }
        start.get_or_insert(at);
        if byte == b'\'' {
            at += quoted(rest, '\'', false);
        } else if byte == b'"' {
            at += quoted(rest, '"', false);
        } else if byte == b'$' {
            at += dollar_quoted(rest).unwrap_or(1);
        } else if byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii() {
            let length = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()))
                .unwrap_or(rest.len());
            let word = rest[..length].to_ascii_lowercase();
            if word == "e" && rest[length..].starts_with('\'') {
                at += length + quoted(&rest[length..], '\'', true);
                continue;
            }
            words += 1;
            match word.as_str() {
                "function" | "procedure" if words <= 4 => is_routine = true,
                "begin" | "case" if is_routine => depth += 1,
                "end" if is_routine => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += length;
        } else {
            at += 1;
        }
    }
    if let Some(start) = start {
        out.push(statement(script, start, script.len()));
    }
    out
}

fn statement(script: &str, start: usize, end: usize) -> Statement<'_> {
    let line = script[..start].bytes().filter(|byte| *byte == b'\n').count() + 1;
    Statement { text: script[start..end].trim_end(), line }
}

/// Length of a comment that begins here; comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text.as_bytes()[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if text.as_bytes()[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// Length of a quoted piece that begins here. A doubled quote needs no rule: it ends one piece and begins the next.
fn quoted(text: &str, quote: char, has_escapes: bool) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if has_escapes && letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at + 1;
        }
    }
    text.len()
}

/// Length of a dollar-quoted piece that begins here, if one does.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_end = text[1..].find('$')? + 2;
    let tag = &text[..tag_end];
    let inner = &tag[1..tag_end - 1];
    let is_tag = !inner.starts_with(|c: char| c.is_ascii_digit())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii());
    is_tag.then(|| text[tag_end..].find(tag).map_or(text.len(), |at| tag_end + at + tag_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<(usize, &str)> {
        statements(script).into_iter().map(|statement| (statement.line, statement.text)).collect()
    }

    #[test]
    fn semicolons_in_quotes_comments_and_bodies_end_nothing() {
        let script = "-- a; b\nselect ';', \"x;\", $$;$$, $t$;$$;$t$ /* ; /* ; */ ; */;\n\nselect E'\\';', 'it''s;';;\nselect 3";
        assert_eq!(
            texts(script),
            [
                (2, "select ';', \"x;\", $$;$$, $t$;$$;$t$ /* ; /* ; */ ; */"),
                (4, "select E'\\';', 'it''s;'"),
                (5, "select 3"),
            ]
        );
    }

    #[test]
    fn a_standard_function_body_is_one_statement() {
        let script = "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; select $1;";
        let found = texts(script);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].1.ends_with("select 2; end"));
    }

    #[test]
    fn transaction_control_is_told_from_savepoints() {
        let control = |text: &str| statements(text)[0].transaction_control().map(str::to_owned);
        assert_eq!(control("BEGIN;"), Some("BEGIN".to_owned()));
        assert_eq!(control("start transaction"), Some("start".to_owned()));
        assert_eq!(control("COMMIT"), Some("COMMIT".to_owned()));
        assert_eq!(control("rollback to a"), None);
        assert_eq!(control("create table commit_log()"), None);
        assert_eq!(control("prepare x as select 1"), None);
    }
}
