//! The `auraid` program: words in, words out, an exit status.

mod args;
mod database;
mod error;
mod export;
mod history;
mod id;
mod import;
mod key;
mod migrate;
mod output;
mod private_file;
mod record;
mod schema;
mod serve;
mod up;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use aura_client::{Id, List, Model};
use clap::Parser as _;

use args::{Arguments, Command};
use error::Error;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = start_log(&arguments.log) {
        output::remark(format!("error: {error}"));
        return error.exit();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::remark(format!("error: no threads to be had: {error}"));
            return ExitCode::from(3);
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::OutputClosed) => Error::OutputClosed.exit(),
        Err(error) => {
            let next = error.next_step().map(|step| format!("; {step}")).unwrap_or_default();
            output::remark(format!("error: {error}{next}"));
            error.exit()
        }
    }
}

fn start_log(filter: &str) -> Result<(), Error> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .map_err(|error| Error::Usage(format!("--log {filter}: {error}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}

async fn run(arguments: Arguments) -> Result<(), Error> {
    // What needs no database must not start one.
    match &arguments.command {
        Command::Validate { schema, json } => return schema::validate(schema.as_deref(), *json),
        Command::Id(command) => return id::run(command),
        Command::Openapi => {
            let json = crate::http::openapi().to_pretty_json();
            return output::answer(json.map_err(|error| Error::Failed(error.to_string()))?);
        }
        Command::Migrate(args::Migrate::Diff { to_schema, .. }) => return migrate::diff(to_schema),
        Command::Up { listen, stay } => return up::run(&arguments.database, listen, *stay).await,
        _ => {}
    }
    let database = database::Database::open(&arguments.database, false).await?;
    let done = match &arguments.command {
        Command::Serve { listen } => serve::run(listen, &database).await,
        Command::Migrate(command) => migrate::run(command, &database).await,
        Command::Import { file, batch } => import::run(file, *batch, &database).await,
        Command::Export { output, include_secrets } => {
            export::run(output.as_deref(), *include_secrets, &database).await
        }
        Command::Key(command) => key::run(command, &database).await,
        Command::History(command) => history::run(command, &database).await,
        Command::Up { .. } | Command::Validate { .. } | Command::Id(_) | Command::Openapi => Ok(()),
    };
    let closed = database.close().await;
    done.and(closed)
}

/// All rows of a list, page by page.
async fn all<'a, M: Model>(list: impl Fn(Option<Id<M>>) -> List<'a, M>) -> Result<Vec<M>, Error> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = list(after).page().await?;
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}
