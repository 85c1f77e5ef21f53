//! E-mail addresses.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

use bytes::BytesMut;
use serde::{Deserialize, Deserializer, Serialize};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// An address of the form RFC 5321 can deliver to: one `@`, something before it (at most 64 bytes) and
/// behind it, at most 254 bytes, no white space, no control character. Whether somebody reads it is
/// known only after a verification.
///
/// Written as given; the database compares without case. `==` compares as written.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// The text is not an e-mail address; the text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: {0}")]
pub struct InvalidEmail(&'static str);

impl Email {
    /// Reads an address; white space around it is cut.
    pub fn parse(text: &str) -> Result<Email, InvalidEmail> {
        let text = text.trim();
        let Some((local, domain)) = text.split_once('@') else {
            return Err(InvalidEmail("it has no @"));
        };
        if local.is_empty() || domain.is_empty() {
            return Err(InvalidEmail("one side of the @ is empty"));
        }
        if domain.contains('@') {
            return Err(InvalidEmail("it has more than one @"));
        }
        if local.len() > 64 {
            return Err(InvalidEmail("more than 64 bytes before the @"));
        }
        if text.len() > 254 {
            return Err(InvalidEmail("more than 254 bytes"));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidEmail("it has white space or a control character"));
        }
        Ok(Email(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Email::parse(text)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Email::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl ToSql for Email {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.as_str().to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

// What another writer stored passed the column's own CHECK; refusing it here would hide the row.
impl<'a> FromSql<'a> for Email {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Email(<&str as FromSql>::from_sql(ty, raw)?.to_owned()))
    }

    fn accepts(ty: &Type) -> bool {
        <&str as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_can_be_delivered_to() {
        for good in ["ada@example.com", "a+b@x", "\u{fc}mit@b\u{fc}cher.example", " ada@example.com "] {
            assert_eq!(Email::parse(good).unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn refuses_the_rest() {
        let long_local = format!("{}@x", "a".repeat(65));
        let long = format!("a@{}", "x".repeat(253));
        for bad in ["", "ada", "@x", "ada@", "a@b@c", "a b@c", "a@b\n.c", "a@b\0", &long_local, &long] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }
}
