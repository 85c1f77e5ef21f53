//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The identity store: one user, many applications, and a membership for each pair, in PostgreSQL.
///
/// Without DATABASE_URL a local PostgreSQL is found, started and used.
///
/// Exit status: 0 done; 1 the answer is no (invalid, refused, some lines rejected); 2 wrong usage; 3 could
/// not be done (database away).
#[derive(Debug, Parser)]
#[command(name = "auraid", version, about, long_about, propagate_version = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) database: DatabaseArguments,

    /// What the log shows: error, warn, info, debug, trace, or a filter such as `auraid=debug`.
    #[arg(long, global = true, env = "AURAID_LOG", default_value = "warn", value_name = "FILTER")]
    pub(super) log: String,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub(super) struct DatabaseArguments {
    /// The database: postgresql://user:password@host:port/database.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(super) database_url: Option<String>,

    /// Data directory of the local PostgreSQL, used where there is no DATABASE_URL.
    #[arg(long, global = true, env = "AURAID_DATA", value_name = "DIR")]
    pub(super) data: Option<PathBuf>,

    /// Who acts, for the history; by default the name of the account.
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub(super) actor: Option<String>,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The whole thing on one machine: PostgreSQL, roles, migrations, HTTP API.
    Up {
        #[command(flatten)]
        listen: Listen,
        /// Leave the local PostgreSQL running afterwards.
        #[arg(long)]
        stay: bool,
    },
    /// The HTTP API only, against a database that is migrated already.
    Serve {
        #[command(flatten)]
        listen: Listen,
    },
    /// Says what is wrong with the schema files.
    Validate {
        /// A .prisma file or a folder; by default what auraid.toml names.
        #[arg(long, value_name = "PATH")]
        schema: Option<PathBuf>,
        /// Diagnostics as JSON.
        #[arg(long)]
        json: bool,
    },
    /// The database's shape.
    #[command(subcommand)]
    Migrate(Migrate),
    /// Users in bulk, from a file of one JSON object a line.
    Import {
        /// The file.
        file: PathBuf,
        /// Lines a transaction.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        batch: u32,
    },
    /// All live users, as import reads them.
    Export {
        /// Where to; by default standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Password hashes too.
        #[arg(long)]
        include_secrets: bool,
    },
    /// Keys to the HTTP API.
    #[command(subcommand)]
    Key(Key),
    /// The trail.
    #[command(subcommand)]
    History(History),
    /// Ids.
    #[command(subcommand)]
    Id(IdCommand),
    /// The HTTP API's description, OpenAPI 3.1.
    Openapi,
}

/// Where the API listens.
#[derive(Debug, Clone, Args)]
pub(super) struct Listen {
    /// Address and port of the HTTP API; port 0 takes any free one.
    #[arg(long, env = "AURAID_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
}

/// `auraid migrate …`
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Applies the migrations that the database lacks, and gives the roles their rights.
    Deploy,
    /// Says which migrations the database has.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the SQL that makes an empty database into what a schema says.
    Diff {
        /// From nothing.
        #[arg(long, required = true)]
        from_empty: bool,
        /// To this schema: a .prisma file or a folder.
        #[arg(long, value_name = "PATH")]
        to_schema: PathBuf,
        /// As SQL.
        #[arg(long, required = true)]
        script: bool,
    },
    /// Settles a migration that was left half-applied, once you have looked at the database.
    Resolve {
        /// It is applied.
        #[arg(
            long,
            value_name = "NAME",
            conflicts_with = "rolled_back",
            required_unless_present = "rolled_back"
        )]
        applied: Option<String>,
        /// It is undone and may run again.
        #[arg(long, value_name = "NAME")]
        rolled_back: Option<String>,
    },
}

/// `auraid key …`
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Makes an operator key and prints it, once.
    Create {
        /// Who or what will hold it; the history calls the actor so.
        name: String,
    },
    /// The keys there are.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a key.
    Revoke {
        /// Its name.
        name: String,
    },
}

/// `auraid history …`
#[derive(Debug, Subcommand)]
pub(super) enum History {
    /// What happened to one record.
    Show {
        /// The model, for example User.
        model: String,
        /// The record's id.
        id: String,
        /// As JSON, one event a line.
        #[arg(long)]
        json: bool,
    },
}

/// `auraid id …`
#[derive(Debug, Subcommand)]
pub(super) enum IdCommand {
    /// Makes ids.
    New {
        /// How many.
        #[arg(short = 'n', long, default_value_t = 1)]
        count: u32,
    },
    /// Says what an id tells.
    Inspect {
        /// The id.
        id: String,
    },
}
