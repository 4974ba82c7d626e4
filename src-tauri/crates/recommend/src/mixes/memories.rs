//! Mixes of earlier plays: what was played when, and not since.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::Offset;
use segue_core::{Because, ReasonKind};

use crate::station::Extra;
use crate::taste::Listened;
use crate::{LocalTime, Recommender};

/// Days without a play after which a loved song counts as missed.
const MISSED_DAYS: f64 = 90.0;

/// Plays from which a song counts as loved, and plays within a month from which it is on repeat.
const LOVED: u32 = 2;
const REPEATED: u32 = 2;
const MONTH_S: i64 = 30 * 86_400;

/// Plays from which a year gets a mix.
const YEAR_PLAYS: usize = 20;

/// Days around today's date that count as this day.
const HALF_A_YEAR_S: i64 = 183 * 86_400;
const DAYS_AROUND: i64 = 3;

impl LocalTime {
    /// The date on the listener's calendar.
    pub(crate) fn date(self) -> Date {
        let offset = Offset::from_seconds(self.utc_offset_s).unwrap_or(Offset::UTC);
        offset.to_datetime(self.at).date()
    }
}

/// The date of a play, in today's time zone.
fn date(listened: &Listened, now: LocalTime) -> Date {
    let at = jiff::Timestamp::from_second(listened.at_s).unwrap_or_default();
    LocalTime { at, ..now }.date()
}

/// A song of a mix of earlier plays, and why it is in it.
pub(super) type Memory = (usize, Extra);

impl Recommender<'_> {
    fn timeline(&self) -> &[Listened] {
        self.taste().map_or(&[], |taste| taste.timeline())
    }

    /// Loved and not played for long, the longest first.
    pub(super) fn missed(&self) -> Vec<Memory> {
        let Some(taste) = self.taste() else {
            return Vec::new();
        };
        let missed = |position: usize| {
            let known = taste.stats(position)?;
            let last = known.last?;
            let days = (self.now.at.as_second() - last.as_second()) as f64 / 86_400.0;
            let loved = known.listened >= LOVED && known.listened > known.left;
            if self.is_excluded(position) || !loved || days < MISSED_DAYS {
                return None;
            }
            let on = LocalTime {
                at: last,
                ..self.now
            }
            .date();
            let loved = f64::from(known.listened).ln_1p();
            let extra = Extra {
                kind: ReasonKind::Missed,
                weight: 0.15 * loved + 0.1 * (days / MISSED_DAYS).ln(),
                because: Because::Missed {
                    times: known.listened,
                    year: i32::from(on.year()),
                    month: on.month().unsigned_abs(),
                },
            };
            Some((days, (position, extra)))
        };
        let mut found: Vec<(f64, Memory)> = taste.listened().filter_map(missed).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.0.cmp(&b.1.0)));
        found.into_iter().map(|(_, memory)| memory).collect()
    }

    /// What was listened to at least `least` times among the plays that are `within`, the most often first; `explain` makes
    /// the reason of the count and the last play.
    fn played_within(
        &self,
        least: u32,
        within: impl Fn(&Listened) -> bool,
        explain: impl Fn(u32, &Listened) -> Extra,
    ) -> Vec<Memory> {
        let mut counts: HashMap<usize, (u32, &Listened)> = HashMap::new();
        for listened in self.timeline().iter().filter(|listened| within(listened)) {
            let (count, last) = counts
                .entry(listened.position as usize)
                .or_insert((0, listened));
            (*count, *last) = (*count + 1, listened);
        }
        let mut found: Vec<(u32, usize, &Listened)> = counts
            .into_iter()
            .map(|(position, (count, last))| (count, position, last))
            .filter(|(count, position, _)| *count >= least && !self.is_excluded(*position))
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let counted = found.into_iter();
        counted
            .map(|(count, position, last)| (position, explain(count, last)))
            .collect()
    }

    pub(super) fn on_repeat(&self) -> Vec<Memory> {
        let since_s = self.now.at.as_second() - MONTH_S;
        self.played_within(
            REPEATED,
            |listened| listened.at_s >= since_s,
            |count, _| Extra {
                kind: ReasonKind::Then,
                weight: 0.25 * f64::from(count).ln_1p(),
                because: Because::WithinMonth { times: count },
            },
        )
    }

    /// Years before this one in which much was played, the latest first.
    pub(super) fn years_played(&self) -> Vec<i32> {
        let this_year = i32::from(self.now.date().year());
        let mut plays: BTreeMap<i32, usize> = BTreeMap::new();
        for listened in self.timeline() {
            *plays
                .entry(i32::from(date(listened, self.now).year()))
                .or_default() += 1;
        }
        let enough = plays.into_iter().rev();
        enough
            .filter(|(year, plays)| *year < this_year && *plays >= YEAR_PLAYS)
            .map(|(year, _)| year)
            .collect()
    }

    pub(super) fn played_in(&self, year: i32) -> Vec<Memory> {
        self.played_within(
            1,
            |listened| i32::from(date(listened, self.now).year()) == year,
            |count, _| Extra {
                kind: ReasonKind::Then,
                weight: 0.3 * f64::from(count).ln_1p(),
                because: Because::InYear { times: count, year },
            },
        )
    }

    /// What was listened to on this day of earlier years, a few days more or less.
    pub(super) fn on_this_day(&self) -> Vec<Memory> {
        let today = self.now.date();
        let this_day = |listened: &Listened| {
            let then = date(listened, self.now);
            let away = i64::from(today.day_of_year()) - i64::from(then.day_of_year());
            let away = away.rem_euclid(365);
            // Around New Year, yesterday lies in another year.
            let long_ago = self.now.at.as_second() - listened.at_s > HALF_A_YEAR_S;
            long_ago && away.min(365 - away) <= DAYS_AROUND
        };
        self.played_within(1, this_day, |count, last| {
            let then = date(last, self.now);
            Extra {
                kind: ReasonKind::Then,
                weight: 0.3 * f64::from(count).ln_1p(),
                because: Because::OnDay {
                    year: i32::from(then.year()),
                    month: then.month().unsigned_abs(),
                    day: then.day().unsigned_abs(),
                },
            }
        })
    }
}
