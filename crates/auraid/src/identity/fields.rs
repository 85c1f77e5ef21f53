//! Rules for values of single fields.

use serde_json::Value as Json;

use super::Error;

/// The most bytes of a record's metadata, written as JSON.
pub const MOST_METADATA: usize = 16 * 1024;

/// Metadata is an object of at most [`MOST_METADATA`] bytes.
pub(crate) fn metadata(value: &Json) -> Result<(), Error> {
    if !value.is_object() {
        return Err(Error::invalid("metadata", "must be an object"));
    }
    // serde_json writes any value; the length is all that is wanted of it.
    let length = value.to_string().len();
    if length > MOST_METADATA {
        return Err(Error::invalid("metadata", format!("must have at most {MOST_METADATA} bytes as JSON")));
    }
    Ok(())
}

/// Text for people: 1 to `most` characters, none of them a control character.
pub(crate) fn text(field: &'static str, value: &str, most: usize) -> Result<(), Error> {
    let length = value.chars().count();
    if length == 0 || length > most || value.chars().any(char::is_control) || value.trim().is_empty() {
        return Err(Error::invalid(
            field,
            format!("must have 1 to {most} characters, not only white space, and no control character"),
        ));
    }
    Ok(())
}

/// The public name of an application: 1 to 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`. RFC 6749 allows more; these need no
/// escaping anywhere.
pub(crate) fn client_id(value: &str) -> Result<(), Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=64).contains(&value.len()) && value.bytes().all(is_plain) {
        return Ok(());
    }
    Err(Error::invalid("clientId", "must have 1 to 64 characters, of A-Z, a-z, 0-9, _ and -"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_a_small_object() {
        assert!(metadata(&serde_json::json!({"a": 1})).is_ok());
        for bad in [serde_json::json!([]), serde_json::json!("x"), Json::Null] {
            assert!(metadata(&bad).is_err(), "{bad}");
        }
        let fits = "x".repeat(MOST_METADATA - r#"{"a":""}"#.len());
        assert!(metadata(&serde_json::json!({ "a": fits })).is_ok());
        assert!(metadata(&serde_json::json!({ "a": fits + "x" })).is_err());
    }

    #[test]
    fn text_is_short_and_visible() {
        assert!(text("name", "Ada", 3).is_ok());
        for bad in ["", " ", "Adam", "a\nb", "\0"] {
            assert!(text("name", bad, 3).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn client_ids_need_no_escaping() {
        assert!(client_id("my_portal-2").is_ok());
        for bad in ["", "a b", "a.b", "a:b", "é", &"x".repeat(65)] {
            assert!(client_id(bad).is_err(), "{bad:?}");
        }
    }
}
