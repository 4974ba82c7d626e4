//! Where the desktop believes the song to be. It is told a position seldom and counts on from there by itself, so it must be told
//! when the truth leaves that count: after a seek from wherever, or after the sound was held up.

use std::time::{Duration, Instant};

/// A count that is off by less goes unnoticed: it is about what a position takes to get here.
const TOLERANCE: Duration = Duration::from_millis(250);

/// The last position that was seen.
struct SeenPosition {
    entry: Option<u64>,
    playing: bool,
    position_s: f64,
    at: Instant,
}

/// See the file's promise.
#[derive(Default)]
pub(crate) struct Playhead {
    seen: Option<SeenPosition>,
}

impl Playhead {
    /// Takes up a position; whether it lies where nobody counts.
    pub(crate) fn jumped(
        &mut self,
        entry: Option<u64>,
        playing: bool,
        position_s: f64,
        now: Instant,
    ) -> bool {
        let next = SeenPosition {
            entry,
            playing,
            position_s,
            at: now,
        };
        let Some(last) = self.seen.replace(next) else {
            return position_s > TOLERANCE.as_secs_f64();
        };
        let passed_s = now.saturating_duration_since(last.at).as_secs_f64();
        // When it began or ceased to play in between is not known.
        let (earliest_s, latest_s) = match (last.playing, playing) {
            _ if last.entry != entry => (0.0, passed_s),
            (true, true) => (last.position_s + passed_s, last.position_s + passed_s),
            (false, false) => (last.position_s, last.position_s),
            (true, false) | (false, true) => (last.position_s, last.position_s + passed_s),
        };
        let tolerance_s = TOLERANCE.as_secs_f64();
        position_s < earliest_s - tolerance_s || position_s > latest_s + tolerance_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_what_nobody_counted_on() {
        let start = Instant::now();
        // From (entry, playing, position) to another so much later.
        let check = |from: (u64, bool, f64), after_s: f64, to: (u64, bool, f64), jumped: bool| {
            let mut playhead = Playhead::default();
            playhead.jumped(Some(from.0), from.1, from.2, start);
            let later = start + Duration::from_secs_f64(after_s);
            assert_eq!(
                playhead.jumped(Some(to.0), to.1, to.2, later),
                jumped,
                "{from:?} and {after_s} s later {to:?}"
            );
        };
        check((1, true, 10.0), 5.0, (1, true, 15.1), false);
        check((1, true, 10.0), 5.0, (1, true, 10.0), true);
        check((1, true, 10.0), 0.1, (1, true, 9.0), true);
        check((1, true, 10.0), 0.1, (1, true, 60.0), true);
        check((1, false, 10.0), 60.0, (1, false, 10.0), false);
        check((1, false, 10.0), 60.0, (1, false, 11.0), true);
        check((1, true, 10.0), 4.0, (1, false, 12.0), false);
        check((1, false, 10.0), 4.0, (1, true, 12.0), false);
        check((1, false, 10.0), 4.0, (1, true, 20.0), true);
        check((1, true, 180.0), 0.2, (2, true, 0.1), false);
        check((1, true, 180.0), 0.2, (2, true, 30.0), true);
        assert!(Playhead::default().jumped(Some(1), false, 90.0, start));
        assert!(!Playhead::default().jumped(None, false, 0.0, start));
    }
}
