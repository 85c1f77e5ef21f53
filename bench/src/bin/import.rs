//! `auraid import` against a plain COPY of the same rows: what the input's checks and the table's triggers cost.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::{Duration, Instant};

use aura_postgres::Server;
use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio_postgres::{Client, NoTls};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    BareCopy,
    Copy,
    Import,
}

impl Variant {
    const ALL: [Variant; 3] = [Variant::BareCopy, Variant::Copy, Variant::Import];

    fn name(self) -> &'static str {
        match self {
            Variant::BareCopy => "COPY, triggers off",
            Variant::Copy => "COPY, triggers on",
            Variant::Import => "auraid import",
        }
    }
}

#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    server: Duration,
    client: Duration,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let users: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = root.join("target/release/auraid");
    if !program.exists() {
        return Err(format!("{} is missing: cargo build --release first", program.display()).into());
    }
    let folder = std::env::temp_dir().join(format!("auraid-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("users.ndjson");
    std::fs::write(&file, ndjson(users))?;
    let rows = copy_text(users);

    // Durable as in service; only the place is temporary.
    let server = aura_postgres::temporary(aura_postgres::Options::new())?;
    println!("PostgreSQL {}, {users} users, {rounds} rounds", server.installation().version);
    make_template(&server, &program).await?;
    let mut costs: Vec<(Variant, Vec<Cost>)> = Variant::ALL.map(|variant| (variant, Vec::new())).into();
    for round in 0..rounds {
        for (variant, costs) in &mut costs {
            let database = format!("round_{round}_{}", *variant as u8);
            let admin = connect(&server, "postgres").await?;
            admin.batch_execute(&format!("CREATE DATABASE {database} TEMPLATE template_users")).await?;
            admin.batch_execute("CHECKPOINT").await?;
            let cost = measure(&server, &database, *variant, &program, &file, &rows).await?;
            let client = connect(&server, &database).await?;
            let count: i64 = client.query_one("SELECT count(*) FROM \"User\"", &[]).await?.get(0);
            assert_eq!(count, i64::try_from(users)?, "{}", variant.name());
            drop(client);
            admin.batch_execute(&format!("DROP DATABASE {database} WITH (FORCE)")).await?;
            costs.push(cost);
        }
    }
    print(&costs, users);
    std::fs::remove_dir_all(&folder)?;
    server.shut_down()?;
    Ok(())
}

fn email(n: usize) -> String {
    format!("person.{n}@example.com")
}

fn ndjson(users: usize) -> String {
    let mut text = String::new();
    for n in 0..users {
        let user = serde_json::json!({
            "email": email(n), "name": format!("Person Number {n}"), "metadata": {"plan": "free", "seats": n % 10},
        });
        writeln!(text, "{user}").expect("writing to a String");
    }
    text
}

/// The same rows in COPY's text form, ids in order as `auraid` makes them.
fn copy_text(users: usize) -> Bytes {
    let mut text = String::new();
    for n in 0..users {
        writeln!(
            text,
            "a{n:023}\t{}\tPerson Number {n}\tACTIVE\t{{\"plan\": \"free\", \"seats\": {}}}\t2026-01-01 00:00:00Z\t2026-01-01 00:00:00Z",
            email(n),
            n % 10
        )
        .expect("writing to a String");
    }
    text.into()
}

async fn connect(server: &Server, database: &str) -> Outcome<Client> {
    let (client, connection) = tokio_postgres::connect(&server.url(database, "postgres"), NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn make_template(server: &Server, program: &Path) -> Outcome<()> {
    let admin = connect(server, "postgres").await?;
    admin.batch_execute("CREATE DATABASE template_users").await?;
    let status = tokio::process::Command::new(program)
        .args(["migrate", "deploy"])
        .env("DATABASE_URL", server.url("template_users", "postgres"))
        .stdout(std::process::Stdio::null())
        .status()
        .await?;
    if status.success() { Ok(()) } else { Err("auraid migrate deploy failed".into()) }
}

async fn measure(
    server: &Server,
    database: &str,
    variant: Variant,
    program: &Path,
    file: &Path,
    rows: &Bytes,
) -> Outcome<Cost> {
    let server_before = server_cpu(server)?;
    let children_before = own_cpu()?;
    let began = Instant::now();
    match variant {
        Variant::Import => {
            let output = tokio::process::Command::new(program)
                .arg("import")
                .arg(file)
                .env("DATABASE_URL", server.url(database, "postgres"))
                .output()
                .await?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
            }
        }
        Variant::Copy | Variant::BareCopy => {
            let client = connect(server, database).await?;
            if variant == Variant::BareCopy {
                client.batch_execute("SET session_replication_role = replica").await?;
            }
            let sink = client
                .copy_in(
                    "COPY \"User\" (id, email, name, status, metadata, \"createdAt\", \"updatedAt\") FROM STDIN",
                )
                .await?;
            let mut sink = pin!(sink);
            sink.send(rows.clone()).await?;
            sink.finish().await?;
        }
    }
    let wall = began.elapsed();
    // A backend's time counts among its parent's children once it has ended.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(Cost { wall, server: server_cpu(server)? - server_before, client: own_cpu()? - children_before })
}

/// CPU time of the server with all its processes, living and ended.
fn server_cpu(server: &Server) -> Outcome<Duration> {
    let mut total = Duration::ZERO;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.parse::<u32>().is_err() {
            continue;
        }
        // A process may end while it is looked at.
        let Ok((parent, own, children)) = cpu_of(&name) else { continue };
        if name == server.pid().to_string() {
            total += own + children;
        } else if parent == server.pid() {
            total += own;
        }
    }
    Ok(total)
}

/// CPU time of this process and of those it waited for.
fn own_cpu() -> Outcome<Duration> {
    let (_, own, children) = cpu_of("self")?;
    Ok(own + children)
}

/// Parent, own and children's CPU time of a process: proc(5), /proc/PID/stat, in ticks of 10 ms.
fn cpu_of(process: &str) -> Outcome<(i32, Duration, Duration)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = stat.rsplit_once(')').ok_or("no name in stat")?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Outcome<u64> { Ok(fields.get(at).ok_or("short stat")?.parse()?) };
    let time = |a, b| -> Outcome<Duration> { Ok(Duration::from_millis(10 * (ticks(a)? + ticks(b)?))) };
    Ok((fields.get(1).ok_or("short stat")?.parse()?, time(11, 12)?, time(13, 14)?))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print(costs: &[(Variant, Vec<Cost>)], users: usize) {
    let microseconds = |of: fn(&Cost) -> Duration, costs: &[Cost]| {
        median(costs.iter().map(|cost| of(cost).as_secs_f64() * 1e6 / users as f64).collect())
    };
    let base = |of| microseconds(of, &costs.iter().find(|(variant, _)| *variant == Variant::Copy).expect("ran").1);
    println!("{:<20} {:>12} {:>14} {:>14}   ratios to COPY with triggers", "", "wall µs/row", "server µs/row", "client µs/row");
    for (variant, costs) in costs {
        let (wall, server, client) =
            (microseconds(|c| c.wall, costs), microseconds(|c| c.server, costs), microseconds(|c| c.client, costs));
        println!(
            "{:<20} {wall:>12.1} {server:>14.1} {client:>14.1}   wall {:.2}  server {:.2}",
            variant.name(),
            wall / base(|c| c.wall),
            server / base(|c| c.server),
        );
    }
}
