//! Applications: OAuth 2 clients.

use aura_client::{Id, Secret};
use serde_json::Value as Json;

use super::{Error, fields, redirect_uri, secret};
use crate::store::{
    ActingStore, Application, ApplicationChanges, ApplicationKind, ApplicationStatus, NewApplication, Store,
    application,
};

/// The most characters of an application's name.
pub const LONGEST_NAME: usize = 200;

/// A new application.
#[derive(Debug)]
pub struct Registration {
    /// Its public name; one is made if it has none.
    pub client_id: Option<String>,
    /// Name for people.
    pub name: String,
    /// What kind of client it is.
    pub kind: ApplicationKind,
    /// Where it may send people back to.
    pub redirect_uris: Vec<String>,
    /// Anything else, an object.
    pub metadata: Option<Json>,
}

/// What is to change. `None` leaves as it is. The kind stays: it decides whether there is a secret.
#[derive(Debug, Default)]
pub struct Changes {
    /// Name for people.
    pub name: Option<String>,
    /// All redirect URIs.
    pub redirect_uris: Option<Vec<String>>,
    /// Status.
    pub status: Option<ApplicationStatus>,
    /// Metadata as a whole.
    pub metadata: Option<Json>,
}

/// Whether this kind of client can keep a secret (RFC 6749, section 2.1).
pub fn is_confidential(kind: ApplicationKind) -> bool {
    matches!(kind, ApplicationKind::Web | ApplicationKind::Service)
}

/// Creates an application. A confidential one gets a secret, which is known only now.
pub async fn create(
    store: &ActingStore,
    new: Registration,
) -> Result<(Application, Option<Secret<String>>), Error> {
    let client_id = match new.client_id {
        Some(client_id) => {
            fields::client_id(&client_id)?;
            client_id
        }
        None => secret::client_id(),
    };
    fields::text("name", &new.name, LONGEST_NAME)?;
    check_redirect_uris(&new.redirect_uris, new.kind)?;
    let mut row = NewApplication::new(client_id, new.name, new.kind).redirect_uris(new.redirect_uris);
    if let Some(metadata) = new.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    let minted = is_confidential(new.kind).then(secret::application_secret);
    if let Some(minted) = &minted {
        row = row.secret_hash(minted.hash);
    }
    let application = store.application().create(row).await?;
    Ok((application, minted.map(|minted| minted.secret)))
}

/// Changes a live application.
pub async fn change(
    store: &ActingStore,
    id: Id<Application>,
    changes: Changes,
) -> Result<Application, Error> {
    let mut row = ApplicationChanges::new();
    if let Some(name) = changes.name {
        fields::text("name", &name, LONGEST_NAME)?;
        row = row.name(name);
    }
    if let Some(status) = changes.status {
        row = row.status(status);
    }
    if let Some(metadata) = changes.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    if let Some(uris) = changes.redirect_uris {
        // The kind never changes, so it can be asked for beforehand.
        let application = store.application().find(id).await?.ok_or_else(|| Error::not_found(id))?;
        check_redirect_uris(&uris, application.kind)?;
        row = row.redirect_uris(uris);
    }
    Ok(store.application().update(id, row).await?)
}

/// The application behind a name and a secret; none if either is wrong, or it is suspended or deleted. An unknown
/// name takes the same work as a wrong secret.
pub async fn authenticate(
    store: &Store,
    client_id: &str,
    secret: &str,
) -> Result<Option<Application>, Error> {
    let Some(given) = secret::application_secret_hash(secret) else {
        return Ok(None);
    };
    if fields::client_id(client_id).is_err() {
        return Ok(None);
    }
    let found = store.application().find(application::by_client_id(client_id)).await?;
    // SHA-256 of nothing anybody knows: never equal.
    let stored = found.as_ref().and_then(|application| application.secret_hash.clone());
    let stored = stored.unwrap_or_else(|| Secret::new(vec![0; given.len()]));
    let is_right = stored == Secret::new(given.to_vec());
    Ok(found.filter(|application| is_right && application.status == ApplicationStatus::Active))
}

fn check_redirect_uris(uris: &[String], kind: ApplicationKind) -> Result<(), Error> {
    if uris.len() > redirect_uri::MOST {
        return Err(Error::invalid("redirectUris", format!("must be at most {}", redirect_uri::MOST)));
    }
    for (at, uri) in uris.iter().enumerate() {
        if let Err(why) = redirect_uri::check(uri, kind) {
            return Err(Error::invalid("redirectUris", format!("number {} must {why}", at + 1)));
        }
    }
    Ok(())
}
