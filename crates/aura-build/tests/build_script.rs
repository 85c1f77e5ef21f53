//! The generated client of an odd schema goes through a real compiler, from a real build script.
//!
//! A small crate outside the workspace is built with the workspace's own target directory and lock file, so what it
//! depends on is there already.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

/// Every scalar type, alone, optional and as a list; names that Rust, the generated code or its macros have already;
/// relations to itself; uniques of more than one field.
const THING: &str = r#"/// A thing with `odd` names: "quoted", \ and */.
model Thing {
  id        String    @id @default(cuid(2))
  text      String
  texts     String[]
  uuid      String    @default(uuid()) @db.Uuid
  address   String?   @db.Inet
  yes       Boolean   @default(true)
  maybe     Boolean?
  yesses    Boolean[]
  small     Int       @db.SmallInt
  int       Int
  ints      Int[]
  big       BigInt?
  bigs      BigInt[]
  float     Float
  real      Float?    @db.Real
  floats    Float[]
  decimal   Decimal   @db.Decimal(10, 2)
  decimals  Decimal[]
  at        DateTime  @db.Timestamptz(6)
  ats       DateTime[] @db.Timestamptz(3)
  json      Json
  jsons     Json[]
  bytes     Bytes?
  /// @aura.sensitive
  secret    Bytes
  odd       Odd       @default(SELF)
  oddOrNot  Odd?
  odds      Odd[]

  type      String
  match     Int?
  fn        Int?
  async     Int?
  r2D2      Int?
  new       Int?
  isEmpty   Int?
  table     Int?
  value     Int?
  row       Int?
  Err       Int?
  x_        Int?      @map("x")

  parentId  String?
  parent    Thing?    @relation("Family", fields: [parentId], references: [id], onDelete: SetNull)
  children  Thing[]   @relation("Family")
  twinId    String?   @unique
  twin      Thing?    @relation("Twins", fields: [twinId], references: [id], onDelete: NoAction, onUpdate: NoAction)
  twinOf    Thing?    @relation("Twins")
  clientId  String
  client    Client    @relation(fields: [clientId], references: [id], onDelete: Cascade)

  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)

  @@unique([clientId, text, int])
  @@unique([type, match], map: "a_name_of_its_own")
  @@map("odd things")
}

/// Values that differ in case only, are keywords, or hold digits.
enum Odd {
  SELF
  self
  type
  TYPE
  Ok
  Err
  a_b
  AB
  aB
  in_progress_2 @map("in progress, \"2\"")
}
"#;

/// Named like a method of the store.
const CLIENT: &str = r"model Client {
  id        String    @id @default(cuid(2))
  /// @aura.email
  email     String    @unique
  things    Thing[]
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}
";

/// Uses what the names became.
const LIB: &str = r#"//! Takes in the generated client.
#![deny(warnings, missing_docs)]

/// The client.
pub mod store {
    include!(concat!(env!("OUT_DIR"), "/store.rs"));
}

/// What it is made of.
pub mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

use store::{Client, NewThing, Odd, Store, Thing, ThingChanges, thing};

/// Values of the enum, as Rust calls them.
pub const ODD: [Odd; 5] = [Odd::Self_, Odd::Self__, Odd::Type, Odd::Type_, Odd::InProgress2];

/// Reads and writes.
pub async fn use_it(store: &Store, thing: &Thing) -> Result<Option<Thing>, aura_client::Error> {
    let client: Option<Client> = store.client_().find(thing.client_id).await?;
    let acting = store.acting_as(&aura_client::Actor::service("test"));
    let changes = ThingChanges::new().r#type("x").new_(1).is_empty_(2).r#match(None).odd(Odd::Ok);
    assert!(!changes.is_empty());
    acting.thing().update(thing.id, changes.texts(vec!["a".to_owned()])).await?;
    let _ = (thing::TABLE_.eq(1), thing::TABLE.name, thing::R2_D2.is_null(), client);
    store.thing().find(thing::by_client_id_and_text_and_int(thing.client_id, "x", 1)).await
}

/// Makes one.
pub fn new(thing: &Thing) -> NewThing {
    NewThing::new(
        "text", 1_i16, 2, 0.5, "1.25", thing.at, thing.json.clone(),
        aura_client::Secret::new(vec![1_u8]), "type", thing.client_id,
    )
    .new_(3)
    .address("127.0.0.1".parse::<std::net::IpAddr>().expect("an address"))
}
"#;

fn cargo(root: &Path, words: &[&str]) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(cargo);
    command.args(words).args(["--offline", "--quiet"]).current_dir(root).env("CARGO_TARGET_DIR", target);
    // As in the workspace's profile: what is built with other settings cannot be shared.
    command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.output().unwrap()
}

#[track_caller]
fn builds(root: &Path) {
    let built = cargo(root, &["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

#[test]
fn an_odd_schema_compiles_and_the_build_follows_its_files() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    // Always the same place: cargo keeps what it builds of each.
    let root = &Path::new(env!("CARGO_TARGET_TMPDIR")).join("aura-build-odd");
    let _ = fs::remove_dir_all(root);
    let write = |file: &str, text: &str| {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let crates = workspace.join("crates");
    let manifest = format!(
        "[package]\nname = \"aura-build-odd\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [dependencies]\naura-client.path = {:?}\n[build-dependencies]\naura-build.path = {:?}\n[workspace]\n",
        crates.join("aura-client"),
        crates.join("aura-build")
    );
    write("Cargo.toml", &manifest);
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    write("build.rs", "//! Makes the client.\nfn main() {\n    aura_build::compile(\".\");\n}\n");
    write("src/lib.rs", LIB);
    write("auraid.toml", "");
    write("prisma/schema/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    write("prisma/schema/thing.prisma", THING);
    write("prisma/schema/client.prisma", CLIENT);

    let resolved = cargo(root, &["tree"]);
    if !resolved.status.success() {
        let why = String::from_utf8_lossy(&resolved.stderr);
        let mut out = std::io::stderr();
        writeln!(out, "skipped: cargo cannot resolve a crate offline here: {why}").unwrap();
        return;
    }
    builds(root);

    // A field more is there after a build.
    write("prisma/schema/client.prisma", &CLIENT.replace("  things ", "  nickName String?\n  things "));
    let uses = "\n/// Uses the new field.\npub fn nick(client: &Client) -> Option<&str> {\n    client.nick_name.as_deref()\n}\n";
    write("src/lib.rs", &format!("{LIB}{uses}"));
    builds(root);

    // So is a new file.
    let team = CLIENT.replace("Client", "Team").replace("  things    Thing[]\n", "");
    write("prisma/schema/team.prisma", &team);
    write("src/lib.rs", &format!("{LIB}{uses}pub use store::Team;\n"));
    builds(root);

    // And the first migration, in a folder that was not there.
    write("prisma/migrations/1_init/migration.sql", "SELECT 1;");
    let first = "/// The list as it was built, whose length is known.\n\
                 pub const ONE: [(); 1] = [(); embedded::MIGRATIONS.len()];\n";
    write("src/lib.rs", &format!("{LIB}{uses}pub use store::Team;\n{first}"));
    builds(root);

    // A fault ends the build and is shown with its place.
    write("prisma/schema/team.prisma", &team.replace("  email     String ", "  email     Strin "));
    let failed = cargo(root, &["build"]);
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(!failed.status.success(), "{said}");
    assert!(said.contains("prisma/schema/team.prisma:4:13"), "{said}");

    // Mended, it builds again.
    write("prisma/schema/team.prisma", &team);
    builds(root);
}
