//! What is kept of the log so far: what was listened to when and how often, the session, and from that the next play's
//! observations. Batch and play-by-play learning share it, else they would not end with the same taste.

use std::collections::HashMap;

use segue_core::{ListenOutcome, Play, PlaySource, Rating, Timestamp};

use super::evidence::{
    Observation, ObservationKind, chosen, contrast, evidence, familiar, fresh, reliability,
    seconds_between, sounded,
};
use super::fit::{Layout, Subjects};
use super::hours::Hours;
use super::session::Session;
use crate::LocalTime;
use crate::catalogue::{Catalogue, Found};
use crate::counter_rng;
use crate::sound_clusters::centred;
use crate::tuning::Learning;

/// Marks a recording that was never played.
const NEVER_PLAYED: u32 = u32::MAX;

/// What is known of one recording from the log so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordingStats {
    pub(super) position: u32,
    /// Times listened to.
    pub(crate) listened: u32,
    /// Times left after more than a glimpse.
    pub(crate) left: u32,
    /// When last played at all.
    pub(crate) last: Option<Timestamp>,
    /// Evidence in its favour less that against it.
    pub(super) favour: f64,
    pub(crate) rating: Option<Rating>,
    /// What of `favour` the opinion gave.
    rated: f64,
}

/// The log so far.
#[derive(Clone, Debug)]
pub(super) struct ListeningHistory {
    pub(super) tuning: Learning,
    /// Per position: its place in `recordings`.
    pub(super) slots: Vec<u32>,
    pub(super) recordings: Vec<RecordingStats>,
    pub(super) session: Session,
    pub(super) hours: Hours,
    /// All that was listened to, in the log's order.
    pub(super) listened: Vec<Listened>,
    /// Recordings listened to right after one another in one session, where no list had put them so.
    pub(super) followed: Vec<Followed>,
    /// Sessions so far.
    sessions: u32,
    /// What was listened to last in this session.
    before: Option<u32>,
    /// When the last play began.
    pub(super) last_at: Option<Timestamp>,
    /// When the last opinion was given that is no play.
    pub(super) last_said: Option<Timestamp>,
}

/// A recording that was listened to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listened {
    /// Seconds since 1970.
    pub(crate) at_s: i64,
    pub(crate) position: u32,
    /// On the listener's clock.
    pub(crate) hour: u8,
    /// Its session's number; never less than that of what was listened to before.
    pub(super) session: u32,
}

/// Recordings that were listened to right after one another, and in which session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Followed {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) session: u32,
}

/// Numbers of the subjects so far, by recording (`true`) or artist.
pub(super) type SubjectIndex = HashMap<(bool, usize), usize>;

/// A log in the order in which it is read: plays by their begin, and opinions before the first play that ended after
/// them. So an opinion given while a song sounds comes before its play, which is logged when it ends.
pub(super) fn in_order(log: Vec<(&Play, Found)>) -> Vec<(&Play, Found)> {
    let (mut plays, mut opinions): (Vec<_>, Vec<_>) =
        log.into_iter().partition(|(play, _)| sounded(play));
    plays.sort_by_key(|(play, _)| play.at);
    opinions.sort_by_key(|(opinion, _)| opinion.at);
    let mut opinions = opinions.into_iter().peekable();
    let mut order = Vec::with_capacity(plays.len() + opinions.len());
    for play in plays {
        let ended = play.0.ended_at();
        order.extend(std::iter::from_fn(|| {
            opinions.next_if(|(opinion, _)| opinion.at <= ended)
        }));
        order.push(play);
    }
    order.extend(opinions);
    order
}

/// What evidence of a weight says for a recording, or against it.
fn favour(listened: bool, weight: f64) -> f64 {
    if listened { weight } else { -weight }
}

impl ListeningHistory {
    pub(super) fn new(catalogue: &Catalogue, tuning: &Learning) -> Self {
        Self {
            tuning: *tuning,
            slots: vec![NEVER_PLAYED; catalogue.len()],
            recordings: Vec::new(),
            session: Session::default(),
            hours: Hours::new(catalogue.cluster_count()),
            listened: Vec::new(),
            followed: Vec::new(),
            sessions: 0,
            before: None,
            last_at: None,
            last_said: None,
        }
    }

    /// Whether a play would come after all that was read; see [`in_order`].
    pub(super) fn precedes(&self, play: &Play) -> bool {
        self.last_at.is_none_or(|last| last <= play.at)
            && self.last_said.is_none_or(|said| said <= play.ended_at())
    }

    pub(super) fn stats(&self, position: usize) -> Option<&RecordingStats> {
        match self.slots.get(position) {
            Some(slot) if *slot != NEVER_PLAYED => self.recordings.get(*slot as usize),
            _ => None,
        }
    }

    /// How lately the recording was heard: 1 just now, fading within days; 0 never.
    pub(super) fn lately(&self, position: usize, now: Timestamp) -> f64 {
        let last = self.stats(position).and_then(|known| known.last);
        last.map_or(0.0, |last| fresh(&self.tuning, seconds_between(last, now)))
    }

    /// The subject of a recording, whether it was played or not.
    pub(super) fn subject(
        &self,
        position: usize,
        subject_index: &mut SubjectIndex,
        subjects: &mut Subjects,
        layout: &Layout,
    ) -> usize {
        let slot = Some(self.slots[position]).filter(|slot| *slot != NEVER_PLAYED);
        *subject_index.entry((true, position)).or_insert_with(|| {
            subjects.push(
                Found::Item(position),
                slot.map(|slot| slot as usize),
                layout,
            )
        })
    }

    /// The subject of a play and the slot of its recording; both are made where they are new.
    pub(super) fn subject_of_play(
        &mut self,
        found: Found,
        subject_index: &mut SubjectIndex,
        subjects: &mut Subjects,
        layout: &Layout,
    ) -> (usize, Option<usize>) {
        let (key, slot) = match found {
            Found::Item(position) => {
                if self.slots[position] == NEVER_PLAYED {
                    self.slots[position] = self.recordings.len() as u32;
                    self.recordings.push(RecordingStats {
                        position: position as u32,
                        listened: 0,
                        left: 0,
                        last: None,
                        favour: 0.0,
                        rating: None,
                        rated: 0.0,
                    });
                }
                ((true, position), Some(self.slots[position] as usize))
            }
            Found::Artist(artist) => ((false, artist as usize), None),
        };
        let subject = *subject_index
            .entry(key)
            .or_insert_with(|| subjects.push(found, slot, layout));
        (subject, slot)
    }

    /// Turns one play into observations, then adds it to the history. `decay` is what age has left of its weight.
    #[allow(
        clippy::too_many_arguments,
        reason = "a play, its subject, and where its observations go"
    )]
    pub(super) fn read(
        &mut self,
        catalogue: &Catalogue,
        play: &Play,
        found: Found,
        slot: Option<usize>,
        subject: usize,
        decay: f64,
        observations: &mut Vec<Observation>,
    ) {
        let tuning = self.tuning;
        let row = match found {
            Found::Item(position) => catalogue.row(position),
            Found::Artist(_) => None,
        };
        let vector = row.map(|row| centred(catalogue.index(), row));
        let hour = LocalTime::of(play).hour();
        let cluster = match found {
            Found::Item(position) => catalogue.cluster(position),
            Found::Artist(_) => None,
        };
        let before = slot.map(|slot| self.recordings[slot]);
        let last = before.and_then(|known| known.last);
        let observation = Observation {
            subject,
            listened: true,
            weight: 0.0,
            decay,
            chosen: chosen(play.source),
            familiar: familiar(before.map_or(0, |known| known.listened)),
            recent: last.map_or(0.0, |last| fresh(&tuning, seconds_between(last, play.at))),
            session: vector
                .as_deref()
                .map_or(0.0, |vector| self.session.fit(vector, play.at)),
            hour: self.hours.fit(&tuning, cluster, hour),
            choice: false,
            kind: ObservationKind::Outcome,
        };
        if sounded(play) {
            self.last_at = Some(play.at);
        } else {
            self.last_said = self.last_said.max(Some(play.at));
        }
        if let Some(rating) = play.rating {
            // Of several opinions the last counts.
            let earlier = observations.iter_mut();
            earlier
                .filter(|observation| {
                    observation.subject == subject && observation.kind == ObservationKind::Rating
                })
                .for_each(|observation| observation.weight = 0.0);
            observations.push(Observation {
                listened: rating == Rating::Like,
                weight: tuning.rating_weight * decay,
                session: 0.0,
                hour: 0.0,
                kind: ObservationKind::Rating,
                ..observation
            });
            if let Some(slot) = slot {
                let known = &mut self.recordings[slot];
                let rated = favour(rating == Rating::Like, tuning.rating_weight * decay);
                known.favour += rated - known.rated;
                (known.rating, known.rated) = (Some(rating), rated);
            }
        }
        if !sounded(play) {
            return;
        }
        let (listened, certainty) = evidence(&tuning, play);
        let weight = decay * certainty * reliability(&tuning, play.source);
        if observation.chosen {
            observations.push(Observation {
                weight: decay
                    * contrast(&tuning, play.source)
                    * if listened { 1.0 } else { tuning.choice_left },
                recent: 0.0,
                session: 0.0,
                choice: true,
                kind: ObservationKind::Choice,
                ..observation
            });
        }
        observations.push(Observation {
            listened,
            weight,
            ..observation
        });
        if !self.session.lasts(play.at) {
            self.before = None;
            self.sessions += 1;
        }
        self.session.update(&tuning, play, vector.as_deref());
        if listened {
            self.hours.count(cluster, hour);
            let now = slot.map(|slot| self.recordings[slot].position);
            let in_order = matches!(play.source, PlaySource::Album | PlaySource::Playlist);
            if let (Some(before), Some(now), false) = (self.before, now, in_order) {
                self.followed.push(Followed {
                    from: before,
                    to: now,
                    session: self.sessions,
                });
            }
            self.before = now;
        }
        if let Some(slot) = slot {
            let known = &mut self.recordings[slot];
            known.last = Some(play.at);
            known.favour += favour(listened, weight);
            known.listened += u32::from(listened);
            known.left += u32::from(matches!(
                play.outcome(),
                ListenOutcome::Refused | ListenOutcome::Abandoned
            ));
            if listened {
                self.listened.push(Listened {
                    at_s: play.at.as_second(),
                    position: known.position,
                    hour: hour as u8,
                    session: self.sessions,
                });
            }
        }
    }

    /// What could have been chosen instead, for the choices among `observations`: the whole library, with `choices` times
    /// their weight (noise-contrastive estimation, Gutmann, Hyvärinen 2010).
    ///
    /// If `played`, every recording that was played stands for itself. `count` recordings stand for the rest: one is drawn
    /// from each of `count` equal ranges of positions.
    pub(super) fn background(
        &self,
        catalogue: &Catalogue,
        played: bool,
        count: usize,
        seed: u64,
        mut subject: impl FnMut(&Self, usize) -> usize,
        observations: &mut Vec<Observation>,
    ) {
        let choices = observations
            .iter()
            .filter(|observation| observation.kind == ObservationKind::Choice);
        let weight: f64 =
            self.tuning.choices * choices.map(|observation| observation.weight).sum::<f64>();
        if weight <= 0.0 || catalogue.is_empty() {
            return;
        }
        let mut observation = |position: usize, weight: f64| {
            // The choices lie all along the log: at the average one, half of what is known now was played.
            let familiar = familiar(self.stats(position).map_or(0, |known| known.listened / 2));
            observations.push(Observation {
                subject: subject(self, position),
                listened: false,
                weight,
                decay: 0.0,
                chosen: true,
                familiar,
                recent: 0.0,
                session: 0.0,
                hour: 0.0,
                choice: true,
                kind: ObservationKind::Background,
            });
        };
        let each = weight / catalogue.len() as f64;
        if played {
            let known = self.recordings.iter().map(|known| known.position as usize);
            known.for_each(|position| observation(position, each));
        }
        let count = count.min(catalogue.len());
        let drawn: Vec<usize> = (0..count)
            .map(|number| {
                let within = counter_rng::uniform(seed, number as u64);
                let at = (number as f64 + within) * catalogue.len() as f64 / count as f64;
                (at as usize).min(catalogue.len() - 1)
            })
            .filter(|position| !played || self.stats(*position).is_none())
            .collect();
        let rest = catalogue.len() - if played { self.recordings.len() } else { 0 };
        for position in &drawn {
            observation(*position, each * rest as f64 / drawn.len() as f64);
        }
    }
}
