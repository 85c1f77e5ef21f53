//! The `auraid` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    auraid::cli::main()
}
