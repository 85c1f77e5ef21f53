//! Ids that sort by time.
//!
//! Nine characters are the milliseconds since 1970 to the base 36, the first of them written as a letter (`a` for
//! 0, `b` for 1, …), because an id begins with one. It is `a` until 2059. Fifteen characters, 77 bits, are random.
//!
//! The letter ends with `z`, in the year 4294. From then on the time stands still at its last value and ids go on
//! in order by their random part alone.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rand::RngExt;

use crate::base36::{self, GROUP};
use crate::id::Cuid2;

/// Characters of the time.
const TIME: usize = 9;

/// Characters of the random part above its last twelve.
const HIGH: usize = Cuid2::LENGTH - TIME - 12;

/// How many values those have.
const HIGH_VALUES: u64 = 36u64.pow(3);

/// Milliseconds that one step of the first character stands for: 89 years.
const LETTER: u64 = 36u64.pow(8);

/// The first millisecond that has no letter any more.
const END_OF_TIME: u64 = 26 * LETTER;

/// Within one millisecond an id is the one before raised by 1 to 2⁵⁶, at random: who knows an id knows none that
/// was made right after it, and ten thousand ids in a millisecond are still far from using the random part up.
const STEP_BITS: u32 = 56;

/// Makes ids, each greater than the one before, whatever the clock does and however many threads ask.
///
/// The program's own is behind [`ordered`]; another one is for a clock of one's own, in tests. Two generators, or two
/// processes, are in step as far as their clocks are; that their ids differ is owed to the 77 random bits.
pub struct Generator {
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    last: Mutex<Moment>,
}

/// An id as a number of three digits of different worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Milliseconds since 1970.
    time: u64,
    /// The first three random characters.
    high: u64,
    /// The last twelve.
    low: u64,
}

impl Generator {
    /// With the system's clock.
    pub fn new() -> Self {
        Self::with_clock(system_clock)
    }

    /// With a clock that tells milliseconds since 1970. It may go backwards: ids go on from the latest time seen.
    pub fn with_clock(clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { clock: Box::new(clock), last: Mutex::new(Moment { time: 0, high: 0, low: 0 }) }
    }

    /// The next id, greater than each this generator has made before.
    pub fn next_id(&self) -> Cuid2 {
        next_id(&self.last, (self.clock)())
    }
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

/// A new id that sorts by time, greater than each that this process has made before.
///
/// ```
/// let ids: Vec<_> = (0..100).map(|_| aura_cuid2::ordered()).collect();
/// assert!(ids.is_sorted());
/// ```
///
/// The random bits are those of [`rand::rng`], which is seeded by the system. A process that is copied (`fork`
/// without `exec`) would copy its state too; Rust programs do not do that.
pub fn ordered() -> Cuid2 {
    static LAST: Mutex<Moment> = Mutex::new(Moment { time: 0, high: 0, low: 0 });
    next_id(&LAST, system_clock())
}

/// Zero for a clock before 1970.
fn system_clock() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn next_id(last: &Mutex<Moment>, now: u64) -> Cuid2 {
    // All that takes time is done outside of the lock, for both cases.
    let mut random = rand::rng();
    let fresh = Moment {
        time: now.min(END_OF_TIME - 1),
        high: random.random_range(0..HIGH_VALUES),
        low: random.random_range(0..GROUP),
    };
    let step = random.random_range(1..=1 << STEP_BITS);
    let next = {
        // Nothing below can panic; were it to, the state would still be a whole one.
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if fresh.time > last.time { fresh } else { last.raised(step) };
        *last
    };
    next.id()
}

impl Moment {
    /// The number `step` further on. `step` is below [`GROUP`].
    fn raised(self, step: u64) -> Self {
        let low = self.low + step;
        let high = self.high + low / GROUP;
        Self { time: self.time + high / HIGH_VALUES, high: high % HIGH_VALUES, low: low % GROUP }
    }

    fn id(self) -> Cuid2 {
        let mut text = [0; Cuid2::LENGTH];
        // Beyond the end only a carry of the very last value gets, which is beyond anybody's patience.
        let letter = u8::try_from(self.time / LETTER).map_or(25, |letter| letter.min(25));
        text[0] = b'a' + letter;
        base36::write(self.time % LETTER, &mut text[1..TIME]);
        base36::write(self.high, &mut text[TIME..TIME + HIGH]);
        base36::write(self.low, &mut text[TIME + HIGH..]);
        Cuid2::of_valid(&text)
    }
}

/// 2026-01-01: no id of ours is older.
const FIRST_TIME: u64 = 1_767_225_600_000;

/// How far another machine's clock may be ahead of ours.
const AHEAD: u64 = 24 * 60 * 60 * 1000;

/// The time in an id, in milliseconds since 1970.
///
/// It is true only of ids that [`ordered`] or the database's default made; the form does not tell them from
/// random ones. `None` where the time cannot be: an id of another length, a time before 2026 or more than a day
/// ahead of this machine's clock. Of random ids that is all but about one in a thousand for each year since 2026.
/// Where ids came in a dense burst, or the clock was set back, the time is that of the latest id before.
pub fn timestamp_of(id: &Cuid2) -> Option<u64> {
    timestamp_by(id, system_clock())
}

fn timestamp_by(id: &Cuid2, now: u64) -> Option<u64> {
    let bytes = id.as_bytes();
    if bytes.len() != Cuid2::LENGTH {
        return None;
    }
    let letter = u64::from(bytes[0] - b'a');
    let time =
        bytes[1..TIME].iter().try_fold(letter, |time, digit| Some(time * 36 + base36::value(*digit)?))?;
    (FIRST_TIME..=now.saturating_add(AHEAD)).contains(&time).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form() {
        let moment = |time, high, low| Moment { time, high, low }.id().to_string();
        assert_eq!(moment(0, 0, 0), "a00000000000000000000000");
        assert_eq!(moment(LETTER - 1, HIGH_VALUES - 1, GROUP - 1), "azzzzzzzzzzzzzzzzzzzzzzz");
        assert_eq!(moment(LETTER, 1, 2), "b00000000001000000000002");
        assert_eq!(moment(END_OF_TIME - 1, 0, 0), "zzzzzzzzz000000000000000");
    }

    #[test]
    fn a_raise_carries_into_the_time() {
        let full = Moment { time: 7, high: HIGH_VALUES - 1, low: GROUP - 1 };
        assert_eq!(full.raised(1), Moment { time: 8, high: 0, low: 0 });
        let half = Moment { time: 7, high: 3, low: GROUP - 1 };
        assert_eq!(half.raised(5), Moment { time: 7, high: 4, low: 4 });
    }

    #[test]
    fn the_time_can_be_read_back() {
        let now = 1_800_000_000_123;
        let id = Generator::with_clock(move || now).next_id();
        assert_eq!(timestamp_by(&id, now), Some(now));
        assert_eq!(timestamp_by(&id, now - AHEAD), Some(now));
        assert_eq!(timestamp_by(&id, now - AHEAD - 1), None);
        let old = Generator::with_clock(|| FIRST_TIME - 1).next_id();
        assert_eq!(timestamp_by(&old, now), None);
        let short: Cuid2 = "amjuo4jcw0".parse().unwrap();
        assert_eq!(timestamp_by(&short, now), None);
    }

    #[test]
    fn few_random_ids_seem_to_have_a_time() {
        let now = FIRST_TIME + 365 * AHEAD;
        let seem = (0..20_000).filter(|_| timestamp_by(&crate::random(), now).is_some()).count();
        // Expected are 8.6: a 26th of a 89th.
        assert!(seem < 40, "{seem}");
    }

    #[test]
    fn at_the_end_of_time_ids_stay_in_order() {
        let generator = Generator::with_clock(|| u64::MAX);
        let ids: Vec<Cuid2> = (0..1000).map(|_| generator.next_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids[0].starts_with("zzzzzzzzz"));
    }
}
