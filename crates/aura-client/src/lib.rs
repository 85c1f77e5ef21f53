//! What generated code stands on: statements, pool, transactions, live and deleted, actor
