//! Many writers of Prisma's at once.

use serde_json::json;

use crate::product::database_with_family;
use crate::project::project;
use crate::soundness::assert_sound;

#[tokio::test]
async fn no_race_of_prismas_leaves_an_orphan_or_uses_a_token_twice() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("racing.mjs", &db, &family).await;
    let tally = &answer["tally"];
    assert_eq!(tally["other"], json!([]), "errors that no caller could settle by trying again");
    for outcome in ["created", "refused"] {
        assert!(tally[outcome].as_u64() > Some(0), "no race was had: {tally}");
    }
    assert_eq!((&answer["used"], &answer["refusedUses"]), (&json!(1), &json!(15)));
    assert_sound(&db.connect().await).await;
}
