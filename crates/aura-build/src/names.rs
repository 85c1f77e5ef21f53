//! Names of the schema as Rust writes them.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use crate::Error;

/// `emailVerifiedAt` → `email_verified_at`, `HTTPServer` → `http_server`, `VERIFY_EMAIL` → `verify_email`.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && chars.get(at + 1).is_some_and(|next| next.is_lowercase()))
            });
        if starts_word {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// `VERIFY_EMAIL` → `VerifyEmail`, `SPA` → `Spa`, `inProgress` → `InProgress`.
pub(crate) fn pascal(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for word in snake(name).split('_').filter(|word| !word.is_empty()) {
        let mut chars = word.chars();
        pascal.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        pascal.push_str(chars.as_str());
    }
    pascal
}

/// An identifier, raw where the name is a keyword. `place` is for the error.
pub(crate) fn identifier(name: &str, place: &str) -> Result<Ident, Error> {
    if let Ok(ident) = syn::parse_str::<Ident>(name) {
        return Ok(ident);
    }
    let raw = syn::parse_str::<Ident>(&format!("r#{name}"));
    raw.map_err(|_| Error::Name { place: place.to_owned(), name: name.to_owned() })
}

/// An identifier beside names that generated code has already: a `_` tells it from them.
pub(crate) fn beside(ident: Ident, taken: &[&str]) -> Ident {
    if taken.iter().any(|name| ident == name) { quote::format_ident!("{ident}_") } else { ident }
}

/// A constant for a field: `TABLE` is the table's own.
pub(crate) fn constant(field: &str) -> Ident {
    beside(plain(&snake(field).to_uppercase()), &["TABLE"])
}

/// Refuses two things of the schema that would have one name in Rust.
pub(crate) fn distinct(names: impl IntoIterator<Item = (String, String)>) -> Result<(), Error> {
    let mut seen: HashMap<String, String> = HashMap::new();
    for (name, place) in names {
        if let Some(other) = seen.insert(name.clone(), place.clone()) {
            return Err(Error::Clash { place, name, other });
        }
    }
    Ok(())
}

/// An identifier from a name that is one by construction.
pub(crate) fn plain(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (name, snaked, pascaled) in [
            ("emailVerifiedAt", "email_verified_at", "EmailVerifiedAt"),
            ("HTTPServer", "http_server", "HttpServer"),
            ("VERIFY_EMAIL", "verify_email", "VerifyEmail"),
            ("SPA", "spa", "Spa"),
            ("oauth2Client", "oauth2_client", "Oauth2Client"),
            ("user", "user", "User"),
        ] {
            assert_eq!((snake(name).as_str(), pascal(name).as_str()), (snaked, pascaled));
        }
    }

    #[test]
    fn taken_names_are_told_from() {
        assert_eq!(beside(plain("new"), &["new"]).to_string(), "new_");
        assert_eq!(beside(plain("news"), &["new"]).to_string(), "news");
        assert_eq!(constant("table").to_string(), "TABLE_");
    }

    #[test]
    fn keywords_are_raw() {
        assert_eq!(identifier("type", "User.type").unwrap().to_string(), "r#type");
        assert!(identifier("self", "User.self").unwrap_err().to_string().contains("User.self"));
    }
}
