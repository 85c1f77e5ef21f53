//! Times that every client can read.

use crate::product::{database, database_of, family, one, refused, run, texts};

const OUTSIDE: [&str; 5] =
    ["-infinity", "infinity", "200000-01-01", "10000-01-01 00:00:00+00", "0001-12-31 23:59:59+00 BC"];

/// Columns of times, `deletedAt` and the hidden `selfDeletedAt` included: each refuses what no client reads.
#[tokio::test]
async fn a_time_outside_the_years_1_to_9999_is_refused_in_every_column() {
    let db = database().await;
    let client = db.connect_as("auraid_service").await;
    family(&client, "x").await;
    run(&client, r#"INSERT INTO "OperatorKey" (name, "keyHash") VALUES ('k', 'h')"#).await;
    let columns = texts(
        &client,
        "SELECT quote_ident(relname) || '.' || quote_ident(attname) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'
           AND atttypid = 'timestamptz'::regtype AND attname !~ 'iveUntil$' AND attname <> 'updatedAt'",
    )
    .await;
    assert_eq!(columns.len(), 7 * 2 + 4 + 9, "{columns:?}");
    for column in &columns {
        let (table, column) = column.split_once('.').unwrap();
        for time in OUTSIDE {
            let (code, message) = refused(&client, &format!("UPDATE {table} SET {column} = '{time}'")).await;
            assert_eq!(code, "23514", "{table} {column} {time}");
            assert!(message.contains("_times_check"), "{message}");
        }
    }
    // updatedAt is the database's in an update; a row may be made with any.
    for column in ["createdAt", "updatedAt", "deletedAt", "emailVerifiedAt"] {
        let insert = |time: &str| {
            format!(
                r#"INSERT INTO "User" (email, "{column}") VALUES ('{column}{}@b.c', '{time}')"#,
                time.len()
            )
        };
        for time in OUTSIDE {
            assert_eq!(refused(&client, &insert(time)).await.0, "23514", "{column} {time}");
        }
        run(&client, &insert("0001-01-01 00:00:00+00")).await;
        run(&client, &insert("9999-12-31 23:59:59.999+00")).await;
        // Rounded up to the column's milliseconds it would be the year 10000.
        assert_eq!(refused(&client, &insert("9999-12-31 23:59:59.9999+00")).await.0, "23514", "{column}");
    }
    assert_eq!(one(&client, r#"SELECT count(*) FROM "User" WHERE "deletedAt" IS NOT NULL"#).await, "2");
    let checks = "SELECT conname FROM pg_constraint WHERE conname ~ '_times_check$'";
    assert_eq!(texts(&client, checks).await.len(), 7);
}

#[tokio::test]
async fn days_lists_and_times_without_zone_have_the_same_bounds_whatever_the_session() {
    let db = database_of(
        "
model Sample {
  id        String     @id @default(cuid(2))
  day       DateTime?  @db.Date
  plain     DateTime?  @db.Timestamp(6)
  other     DateTime?
  clock     DateTime?  @db.Time(3)
  days      DateTime[] @db.Date
  moments   DateTime[] @db.Timestamptz(3)
  createdAt DateTime   @default(now()) @db.Timestamptz(3)
  updatedAt DateTime   @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime?  @db.Timestamptz(3)
}
",
    )
    .await;
    let client = db.connect().await;
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        run(&client, &format!("SET \"TimeZone\" = '{zone}'; SET \"DateStyle\" = 'SQL, DMY'")).await;
        let insert =
            |column: &str, value: &str| format!(r#"INSERT INTO "Sample" ("{column}") VALUES ('{value}')"#);
        for (column, fine) in [
            ("day", "0001-01-01"),
            ("day", "9999-12-31"),
            ("plain", "0001-01-01 00:00:00"),
            ("plain", "9999-12-31 23:59:59.999999"),
            ("other", "9999-12-31 23:59:59.999"),
            ("clock", "23:59:59"),
            ("days", "{0001-01-01,NULL,9999-12-31}"),
            ("days", "{}"),
            ("moments", "{0001-01-01 00:00:00+00,9999-12-31 23:59:59.999+00}"),
        ] {
            run(&client, &insert(column, fine)).await;
        }
        for (column, outside) in [
            ("day", "infinity"),
            ("day", "-infinity"),
            ("day", "10000-01-01"),
            ("plain", "0001-12-31 23:59:59 BC"),
            ("plain", "infinity"),
            ("other", "10000-01-01 00:00:00"),
            ("days", "{2026-01-01,infinity}"),
            ("moments", "{2026-01-01 00:00:00+00,-infinity}"),
            ("moments", "{10000-01-01 00:00:00+00}"),
        ] {
            assert_eq!(
                refused(&client, &insert(column, outside)).await.0,
                "23514",
                "{zone} {column} {outside}"
            );
        }
    }
}
