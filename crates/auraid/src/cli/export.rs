//! `auraid export`: all live users, as import reads them.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Error;
use super::database::Database;
use super::output::{counted, remark};
use super::private_file::PrivateFile;
use super::record::Record;
use crate::store::Store;

/// Users a statement.
const PAGE: u32 = 5_000;

pub(super) async fn run(
    output: Option<&Path>,
    include_secrets: bool,
    database: &Database,
) -> Result<(), Error> {
    let store = database.store().await?;
    let failed = |error: io::Error| match output {
        Some(path) => Error::file(path, &error),
        None => Error::output(&error),
    };
    let count = if let Some(path) = output {
        let mut file = PrivateFile::create(path).map_err(failed)?;
        let count = write(&store, include_secrets, &mut file, failed).await?;
        file.finish().map_err(failed)?;
        count
    } else {
        write(&store, include_secrets, &mut io::stdout(), failed).await?
    };
    remark(format!("{} exported", counted(count, "user")));
    Ok(())
}

/// Writes all live users; how many they are.
async fn write(
    store: &Store,
    include_secrets: bool,
    target: &mut (impl Write + Send),
    failed: impl Fn(io::Error) -> Error,
) -> Result<u64, Error> {
    let mut target = BufWriter::new(target);
    let mut after = None;
    let mut count = 0_u64;
    loop {
        let page = store.user().list().after(after).limit(PAGE).page().await?;
        for user in page.rows {
            let line = serde_json::to_vec(&Record::of(user, include_secrets));
            let line = line.map_err(|error| Error::Failed(error.to_string()))?;
            target.write_all(&line).map_err(&failed)?;
            target.write_all(b"\n").map_err(&failed)?;
            count += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    target.flush().map_err(failed)?;
    Ok(count)
}
