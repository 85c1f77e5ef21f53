//! Schema to PostgreSQL: every statement that shapes a database, and applying it
