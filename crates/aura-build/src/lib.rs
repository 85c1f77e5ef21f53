//! Schema to a typed Rust client, called from a build script
