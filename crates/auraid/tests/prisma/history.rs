//! Who did it, as the trail has it.

use crate::product::{database_with_family, id, texts};
use crate::project::project;
use crate::soundness::assert_sound;

#[tokio::test]
async fn an_event_names_the_actor_that_its_transaction_set_and_no_other() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("history.mjs", &db, &family).await;
    let client = db.connect().await;
    let (ada, membership, session) = (id(&family, "ada"), id(&family, "inPortal"), id(&family, "session"));
    let story = async |record: &str| {
        let sql = format!(
            "SELECT concat_ws(' ', operation, coalesce(actor, 'nobody'), request, after ->> 'name')
             FROM aura.event WHERE record_id = '{record}' ORDER BY number"
        );
        texts(&client, &sql).await
    };

    let by_herself = format!("update user:{ada} request 1");
    assert_eq!(
        story(ada).await,
        [
            "create nobody",
            "update nobody none",
            "update service:billing batch",
            "update nobody after the batch",
            &format!("{by_herself} interactive"),
            "update operator:root serializable",
            "update service:invites nested",
            "delete service:leaving nested",
        ]
    );
    // One event for two fields, and the cascade is the deleter's deed.
    assert_eq!(
        story(membership).await,
        ["create nobody", &by_herself, "update service:invites", "delete service:leaving"]
    );
    assert_eq!(story(session).await, ["create nobody", &by_herself, "delete service:leaving"]);

    let changes = format!(
        "SELECT concat(before ->> 'role', ' ', before ->> 'status', ' → ', after ->> 'role', ' ', after ->> 'status')
         FROM aura.event WHERE record_id = '{membership}' AND operation = 'update' ORDER BY number"
    );
    assert_eq!(
        texts(&client, &changes).await,
        ["ADMIN ACTIVE → ADMIN SUSPENDED", "ADMIN SUSPENDED → ADMIN ACTIVE"]
    );

    // In any case the role that was connected is named; and nothing of a transaction that was undone.
    let roles = "SELECT DISTINCT session_role FROM aura.event";
    assert_eq!(texts(&client, roles).await, ["auraid_service"]);
    for undone in ["rolled back", "refused in the middle"] {
        assert!(answer[undone]["refused"].is_object(), "{undone}: {}", answer[undone]);
        let events = format!("SELECT record_id FROM aura.event WHERE after ->> 'name' = '{undone}'");
        assert_eq!(texts(&client, &events).await, [""; 0], "{undone}");
    }
    // The service may read the trail.
    assert_eq!(answer["own events"]["done"][0]["count"], 8);
    assert_sound(&client).await;
}
