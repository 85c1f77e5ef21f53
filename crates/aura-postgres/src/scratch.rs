//! Servers for a while: their data is removed at the end.

use std::env;
use std::path::PathBuf;

use crate::account::Account;
use crate::error::Error;
use crate::options::Options;
use crate::server::Server;
use crate::supervisor::unique;

/// Starts a throwaway server: fast, for data nobody needs afterwards. It is stopped and its directory removed when
/// the value is dropped, and also when the process ends without that, be it by `kill -9`.
///
/// Up to 300 connections; nothing is flushed to disk.
///
/// # Errors
/// As [`Options::start`].
pub fn scratch() -> Result<Server, Error> {
    let mut options = Options::new();
    for (name, value) in [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("max_connections", "300"),
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
    ] {
        options = options.setting(name, value);
    }
    options.durable = false;
    temporary(options)
}

/// Starts a server with a data directory of its own that is removed when the last user is gone, otherwise as
/// `options` say: for tests of crashes, which need data that survives them.
///
/// # Errors
/// As [`Options::start`].
pub fn temporary(mut options: Options) -> Result<Server, Error> {
    let account = Account::for_data_dir(&PathBuf::from("/"))?;
    let name = format!("aura-{}", unique());
    // The usual place for such things may be closed to the account that runs the server, or its path too long.
    let usual = env::temp_dir().join(&name);
    let base = if account.reaches(&usual).is_ok() { usual } else { PathBuf::from("/tmp").join(&name) };
    account.private_dir(&base)?;
    options.remove = Some(base.clone());
    options.data_dir(base.join("data")).start().inspect_err(|_| {
        let _ = std::fs::remove_dir_all(&base);
    })
}
