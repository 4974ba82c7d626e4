//! An instant, and what the listener's clock says then.

use segue_core::{Play, Timestamp};

/// When something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The instant.
    pub at: Timestamp,
    /// The listener's clock: seconds east of UTC.
    pub utc_offset_s: i32,
}

impl LocalTime {
    /// When a play began. A play that does not know its clock is taken by UTC.
    pub(crate) fn of(play: &Play) -> Self {
        Self {
            at: play.at,
            utc_offset_s: play.context.utc_offset_s.unwrap_or(0),
        }
    }

    /// Seconds since 1970 on the listener's clock.
    pub(crate) fn local_s(self) -> i64 {
        self.at.as_second() + i64::from(self.utc_offset_s)
    }

    /// The hour of the listener's day, `0..24`.
    pub(crate) fn hour(self) -> usize {
        self.local_s().rem_euclid(86_400) as usize / 3600
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_around() {
        let hour = |at_s, utc_offset_s| {
            let at = Timestamp::from_second(at_s).unwrap();
            LocalTime { at, utc_offset_s }.hour()
        };
        assert_eq!(
            (hour(0, 0), hour(0, -3600), hour(-1, 0), hour(3599, 7200)),
            (0, 23, 23, 2)
        );
    }
}
