//! `auraid export`: all live users, as import reads them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Error;
use super::database::Database;
use super::output::remark;
use super::record::Record;

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
        None => Error::output(error),
    };
    let target: Box<dyn Write + Send> = match output {
        // An export holds personal data, with --include-secrets more than that: for the owner's eyes.
        Some(path) => Box::new(create_private(path).map_err(failed)?),
        None => Box::new(io::stdout()),
    };
    let mut target = BufWriter::new(target);
    let mut after = None;
    let mut count = 0_u64;
    loop {
        let page = store.user().list().after(after).limit(PAGE).page().await?;
        for user in page.rows {
            serde_json::to_writer(&mut target, &Record::of(user, include_secrets))
                .map_err(|error| failed(error.into()))?;
            target.write_all(b"\n").map_err(failed)?;
            count += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    target.flush().map_err(failed)?;
    remark(format!("{count} users exported"));
    Ok(())
}

fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}
