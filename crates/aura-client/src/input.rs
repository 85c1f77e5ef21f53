//! What a caller may write where a field's value is wanted.

use crate::{Email, InvalidEmail, InvalidId, InvalidTimestamp, Secret};

/// Why a value does not fit a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(String);

impl Invalid {
    /// Says why; the value itself must not be in the text.
    pub fn new(why: impl Into<String>) -> Invalid {
        Invalid(why.into())
    }
}

impl From<InvalidEmail> for Invalid {
    fn from(error: InvalidEmail) -> Self {
        Invalid(error.to_string())
    }
}

impl From<InvalidId> for Invalid {
    fn from(error: InvalidId) -> Self {
        Invalid(error.to_string())
    }
}

impl From<InvalidTimestamp> for Invalid {
    fn from(error: InvalidTimestamp) -> Self {
        Invalid(error.to_string())
    }
}

/// A value for a field of type `T`: the type itself, for an optional field also without `Some`, for
/// text also `&str`. What does not fit is an error of the statement it was meant for.
pub trait IntoField<T> {
    /// Turns it into the field's type.
    fn into_field(self) -> Result<T, Invalid>;
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> Result<T, Invalid> {
        Ok(self)
    }
}

impl<T> IntoField<Option<T>> for T {
    fn into_field(self) -> Result<Option<T>, Invalid> {
        Ok(Some(self))
    }
}

/// Text for a field: the two directions, required and optional.
macro_rules! from_text {
    ($from:ty, $to:ty, $convert:expr) => {
        impl IntoField<$to> for $from {
            fn into_field(self) -> Result<$to, Invalid> {
                let convert: fn($from) -> Result<$to, Invalid> = $convert;
                convert(self)
            }
        }

        impl IntoField<Option<$to>> for $from {
            fn into_field(self) -> Result<Option<$to>, Invalid> {
                IntoField::<$to>::into_field(self).map(Some)
            }
        }
    };
}

from_text!(&str, String, |text| Ok(text.to_owned()));
from_text!(&String, String, |text| Ok(text.clone()));
from_text!(&str, Email, |text| Ok(Email::parse(text)?));
from_text!(&String, Email, |text| Ok(Email::parse(text)?));
from_text!(String, Email, |text| Ok(Email::parse(&text)?));

impl<const N: usize> IntoField<Vec<String>> for [&str; N] {
    fn into_field(self) -> Result<Vec<String>, Invalid> {
        Ok(self.into_iter().map(str::to_owned).collect())
    }
}

impl<const N: usize> IntoField<Secret<Vec<u8>>> for [u8; N] {
    fn into_field(self) -> Result<Secret<Vec<u8>>, Invalid> {
        Ok(Secret::new(self.to_vec()))
    }
}

impl<const N: usize> IntoField<Option<Secret<Vec<u8>>>> for [u8; N] {
    fn into_field(self) -> Result<Option<Secret<Vec<u8>>>, Invalid> {
        Ok(Some(Secret::new(self.to_vec())))
    }
}
