//! Why a text is no id.

use std::fmt;

use crate::id::Cuid2;

/// Why a text is no id. The message shows at most 40 characters of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Too short or too long.
    #[error("an id has {} to {} characters, not {length}{}", Cuid2::MIN_LENGTH, Cuid2::MAX_LENGTH, Shown(.text))]
    Length {
        /// How many characters it has, or were asked for.
        length: usize,
        /// The beginning of the text; empty if there is none.
        text: String,
    },
    /// It does not begin with a letter.
    #[error("an id begins with a small letter (a to z), not with {found:?}{}", Shown(.text))]
    First {
        /// The character it begins with.
        found: char,
        /// The text.
        text: String,
    },
    /// It holds something else than small letters and digits.
    #[error("an id holds small letters and digits only (a to z, 0 to 9), but character {position} is {found:?}{}", Shown(.text))]
    Character {
        /// The character.
        found: char,
        /// Where it is, counted from 1.
        position: usize,
        /// The text.
        text: String,
    },
}

/// How much of a text a message shows, in characters.
const SHOWN: usize = 40;

/// The part of a text that an error keeps.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        // Longer texts were cut to exactly this length.
        let more = if self.0.chars().count() == SHOWN { "…" } else { "" };
        write!(f, ": {:?}{more}", self.0)
    }
}
