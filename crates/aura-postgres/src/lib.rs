//! Finds and runs a local PostgreSQL: for development, for tests and for a first look.
//!
//! [`find`] looks for the programs, [`Options::start`] runs a data directory with them, [`scratch`] runs a
//! throwaway one. Nothing here speaks SQL; [`Server::url`] is what a driver takes. All calls block: from async
//! code use the runtime's thread for blocking work.
//!
//! # How a server lives
//!
//! A server listens on a unix socket in a directory that only its account may enter, and on no network address.
//! It runs under a small shell script (`supervisor.sh`) that reads a named pipe. Each process that uses
//! the server holds the writing end. The kernel closes it when a process ends, however it ends, so the script sees
//! the end of the pipe when the last user is gone, and stops the server then. With [`Options::stay`] the script is
//! told to let go, and the server runs until [`Server::shut_down`].
//!
//! `postgres` refuses to run as root. A root process runs it as the owner of the data directory, as `postgres` or,
//! where that account is missing, as `nobody`.
//!
//! # Files
//!
//! Beside a data directory `D` stand `D.lock` (held while a server is started), `D.users` (held shared while it is
//! used), `D.new` (a data directory being made; it is renamed to `D` when complete) and `D.run` (socket and pipe;
//! elsewhere when that path is too long for a socket). In `D` are `postgresql.auraid.conf`, rewritten at each
//! start, and the log, `server.log`.

mod account;
mod cluster;
mod error;
mod find;
mod lock;
mod options;
mod place;
mod plan;
mod postmaster;
mod scratch;
mod server;
mod start;
mod supervisor;

pub use error::Error;
pub use find::{BIN_VARIABLE, Installation, OLDEST_MAJOR, Version, find, find_all};
pub use options::Options;
pub use place::default_base;
pub use scratch::{scratch, temporary};
pub use server::Server;
