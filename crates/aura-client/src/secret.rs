//! Values that are never shown.

use std::error::Error as StdError;
use std::fmt;

use bytes::BytesMut;
use subtle::ConstantTimeEq;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

/// A column marked `/// @aura.sensitive`: a password hash, a token's hash. `Debug` says `[secret]`,
/// there is no `Display` and no serialisation, comparison takes the same time wherever they differ.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<T: AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref().ct_eq(other.0.as_ref()).into()
    }
}

impl<T: AsRef<[u8]>> Eq for Secret<T> {}

impl<T: ToSql> ToSql for Secret<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.0.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        T::accepts(ty)
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.0.to_sql_checked(ty, out)
    }
}

impl<'a, T: FromSql<'a>> FromSql<'a> for Secret<T> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        T::from_sql(ty, raw).map(Secret)
    }

    fn accepts(ty: &Type) -> bool {
        T::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_4_a_secret_is_not_in_debug_output() {
        let secret = Secret::new("$argon2id$hunter2".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[secret] Some([secret])");
    }

    #[test]
    fn compares_by_value() {
        assert_eq!(Secret::new(vec![1_u8, 2]), Secret::new(vec![1_u8, 2]));
        assert_ne!(Secret::new(vec![1_u8, 2]), Secret::new(vec![1_u8, 3]));
        assert_ne!(Secret::new(vec![1_u8, 2]), Secret::new(vec![1_u8]));
    }
}
