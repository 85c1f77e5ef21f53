//! Parameters of a statement.

use std::fmt;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A value on its way into a statement. Its `Debug` never shows it.
pub struct Value(Box<dyn ToSql + Sync + Send>);

impl Value {
    /// Wraps what the driver can send.
    pub fn new(value: impl ToSql + Sync + Send + 'static) -> Value {
        Value(Box::new(value))
    }

    /// Whether it is SQL's NULL. What cannot be encoded is not: the driver will say what is wrong with it.
    pub(crate) fn is_null(&self, ty: &Type) -> bool {
        matches!(self.0.to_sql_checked(ty, &mut BytesMut::new()), Ok(IsNull::Yes))
    }

    pub(crate) fn as_sql(&self) -> &(dyn ToSql + Sync) {
        &*self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}
