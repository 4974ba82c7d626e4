//! Sessions: plays that follow one another without a long pause.
//!
//! A session is not stored. It is read off the log, so that a history brought in later joins or parts sessions as if
//! it had always been there.

use crate::{Play, Timestamp};

/// A pause of so many seconds ends a session. Brost et al., "The Music Streaming Sessions Dataset" (WWW 2019), and
/// web-log analysis since Catledge and Pitkow (1995) put the break near half an hour.
pub const SESSION_GAP_S: i64 = 30 * 60;

/// The name of a session: the instant at which its first play began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session(pub Timestamp);

/// The session of each of `plays`, which are in the order of time.
pub fn sessions(plays: &[Play]) -> Vec<Session> {
    let mut current: Option<(Session, Timestamp)> = None;
    plays
        .iter()
        .map(|play| {
            let (session, ended) = match current {
                Some((session, ended)) if !parts(ended, play.at) => (session, ended),
                _ => (Session(play.at), play.at),
            };
            // A long play may outlast a short one that began after it.
            current = Some((session, ended.max(play.ended_at())));
            session
        })
        .collect()
}

/// Whether the silence from `ended` to `begun` ends a session.
pub(crate) fn parts(ended: Timestamp, begun: Timestamp) -> bool {
    begun.as_second() - ended.as_second() >= SESSION_GAP_S
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{PlayContext, PlaySource, PlaySubject};

    fn play(at_s: i64, listened_s: f64, ended_s: Option<i64>) -> Play {
        let instant = |second| Timestamp::from_second(second).unwrap();
        Play {
            at: instant(at_s),
            subject: PlaySubject::default(),
            listened_s,
            source: PlaySource::Queue,
            skipped: false,
            rating: None,
            context: PlayContext {
                ended_at: ended_s.map(instant),
                ..PlayContext::default()
            },
        }
    }

    #[test]
    fn half_an_hour_of_silence_begins_another_session() {
        let log = [
            play(0, 200.0, None),
            play(200 + SESSION_GAP_S - 1, 60.0, None),
            play(4000, 10.0, Some(9000)),
            play(9000 + SESSION_GAP_S - 1, 1.0, None),
            play(9000 + 2 * SESSION_GAP_S, 1.0, None),
        ];
        let begun: Vec<i64> = sessions(&log)
            .iter()
            .map(|session| session.0.as_second())
            .collect();
        assert_eq!(begun, [0, 0, 4000, 4000, 9000 + 2 * SESSION_GAP_S]);
        assert!(sessions(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn sessions_part_where_it_was_silent_and_nowhere_else(
            steps in proptest::collection::vec((0..8000i64, 0.0..4000.0f64, proptest::option::of(0..9000i64)), 0..40)
        ) {
            let mut at = 1_700_000_000;
            let log: Vec<Play> = steps
                .iter()
                .map(|(gap, listened_s, lasted)| {
                    at += gap;
                    play(at, *listened_s, lasted.map(|lasted| at + lasted))
                })
                .collect();
            let found = sessions(&log);
            prop_assert_eq!(found.len(), log.len());
            for (n, session) in found.iter().enumerate() {
                // Named by its first play, and whole: names never come back.
                let first = found.iter().position(|other| other == session).unwrap();
                prop_assert_eq!(session.0, log[first].at);
                prop_assert!(found[first..=n].iter().all(|other| other == session));
            }
            for n in 1..log.len() {
                let silence_s = log[..n].iter().map(Play::ended_at).max().unwrap();
                let silence_s = log[n].at.as_second() - silence_s.as_second();
                // Plays that began in the same second share a name even across a break of the clock.
                if log[n].at != found[n - 1].0 {
                    prop_assert_eq!(found[n] != found[n - 1], silence_s >= SESSION_GAP_S);
                }
            }
        }
    }
}
