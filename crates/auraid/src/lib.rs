//! The identity store: one user, many applications, a membership for each pair
