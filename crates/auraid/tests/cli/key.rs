//! `auraid key …`

use crate::program::{auraid, keys_in};
use crate::request::get;

#[tokio::test]
async fn a_key_works_until_it_is_revoked() {
    let db = aura_testing::auraid().await;
    let key = |words: &[&str]| auraid(["key"].iter().chain(words).copied()).on(&db.url()).run();
    let created = key(&["create", "ops"]).with(0).errs(&["ops"]);
    let keys = keys_in(&created.out);
    assert_eq!(created.out, format!("{}\n", keys[0]), "the key and nothing else, for scripts");
    assert!(keys_in(&created.err).is_empty());
    let mut running = auraid(["serve", "--listen", "127.0.0.1:0"]).on(&db.url()).start();
    let address = running.address();
    assert_eq!(get(&address, "/v1/users", Some(&keys[0])).0, 200);

    key(&["create", "ops"]).with(1).errs(&["name", "exists"]);
    let other = key(&["create", "other"]).with(0).out;
    let list = key(&["list"]).with(0);
    let lines: Vec<&str> = list.out.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("NAME "), "{}", list.out);
    assert!(lines[1].starts_with("ops ") && lines[1].ends_with(" never"), "{}", list.out);
    assert!(keys_in(&list.out).is_empty());
    let list = key(&["list", "--json"]).with(0).out;
    let names: Vec<serde_json::Value> = list
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].clone())
        .collect();
    assert_eq!(names, ["ops", "other"]);

    key(&["revoke", "ops"]).with(0).says(&["ops"]);
    assert_eq!(get(&address, "/v1/users", Some(&keys[0])).0, 401);
    assert_eq!(get(&address, "/v1/users", Some(other.trim())).0, 200);
    key(&["revoke", "ops"]).with(1).errs(&["\"ops\""]);
    let again = key(&["create", "ops"]).with(0).out;
    assert_eq!(get(&address, "/v1/users", Some(again.trim())).0, 200);
    assert_eq!(get(&address, "/v1/users", Some(&keys[0])).0, 401, "a name taken again revives no key");
    running.interrupt().with(0);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let db = aura_testing::auraid().await;
    for name in ["", " ", "a\nb", &"x".repeat(101)] {
        auraid(["key", "create", name]).on(&db.url()).run().with(1).errs(&["name"]);
    }
    assert_eq!(auraid(["key", "list"]).on(&db.url()).run().with(0).out.lines().count(), 1);
}
