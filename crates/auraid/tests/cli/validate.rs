//! `auraid validate`

use crate::place::Place;
use crate::program::auraid;

#[test]
fn the_projects_own_schema_is_valid() {
    auraid(["validate"]).run().with(0).says(&["valid", "models", "house rules"]);
    auraid(["validate", "--schema", "prisma/schema"]).run().with(0).says(&["valid", "house rules"]);
    let json = auraid(["validate", "--json"]).run().with(0);
    assert_eq!(json.json(), serde_json::json!([]));
}

#[test]
fn every_fault_of_a_file_is_shown_with_its_place() {
    let place = Place::new();
    let faults = "model User {\n  id String @id\n  age Intt\n  born DateTime @defalt(now())\n\
                  \x20 team Team\n}\n\nmodel User {\n  id Int @id\n}\n";
    let file = place.file("faults.prisma", faults);
    let ended = auraid(["validate", "--schema", &file]).run().with(1);
    for at in ["3:7", "4:18", "5:8", "8:7"] {
        assert!(ended.err.contains(&format!("{file}:{at}")), "no {at}:\n{}", ended.err);
    }
    assert!(ended.err.contains("4 errors"), "{}", ended.err);

    let ended = auraid(["validate", "--schema", &file, "--json"]).run().with(1);
    let found = ended.json();
    let mut places: Vec<(u64, u64)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            assert_eq!(fault["path"], file.as_str(), "{fault}");
            (fault["line"].as_u64().unwrap(), fault["column"].as_u64().unwrap())
        })
        .collect();
    places.sort_unstable();
    assert_eq!(places, [(3, 7), (4, 18), (5, 8), (8, 7)], "{found}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let place = Place::new();
    auraid(["validate", "--schema", "no/such/folder"]).run().with(3).errs(&["no/such/folder"]);
    let empty = place.path().to_str().unwrap();
    auraid(["validate", "--schema", empty]).run().with(3).errs(&[empty, ".prisma"]);
    let bytes = place.file("bytes.prisma", b"model \xff {}");
    auraid(["validate", "--schema", &bytes]).run().with(3).errs(&[&bytes, "UTF-8"]);
    auraid(["validate"]).within(place.path()).run().with(3);
}

#[test]
fn without_a_project_a_schema_means_what_prisma_means() {
    let place = Place::new();
    let file = place.file("schema.prisma", "model User {\n  id Int @id @default(autoincrement())\n}\n");
    let valid = auraid(["validate"]).within(place.path()).run().with(0).says(&["valid"]);
    assert!(!valid.out.contains("house rules"), "{}", valid.out);
    // Beside an auraid.toml the same file breaks the rules of the house.
    place.file("auraid.toml", "schema = \"schema.prisma\"\n");
    auraid(["validate", "--schema", &file]).run().with(1).errs(&["schema.prisma:", "deletedAt"]);
    auraid(["validate"]).within(place.path()).run().with(1).errs(&["deletedAt"]);
}

#[test]
fn a_faulty_configuration_is_shown_with_its_place() {
    let place = Place::new();
    place.file("schema.prisma", "model User {\n  id Int @id\n}\n");
    place.file("auraid.toml", "schema = \"schema.prisma\"\nidz = \"ordered\"\n");
    auraid(["validate"]).within(place.path()).run().with(1).errs(&["auraid.toml:2:1", "idz"]);
}
