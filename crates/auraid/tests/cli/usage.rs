//! Wrong words, and what the program says of itself.

use crate::program::auraid;

#[test]
fn wrong_usage_is_status_2() {
    for words in [
        &[][..],
        &["dance"],
        &["up", "--listen", "somewhere"],
        &["up", "--dance"],
        &["import"],
        &["import", "users.ndjson", "--batch", "0"],
        &["key", "create"],
        &["history", "show", "User"],
        &["id", "new", "-n", "many"],
        &["--log", "auraid=loud", "id", "new"],
    ] {
        let ended = auraid(words.iter().copied()).run().with(2);
        assert!(ended.out.is_empty() && !ended.err.is_empty(), "{words:?}: {ended:?}");
    }
}

#[test]
fn it_says_what_it_is() {
    let version = auraid(["--version"]).run().with(0).out;
    assert_eq!(version, format!("auraid {}\n", env!("CARGO_PKG_VERSION")));
    let help = auraid(["--help"]).run().with(0).says(&[
        "DATABASE_URL",
        "Exit status: 0",
        "Usage: auraid",
        "up ",
        "serve ",
        "validate ",
        "migrate ",
        "import ",
        "export ",
        "key ",
        "history ",
        "id ",
        "openapi ",
    ]);
    assert!(help.err.is_empty());
    for command in
        ["up", "serve", "validate", "migrate", "import", "export", "key", "history", "id", "openapi"]
    {
        auraid([command, "--help"]).run().with(0).says(&["Usage: auraid"]);
    }
}

#[test]
fn help_does_not_show_the_databases_password() {
    let help = auraid(["--help"]).on("postgresql://ada:hunter2@localhost/auraid").run().with(0).out;
    assert!(!help.contains("hunter2"), "{help}");
}

#[test]
fn the_api_describes_itself_without_a_database() {
    let json = auraid(["openapi"]).run().with(0).json();
    assert!(json["openapi"].as_str().unwrap().starts_with("3.1"), "{}", json["openapi"]);
    assert!(json["paths"].as_object().unwrap().contains_key("/v1/users"));
}
