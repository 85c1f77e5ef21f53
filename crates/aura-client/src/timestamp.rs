//! Points in time.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

use bytes::{BufMut, BytesMut};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL's count begins.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A point in time, as `timestamptz` holds it: microseconds; written as RFC 3339 in UTC.
///
/// A newtype of [`jiff::Timestamp`], because the driver knows that crate in older versions only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(jiff::Timestamp);

/// The text is not a point in time as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time: write it as in RFC 3339, for example 2026-01-31T12:00:00Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The machine's clock, cut to milliseconds: the precision of the columns.
    pub fn now() -> Timestamp {
        let now = jiff::Timestamp::now();
        Timestamp(jiff::Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now))
    }

    /// Milliseconds since 1970; `None` beyond the calendar.
    pub fn from_millisecond(milliseconds: i64) -> Option<Timestamp> {
        jiff::Timestamp::from_millisecond(milliseconds).ok().map(Timestamp)
    }

    /// So much later; the end of time where that is beyond it.
    #[must_use]
    pub fn after(self, duration: std::time::Duration) -> Timestamp {
        let by = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        Timestamp(self.0.saturating_add(by).unwrap_or(jiff::Timestamp::MAX))
    }

    /// So much earlier; the beginning of time where that is before it.
    #[must_use]
    pub fn before(self, duration: std::time::Duration) -> Timestamp {
        let by = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        Timestamp(self.0.saturating_sub(by).unwrap_or(jiff::Timestamp::MIN))
    }

    /// As jiff has it.
    pub fn as_jiff(self) -> jiff::Timestamp {
        self.0
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(value: jiff::Timestamp) -> Self {
        Timestamp(value)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse().map(Timestamp).map_err(|_| InvalidTimestamp)
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.put_i64(self.0.as_microsecond() - POSTGRES_EPOCH);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::TIMESTAMPTZ | Type::TIMESTAMP)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Timestamp {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let count = i64::from_be_bytes(raw.try_into()?);
        if count == i64::MAX || count == i64::MIN {
            return Err("infinity is no point in time".into());
        }
        let since_1970 = count.checked_add(POSTGRES_EPOCH).ok_or("beyond the end of time")?;
        Ok(Timestamp(jiff::Timestamp::from_microsecond(since_1970)?))
    }

    fn accepts(ty: &Type) -> bool {
        <Timestamp as ToSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_is_microseconds_since_2000() {
        let time: Timestamp = "2000-01-01T00:00:01.5Z".parse().unwrap();
        let mut wire = BytesMut::new();
        time.to_sql(&Type::TIMESTAMPTZ, &mut wire).unwrap();
        assert_eq!(wire[..], 1_500_000_i64.to_be_bytes());
        assert_eq!(Timestamp::from_sql(&Type::TIMESTAMPTZ, &wire).unwrap(), time);
        assert!(Timestamp::from_sql(&Type::TIMESTAMPTZ, &i64::MAX.to_be_bytes()).is_err());
        assert!(Timestamp::from_sql(&Type::TIMESTAMPTZ, &[1, 2]).is_err());
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        let now = Timestamp::now();
        assert!(now.after(std::time::Duration::MAX) > now);
        assert!(now.before(std::time::Duration::MAX) < now);
    }
}
