//! A line of an import: a user as JSON.

use aura_client::{Email, Id, Secret, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::identity::{fields, users};
use crate::store::{NewUser, User, UserStatus};

/// The model that imports fill.
pub(super) const MODEL: &str = "User";

/// The dearest Argon2id hash that is taken, as its parameters say: 256 MiB, in KiB; passes; lanes. Somebody has to
/// verify it at each sign-in.
const MOST_MEMORY: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// A user as import reads and export writes it. Only `email` must be there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id<User>>,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<UserStatus>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

// It may hold a password's hash.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Record")
    }
}

impl Record {
    /// Reads a line. The error says what and where in the line, and repeats no value of it.
    pub(super) fn parse(line: &[u8]) -> Result<Record, String> {
        let record: Record = serde_json::from_slice(line).map_err(|error| describe(&error))?;
        if let Some(hash) = &record.password_hash {
            let parsed = argon2::password_hash::phc::PasswordHash::new(hash);
            let is_whole = |parsed: argon2::password_hash::phc::PasswordHash| {
                parsed.algorithm.as_str() == "argon2id" && parsed.salt.is_some() && parsed.hash.is_some()
            };
            let costs = |name: &str, most: u32| {
                parsed
                    .as_ref()
                    .is_ok_and(|parsed| parsed.params.get_decimal(name).is_none_or(|cost| cost <= most))
            };
            if !(costs("m", MOST_MEMORY) && costs("t", MOST_PASSES) && costs("p", MOST_LANES)) {
                return Err(format!(
                    "passwordHash: costs more than m={MOST_MEMORY},t={MOST_PASSES},p={MOST_LANES} to verify"
                ));
            }
            if !parsed.is_ok_and(is_whole) {
                return Err("passwordHash: not an Argon2id hash in PHC form ($argon2id$…)".into());
            }
        }
        // The rules that hold for a user over HTTP.
        if let Some(name) = &record.name {
            fields::text("name", name, users::LONGEST_NAME).map_err(|error| error.to_string())?;
        }
        if let Some(metadata) = &record.metadata {
            fields::metadata(metadata).map_err(|error| error.to_string())?;
        }
        Ok(record)
    }

    /// The id it asks for.
    pub(super) fn id(&self) -> Option<Id<User>> {
        self.id
    }

    /// What creates the user. Every column is set, so that all lines are one COPY.
    pub(super) fn into_new(self, now: Timestamp) -> NewUser {
        let created_at = self.created_at.unwrap_or(now);
        let new = NewUser::new(self.email)
            .name(self.name)
            .password_hash(self.password_hash.map(Secret::new))
            .email_verified_at(self.email_verified_at)
            .status(self.status.unwrap_or(UserStatus::Active))
            .metadata(self.metadata.unwrap_or_else(|| Value::Object(Map::new())))
            .created_at(created_at)
            .updated_at(self.updated_at.unwrap_or(created_at));
        match self.id {
            Some(id) => new.id(id),
            None => new,
        }
    }

    /// The line of a user.
    pub(super) fn of(user: User, include_secrets: bool) -> Record {
        let password_hash = user.password_hash.filter(|_| include_secrets);
        // Whatever it is: raw SQL and Prisma may have put there what the rules refuse.
        let metadata = Some(user.metadata).filter(|metadata| *metadata != Value::Object(Map::new()));
        Record {
            id: Some(user.id),
            email: user.email,
            name: user.name,
            password_hash: password_hash.map(|hash| hash.expose().clone()),
            email_verified_at: user.email_verified_at,
            status: Some(user.status),
            metadata,
            created_at: Some(user.created_at),
            updated_at: Some(user.updated_at),
        }
    }
}

/// A value that is there, `null` included.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// serde's message, which can quote a value, cut to what is safe: the field that is missing or unknown is
/// named, a value is not.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!("column {}", error.column());
    if error.is_syntax() || error.is_eof() {
        return format!("not JSON, at {place}");
    }
    for safe in ["missing field", "unknown field", "duplicate field", "not an e-mail address", "not an id"] {
        if let Some(at) = message.find(safe) {
            let end = message[at..].find(" at line").map_or(message.len(), |end| at + end);
            return format!("{}, at {place}", &message[at..end]);
        }
    }
    format!("a value is of the wrong type or form, at {place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_4_a_bad_line_is_described_without_its_values() {
        for (line, said) in [
            (r#"{"email":"hunter2"}"#, "not an e-mail address"),
            (r#"{"email":"a@b","name":{"hunter2":1}}"#, "wrong type"),
            (r#"{"email":"a@b","status":"hunter2"}"#, "wrong type or form"),
            (r#"{"email":"a@b","passwordHash":"hunter2"}"#, "passwordHash"),
            (
                r#"{"email":"a@b","passwordHash":"$argon2id$v=19$m=4194304,t=3,p=1$aHVudGVyMg$aHVudGVyMmh1bnRlcjI"}"#,
                "costs more",
            ),
            (r#"{"email":"a@b","passwordHash":"$argon2id$v=19$m=8,t=1,p=1"}"#, "passwordHash"),
            (r#"{"email":"a@b","name":"hunter2\u0007"}"#, "name"),
            (r#"{"email":"a@b","metadata":["hunter2"]}"#, "metadata"),
            (r#"{"email":"a@b","metadata":null}"#, "metadata"),
            (r#"{"name":"hunter2"}"#, "missing field `email`"),
            (r#"{"email":"a@b" hunter2"#, "not JSON"),
            (r#"["hunter2"]"#, "wrong type"),
            ("", "not JSON"),
        ] {
            let error = Record::parse(line.as_bytes()).unwrap_err();
            assert!(error.contains(said), "{line}: {error}");
            assert!(!error.contains("hunter2"), "{line}: {error}");
        }
    }
}
