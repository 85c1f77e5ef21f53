//! Every model created, read by its keys, and changed; ids of all three makers beside one another.

use aura_client::{Actor, Id, Settings};
use auraid::store::{NewUser, Store, User};
use serde_json::json;

use crate::product::{count, database_with_family, id, operations, texts};
use crate::project::project;
use crate::soundness::{MODELS, assert_sound};

#[tokio::test]
async fn every_model_is_created_read_and_changed() {
    let Some(project) = project() else { return };
    let (db, mut family) = database_with_family(&project).await;
    let store = Store::open(Settings::new(db.url_as("auraid_service"))).expect("a store");
    let acting = store.acting_as(Actor::service("test"));
    let rust = acting
        .user()
        .create(NewUser::new("rust@example.com").name("Rust"))
        .await
        .expect("a user of the Rust side");
    family["rust"] = json!(rust.id.as_str());

    let answer = project.run("models.mjs", &db, &family).await;
    let client = db.connect().await;

    let read = &answer["read"];
    let ada = &read["user"];
    assert_eq!(ada["id"], family["ada"]);
    assert_eq!(ada["metadata"], json!({ "colour": "green", "nested": { "list": [1, 2] } }));
    assert_eq!(ada["memberships"].as_array().map(Vec::len), Some(2));
    assert_eq!(ada["verificationTokens"].as_array().map(Vec::len), Some(2));
    assert_eq!(ada["invitations"][0]["id"], family["bobInPortal"]);
    assert_eq!(read["application"]["redirectUris"], json!(["https://portal.example/back"]));
    assert_eq!(read["membership"]["user"]["id"], family["ada"]);
    assert_eq!(read["membership"]["application"]["id"], family["portal"]);
    assert_eq!(read["session"]["address"], "2001:db8::1");
    assert_eq!(read["session"]["refreshTokens"][0]["id"], family["refresh"]);
    assert_eq!(read["refreshToken"]["id"], family["refresh"]);
    assert_eq!(read["verificationToken"]["id"], family["mailToken"]);
    assert_eq!(read["operatorKey"]["id"], family["key"]);
    assert_eq!(read["rust"]["name"], "Rust");

    let changed = &answer["changed"];
    assert_eq!(changed["user"]["name"], "Ada");
    assert_eq!(changed["application"]["redirectUris"], json!(["https://portal.example/back", "https://b"]));
    assert_eq!(changed["membership"]["role"], "OWNER");
    assert_eq!(changed["session"]["address"], "10.1.2.3");
    let later = "2031-02-03T04:05:06.789Z";
    for (model, field) in [
        ("session", "lastUsedAt"),
        ("refreshToken", "usedAt"),
        ("verificationToken", "usedAt"),
        ("operatorKey", "expiresAt"),
    ] {
        assert_eq!(changed[model][field], later, "{model}");
    }
    assert_eq!(
        answer["unchanged"]["updatedAt"], changed["user"]["updatedAt"],
        "nothing changed, so neither does this"
    );

    // The database's side: one event a change, what was written is what it holds.
    for member in ["ada", "portal", "inPortal", "session", "key"] {
        assert_eq!(operations(&client, id(&family, member)).await, ["create", "update"], "{member}");
    }
    assert_eq!(operations(&client, id(&family, "refresh")).await, ["create", "update", "update"]);
    let successor = id(&changed["rotated"]["successor"], "id");
    assert_eq!(operations(&client, successor).await, ["create"]);
    let used = r#"SELECT to_char("usedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM "RefreshToken"
                  WHERE "usedAt" IS NOT NULL"#;
    assert_eq!(texts(&client, used).await, [later]);
    let secrets = r"SELECT before ->> 'passwordHash' || ', then ' || (after ->> 'passwordHash')
                     FROM aura.event WHERE model = 'User' AND operation = 'update'";
    assert_eq!(texts(&client, secrets).await, ["[secret], then [secret, changed]"]);
    for model in MODELS {
        let rows = count(&client, &format!(r#"SELECT count(*) FROM "{model}""#)).await;
        let created =
            format!("SELECT count(*) FROM aura.event WHERE model = '{model}' AND operation = 'create'");
        assert_eq!(count(&client, &created).await, rows, "{model}");
    }
    assert_sound(&client).await;

    // And the Rust side reads what Prisma wrote.
    let ada = store
        .user()
        .find(Id::<User>::parse(id(&family, "ada")).expect("an id of Prisma's is one of ours"))
        .await;
    assert_eq!(ada.expect("a read").expect("Ada is live").name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn ids_of_prisma_of_rust_and_of_the_database_live_side_by_side() {
    let Some(project) = project() else { return };
    let (db, mut family) = database_with_family(&project).await;
    let client = db.connect().await;
    let mut ours = Vec::new();
    for n in 0..100 {
        let id = aura_cuid2::ordered();
        let sql = r#"INSERT INTO "User" ("id", "email") VALUES ($1, $2)"#;
        client.execute(sql, &[&id.as_str(), &format!("rust{n}@example.com")]).await.expect("a user");
        ours.push(id.to_string());
    }
    family["rust"] = json!(ours[0]);
    let answer = project.run("models.mjs", &db, &family).await;
    assert_eq!(answer["rustMembership"]["userId"], ours[0].as_str());

    let ids: Vec<&str> = answer["ids"].as_array().expect("ids").iter().filter_map(|id| id.as_str()).collect();
    // 100 of ours, 2 of raw SQL, 2 of the family and 100 more of Prisma's.
    assert_eq!(ids.len(), 204);
    for id in ids {
        let (first, rest) = id.split_at(1);
        assert!(id.len() == 24, "{id}");
        assert!(first.bytes().all(|byte| byte.is_ascii_lowercase()), "{id}");
        assert!(rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
    }
    assert_sound(&client).await;
}
