//! `auraid id …`

use crate::program::auraid;

#[test]
fn new_ids_are_sorted_and_of_the_form_everybody_accepts() {
    let out = auraid(["id", "new", "-n", "3"]).run().with(0).out;
    let ids: Vec<&str> = out.lines().collect();
    assert!(ids.len() == 3 && ids.is_sorted(), "{out}");
    for id in &ids {
        let is_right = id.len() == 24
            && id.starts_with(|first: char| first.is_ascii_lowercase())
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        assert!(is_right, "{id}");
    }
    assert_eq!(auraid(["id", "new"]).run().with(0).out.lines().count(), 1);
}

#[test]
fn inspect_tells_the_time_of_ours_and_not_of_others() {
    // The id knows milliseconds, the clock more.
    let before = aura_client::Timestamp::now().before(std::time::Duration::from_millis(1));
    let id = auraid(["id", "new"]).run().with(0).out;
    let after = aura_client::Timestamp::now();
    let said = auraid(["id", "inspect", id.trim()]).run().with(0).says(&["length  24"]).out;
    let made = crate::program::between(&said, "made    ", ",");
    let made: aura_client::Timestamp = made.parse().unwrap();
    assert!((before..=after).contains(&made), "{said}");
    // Made by the reference library, @paralleldrive/cuid2.
    auraid(["id", "inspect", "tz4a98xxat96iws9zmbrgj3a"]).run().with(0).says(&["does not tell"]);
}

#[test]
fn what_is_no_id_is_refused() {
    for id in ["", "1abc", "Ada", "a-b", "0x"] {
        auraid(["id", "inspect", id]).run().with(1).errs(&["error: "]);
    }
}
