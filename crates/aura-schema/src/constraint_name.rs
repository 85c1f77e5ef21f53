//! The names Prisma gives to constraints and indexes that have no `map:`.
//!
//! PostgreSQL cuts identifiers at 63 bytes; Prisma cuts the part before the suffix, so that the suffix stays.

/// The longest identifier of PostgreSQL, in bytes (NAMEDATALEN less one).
pub const MAX_BYTES: usize = 63;

/// `User_pkey`
pub fn primary_key(table: &str) -> String {
    with_suffix(table.to_owned(), "_pkey")
}

/// `User_email_key`
pub fn unique(table: &str, columns: &[&str]) -> String {
    with_suffix(joined(table, columns), "_key")
}

/// `User_name_idx`
pub fn index(table: &str, columns: &[&str]) -> String {
    with_suffix(joined(table, columns), "_idx")
}

/// `Membership_userId_fkey`
pub fn foreign_key(table: &str, columns: &[&str]) -> String {
    with_suffix(joined(table, columns), "_fkey")
}

fn joined(table: &str, columns: &[&str]) -> String {
    format!("{table}_{}", columns.join("_"))
}

fn with_suffix(mut stem: String, suffix: &str) -> String {
    stem.truncate(stem.floor_char_boundary(MAX_BYTES - suffix.len()));
    stem.push_str(suffix);
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_joined_and_long_ones_cut_before_the_suffix() {
        assert_eq!(primary_key("User"), "User_pkey");
        assert_eq!(unique("User", &["a", "b"]), "User_a_b_key");
        assert_eq!(index("User", &["name"]), "User_name_idx");
        assert_eq!(foreign_key("Membership", &["userId"]), "Membership_userId_fkey");
        let long = "x".repeat(70);
        assert_eq!(primary_key(&long), format!("{}_pkey", "x".repeat(58)));
        let wide = "é".repeat(40);
        let name = index(&wide, &["a"]);
        assert!(name.len() <= MAX_BYTES && name.ends_with("_idx"), "{name}");
    }
}
