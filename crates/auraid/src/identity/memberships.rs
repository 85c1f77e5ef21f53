//! Memberships: one person in one application.

use aura_client::Id;
use serde_json::Value as Json;

use super::{Error, fields};
use crate::store::{
    ActingStore, Application, Membership, MembershipChanges, MembershipStatus, NewMembership, Role, User,
};

/// A new membership.
#[derive(Debug)]
pub struct Grant {
    /// Who.
    pub user_id: Id<User>,
    /// Where.
    pub application_id: Id<Application>,
    /// As what; a member if not said.
    pub role: Option<Role>,
    /// Status; active if not said.
    pub status: Option<MembershipStatus>,
    /// Who invited them.
    pub invited_by_id: Option<Id<User>>,
    /// Anything else, an object.
    pub metadata: Option<Json>,
}

/// What is to change. `None` leaves as it is. Whose membership it is and where never changes.
#[derive(Debug, Default)]
pub struct Changes {
    /// Role.
    pub role: Option<Role>,
    /// Status.
    pub status: Option<MembershipStatus>,
    /// Metadata as a whole.
    pub metadata: Option<Json>,
}

/// Creates a membership. The database refuses a second live one of the pair and one of a deleted user or
/// application.
pub async fn create(store: &ActingStore, grant: Grant) -> Result<Membership, Error> {
    let mut row = NewMembership::new(grant.user_id, grant.application_id);
    if let Some(role) = grant.role {
        row = row.role(role);
    }
    if let Some(status) = grant.status {
        row = row.status(status);
    }
    if let Some(inviter) = grant.invited_by_id {
        row = row.invited_by_id(inviter);
    }
    if let Some(metadata) = grant.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    Ok(store.membership().create(row).await?)
}

/// Changes a live membership.
pub async fn change(store: &ActingStore, id: Id<Membership>, changes: Changes) -> Result<Membership, Error> {
    let mut row = MembershipChanges::new();
    if let Some(role) = changes.role {
        row = row.role(role);
    }
    if let Some(status) = changes.status {
        row = row.status(status);
    }
    if let Some(metadata) = changes.metadata {
        fields::metadata(&metadata)?;
        row = row.metadata(metadata);
    }
    Ok(store.membership().update(id, row).await?)
}
