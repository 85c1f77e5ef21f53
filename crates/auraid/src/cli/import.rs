//! `auraid import`: users in bulk, in batches that a second run goes on with.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::path::Path;

use aura_client::{Id, ImportState, Rejected, Timestamp};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest as _, Sha256};

use super::Error;
use super::database::Database;
use super::output::{answer, counted, remark};
use super::record::{MODEL, Record};
use super::serve::stop_signal;
use crate::store::{ActingStore, NewUser, User};

/// The longest line, in bytes; a longer one is rejected unread.
const MAX_LINE: usize = 1 << 20;

/// How often a batch that collided with other writers is tried again.
const RETRIES: u32 = 10;

/// A batch ends with the line that makes it this long, in bytes, however few lines it has: the batch is in memory.
const MAX_BATCH: usize = 16 << 20;

pub(super) async fn run(path: &Path, batch: u32, database: &Database) -> Result<(), Error> {
    let mut file = File::open(path).map_err(|error| Error::file(path, &error))?;
    if !file.metadata().map_err(|error| Error::file(path, &error))?.is_file() {
        return Err(Error::Usage(format!(
            "{}: not a file; an import is resumable, so what it reads must still be there the next time",
            path.display()
        )));
    }
    let (source, lines) = fingerprint(&mut file).map_err(|error| Error::file(path, &error))?;
    let store = database.store().await?;
    let acting = database.acting(&store).request(&format!("import {}", short(&source)));
    let mut import = Import { acting, source, state: ImportState::default(), line: 0 };
    import.state = import.read_state().await?;
    if import.state.is_finished {
        return import.report(true);
    }
    if import.state.lines_done > 0 {
        remark(format!("going on behind line {}", import.state.lines_done));
    }
    let bar = progress_bar(lines, import.state.lines_done);
    let mut lines = Lines::new(file);
    lines.skip(import.state.lines_done).map_err(|error| Error::file(path, &error))?;
    import.line = import.state.lines_done;
    let stop = stop_signal()?;
    tokio::pin!(stop);
    loop {
        let (read, is_last) = lines.batch(batch as usize).map_err(|error| Error::file(path, &error))?;
        tokio::select! {
            biased;
            () = &mut stop => {
                bar.abandon();
                return Err(Error::No(format!(
                    "stopped behind line {}; the same command goes on from there", import.state.lines_done
                )));
            }
            done = import.take(read, is_last, &bar) => done?,
        }
        if is_last {
            break;
        }
    }
    bar.finish_and_clear();
    import.report(false)
}

/// SHA-256 of the file and the number of its lines; leaves it at its beginning.
fn fingerprint(file: &mut File) -> std::io::Result<([u8; 32], u64)> {
    let mut hash = Sha256::new();
    let mut lines = 0;
    let mut last = b'\n';
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        lines += buffer[..count].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        last = buffer[count - 1];
    }
    file.rewind()?;
    Ok((hash.finalize().into(), lines + u64::from(last != b'\n')))
}

fn short(source: &[u8; 32]) -> String {
    let head = source.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    format!("{:012x}", head >> 16)
}

fn progress_bar(lines: u64, done: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} lines  {per_sec}  {eta} left")
        .expect("the template is a constant");
    ProgressBar::new(lines).with_style(style).with_position(done)
}

/// An import under way.
struct Import {
    acting: ActingStore,
    source: [u8; 32],
    state: ImportState,
    /// The last line read.
    line: u64,
}

impl Import {
    async fn read_state(&self) -> Result<ImportState, Error> {
        let transaction = self.acting.begin().await?;
        let state = transaction.bulk().import_state(MODEL, &self.source).await?;
        transaction.commit().await?;
        Ok(state)
    }

    /// Takes a batch and records it, in one transaction: both happen, or neither. Where it collided with
    /// other writers nothing of it happened, and it is tried again.
    async fn take(&mut self, lines: Vec<Line>, is_last: bool, bar: &ProgressBar) -> Result<(), Error> {
        let batch = Batch::read(self.line + 1, lines);
        self.line += batch.lines;
        let mut tries = 0;
        loop {
            match self.store(&batch, is_last, bar).await {
                Err(Error::Client(aura_client::Error::Collision)) if tries < RETRIES => tries += 1,
                Err(error) => return Err(error),
                Ok(state) => {
                    self.state = state;
                    bar.set_position(self.line);
                    return Ok(());
                }
            }
        }
    }

    async fn store(&self, batch: &Batch, is_last: bool, bar: &ProgressBar) -> Result<ImportState, Error> {
        let now = Timestamp::now();
        let transaction = self.acting.begin().await?;
        let found = transaction.bulk().import_state(MODEL, &self.source).await?;
        if found != self.state {
            return Err(Error::No(
                "another process imports the same file; let it, this command finds out how far it came"
                    .into(),
            ));
        }
        let news: Vec<NewUser> =
            batch.records.iter().map(|(_, record)| record.clone().into_new(now)).collect();
        let copied = transaction.bulk().create_many::<User>(news).await?;
        let refused = copied.rejected.iter();
        let refused = refused.map(|Rejected { row, error }| (batch.records[*row].0, error.to_string()));
        let mut bad: Vec<(u64, String)> = batch.bad.iter().cloned().chain(refused).collect();
        bad.sort();
        let state = ImportState {
            lines_done: self.line,
            created: found.created + copied.created,
            rejected: found.rejected + bad.len() as u64,
            is_finished: is_last,
        };
        transaction.bulk().record_import(MODEL, &self.source, state).await?;
        // Said before it is recorded: said twice after a crash in between is better than never.
        bar.suspend(|| {
            for (number, why) in &bad {
                remark(format!("line {number}: {why}"));
            }
        });
        transaction.commit().await?;
        Ok(state)
    }

    /// The exit status says whether all lines of the file are in, also if an earlier run did the work.
    fn report(&self, was_done: bool) -> Result<(), Error> {
        let ImportState { lines_done, created, rejected, .. } = self.state;
        let before = if was_done { "this file was imported already: " } else { "" };
        let (created, lines) = (counted(created, "user"), counted(lines_done, "line"));
        let report = format!("{before}{created} created, {rejected} of {lines} rejected");
        if rejected > 0 {
            return Err(Error::No(report));
        }
        answer(report)
    }
}

/// Lines read: records with their line's number, and what is wrong with the others.
struct Batch {
    lines: u64,
    records: Vec<(u64, Record)>,
    bad: Vec<(u64, String)>,
}

impl Batch {
    fn read(first: u64, lines: Vec<Line>) -> Batch {
        let mut batch = Batch { lines: lines.len() as u64, records: Vec::new(), bad: Vec::new() };
        let mut ids: HashMap<Id<User>, u64> = HashMap::new();
        for (number, line) in (first..).zip(lines) {
            let parsed = match line {
                Line::Blank => continue,
                Line::TooLong => Err(format!("longer than {MAX_LINE} bytes")),
                Line::Text(text) => Record::parse(&text),
            };
            let mut holder =
                |record: &Record| record.id().map_or(number, |id| *ids.entry(id).or_insert(number));
            match parsed.map(|record| (holder(&record), record)) {
                Ok((holder, record)) if holder == number => batch.records.push((number, record)),
                Ok((holder, _)) => batch.bad.push((number, format!("its id is the one of line {holder}"))),
                Err(why) => batch.bad.push((number, why)),
            }
        }
        batch
    }
}

/// A line of the file.
enum Line {
    Blank,
    TooLong,
    Text(Vec<u8>),
}

/// The lines of a file, however long, in bounded memory.
struct Lines {
    file: BufReader<File>,
    is_first: bool,
}

impl Lines {
    fn new(file: File) -> Lines {
        Lines { file: BufReader::with_capacity(1 << 16, file), is_first: true }
    }

    fn skip(&mut self, count: u64) -> std::io::Result<()> {
        for _ in 0..count {
            self.next()?;
        }
        Ok(())
    }

    /// The next lines, `count` of them if they are not too long together, and whether the file ends with them.
    fn batch(&mut self, count: usize) -> std::io::Result<(Vec<Line>, bool)> {
        let mut lines = Vec::new();
        let mut bytes = 0;
        while lines.len() < count && bytes < MAX_BATCH {
            let Some(line) = self.next()? else {
                return Ok((lines, true));
            };
            if let Line::Text(text) = &line {
                bytes += text.len();
            }
            lines.push(line);
        }
        let is_last = self.file.fill_buf()?.is_empty();
        Ok((lines, is_last))
    }

    fn next(&mut self) -> std::io::Result<Option<Line>> {
        let mut line = Vec::new();
        let mut limited = self.file.by_ref().take(MAX_LINE as u64 + 1);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') && line.len() > MAX_LINE {
            self.file.skip_until(b'\n')?;
            self.is_first = false;
            return Ok(Some(Line::TooLong));
        }
        // A byte order mark is no part of the first line's JSON.
        if std::mem::take(&mut self.is_first) && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(Line::Blank));
        }
        Ok(Some(Line::Text(line)))
    }
}
