//! Soft delete and restore by writing `deletedAt`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::product::{database_with_family, id, operations};
use crate::project::project;
use crate::soundness::assert_sound;

/// All live ids after a step.
fn live<'a>(answer: &'a Value, step: &str) -> BTreeSet<&'a str> {
    let models = answer[step]["live"].as_object().unwrap_or_else(|| panic!("no step {step}"));
    models.values().flat_map(|ids| ids.as_array().expect("a list")).filter_map(Value::as_str).collect()
}

/// What left between two steps, and what came.
fn difference<'a>(answer: &'a Value, before: &str, after: &str) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let (before, after) = (live(answer, before), live(answer, after));
    (before.difference(&after).copied().collect(), after.difference(&before).copied().collect())
}

/// Prisma's code, PostgreSQL's, the constraint.
fn refusal<'a>(answer: &'a Value, step: &str) -> [&'a str; 3] {
    let refused = &answer[step]["result"]["refused"];
    assert!(refused.is_object(), "{step} was not refused: {}", answer[step]["result"]);
    ["prisma", "postgres", "constraint"].map(|part| refused[part].as_str().unwrap_or(""))
}

#[tokio::test]
async fn what_hangs_on_a_row_goes_and_comes_back_with_it_and_nothing_else() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("deleting.mjs", &db, &family).await;
    let of = |members: &[&str]| members.iter().map(|member| id(&family, member)).collect::<BTreeSet<_>>();
    let nothing = BTreeSet::new();

    // Ada's membership in the shop goes by itself; it must not come back with her.
    let all_of_ada = of(&["ada", "inPortal", "session", "refresh", "mailToken", "inviteToken"]);
    assert_eq!(difference(&answer, "before", "membership by itself"), (of(&["inShop"]), nothing.clone()));
    assert_eq!(difference(&answer, "membership by itself", "user"), (all_of_ada.clone(), nothing.clone()));
    assert_eq!(refusal(&answer, "user again"), ["P2025", "", ""]);
    for (step, constraint) in [
        ("child of deleted", "Membership_liveUntil_check"),
        ("child deleted by itself, of deleted", "Membership_userId_fkey"),
        ("session of deleted", "Session_liveUntil_check"),
    ] {
        assert_eq!(refusal(&answer, step), ["P2003", "23503", constraint], "{step}");
        assert_eq!(live(&answer, step), live(&answer, "user"), "{step} changed something");
    }
    assert_eq!(difference(&answer, "user", "user back"), (nothing.clone(), all_of_ada.clone()));
    assert_eq!(live(&answer, "membership back"), live(&answer, "before"));

    // One row of each other model, with what hangs on it.
    let of_portal = of(&["portal", "inPortal", "bobInPortal", "session", "refresh", "inviteToken"]);
    assert_eq!(difference(&answer, "membership back", "application"), (of_portal, nothing.clone()));
    for (step, gone) in [
        ("session", of(&["session", "refresh"])),
        ("refresh token", of(&["refresh"])),
        ("verification token", of(&["mailToken"])),
        ("operator key", of(&["key"])),
    ] {
        assert_eq!(difference(&answer, "before", step), (gone, nothing.clone()), "{step}");
    }
    // Two users at once. What one of them does not have is the other's.
    let users = difference(&answer, "before", "both users, updateMany").0;
    let also = of(&["inShop", "bob", "bobInPortal"]);
    assert_eq!(users, &all_of_ada | &also);
    for step in [
        "application back",
        "session back",
        "refresh token back",
        "verification token back",
        "operator key back",
        "both users back",
        "rolled back",
    ] {
        assert_eq!(live(&answer, step), live(&answer, "before"), "{step}");
    }

    let client = db.connect().await;
    let once = ["create", "delete", "restore"];
    assert_eq!(operations(&client, id(&family, "key")).await, once);
    assert_eq!(operations(&client, id(&family, "portal")).await, once);
    // By itself, with both users; not once with anybody else.
    assert_eq!(
        operations(&client, id(&family, "inShop")).await,
        ["create", "delete", "restore", "delete", "restore", "delete"]
    );
    assert_sound(&client).await;
}

#[tokio::test]
async fn a_deleted_rows_unique_value_is_free_and_restoring_into_it_is_refused() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("deleting.mjs", &db, &family).await;
    for (taken, refused, constraint) in [
        ("taken e-mail", "restore into a taken e-mail", "User_email_key"),
        ("taken pair", "restore into a taken pair", "Membership_userId_applicationId_key"),
    ] {
        let new = answer[taken]["result"]["done"]["id"].as_str().expect("made in the deleted row's place");
        assert!(live(&answer, taken).contains(new), "{taken}");
        assert_eq!(refusal(&answer, refused), ["P2002", "23505", constraint]);
        assert_eq!(live(&answer, refused), live(&answer, taken), "{refused} changed something");
    }
    let client = db.connect().await;
    assert_eq!(operations(&client, id(&family, "ada")).await.last().map(String::as_str), Some("delete"));
    assert_sound(&client).await;
}
