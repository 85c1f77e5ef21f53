//! What a start is going to do: where the data are, which programs run it, and as whom.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::account::Account;
use crate::cluster::{self, State};
use crate::error::{Error, at};
use crate::find::{BIN_VARIABLE, Installation, find, find_all, is_explicit};
use crate::lock::{Lock, Mode};
use crate::options::Options;
use crate::place::{Place, default_base, existing};

/// All that is needed to start a server, decided.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) place: Place,
    pub(crate) installation: Installation,
    pub(crate) account: Account,
    pub(crate) options: Options,
}

impl Plan {
    /// Chooses place, programs and account.
    pub(crate) fn of(options: Options) -> Result<Self, Error> {
        let (installation, data) = if let Some(data) = &options.data_dir {
            (installation_for(&options, cluster::state(data)?, data)?, data.clone())
        } else {
            let base = default_base()?;
            if let Some((major, data)) = existing(&base).into_iter().next() {
                (installation_for(&options, State::Ours(major), &data)?, data)
            } else {
                let installation = installation_for(&options, State::Absent, &base)?;
                let data = base.join(format!("postgres-{}", installation.version.major));
                (installation, data)
            }
        };
        let account = Account::for_data_dir(&data)?;
        if let Some(parent) = std::path::absolute(&data).map_err(at("find", &data))?.parent() {
            fs::create_dir_all(parent).map_err(at("create", parent))?;
        }
        let place = Place::of(&data, &account)?;
        account.reaches(&place.data)?;
        // Looked at again: the default place is chosen by name only, and says nothing of what is in it.
        cluster::state(&place.data)?;
        Ok(Self { place, installation, account, options })
    }

    /// The lock of those who start the server, and the one of those who use it.
    pub(crate) fn locks(&self) -> Result<(Lock, Lock), Error> {
        let (lock, users) = (self.place.lock(), self.place.users());
        let held = (Lock::take(&lock, Mode::Exclusive)?, Lock::take(&users, Mode::Shared)?);
        self.account.own(&lock)?;
        self.account.own(&users)?;
        Ok(held)
    }

    /// The error of a server that was not `awaited` (ready, gone) in time.
    pub(crate) fn timeout(&self, awaited: &'static str, waited: Duration) -> Error {
        Error::Timeout {
            data_dir: self.place.data.clone(),
            awaited,
            seconds: waited.as_secs(),
            log: self.place.log(),
        }
    }
}

/// The installation for data of a given major version, or for a new directory.
fn installation_for(options: &Options, state: State, data: &Path) -> Result<Installation, Error> {
    let State::Ours(major) = state else {
        return options.installation.clone().map_or_else(find, Ok);
    };
    let (all, chosen_by) = match &options.installation {
        Some(installation) => (vec![installation.clone()], Some("the chosen one")),
        None => (find_all()?, is_explicit().then_some(BIN_VARIABLE)),
    };
    if let Some(fitting) = all.iter().find(|installation| installation.version.major == major) {
        return Ok(fitting.clone());
    }
    let versions: Vec<String> =
        all.iter().map(|one| format!("{} in {}", one.version, one.bin.display())).collect();
    let found = match chosen_by {
        Some(by) => format!("{by} is {}", versions.join(", ")),
        None => format!("installed is {}", versions.join(", ")),
    };
    Err(Error::OtherMajor { data_dir: data.to_owned(), data: major, found })
}
