//! Runs a throwaway server until a line is read or the input ends, and prints where it is.
//!
//! `cargo run -p aura-postgres --example scratch`

use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = aura_postgres::scratch()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", server.url("postgres", "postgres"))?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    server.stop()?;
    Ok(())
}
