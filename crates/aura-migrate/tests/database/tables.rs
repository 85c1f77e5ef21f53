//! What every table of the product has.

use crate::product::{database, one, product_schema, texts};

#[tokio::test]
async fn every_model_has_its_columns_and_all_its_triggers() {
    let db = database().await;
    let client = db.connect().await;
    let schema = product_schema();
    assert_eq!(schema.tables().count(), 7);
    for (_, model) in schema.tables() {
        let table = format!("'\"{}\"'::regclass", model.database_name);
        let triggers = texts(
            &client,
            &format!("SELECT tgname FROM pg_trigger WHERE tgrelid = {table} AND NOT tgisinternal AND tgenabled = 'O' ORDER BY 1"),
        )
        .await;
        assert_eq!(
            triggers,
            [
                "aura_event",
                "aura_event_update",
                "aura_keep",
                "aura_keep_new",
                "aura_no_delete",
                "aura_no_truncate"
            ],
            "{}",
            model.name
        );
        let columns = texts(
            &client,
            &format!("SELECT attname FROM pg_attribute WHERE attrelid = {table} AND attnum > 0"),
        )
        .await;
        for (_, _, column) in model.columns() {
            assert!(columns.contains(&column.database_name), "{}.{}", model.name, column.database_name);
        }
        let owner =
            one(&client, &format!("SELECT relowner::regrole FROM pg_class WHERE oid = {table}")).await;
        assert_eq!(owner, "auraid_owner");
    }
}

#[tokio::test]
async fn ids_and_keys_to_them_are_compared_by_byte() {
    let db = database().await;
    let client = db.connect().await;
    let others = texts(
        &client,
        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid AND attnum = ANY (conkey)
         WHERE contype IN ('p', 'f') AND atttypid = 'text'::regtype AND attcollation <> '\"C\"'::regcollation AND connamespace = 'public'::regnamespace",
    )
    .await;
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test]
async fn ids_of_raw_sql_sort_by_time_and_never_repeat() {
    let db = database().await;
    let client = db.connect().await;
    let good = one(
        &client,
        "SELECT count(DISTINCT id) FILTER (WHERE id ~ '^[a-z][0-9a-z]{23}$') FROM (SELECT aura.id() AS id FROM generate_series(1, 50000)) AS minted",
    )
    .await;
    assert_eq!(good, "50000");
    let earlier = one(&client, "SELECT aura.id()").await;
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    let later = one(&client, "SELECT aura.id()").await;
    assert!(earlier < later, "{earlier} {later}");
    // The first nine characters are the milliseconds, the first of them as a letter.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let first = u128::from(later.as_bytes()[0] - b'a');
    let minted = first * 36u128.pow(8) + u128::from_str_radix(&later[1..9], 36).unwrap();
    assert!(now.abs_diff(minted) < 60_000, "{now} {minted}");
}

#[tokio::test]
async fn malformed_ids_and_addresses_are_refused() {
    let db = database().await;
    let client = db.connect().await;
    let insert =
        |id: &str, email: &str| format!(r#"INSERT INTO "User" (id, email) VALUES ('{id}', '{email}')"#);
    for id in ["", "a", "1abc", "Abc", "a-b", &"a".repeat(33), "ab\n"] {
        let (code, message) = crate::product::refused(&client, &insert(id, "a@b.c")).await;
        assert_eq!(code, "23514", "{id:?}");
        assert!(message.contains("User_id_check"), "{message}");
    }
    let long_local = format!("{}@b.c", "x".repeat(65));
    let long = format!("a@{}", "x".repeat(253));
    for email in [
        "",
        "a",
        "@b.c",
        "a@",
        "a@b@c",
        "a b@c.d",
        "a@b.c ",
        "a@b\u{a0}.c",
        "a@b\u{200b}c",
        "a\t@b",
        &long_local,
        &long,
    ] {
        let (code, message) = crate::product::refused(&client, &insert("abc", email)).await;
        assert_eq!(code, "23514", "{email:?}");
        assert!(message.contains("User_email_check"), "{message}");
    }
    let long_enough = format!("{}@{}", "x".repeat(64), "y".repeat(189));
    for email in ["a@b", "Ünïcode@exämple.com", "o'brien+x@example.com", &long_enough] {
        crate::product::run(
            &client,
            &format!(r#"INSERT INTO "User" (email) VALUES ('{}')"#, email.replace('\'', "''")),
        )
        .await;
    }
}

#[tokio::test]
async fn every_owning_parent_has_a_key_for_the_living_and_one_for_all() {
    let db = database().await;
    let keys = texts(
        &db.connect().await,
        "SELECT conname || CASE confupdtype WHEN 'c' THEN ' cascades' ELSE '' END FROM pg_constraint
         WHERE contype = 'f' ORDER BY conname COLLATE \"C\"",
    )
    .await;
    assert_eq!(
        keys,
        [
            "Membership_applicationId_any_fkey",
            "Membership_applicationId_fkey cascades",
            "Membership_invitedById_fkey",
            "Membership_userId_any_fkey",
            "Membership_userId_fkey cascades",
            "RefreshToken_sessionId_any_fkey",
            "RefreshToken_sessionId_fkey cascades",
            "RefreshToken_successorId_fkey",
            // User and application of a session follow from its membership.
            "Session_userId_applicationId_membershipId_any_fkey",
            "Session_userId_applicationId_membershipId_fkey cascades",
            "VerificationToken_applicationId_any_fkey",
            "VerificationToken_applicationId_fkey cascades",
            "VerificationToken_userId_any_fkey",
            "VerificationToken_userId_fkey cascades",
        ]
    );
}

#[tokio::test]
async fn the_script_alone_lets_nobody_call_its_functions() {
    let schema = product_schema();
    let script = aura_migrate::create_script(&schema, Some(&aura_schema::config::Config::default()));
    let db = aura_testing::from_sql(&script).await;
    let open = texts(
        &db.connect().await,
        "SELECT proname FROM pg_proc WHERE pronamespace = 'aura'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')",
    )
    .await;
    assert!(open.is_empty(), "{open:?}");
}
