//! Parameters of a statement.

use std::fmt;

use tokio_postgres::types::ToSql;

/// A value on its way into a statement. Its `Debug` never shows it.
pub struct Value(Box<dyn ToSql + Sync + Send>);

impl Value {
    /// Wraps what the driver can send.
    pub fn new(value: impl ToSql + Sync + Send + 'static) -> Value {
        Value(Box::new(value))
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
