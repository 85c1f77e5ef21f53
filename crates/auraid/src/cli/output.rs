//! Words for people and programs: answers to standard output, remarks to standard error.

use std::io::{self, Write as _};

use super::Error;

/// An answer, one line. A reader that went away (`| head`) ends the program quietly.
pub(super) fn answer(line: impl AsRef<str>) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_ref().as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|error| Error::output(&error))
}

/// A remark. Nobody reading it is no reason to stop.
pub(super) fn remark(line: impl AsRef<str>) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(line.as_ref().as_bytes()).and_then(|()| err.write_all(b"\n"));
}

/// So many of a thing: `1 user`, `2 users`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// A table with a heading, columns as wide as their widest cell.
pub(super) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> Result<(), Error> {
    let mut widths = heading.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let cells: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    answer(line(heading))?;
    for row in rows {
        answer(line(row.each_ref().map(String::as_str)))?;
    }
    Ok(())
}
