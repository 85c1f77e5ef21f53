//! Ids of CUID2's alphabet and length that sort by time, and the reference CUID2.
//!
//! A CUID2 is a hash, so it does not sort by time, and as a key it scatters inserts over a whole B-tree. [`ordered`]
//! makes ids of the same form (24 characters, a letter first, then digits and small letters; the reference's
//! `isCuid` accepts them) whose first nine characters are the time. [`random`] makes the reference CUID2, for those
//! who would not show when a row was made.
//!
//! ```
//! let (first, second) = (aura_cuid2::ordered(), aura_cuid2::ordered());
//! assert!(first < second);
//! assert_eq!(first.as_str().len(), 24);
//! let read: aura_cuid2::Cuid2 = first.as_str().parse()?;
//! assert_eq!(read, first);
//! # Ok::<(), aura_cuid2::Error>(())
//! ```
//!
//! An id is never a secret. It names a row and opens nothing.

mod base36;
mod error;
mod id;
mod ordered;
mod reference;

pub use error::Error;
pub use id::Cuid2;
pub use ordered::{Generator, ordered, timestamp_of};
pub use reference::{random, random_of_length};
