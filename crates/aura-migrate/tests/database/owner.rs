//! What runs as the owner of the tables runs nothing of the writer's.

use aura_migrate::{Migration, Options, create_script, deploy, roles};
use aura_schema::config::Config;

use crate::product::{database, database_of, one, run, schema_of, texts};

/// A child with an owning parent and one that it holds: what a cascade fires, PostgreSQL runs as the owner.
const HELD: &str = "
model Org {
  id        String    @id @default(cuid(2))
  docs      Doc[]
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}

model Plan {
  id        String    @id @default(cuid(2))
  docs      Doc[]
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}

model Doc {
  id        String    @id @default(cuid(2))
  orgId     String
  org       Org       @relation(fields: [orgId], references: [id], onDelete: Cascade)
  planId    String
  plan      Plan      @relation(fields: [planId], references: [id], onDelete: Restrict)
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}
";

#[tokio::test]
async fn invariant_12_no_type_of_the_writers_own_is_run_as_the_owner() {
    let db = aura_testing::empty().await;
    let mut administrator = db.connect().await;
    let (schema, config) = (schema_of(HELD), Config::default());
    roles::ensure(&administrator, &config.roles, &schema).await.unwrap();
    let sql = create_script(&schema, Some(&config)).into();
    let options = Options { owner: Some(config.roles.owner.clone()), ..Options::default() };
    deploy(&mut administrator, &[Migration { name: "1_init".into(), sql }], &options).await.unwrap();
    roles::grant(&mut administrator, &config.roles, &schema).await.unwrap();

    // Types are looked up in pg_temp before all else, unless search_path says otherwise.
    let domain = |(name, of): (&str, &str)| {
        format!(
            "CREATE FUNCTION pg_temp.seize(pg_catalog.{of}) RETURNS pg_catalog.bool LANGUAGE plpgsql AS 'BEGIN RETURN pg_temp.seize(); END';
             CREATE DOMAIN pg_temp.\"{name}\" AS pg_catalog.{of} CHECK (pg_temp.seize(VALUE));"
        )
    };
    let types = [
        ("timestamptz", "timestamptz"),
        ("jsonb", "jsonb"),
        ("text", "text"),
        ("bytea", "bytea"),
        ("bigint", "int8"),
    ];
    let types = types.map(domain).concat();
    let service = db.connect_as("auraid_service").await;
    run(
        &service,
        &format!(
            r#"INSERT INTO "Org" (id) VALUES ('o1'); INSERT INTO "Plan" (id) VALUES ('p1');
               INSERT INTO "Doc" (id, "orgId", "planId") VALUES ('d1', 'o1', 'p1');
               CREATE TABLE pg_temp.ran_as (who name); GRANT ALL ON pg_temp.ran_as TO PUBLIC;
               CREATE FUNCTION pg_temp.seize() RETURNS bool LANGUAGE plpgsql AS $$
               BEGIN
                 EXECUTE 'INSERT INTO pg_temp.ran_as VALUES (current_user)';
                 IF current_user = 'auraid_owner' THEN
                   EXECUTE 'ALTER TABLE aura.event DISABLE TRIGGER ALL';
                   EXECUTE 'UPDATE aura.event SET actor = ''forged''';
                   EXECUTE 'GRANT DELETE ON "Doc" TO auraid_service';
                 END IF;
                 RETURN true;
               END $$;
               {types}"#
        ),
    )
    .await;
    for table in ["Org", "Doc"] {
        for value in ["now()", "NULL"] {
            run(&service, &format!(r#"UPDATE "{table}" SET "deletedAt" = {value}"#)).await;
        }
    }
    assert_eq!(one(&service, "SELECT count(*) FROM pg_temp.ran_as").await, "0");
    assert_eq!(one(&service, "SELECT count(*) FROM aura.event WHERE actor IS NOT NULL").await, "0");
    assert_eq!(
        one(&service, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'").await,
        "0"
    );
    assert_eq!(one(&service, r#"SELECT has_table_privilege('"Doc"', 'DELETE')"#).await, "f");
    assert_eq!(one(&service, "SELECT count(*) FROM aura.event WHERE model = 'Doc'").await, "5");
}

#[tokio::test]
async fn invariant_12_every_function_pins_its_search_path() {
    for db in [database().await, database_of(HELD).await] {
        let loose = texts(
            &db.connect().await,
            "SELECT proname FROM pg_proc WHERE pronamespace = 'aura'::regnamespace
             AND NOT COALESCE('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)",
        )
        .await;
        assert!(loose.is_empty(), "{loose:?}");
    }
}
