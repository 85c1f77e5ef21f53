//! The database a command works on: the one `DATABASE_URL` names, else a local PostgreSQL.

use std::path::Path;

use aura_client::{Actor, Settings};
use aura_postgres::{Options, Server};

use super::Error;
use super::args::DatabaseArguments;
use crate::embedded::{self, Project};
use crate::store::{ActingStore, Store};

/// Name of the database in a local PostgreSQL.
const LOCAL_DATABASE: &str = "auraid";

/// The superuser of a local PostgreSQL.
const LOCAL_OWNER: &str = "postgres";

/// The database of a command.
#[derive(Debug)]
pub(super) struct Database {
    /// As whom roles and migrations are made.
    pub(super) owner: Settings,
    /// As whom rows are read and written.
    pub(super) service: Settings,
    /// Schema, configuration and migrations of this program.
    pub(super) project: Project,
    actor: Actor,
    server: Option<Server>,
}

impl Database {
    /// Finds it, and starts a local one where `DATABASE_URL` names none.
    pub(super) async fn open(arguments: &DatabaseArguments, stay: bool) -> Result<Database, Error> {
        let project = embedded::project().map_err(Error::Failed)?;
        let service_role = project.config.roles.service.clone();
        let actor = Actor::operator(&arguments.actor.clone().unwrap_or_else(account));
        if let Some(url) = arguments.database_url.as_ref().filter(|url| !url.trim().is_empty()) {
            let owner = Settings::new(url);
            // Whoever the URL logs in as, rows are touched with the service's rights only.
            let service = Settings { role: Some(service_role), ..Settings::new(url) };
            return Ok(Database { owner, service, project, actor, server: None });
        }
        let mut options = Options::new().stay(stay);
        if let Some(data) = &arguments.data {
            options = options.data_dir(absolute(data)?);
        }
        // Starting waits for processes and files, not for this runtime.
        let server = tokio::task::spawn_blocking(move || options.start())
            .await
            .map_err(|error| Error::Failed(format!("starting PostgreSQL: {error}")))??;
        let owner = Settings::new(server.url(LOCAL_DATABASE, LOCAL_OWNER));
        let service = Settings::new(server.url(LOCAL_DATABASE, &service_role));
        make_database(&Settings::new(server.url("postgres", LOCAL_OWNER))).await?;
        Ok(Database { owner, service, project, actor, server: Some(server) })
    }

    /// The local PostgreSQL, if it is one.
    pub(super) fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// A store with the service's rights, on a database that has every migration.
    pub(super) async fn store(&self) -> Result<Store, Error> {
        let client = self.owner.connect().await?;
        let status = aura_migrate::status(&client, &self.project.migrations).await?;
        if !status.is_up_to_date() {
            return Err(Error::No(
                "the database does not have this program's migrations; `auraid migrate status` says what is \
                 missing, `auraid migrate deploy` applies it"
                    .into(),
            ));
        }
        Ok(Store::open(self.service.clone())?)
    }

    /// The store in the name of whoever runs the command.
    pub(super) fn acting(&self, store: &Store) -> ActingStore {
        store.acting_as(&self.actor)
    }

    /// Lets go of the local PostgreSQL, which stops unless somebody else uses it or it is to stay.
    pub(super) async fn close(self) -> Result<(), Error> {
        if let Some(server) = self.server {
            tokio::task::spawn_blocking(move || server.stop())
                .await
                .map_err(|error| Error::Failed(format!("stopping PostgreSQL: {error}")))??;
        }
        Ok(())
    }
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, Error> {
    std::path::absolute(path).map_err(|error| Error::file(path, &error))
}

/// The account's name, for the history of what is done at a shell.
fn account() -> String {
    ["LOGNAME", "USER", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "shell".to_owned())
}

/// Makes the local database if it is not there.
async fn make_database(settings: &Settings) -> Result<(), Error> {
    let client = settings.connect().await?;
    aura_migrate::create_database(&client, LOCAL_DATABASE).await?;
    Ok(())
}
