//! Ids that belong to their model.

use std::cmp::Ordering;
use std::error::Error as StdError;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use aura_cuid2::Cuid2;
use bytes::BytesMut;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// The id of a row of `M`: 2 to 32 characters `^[a-z][0-9a-z]+$`, 24 when made here.
///
/// The id of another model is another type:
///
/// ```compile_fail
/// # struct User; struct Role;
/// fn find(id: aura_client::Id<User>) {}
/// fn wrong(role: aura_client::Id<Role>) { find(role) }
/// ```
pub struct Id<M> {
    value: Cuid2,
    model: PhantomData<fn() -> M>,
}

impl<M> Id<M> {
    /// A new id that sorts behind every earlier one of this process.
    pub fn new() -> Id<M> {
        Id::from_cuid2(aura_cuid2::ordered())
    }

    /// A new id that shows no creation time: the reference CUID2.
    pub fn random() -> Id<M> {
        Id::from_cuid2(aura_cuid2::random())
    }

    /// Says that `value` is the id of an `M`.
    pub fn from_cuid2(value: Cuid2) -> Id<M> {
        Id { value, model: PhantomData }
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Result<Id<M>, InvalidId> {
        text.parse().map(Id::from_cuid2).map_err(|_| InvalidId)
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        self.value.as_ref()
    }
}

/// The text is not an id: ids are 2 to 32 characters `a` to `z` and `0` to `9`, a letter first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: ids are 2 to 32 characters a-z and 0-9 and begin with a letter")]
pub struct InvalidId;

impl<M> Default for Id<M> {
    fn default() -> Self {
        Id::new()
    }
}

impl<M> Clone for Id<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Id<M> {}

impl<M> PartialEq for Id<M> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<M> Eq for Id<M> {}

impl<M> PartialOrd for Id<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M> Ord for Id<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<M> Hash for Id<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<M> fmt::Debug for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<M> fmt::Display for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<M> FromStr for Id<M> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Id::parse(text)
    }
}

impl<M> Serialize for Id<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, M> Deserialize<'de> for Id<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Id::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<M> ToSql for Id<M> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.as_str().to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

impl<'a, M> FromSql<'a> for Id<M> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Id::parse(<&str as FromSql>::from_sql(ty, raw)?)?)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct User;

    #[test]
    fn reads_and_refuses() {
        for good in ["ab", "tz4a98xxat96iws9zmbrgj3a", "a2345678901234567890123456789012"] {
            assert_eq!(Id::<User>::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a", "1a", "Ab", "a-b", "ab ", "é2", "a23456789012345678901234567890123"] {
            assert_eq!(Id::<User>::parse(bad), Err(InvalidId), "{bad}");
        }
    }

    #[test]
    fn new_ids_sort() {
        let ids: Vec<Id<User>> = (0..1000).map(|_| Id::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn serde_is_the_text() {
        let id: Id<User> = serde_json::from_str("\"abc\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"abc\"");
        assert!(serde_json::from_str::<Id<User>>("\"ABC\"").is_err());
    }
}
