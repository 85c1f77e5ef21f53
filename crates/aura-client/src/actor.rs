//! Who writes.

use std::fmt;
use std::str::FromStr;

use crate::Id;

/// Who writes: what the history says of each change. Recorded as `KIND:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    text: String,
}

/// The text is not an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an actor: write user:ID, application:ID, service:NAME or operator:NAME, at most 200 characters")]
pub struct InvalidActor;

impl Actor {
    /// A person, acting for themselves.
    pub fn user<M>(id: Id<M>) -> Actor {
        Actor { text: format!("user:{id}") }
    }

    /// An application, by its key.
    pub fn application<M>(id: Id<M>) -> Actor {
        Actor { text: format!("application:{id}") }
    }

    /// A program of ours, for example `signup`.
    pub fn service(name: &str) -> Actor {
        Actor::named("service", name)
    }

    /// Somebody with an operator key, or at a shell.
    pub fn operator(name: &str) -> Actor {
        Actor::named("operator", name)
    }

    // A name comes from the program's own text or from a checked column; what cannot stand in the
    // history (control characters, great length) is replaced or cut rather than refused.
    fn named(kind: &str, name: &str) -> Actor {
        let name: String = name.chars().map(|c| if c.is_control() { '_' } else { c }).take(190).collect();
        Actor { text: format!("{kind}:{}", if name.is_empty() { "unnamed" } else { &name }) }
    }

    /// As recorded.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<&Actor> for Actor {
    fn from(actor: &Actor) -> Self {
        actor.clone()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for Actor {
    type Err = InvalidActor;

    fn from_str(text: &str) -> Result<Self, InvalidActor> {
        let (kind, name) = text.split_once(':').ok_or(InvalidActor)?;
        let known = matches!(kind, "user" | "application" | "service" | "operator");
        if !known || name.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
            return Err(InvalidActor);
        }
        Ok(Actor { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_empty_and_never_breaks_a_line() {
        assert_eq!(Actor::service("").as_str(), "service:unnamed");
        assert_eq!(Actor::operator("a\nb").as_str(), "operator:a_b");
        assert!(Actor::service(&"x".repeat(5000)).as_str().len() <= 200);
    }

    #[test]
    fn reads_what_it_writes() {
        for actor in [Actor::service("signup"), Actor::operator("root")] {
            assert_eq!(actor.as_str().parse::<Actor>().unwrap(), actor);
        }
        for bad in ["", "signup", "service:", "robot:x", "service:a\nb"] {
            assert!(bad.parse::<Actor>().is_err(), "{bad:?}");
        }
    }
}
