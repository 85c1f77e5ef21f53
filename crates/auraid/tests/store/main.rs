//! The generated client against a real PostgreSQL, with the service role's rights.

#![expect(clippy::unwrap_used, reason = "a test that cannot be prepared fails")]

mod bulk;
mod deleted;
mod dropped;
mod errors;
mod models;
mod people;

use aura_client::{Actor, Settings};
use aura_testing::TestDatabase;
use auraid::store::{
    ActingStore, Application, ApplicationKind, Membership, NewApplication, NewMembership, NewSession,
    NewUser, Session, Store, User,
};

/// A store on a database of its own.
struct Fixture {
    db: TestDatabase,
    store: Store,
    acting: ActingStore,
}

async fn fixture() -> Fixture {
    let db = aura_testing::auraid().await;
    let store = Store::open(Settings::new(db.url_as("auraid_service"))).unwrap();
    let acting = store.acting_as(Actor::service("test"));
    Fixture { db, store, acting }
}

/// A person with a membership and a session.
struct Person {
    user: User,
    application: Application,
    membership: Membership,
    session: Session,
}

impl Fixture {
    async fn application(&self, client_id: &str) -> Application {
        let new = NewApplication::new(client_id, "Portal", ApplicationKind::Web);
        self.acting.application().create(new).await.unwrap()
    }

    async fn person(&self, email: &str, application: &Application) -> Person {
        let user = self.acting.user().create(NewUser::new(email)).await.unwrap();
        let membership = NewMembership::new(user.id, application.id);
        let membership = self.acting.membership().create(membership).await.unwrap();
        let in_an_hour = aura_client::Timestamp::now().after(std::time::Duration::from_hours(1));
        let session = NewSession::new(user.id, application.id, membership.id, in_an_hour);
        let session = self.acting.session().create(session).await.unwrap();
        Person { user, application: application.clone(), membership, session }
    }

    /// How many events there are, and how many of them name no actor.
    async fn events(&self) -> (i64, i64) {
        let client = self.db.connect().await;
        let row = client
            .query_one("SELECT count(*), count(*) FILTER (WHERE actor IS NULL) FROM aura.event", &[])
            .await
            .unwrap();
        (row.get(0), row.get(1))
    }
}
