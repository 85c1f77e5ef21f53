//! That the service and the reader have no power of their own. Whoever serves with a superuser's role, or with
//! one that may become the owner, can alter the trail and switch off what keeps the promises.

use aura_schema::config::RoleNames;
use aura_schema::schema::Schema;
use tokio_postgres::{Client, Row};

use super::schemas;
use crate::error::{Error, database};
use crate::sql::ident;

const DOING: &str = "looking at the power of the roles";

/// Roles of PostgreSQL's own (22.5) that pass by what is granted on tables, or by the server itself.
const STRONG: [&str; 4] =
    ["pg_write_all_data", "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program"];

/// What is too much, and the statement that takes it away.
type Finding = (String, String);

/// Refuses a service or a reader with more power than serving or reading needs. A role that is not there yet
/// has none.
///
/// # Errors
/// [`Error::TooPowerful`] names all that was found.
pub(super) async fn refuse(client: &Client, names: &RoleNames, schema: &Schema) -> Result<(), Error> {
    let mut found: Vec<Finding> = Vec::new();
    // The reader sees no secret, so nothing that does may be behind it.
    let secrets = ["pg_read_all_data", &names.service];
    for (role, closed) in [(&names.service, &[][..]), (&names.read, &secrets[..])] {
        let strong: Vec<&str> = STRONG.iter().chain(closed).copied().chain([names.owner.as_str()]).collect();
        found.extend(attributes(client, role).await?);
        found.extend(memberships(client, role, &strong).await?);
        found.extend(creation(client, names, role, schema).await?);
    }
    let mut once: Vec<Finding> = Vec::new();
    for finding in found {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    if once.is_empty() {
        return Ok(());
    }
    let (found, sql): (Vec<_>, Vec<_>) = once.into_iter().unzip();
    Err(Error::TooPowerful { found, sql: sql.join("\n") })
}

/// Attributes of the role itself (`CREATE ROLE`).
async fn attributes(client: &Client, role: &str) -> Result<Option<Finding>, Error> {
    const WORDS: [&str; 5] = ["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"];
    let row = client
        .query_opt(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1",
            &[&role],
        )
        .await
        .map_err(database(DOING))?;
    let Some(row) = row else { return Ok(None) };
    let has: Vec<&str> =
        WORDS.iter().enumerate().filter(|(at, _)| row.get(*at)).map(|(_, word)| *word).collect();
    if has.is_empty() {
        return Ok(None);
    }
    let taken: Vec<String> = has.iter().map(|word| format!("NO{word}")).collect();
    Ok(Some((
        format!("{role} has {}", has.join(", ")),
        format!("ALTER ROLE {} {};", ident(role), taken.join(" ")),
    )))
}

/// Direct memberships that are, or lead to, a strong role or one with attributes. Inherited or not, and with
/// `SET` or without: each form can be turned into power.
async fn memberships(client: &Client, role: &str, strong: &[&str]) -> Result<Vec<Finding>, Error> {
    let rows = client
        .query(
            "WITH RECURSIVE path(first, grantor, reached) AS (
                 SELECT member.roleid, member.grantor, member.roleid FROM pg_auth_members AS member
                 JOIN pg_roles AS role ON role.oid = member.member WHERE role.rolname = $1
                 UNION SELECT path.first, path.grantor, member.roleid FROM path
                 JOIN pg_auth_members AS member ON member.member = path.reached
             )
             SELECT first.rolname::text, COALESCE(min(first.rolname::text) FILTER (WHERE reached.oid = first.oid), min(reached.rolname::text)), grantor.rolname::text,
                    current_setting('server_version_num')::int >= 160000
             FROM path JOIN pg_roles AS first ON first.oid = path.first JOIN pg_roles AS reached ON reached.oid = path.reached
             LEFT JOIN pg_roles AS grantor ON grantor.oid = path.grantor
             WHERE reached.rolname = ANY ($2::text[]) OR reached.rolsuper OR reached.rolcreaterole
                OR reached.rolcreatedb OR reached.rolreplication OR reached.rolbypassrls
             GROUP BY 1, 3 ORDER BY 1, 3",
            &[&role, &strong],
        )
        .await
        .map_err(database(DOING))?;
    Ok(rows.iter().map(|row| membership(role, row)).collect())
}

fn membership(role: &str, row: &Row) -> Finding {
    let (first, reached): (String, String) = (row.get(0), row.get(1));
    let grantor = row.get::<_, Option<String>>(2);
    // Since 16 each grantor's grant stands for itself.
    let by = grantor
        .filter(|_| row.get(3))
        .map(|grantor| format!(" GRANTED BY {}", ident(&grantor)))
        .unwrap_or_default();
    let and_so = if first == reached { String::new() } else { format!(", and so of {reached}") };
    (
        format!("{role} is a member of {first}{and_so}"),
        format!("REVOKE {} FROM {}{by};", ident(&first), ident(role)),
    )
}

/// `CREATE` on the database or on a schema in use, granted or by ownership. That everybody may create in
/// `public` is not among it: that is mended, not refused.
async fn creation(
    client: &Client,
    names: &RoleNames,
    role: &str,
    schema: &Schema,
) -> Result<Vec<Finding>, Error> {
    let mut used = schemas(schema);
    used.push("aura");
    let rows = client
        .query(
            "WITH RECURSIVE own(oid) AS (
                 SELECT oid FROM pg_roles WHERE rolname = $1
                 UNION SELECT member.roleid FROM own JOIN pg_auth_members AS member ON member.member = own.oid
             ), able AS (
                 SELECT role.oid, role.rolname FROM own JOIN pg_roles AS role USING (oid)
                 WHERE role.rolname = $1 OR NOT role.rolsuper AND role.rolname <> $2
             ), place(kind, name, holder, acl) AS (
                 SELECT 'DATABASE', datname::text, datdba, COALESCE(datacl, acldefault('d', datdba))
                 FROM pg_database WHERE datname = current_database()
                 UNION ALL SELECT 'SCHEMA', nspname::text, nspowner, COALESCE(nspacl, acldefault('n', nspowner))
                 FROM pg_namespace WHERE nspname = ANY ($3::text[])
             )
             SELECT kind, name, able.rolname::text, true FROM place JOIN able ON able.oid = place.holder
             UNION SELECT kind, name, able.rolname::text, false FROM place CROSS JOIN aclexplode(acl) AS entry
             LEFT JOIN able ON able.oid = entry.grantee
             WHERE entry.privilege_type = 'CREATE' AND entry.grantee <> place.holder
               AND (able.oid IS NOT NULL OR entry.grantee = 0 AND (kind, name) <> ('SCHEMA', 'public'))
             ORDER BY 1, 2, 3",
            &[&role, &names.owner, &used],
        )
        .await
        .map_err(database(DOING))?;
    Ok(rows
        .iter()
        .map(|row| {
            let (kind, name): (&str, String) = (row.get(0), row.get(1));
            let holder = row.get::<_, Option<String>>(2);
            let who = match &holder {
                Some(holder) if holder == role => role.to_owned(),
                Some(holder) => format!("{role}, by its membership of {holder},"),
                None => "everybody".to_owned(),
            };
            let (place, small) = (format!("{kind} {}", ident(&name)), kind.to_lowercase());
            if row.get(3) {
                (
                    format!("{who} owns {small} {name}"),
                    format!("ALTER {place} OWNER TO {};", ident(&names.owner)),
                )
            } else {
                let grantee = holder.map_or_else(|| "PUBLIC".to_owned(), |holder| ident(&holder));
                (
                    format!("{who} may create in {small} {name}"),
                    format!("REVOKE CREATE ON {place} FROM {grantee};"),
                )
            }
        })
        .collect())
}
