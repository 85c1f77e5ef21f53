//! A service or a reader with power of its own is refused, with the statements that mend it.

use aura_migrate::{Error, roles};
use aura_schema::config::RoleNames;
use aura_testing::TestDatabase;
use tokio_postgres::Client;

use crate::product::{product_schema, run};

/// A database whose roles are this test's alone, since roles belong to the whole server.
async fn roles_of(mark: &str) -> (TestDatabase, Client, RoleNames) {
    let db = aura_testing::empty().await;
    let client = db.connect().await;
    let names = RoleNames {
        owner: format!("{mark}_owner"),
        service: format!("{mark} \"service\""),
        read: format!("{mark}_read"),
    };
    roles::ensure(&client, &names, &product_schema()).await.unwrap();
    (db, client, names)
}

/// What is found after `sql`; what is shown to mend it is then run, and is enough.
async fn found(client: &Client, names: &RoleNames, sql: &str) -> (Vec<String>, String) {
    run(client, sql).await;
    let Err(Error::TooPowerful { found, sql: shown }) = roles::ensure(client, names, &product_schema()).await
    else {
        panic!("accepted after {sql}");
    };
    run(client, &shown).await;
    roles::ensure(client, names, &product_schema()).await.unwrap();
    (found, shown)
}

#[tokio::test]
async fn invariant_12_neither_service_nor_reader_may_have_an_attribute() {
    let (_db, client, names) = roles_of("attribute").await;
    for word in ["SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION"] {
        let (what, sql) =
            found(&client, &names, &format!(r#"ALTER ROLE "attribute ""service""" {word}"#)).await;
        assert_eq!(what, [format!("attribute \"service\" has {word}")]);
        assert_eq!(sql, format!(r#"ALTER ROLE "attribute ""service""" NO{word};"#));
    }
    let (what, sql) = found(&client, &names, "ALTER ROLE attribute_read SUPERUSER CREATEDB").await;
    assert_eq!(what, ["attribute_read has SUPERUSER, CREATEDB"]);
    assert_eq!(sql, r#"ALTER ROLE "attribute_read" NOSUPERUSER NOCREATEDB;"#);
    // An owner that is a superuser has nothing to gain by it.
    run(&client, "ALTER ROLE attribute_owner SUPERUSER").await;
    roles::ensure(&client, &names, &product_schema()).await.unwrap();
}

#[tokio::test]
async fn invariant_12_neither_service_nor_reader_may_become_another() {
    let (_db, client, names) = roles_of("member").await;
    run(
        &client,
        r"CREATE ROLE member_middle; CREATE ROLE member_strong CREATEROLE; CREATE ROLE member_weak;
          GRANT member_owner TO member_middle",
    )
    .await;
    for (role, of, and_so) in [
        ("member \"service\"", "member_owner", ""),
        ("member_read", "member_owner", ""),
        ("member \"service\"", "member_middle", ", and so of member_owner"),
        ("member \"service\"", "member_strong", ""),
        ("member \"service\"", "postgres", ""),
        ("member \"service\"", "pg_write_all_data", ""),
        ("member_read", "pg_execute_server_program", ""),
        ("member_read", "pg_read_all_data", ""),
        ("member_read", "member \"service\"", ""),
    ] {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let grant = format!("GRANT {} TO {}", quoted(of), quoted(role));
        let (what, sql) = found(&client, &names, &grant).await;
        assert_eq!(what, [format!("{role} is a member of {of}{and_so}")]);
        assert!(sql.starts_with(&format!("REVOKE {} FROM {}", quoted(of), quoted(role))), "{sql}");
    }
    // Being in a role that can do nothing more is nobody's concern; the service may read all as it is.
    run(&client, r#"GRANT member_weak, pg_read_all_data, pg_monitor TO "member ""service""""#).await;
    roles::ensure(&client, &names, &product_schema()).await.unwrap();
}

#[tokio::test]
async fn invariant_12_a_membership_without_set_is_refused_too() {
    let (_db, client, names) = roles_of("unset").await;
    let version: i32 = crate::product::one(&client, "SHOW server_version_num").await.parse().unwrap();
    if version < 160_000 {
        return; // the options of a membership came with 16
    }
    for options in ["SET FALSE, INHERIT TRUE", "SET FALSE, INHERIT FALSE, ADMIN TRUE"] {
        run(&client, "CREATE ROLE unset_giver SUPERUSER; SET ROLE unset_giver").await;
        run(&client, &format!("GRANT unset_owner TO unset_read WITH {options}; RESET ROLE")).await;
        let (what, _) = found(&client, &names, "SELECT 1").await;
        assert_eq!(what, ["unset_read is a member of unset_owner"], "{options}");
        run(&client, "DROP ROLE unset_giver").await;
    }
}

#[tokio::test]
async fn invariant_12_neither_service_nor_reader_may_create() {
    let (db, client, names) = roles_of("create").await;
    run(&client, "CREATE SCHEMA aura AUTHORIZATION create_owner; CREATE ROLE create_group; GRANT create_group TO create_read").await;
    let name = db.name();
    for (given, what, mend) in [
        (
            format!(r#"GRANT CREATE ON DATABASE {name} TO "create ""service""""#),
            format!("create \"service\" may create in database {name}"),
            format!(r#"REVOKE CREATE ON DATABASE "{name}" FROM "create ""service""";"#),
        ),
        (
            format!("GRANT CREATE ON DATABASE {name} TO PUBLIC"),
            format!("everybody may create in database {name}"),
            format!(r#"REVOKE CREATE ON DATABASE "{name}" FROM PUBLIC;"#),
        ),
        (
            "GRANT CREATE ON SCHEMA public TO create_group".to_owned(),
            "create_read, by its membership of create_group, may create in schema public".to_owned(),
            r#"REVOKE CREATE ON SCHEMA "public" FROM "create_group";"#.to_owned(),
        ),
        (
            "GRANT CREATE ON SCHEMA aura TO create_read".to_owned(),
            "create_read may create in schema aura".to_owned(),
            r#"REVOKE CREATE ON SCHEMA "aura" FROM "create_read";"#.to_owned(),
        ),
        (
            format!("ALTER DATABASE {name} OWNER TO create_read"),
            format!("create_read owns database {name}"),
            format!(r#"ALTER DATABASE "{name}" OWNER TO "create_owner";"#),
        ),
        (
            r#"ALTER SCHEMA aura OWNER TO "create ""service""""#.to_owned(),
            "create \"service\" owns schema aura".to_owned(),
            r#"ALTER SCHEMA "aura" OWNER TO "create_owner";"#.to_owned(),
        ),
    ] {
        assert_eq!(found(&client, &names, &given).await, (vec![what], mend), "{given}");
    }
    // In `public` everybody's right is taken back without a word.
    run(&client, "GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    roles::ensure(&client, &names, &product_schema()).await.unwrap();
}
