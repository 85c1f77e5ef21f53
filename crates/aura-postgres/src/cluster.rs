//! A data directory: making one, and its settings.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Stdio;

use crate::account::Account;
use crate::error::{Error, at};
use crate::find::Installation;
use crate::lock::Lock;
use crate::place::Place;

/// Our own settings, rewritten at each start. Its presence says that the data directory is ours.
const SETTINGS_FILE: &str = "postgresql.auraid.conf";

/// What a data directory is before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Not there, or an empty directory.
    Absent,
    /// Made by us, of this major version.
    Ours(u32),
}

/// Looks at a data directory.
pub(crate) fn state(data: &Path) -> Result<State, Error> {
    let mut entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Absent),
        Err(error) => return Err(at("read", data)(error)),
    };
    if entries.next().is_none() {
        return Ok(State::Absent);
    }
    let version_file = data.join("PG_VERSION");
    let text = match fs::read_to_string(&version_file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NotADataDirectory(data.to_owned()));
        }
        Err(error) => return Err(at("read", version_file)(error)),
    };
    if !data.join(SETTINGS_FILE).is_file() {
        return Err(Error::NotOurs(data.to_owned()));
    }
    text.trim().parse().map(State::Ours).map_err(|_| Error::NotADataDirectory(data.to_owned()))
}

/// Makes the data directory under another name and renames it when it is complete, so that whatever ends this
/// half-way, no half-made directory is ever taken for a whole one.
///
/// `initdb` inherits `lock`: should this process be killed, nobody else starts before that `initdb` has ended too.
pub(crate) fn create(
    place: &Place,
    installation: &Installation,
    account: &Account,
    lock: &Lock,
    durable: bool,
) -> Result<(), Error> {
    let unfinished = place.unfinished();
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at("remove", unfinished)(error)),
        _ => {}
    }
    account.private_dir(&unfinished)?;
    // C.UTF-8: byte order, and upper and lower case of every letter. PostgreSQL has a provider of its own for it
    // from 17 on, which is the same everywhere; before that it comes from the system, and a system without it
    // (some versions of macOS) gets plain C.
    let builtin: &[&str] = &["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
    let libc: &[&str] = &["--locale=C.UTF-8", "--lc-messages=C"];
    let plain: &[&str] = &["--locale=C"];
    let choices = if installation.version.major >= 17 { [builtin, plain] } else { [libc, plain] };
    let mut failure = String::new();
    for locale in choices {
        let program = installation.program("initdb");
        let mut command = account.command(&program);
        command
            .arg("--pgdata")
            .arg(&unfinished)
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--data-checksums",
                "--no-instructions",
            ])
            .args(locale)
            .stdin(Stdio::from(lock.inheritable()?));
        if !durable {
            command.arg("--no-sync");
        }
        let output = command.output().map_err(|source| Error::Run {
            program,
            account: account.name.clone(),
            source,
        })?;
        if output.status.success() {
            return finish(place, account, durable);
        }
        let text =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        failure = last_lines(&text, 5);
        if !text.contains("locale") {
            break;
        }
    }
    let _ = fs::remove_dir_all(&unfinished);
    Err(Error::Initdb { data_dir: place.data.clone(), output: failure })
}

fn finish(place: &Place, account: &Account, durable: bool) -> Result<(), Error> {
    let unfinished = place.unfinished();
    let main = unfinished.join("postgresql.conf");
    let mut text = fs::read_to_string(&main).map_err(at("read", &main))?;
    let _ = write!(
        text,
        "\n# Written by AuraID at each start; what stands below this line wins over it.\ninclude_if_exists = '{SETTINGS_FILE}'\n"
    );
    fs::write(&main, text).map_err(at("write", &main))?;
    write_private(&unfinished.join(SETTINGS_FILE), "", account)?;
    // Renaming over an empty directory is allowed, over anything else it fails.
    fs::rename(&unfinished, &place.data).map_err(at("create", &place.data))?;
    if durable && let Some(parent) = place.data.parent() {
        File::open(parent).and_then(|dir| dir.sync_all()).map_err(at("write", parent))?;
    }
    Ok(())
}

/// Settings every server has. A later setting of one name wins.
fn settings(place: &Place, port: u16, more: &[(String, String)]) -> BTreeMap<String, String> {
    // In a list of directories each may stand in double quotes, so that a comma in it is no separator.
    let socket_dir = format!("\"{}\"", place.run.display().to_string().replace('"', "\"\""));
    let port = port.to_string();
    let fixed = [
        ("listen_addresses", ""),
        ("unix_socket_directories", &socket_dir),
        ("unix_socket_permissions", "0700"),
        ("port", &port),
        ("cluster_name", "auraid"),
        // A violated constraint would print the whole row, password hash included, and the statement with it.
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
        ("log_destination", "stderr"),
        ("logging_collector", "off"),
        ("log_line_prefix", "%m [%p] %q%u@%d "),
        ("log_timezone", "UTC"),
        ("timezone", "UTC"),
        // The statements here are short: compiling them costs more than running them.
        ("jit", "off"),
    ];
    let fixed = fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    fixed.chain(more.iter().cloned()).collect()
}

/// Rewrites our settings file.
pub(crate) fn configure(
    place: &Place,
    account: &Account,
    port: u16,
    more: &[(String, String)],
) -> Result<(), Error> {
    let mut text =
        String::from("# Rewritten by AuraID at each start. Put settings of your own into postgresql.conf.\n");
    for (name, value) in settings(place, port, more) {
        let known = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
        if !known || value.contains(['\n', '\r', '\0']) {
            return Err(Error::Option(format!(
                "{name:?} is no name of a PostgreSQL setting, or its value has more than one line"
            )));
        }
        let _ = writeln!(text, "{name} = '{}'", value.replace('\\', "\\\\").replace('\'', "''"));
    }
    let path = place.data.join(SETTINGS_FILE);
    let fresh = place.data.join(format!("{SETTINGS_FILE}.new"));
    write_private(&fresh, &text, account)?;
    fs::rename(&fresh, &path).map_err(at("write", &path))
}

fn write_private(path: &Path, text: &str, account: &Account) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).map_err(at("write", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(at("close", path))?;
    account.own(path)
}

/// The last `count` lines that say something.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
