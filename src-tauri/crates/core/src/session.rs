//! Sessions: plays that follow one another without a long pause.
//!
//! A session is not stored. It is computed from the log, so that a history imported later joins or splits sessions as
//! if it had always been there. This is the one definition: a session lasts while less than [`SESSION_GAP_S`] lies between
//! the latest [end of a play](crate::Play::ended_at) so far, since a long play may outlast a short one that began after
//! it, and the begin of the next.

use crate::Timestamp;

/// A pause of so many seconds ends a session. Brost et al., "The Music Streaming Sessions Dataset" (WWW 2019), and
/// web-log analysis since Catledge and Pitkow (1995) put the break near half an hour.
pub const SESSION_GAP_S: i64 = 30 * 60;

/// Whether the silence from `ended`, the latest end of a play, to `begun` ends a session.
pub fn ends_session(ended: Timestamp, begun: Timestamp) -> bool {
    begun.as_second() - ended.as_second() >= SESSION_GAP_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Play, PlayContext, PlaySource, PlaySubject};

    fn check(listened_s: f64, ended_s: Option<i64>, begun_s: i64, parted: bool) {
        let instant = |second| Timestamp::from_second(second).unwrap();
        let play = Play {
            at: instant(1000),
            subject: PlaySubject::default(),
            listened_s,
            source: PlaySource::Queue,
            skipped: false,
            rating: None,
            context: PlayContext {
                ended_at: ended_s.map(instant),
                ..PlayContext::default()
            },
        };
        let found = ends_session(play.ended_at(), instant(begun_s));
        assert_eq!(found, parted, "{listened_s} {ended_s:?} {begun_s}");
    }

    #[test]
    fn half_an_hour_of_silence_ends_a_session() {
        check(200.0, None, 1200 + SESSION_GAP_S - 1, false);
        check(200.0, None, 1200 + SESSION_GAP_S, true);
        // Paused in between.
        check(200.0, Some(4000), 4000 + SESSION_GAP_S - 1, false);
        check(200.0, Some(4000), 4000 + SESSION_GAP_S, true);
        // The clock ran backwards, and lengths that cannot be.
        check(200.0, None, 0, false);
        check(200.0, Some(0), 1000 + SESSION_GAP_S - 1, false);
        for strange in [-5000.0, f64::NAN] {
            check(strange, None, 1000 + SESSION_GAP_S - 1, false);
            check(strange, None, 1000 + SESSION_GAP_S, true);
        }
        check(1e9, None, 1000 + 86_400 + SESSION_GAP_S, true);
    }
}
