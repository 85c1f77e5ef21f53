//! `auraid key …`

use crate::identity::keys;
use crate::store::{OperatorKey, operator_key};

use super::args::Key;
use super::database::Database;
use super::output::{answer, remark, table};
use super::{Error, all};

pub(super) async fn run(command: &Key, database: &Database) -> Result<(), Error> {
    let store = database.store().await?;
    let acting = database.acting(&store);
    match command {
        Key::Create { name } => {
            let (key, secret) = keys::create(&acting, name, None).await?;
            remark(format!("operator key \"{}\", shown this once:", key.name));
            answer(secret.expose())
        }
        Key::List { json } => {
            let keys: Vec<OperatorKey> =
                all(|after| store.operator_key().list().after(after).limit(1000)).await?;
            if *json {
                for key in keys {
                    let line = serde_json::json!({
                        "id": key.id, "name": key.name, "createdAt": key.created_at, "expiresAt": key.expires_at,
                    });
                    answer(line.to_string())?;
                }
                return Ok(());
            }
            let rows: Vec<[String; 3]> = keys
                .into_iter()
                .map(|key| {
                    let expires = key.expires_at.map_or_else(|| "never".to_owned(), |time| time.to_string());
                    [key.name, key.created_at.to_string(), expires]
                })
                .collect();
            table(["NAME", "CREATED", "EXPIRES"], &rows)
        }
        Key::Revoke { name } => {
            let found = store.operator_key().find(operator_key::by_name(name)).await?;
            let key = found.ok_or_else(|| Error::No(format!("there is no operator key \"{name}\"")))?;
            acting.operator_key().delete(key.id).await?;
            answer(format!("revoked \"{name}\""))
        }
    }
}
