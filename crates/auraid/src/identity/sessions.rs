//! Sessions: sign-ins of one person to one application, through their membership.

use std::net::IpAddr;
use std::time::Duration;

use aura_client::{Id, Timestamp};

use super::{Error, fields};
use crate::store::{
    ActingStore, Application, ApplicationStatus, Membership, MembershipStatus, NewSession, Session,
    SessionChanges, User, UserStatus, membership, session,
};

const DAY: Duration = Duration::from_hours(24);

/// How long a session lives if nothing is said.
pub const DEFAULT_LIFE: Duration = Duration::from_hours(30 * 24);

/// The longest a session may live.
pub const LONGEST_LIFE: Duration = Duration::from_hours(365 * 24);

/// The most characters of a device's description.
pub const LONGEST_DEVICE: usize = 200;

/// A session to be opened.
#[derive(Debug)]
pub struct Opening {
    /// Who.
    pub user_id: Id<User>,
    /// Where.
    pub application_id: Id<Application>,
    /// Through which membership; found by the pair if not said.
    pub membership_id: Option<Id<Membership>>,
    /// With what, for example a browser's name.
    pub device: Option<String>,
    /// From where.
    pub address: Option<IpAddr>,
    /// Until when; [`DEFAULT_LIFE`] from now if not said, [`LONGEST_LIFE`] at most.
    pub expires_at: Option<Timestamp>,
}

/// What is to change. `None` leaves as it is.
#[derive(Debug, Default)]
pub struct Changes {
    /// Device, or none.
    pub device: Option<Option<String>>,
    /// Address, or none.
    pub address: Option<Option<IpAddr>>,
    /// Last use.
    pub last_used_at: Option<Timestamp>,
}

/// Opens a session. User, application and membership must be active. That the membership is live and of this user
/// and application is the database's to refuse.
///
/// # Errors
///
/// [`Error::NotActive`], [`Error::NoMembership`], or the database's [`aura_client::Error::Reference`].
pub async fn open(store: &ActingStore, opening: Opening) -> Result<Session, Error> {
    let Opening { user_id, application_id, membership_id, device, address, expires_at } = opening;
    let expires_at = expiry(expires_at, DEFAULT_LIFE, LONGEST_LIFE)?;
    if let Some(device) = &device {
        fields::text("device", device, LONGEST_DEVICE)?;
    }
    let membership = async {
        if let Some(id) = membership_id {
            return store.membership().find(id).await;
        }
        let pair = membership::by_user_id_and_application_id(user_id, application_id);
        store.membership().find(pair).await
    };
    let (user_writer, application_writer) = (store.user(), store.application());
    let (user, application, membership) =
        tokio::try_join!(user_writer.find(user_id), application_writer.find(application_id), membership)?;
    // Without a membership of this pair nobody's status is said. What is not there at all is left to the database,
    // which looks at the moment of the write.
    let ours = membership.filter(|found| found.user_id == user_id && found.application_id == application_id);
    if let Some(membership) = &ours {
        let not_active = |what, status| Err(Error::NotActive { what, status });
        if let Some(user) = user
            && user.status != UserStatus::Active
        {
            return not_active("user", user.status.as_str());
        }
        if let Some(application) = application
            && application.status != ApplicationStatus::Active
        {
            return not_active("application", application.status.as_str());
        }
        if membership.status != MembershipStatus::Active {
            return not_active("membership", membership.status.as_str());
        }
    }
    let membership_id = membership_id.or(ours.map(|found| found.id)).ok_or(Error::NoMembership)?;
    let row = NewSession::new(user_id, application_id, membership_id, expires_at);
    Ok(store.session().create(row.device(device).address(address)).await?)
}

/// Changes what is known of a live session.
pub async fn change(store: &ActingStore, id: Id<Session>, changes: Changes) -> Result<Session, Error> {
    let mut row = SessionChanges::new();
    if let Some(device) = changes.device {
        if let Some(device) = &device {
            fields::text("device", device, LONGEST_DEVICE)?;
        }
        row = row.device(device);
    }
    if let Some(address) = changes.address {
        row = row.address(address);
    }
    if let Some(at) = changes.last_used_at {
        // A minute for clocks that differ.
        if at > Timestamp::now().after(Duration::from_mins(1)) {
            return Err(Error::invalid("lastUsedAt", "must not lie ahead"));
        }
        row = row.last_used_at(at);
    }
    Ok(store.session().update(id, row).await?)
}

/// Revokes a session: it stays in the lists, to be seen, and cannot be used. One that was revoked before keeps the
/// time of the first.
pub async fn revoke(store: &ActingStore, id: Id<Session>) -> Result<Session, Error> {
    let changes = SessionChanges::new().revoked_at(Timestamp::now());
    let revoked = store.session().update_if(id, session::REVOKED_AT.is_null(), changes).await?;
    match revoked {
        Some(session) => Ok(session),
        None => store.session().find(id).await?.ok_or_else(|| Error::not_found(id)),
    }
}

/// The end of something that lives `default` if nothing is said: ahead, and `longest` away at most.
pub(crate) fn expiry(
    wanted: Option<Timestamp>,
    default: Duration,
    longest: Duration,
) -> Result<Timestamp, Error> {
    let now = Timestamp::now();
    let Some(wanted) = wanted else {
        return Ok(now.after(default));
    };
    if wanted <= now || wanted > now.after(longest) {
        let days = longest.as_secs() / DAY.as_secs();
        return Err(Error::invalid("expiresAt", format!("must lie ahead, by {days} days at most")));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_lies_ahead_and_not_too_far() {
        let now = Timestamp::now();
        let check = |at| expiry(Some(at), DAY, 2 * DAY);
        assert!(check(now.after(DAY)).is_ok());
        assert!(check(now.before(DAY)).is_err());
        assert!(check(now.after(3 * DAY)).is_err());
        assert!(expiry(None, DAY, 2 * DAY).unwrap() > now);
    }
}
