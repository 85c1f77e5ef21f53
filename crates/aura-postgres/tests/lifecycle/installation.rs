//! Where PostgreSQL's programs are looked for.

use aura_postgres::BIN_VARIABLE;

use crate::other::Other;
use crate::skip;

#[test]
fn the_variable_is_never_passed_over_in_silence() {
    let mut command = Other::command("scratch");
    command.env(BIN_VARIABLE, "/nowhere/at/all");
    let Err(said) = Other::run(command).said() else { panic!("it started") };
    assert!(said.contains(BIN_VARIABLE) && said.contains("/nowhere/at/all"), "{said}");
}

#[test]
fn without_path_the_usual_places_are_searched() {
    let mut command = Other::command("scratch");
    command.env("PATH", "").env_remove(BIN_VARIABLE);
    let mut other = Other::run(command);
    match other.said() {
        Ok(_) => other.end(),
        Err(said) => {
            assert!(said.contains("install") && said.contains(BIN_VARIABLE), "{said}");
            skip("without_path: no PostgreSQL in the usual places");
        }
    }
}
