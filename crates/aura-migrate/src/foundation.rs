//! Schema `aura`: the trail, eras, imports, ids for raw SQL, and the functions that refuse.

use aura_schema::config::IdKind;

/// Everything that no model shapes. Stands in front of the tables, whose defaults call `aura.id()`.
pub(crate) fn foundation(ids: IdKind) -> String {
    let id = match ids {
        IdKind::Ordered => ordered_id(),
        IdKind::Random => random_id(),
    };
    format!("{}\n{id}", include_str!("foundation.sql"))
}

const DIGITS: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// The base-36 digits of a number in a PL/pgSQL variable, most significant first. `take` digits; what the
/// number has above them is left out.
fn digits(variable: &str, take: u32) -> String {
    let digit = |power: u32| {
        let place = 36_i64.pow(power);
        let shifted = if power == 0 { variable.to_owned() } else { format!("{variable} / {place}") };
        format!("substr(d, 1 + ({shifted} % 36)::int, 1)")
    };
    (0..take).rev().map(digit).collect::<Vec<_>>().join("\n    || ")
}

/// 60 random bits of a UUID (RFC 9562, 5.4), those without version and variant. 60 bits for at most eight
/// digits (41.4 bits) leave a skew below one in 100,000.
const RANDOM_BITS: [&str; 2] = [
    "('x' || substr(u, 1, 8) || substr(u, 10, 4) || substr(u, 16, 3))::bit(60)::bigint",
    "('x' || substr(u, 21, 3) || substr(u, 25, 12))::bit(60)::bigint",
];

fn ordered_id() -> String {
    format!(
        "-- Ids for raw SQL: nine characters of time (milliseconds since 1970 in base 36, the first digit as a letter),
-- then fifteen random ones. They sort by their time, to the millisecond.
CREATE FUNCTION aura.id() RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d CONSTANT text := '{DIGITS}';
  u CONSTANT text := gen_random_uuid()::text;
  t CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  a CONSTANT bigint := {};
  b CONSTANT bigint := {};
BEGIN
  RETURN substr('{}', 1 + (t / {})::int, 1)
    || {}
    || {}
    || {};
END $$;
",
        RANDOM_BITS[0],
        RANDOM_BITS[1],
        "abcdefghijklmnopqrstuvwxyz",
        36_i64.pow(8),
        digits("t", 8),
        digits("a", 8),
        digits("b", 7),
    )
}

fn random_id() -> String {
    let [first, second] = RANDOM_BITS;
    format!(
        "-- Ids for raw SQL: a random letter and 23 random characters.
CREATE FUNCTION aura.id() RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d CONSTANT text := '{DIGITS}';
  u text := gen_random_uuid()::text;
  a CONSTANT bigint := {first};
  b CONSTANT bigint := {second};
  c bigint;
BEGIN
  u := gen_random_uuid()::text;
  c := {first};
  RETURN substr('abcdefghijklmnopqrstuvwxyz', 1 + (a / {} % 26)::int, 1)
    || {}
    || {}
    || {};
END $$;
",
        36_i64.pow(8),
        digits("a", 8),
        digits("b", 8),
        digits("c", 7),
    )
}
