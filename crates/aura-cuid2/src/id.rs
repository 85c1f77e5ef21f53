//! The value: an id's text, checked.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::{self, FromStr};

use crate::error::{Error, excerpt};

/// An id of CUID2's form: 2 to 32 characters, a small letter first, then small letters and digits.
///
/// It is ordered as its bytes are, which is also the order of a column with `COLLATE "C"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cuid2 {
    /// Zero behind the end. As no id holds a zero, the order of these arrays is the order of the texts.
    bytes: [u8; Self::MAX_LENGTH],
    length: u8,
}

impl Cuid2 {
    /// The fewest characters of an id.
    pub const MIN_LENGTH: usize = 2;
    /// The most characters of an id.
    pub const MAX_LENGTH: usize = 32;
    /// The characters of an id that is made here unless told otherwise.
    pub const LENGTH: usize = 24;

    /// Its text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).expect("an id is ASCII, as was checked when it was made")
    }

    /// Its text as bytes, all ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Of bytes that are of the right form.
    pub(crate) fn of_valid(text: &[u8]) -> Self {
        debug_assert!(str::from_utf8(text).is_ok_and(|text| check(text).is_ok()), "not of an id's form");
        let mut bytes = [0; Self::MAX_LENGTH];
        bytes[..text.len()].copy_from_slice(text);
        // At most 32, as the line above has shown.
        Self { bytes, length: u8::try_from(text.len()).unwrap_or(0) }
    }
}

fn check(text: &str) -> Result<(), Error> {
    let length = if text.len() <= 4 * Cuid2::MAX_LENGTH { text.chars().count() } else { text.len() };
    if !(Cuid2::MIN_LENGTH..=Cuid2::MAX_LENGTH).contains(&length) {
        return Err(Error::Length { length, text: excerpt(text) });
    }
    for (index, found) in text.chars().enumerate() {
        match (index, found) {
            (_, 'a'..='z') | (1.., '0'..='9') => {}
            (0, _) => return Err(Error::First { found, text: excerpt(text) }),
            _ => return Err(Error::Character { found, position: index + 1, text: excerpt(text) }),
        }
    }
    Ok(())
}

impl FromStr for Cuid2 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        check(text).map(|()| Self::of_valid(text.as_bytes()))
    }
}

impl TryFrom<&str> for Cuid2 {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for Cuid2 {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Cuid2> for String {
    fn from(id: Cuid2) -> String {
        id.as_str().to_owned()
    }
}

impl fmt::Display for Cuid2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Cuid2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cuid2({})", self.as_str())
    }
}

impl AsRef<str> for Cuid2 {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Deref for Cuid2 {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// A map by ids can be asked by text: hash, order and equality are those of the text.
impl Borrow<str> for Cuid2 {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl Hash for Cuid2 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for Cuid2 {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Cuid2 {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(feature = "serde")]
mod as_text {
    use serde::de::{Error as _, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Cuid2, fmt};

    impl Serialize for Cuid2 {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }

    impl<'de> Deserialize<'de> for Cuid2 {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Text;
            impl Visitor<'_> for Text {
                type Value = Cuid2;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an id of 2 to 32 small letters and digits")
                }

                fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cuid2, E> {
                    text.parse().map_err(E::custom)
                }
            }
            deserializer.deserialize_str(Text).map_err(D::Error::custom)
        }
    }
}
