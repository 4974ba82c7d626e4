//! The guest DJ: what to insert after a song of the listener's own queue.

use segue_core::{Because, ReasonKind};

use crate::Recommender;
use crate::reason::Reason;
use crate::station::{Near, Pick, StationSpec};

/// Recordings near to both songs that a bridge is chosen from.
const BRIDGES: usize = 24;

/// What the transitions count against a song's own score.
const TRANSITIONS: f64 = 0.5;

/// How the guest DJ chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DjMode {
    /// What sounds most like the song before.
    Nearest,
    /// Another song by its artist.
    SameArtist,
    /// What leads from the song before to the song after.
    Bridge,
}

impl Recommender<'_> {
    /// One song to play after `before`, and before `after` if anything comes; none of `queue`, nor another version of them.
    /// `None` where there is none: a song without an artist has no other by them.
    pub fn dj_insertion(
        &self,
        mode: DjMode,
        before: usize,
        after: Option<usize>,
        queue: &[usize],
    ) -> Option<Pick> {
        let mut spec = StationSpec::new(self.tuning.seeded, 1);
        spec.near = vec![(before, 1.0)];
        spec.near_are = Near::Queued;
        spec.excluded = queue.to_vec();
        spec.excluded.push(before);
        spec.excluded.extend(self.wrong_between(before, after));
        spec.before = vec![before];
        match (mode, after) {
            (DjMode::SameArtist, _) => {
                let artist = *self.catalogue.artist_numbers(before).first()?;
                let same =
                    |position: &usize| self.catalogue.artist_numbers(*position).contains(&artist);
                spec.among = Some((0..self.catalogue.len()).filter(same).collect());
                spec.before.clear();
                let mut picks = self.picks_for(&spec);
                let pick = picks.first_mut()?;
                let name = self.catalogue.artist_names().show(artist);
                let artists = vec![name.to_owned()];
                let because = Because::SameArtist { artists };
                add(pick, ReasonKind::Artist, because, 1.0);
                picks.into_iter().next()
            }
            (DjMode::Bridge, Some(after)) => {
                spec.near.push((after, 1.0));
                spec.excluded.push(after);
                spec.count = BRIDGES;
                let picks = self.picks_for(&spec);
                let positions: Vec<usize> = picks.iter().map(|pick| pick.item).collect();
                let ends = self.transition_profiles(&[before, after]);
                let profiles = self.transition_profiles(&positions);
                let cost =
                    |at: usize| ends[0].cost_to(&profiles[at]) + profiles[at].cost_to(&ends[1]);
                let artists = |at: usize| self.share_artist(positions[at], after);
                let score = |at: usize| picks[at].score - TRANSITIONS * cost(at);
                let open = (0..picks.len()).filter(|at| !artists(*at));
                let best = open.reduce(|a, b| if score(b) > score(a) { b } else { a })?;
                let title = |position: usize| self.catalogue.title(position).to_owned();
                let because = Because::Bridge {
                    before: title(before),
                    after: title(after),
                };
                // From 0 for a jump to 1 for no step at all.
                let weight = TRANSITIONS * (2.0 - cost(best)).max(0.0);
                let mut pick = picks.into_iter().nth(best)?;
                add(&mut pick, ReasonKind::Bridge, because, weight);
                Some(pick)
            }
            (DjMode::Nearest | DjMode::Bridge, _) => self.picks_for(&spec).into_iter().next(),
        }
    }
}

/// Adds a term to a pick's score.
fn add(pick: &mut Pick, kind: ReasonKind, because: Because, weight: f64) {
    pick.reasons.push(Reason {
        kind,
        because,
        weight,
        term: None,
    });
    pick.reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    pick.score += weight;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support;
    use crate::{Catalogue, Exclusions, Taste};

    fn threaded(
        catalogue: &Catalogue,
        mode: DjMode,
        before: usize,
        after: Option<usize>,
        queue: &[usize],
    ) -> Option<Pick> {
        let taste = Taste::fit(catalogue, &[]);
        let pick = test_support::with_recommender(catalogue, &taste, |recommender| {
            recommender.dj_insertion(mode, before, after, queue)
        });
        if let Some(pick) = &pick {
            let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
            assert!((sum - pick.score).abs() < 1e-9);
            assert!(!queue.contains(&pick.item) && pick.item != before && Some(pick.item) != after);
        }
        pick
    }

    #[test]
    fn each_mode_threads_what_it_says() {
        let catalogue = test_support::catalogue(test_support::library(3, 6, 40, 64));
        let thread =
            |mode, after, queue: &[usize]| threaded(&catalogue, mode, 0, after, queue).unwrap();
        let nearest = thread(DjMode::Nearest, Some(1), &[]);
        assert_eq!(nearest.item % 6, 0);
        let again = thread(DjMode::Nearest, Some(1), &[nearest.item]);
        assert_ne!(again.item, nearest.item);
        // Every artist has two songs, `n` and the next of the style.
        let same = thread(DjMode::SameArtist, Some(1), &[]);
        assert_eq!(same.item, 6);
        let artists = vec!["Artist 0.0".to_owned()];
        assert_eq!(same.reasons[0].because, Because::SameArtist { artists });
        let bridge = thread(DjMode::Bridge, Some(1), &[]);
        let leads = Because::Bridge {
            before: "Song 0".into(),
            after: "Song 1".into(),
        };
        assert!(bridge.reasons.iter().any(|reason| reason.because == leads));
        assert!(bridge.item % 6 < 2, "{}", bridge.item);
        assert!(
            !catalogue
                .artist_numbers(bridge.item)
                .contains(&catalogue.artist_numbers(1)[0])
        );
        // At the end of the queue there is nothing to lead to.
        assert_eq!(thread(DjMode::Bridge, None, &[]).item, nearest.item);
    }

    #[test]
    fn what_was_called_wrong_is_threaded_in_no_more() {
        let catalogue = test_support::catalogue(test_support::library(3, 6, 40, 64));
        let taste = Taste::fit(&catalogue, &[]);
        for mode in [DjMode::Nearest, DjMode::SameArtist, DjMode::Bridge] {
            let before = 0;
            let pick = threaded(&catalogue, mode, before, Some(1), &[])
                .unwrap()
                .item;
            for (earlier, later) in [(before, pick), (pick, 1)] {
                let pair = (test_support::audio(earlier), test_support::audio(later));
                let exclusions = Exclusions {
                    wrong_after: [pair].into(),
                    ..Exclusions::default()
                };
                let again = test_support::with_recommender(&catalogue, &taste, |recommender| {
                    let recommender = Recommender {
                        exclusions: &exclusions,
                        ..recommender
                    };
                    recommender.dj_insertion(mode, before, Some(1), &[])
                });
                assert_ne!(again.map(|pick| pick.item), Some(pick), "{mode:?}");
            }
        }
    }

    #[test]
    fn who_has_no_other_song_gets_none() {
        let catalogue = test_support::catalogue(test_support::library(3, 6, 40, 64));
        assert!(threaded(&catalogue, DjMode::SameArtist, 0, None, &[6]).is_none());
        let nobody = test_support::catalogue(vec![
            test_support::item(0, "A", "Various Artists"),
            test_support::item(1, "B", "Ann"),
        ]);
        assert!(threaded(&nobody, DjMode::SameArtist, 0, None, &[]).is_none());
        assert!(threaded(&nobody, DjMode::Nearest, 0, None, &[1]).is_none());
    }
}
