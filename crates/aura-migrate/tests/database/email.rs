//! Addresses are told apart alike in every database, whatever its locale.

use aura_migrate::create_script;
use aura_schema::config::Config;

use crate::product::{one, product_schema, refused, run, texts};

#[tokio::test]
async fn addresses_are_compared_without_ascii_case_and_by_nothing_else_in_any_locale() {
    let db = aura_testing::empty().await;
    let administrator = db.connect().await;
    let version: u32 = one(&administrator, "SHOW server_version_num").await.parse().unwrap();
    let mut locales = vec![("c", "LOCALE 'C'"), ("c_utf8", "LOCALE 'C.UTF-8'")];
    if version >= 170_000 {
        locales.push(("builtin", "LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"));
    }
    let script = create_script(&product_schema(), Some(&Config::default()));
    for (name, locale) in locales {
        let name = format!("{}_{name}", db.name());
        run(&administrator, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {locale}"))
            .await;
        let url = db.url().replace(db.name(), &name);
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        run(&client, &script).await;
        let insert = |email: &str| format!(r#"INSERT INTO "User" (email) VALUES ('{email}')"#);
        for (first, second, is_same) in [
            ("A@x.example", "a@X.EXAMPLE", true),
            ("i@x.example", "İ@x.example", false),
            ("ä@x.example", "Ä@x.example", false),
            ("k@x.example", "\u{212a}@x.example", false), // the sign of kelvin
        ] {
            run(&client, &insert(first)).await;
            if is_same {
                let (code, message) = refused(&client, &insert(second)).await;
                assert_eq!(code, "23505", "{locale}: {first} {second}");
                assert!(message.contains("User_email_key"), "{message}");
            } else {
                run(&client, &insert(second)).await;
            }
        }
        // The look-up that goes with it finds one, by the index.
        let look_up = |email: &str| {
            format!(
                r#"SELECT email FROM "User" WHERE lower(email COLLATE "C") = lower('{email}' COLLATE "C") AND "deletedAt" IS NULL"#
            )
        };
        assert_eq!(texts(&client, &look_up("a@x.EXAMPLE")).await, ["A@x.example"], "{locale}");
        assert_eq!(texts(&client, &look_up("Ä@x.example")).await, ["Ä@x.example"], "{locale}");
        run(&client, "SET enable_seqscan = off").await;
        let plan = texts(&client, &format!("EXPLAIN {}", look_up("a@x.example"))).await.join("\n");
        assert!(plan.contains("User_email_key"), "{plan}");
    }
}
