//! The `auraid` program.
fn main() {}
