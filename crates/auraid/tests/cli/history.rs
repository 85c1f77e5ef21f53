//! `auraid history …`

use crate::program::auraid;

#[tokio::test]
async fn show_tells_each_step_in_a_sentence_and_as_json() {
    let db = aura_testing::auraid().await;
    let on = |words: &[&str]| auraid(words.iter().copied()).on(&db.url()).run();
    on(&["key", "create", "ops", "--as", "ada"]).with(0);
    let list = on(&["key", "list", "--json"]).with(0).json();
    let id = list["id"].as_str().unwrap();
    on(&["key", "revoke", "ops", "--as", "bob"]).with(0);

    let said = on(&["history", "show", "OperatorKey", id]).with(0).out;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    for (line, parts) in lines.iter().zip([["create", "operator:ada"], ["delete", "operator:bob"]]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{said}");
        assert!(line.ends_with(parts[1]), "no values and no spaces behind it: {line:?}");
        let time: Result<aura_client::Timestamp, _> = line.split("  ").next().unwrap().parse();
        assert!(time.is_ok(), "{line}");
    }

    let said = on(&["history", "show", "OperatorKey", id, "--json"]).with(0).out;
    let events: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let steps: Vec<_> = events.iter().map(|event| (&event["operation"], &event["actor"])).collect();
    assert_eq!(
        steps.iter().map(|(operation, actor)| format!("{operation} {actor}")).collect::<Vec<_>>(),
        [r#""create" "operator:ada""#, r#""delete" "operator:bob""#]
    );
}

#[tokio::test]
async fn what_is_not_recorded_and_what_is_no_model() {
    let db = aura_testing::auraid().await;
    let id = auraid(["id", "new"]).run().with(0).out;
    let on = |model: &str, id: &str| auraid(["history", "show", model, id]).on(&db.url()).run();
    on("User", id.trim()).with(1).errs(&["User", id.trim()]);
    on("User", "no id at all").with(1).errs(&["no id at all"]);
    on("Usr", id.trim()).with(2).errs(&["Usr", "User, "]);
}
