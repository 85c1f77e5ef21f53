//! Prisma's own command line on our folder and on a database that we migrated.

use crate::product;
use crate::project::{project, said};

#[tokio::test]
async fn prisma_validates_the_folder() {
    let Some(project) = project() else { return };
    let output = project.prisma(&["validate"], None);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("are valid"), "{}", said(&output));
}

#[tokio::test]
async fn prisma_finds_the_folder_formatted() {
    let Some(project) = project() else { return };
    let output = project.prisma(&["format", "--check"], None);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn prisma_reads_our_record_of_migrations_as_its_own() {
    let Some(project) = project() else { return };
    let db = product::database().await;
    let server = aura_testing::server().await;
    let socket = server.socket_dir().display().to_string().replace('/', "%2F");
    // Its command line wants a host in the address itself; the socket's folder then counts.
    let url = format!("postgresql://auraid_service@localhost:{}/{}?host={socket}", server.port(), db.name());
    let output = project.prisma(&["migrate", "status"], Some(&url));
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("Database schema is up to date!"), "{}", said(&output));
}
