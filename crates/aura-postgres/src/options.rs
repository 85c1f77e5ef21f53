//! What is asked of a server.

use std::path::PathBuf;

use crate::error::Error;
use crate::find::Installation;
use crate::plan::Plan;
use crate::server::Server;

/// How a server is to be run.
///
/// ```no_run
/// let server = aura_postgres::Options::new().start()?;
/// println!("{}", server.url("postgres", "postgres"));
/// server.stop()?;
/// # Ok::<(), aura_postgres::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) installation: Option<Installation>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) port: u16,
    pub(crate) stay: bool,
    /// Removed when the last user is gone.
    pub(crate) remove: Option<PathBuf>,
    /// Whether the data is to survive a crash of the machine, and a stop to be a clean one.
    pub(crate) durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: None,
            installation: None,
            settings: Vec::new(),
            port: 5432,
            stay: false,
            remove: None,
            durable: true,
        }
    }
}

impl Options {
    /// The newest installation, data in the usual place, stopped with the last process that uses it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The data directory; made if it is not there. Else `postgres-MAJOR` in
    /// [`default_base`](crate::default_base): the newest one that exists, or a new one of the newest installed
    /// version.
    pub fn data_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(dir.into());
        self
    }

    /// The programs to use, instead of those [`find`](crate::find()) finds.
    pub fn installation(mut self, installation: Installation) -> Self {
        self.installation = Some(installation);
        self
    }

    /// One more setting, as in `postgresql.conf`; it wins over ours. It holds for a server that is started, not for
    /// one that runs already.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// The port, which only names the socket (default 5432): the server listens on no network address.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether the server is to run on when no process uses it any more. It then runs until
    /// [`Server::shut_down`], also if it runs already and was to be stopped.
    pub fn stay(mut self, stay: bool) -> Self {
        self.stay = stay;
        self
    }

    /// Starts the server, or becomes one more user of it if it runs. Waits until it takes connections.
    ///
    /// # Errors
    /// Every kind of [`Error`]; whatever was begun is undone or will be taken up by the next start.
    pub fn start(self) -> Result<Server, Error> {
        let plan = Plan::of(self)?;
        let (starting, users) = plan.locks()?;
        plan.start(&starting, users)
    }
}
