//! What a listener likes, learned from what they finish and leave.
//!
//! A Bayesian logistic regression: the probability that a play is listened to is
//! `sigmoid(intercepts + context + session + hour + sound + artists + genres + tags + cluster + album + recording)`. Every
//! part is linear with a Gaussian prior, the maximum is found by L-BFGS, and Laplace's approximation gives the posterior: in
//! full for intercepts, context and sound, per effect for the many names. Being additive, it explains itself; being
//! Bayesian, it knows what it does not know yet. [`session`] says what a mood is.
//!
//! Evidence follows [`Play::outcome`]: leaving after 5–30 s speaks against a recording, leaving later a little,
//! leaving at once hardly (mood or browsing). An album played through says little about each of its songs.
//! Plays the listener chose by hand are hardly ever skipped, so there the *choice* is the evidence: each is
//! contrasted with the average recording, under an intercept of its own.
//!
//! Taste is a fold over the log: same catalogue and log, same bits. The whole log is fitted again at *checkpoints*, whose
//! distances grow with it ([`checkpoint`]); in between each play is learned as it comes ([`Taste::learn`]), by one step
//! of assumed-density filtering: the posterior so far is the prior of the next play.

mod evidence;
mod fit;
mod history;
mod hours;
mod interests;
mod learn;
mod metric;
mod parts;
mod posterior;
mod session;
mod sound;
mod summary;
mod validation;

use segue_core::{Play, PlaySource};

use crate::LocalTime;
use crate::catalogue::Catalogue;
use crate::counter_rng;
use crate::linear::Cholesky;
use crate::sound_clusters::centred;
use crate::tuning::Learning;
pub(crate) use evidence::sounded;
use evidence::{CONTEXT, FAMILIAR, HOUR, RECENT, SESSION, chosen, familiar};
use fit::{Layout, Parts, each_name};
pub(crate) use history::{Listened, RecordingStats};
use history::{ListeningHistory, in_order};
pub use interests::Interest;
pub(crate) use metric::Metric;
pub(crate) use parts::held_out_from;
pub use parts::{AblationResult, Ablations};
pub(crate) use posterior::Draw;
use sound::{Sound, SoundWeights};
pub use summary::{Effect, TasteSummary};
use validation::Calibration;
pub use validation::Validation;
pub(crate) use validation::auc;

/// Liked recordings kept for explanations and for stations without a seed.
const FAVOURITES_MAX: usize = 200;

/// Recordings that stand for all that could have been chosen: for a whole log, and for one play.
const BACKGROUND: usize = 400;
const BACKGROUND_ONE: usize = 4;

/// A listener's taste over one [`Catalogue`].
#[derive(Clone, Debug)]
pub struct Taste {
    edition: u64,
    plays: usize,
    evidence: f64,
    calibration: Calibration,
    layout: Layout,
    sound: Sound,
    /// Most probable parameters: dense ones first, then artists, genres, tags, albums, recordings.
    means: Vec<f64>,
    /// The sound's among `means`, in the form in which many recordings are scored.
    sound_weights: SoundWeights,
    /// Posterior precision of the dense ones, factored.
    dense: Option<Cholesky>,
    /// Posterior deviations of the others.
    deviations: Vec<f64>,
    history: ListeningHistory,
    favourites: Vec<Favourite>,
    validation: Option<Validation>,
    /// Which optional parts are in use, and what ablation found of each.
    parts: Parts,
    ablations: Ablations,
    metric: Option<Metric>,
}

/// A liked recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Favourite {
    pub(crate) position: usize,
    pub(crate) listened: u32,
    /// Evidence in its favour, in plays.
    pub(crate) favour: f64,
}

/// The parts of a recording's log odds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Odds {
    pub(crate) sound: f64,
    pub(crate) artist: f64,
    pub(crate) genre: f64,
    pub(crate) tag: f64,
    pub(crate) cluster: f64,
    pub(crate) album: f64,
    pub(crate) recording: f64,
    pub(crate) context: f64,
    pub(crate) hour: f64,
    pub(crate) session: f64,
}

impl Odds {
    /// What holds tomorrow as well: all but the mood of the session and of the hour.
    pub(crate) fn lasting(&self) -> f64 {
        self.sound
            + self.artist
            + self.genre
            + self.tag
            + self.cluster
            + self.album
            + self.recording
            + self.context
    }
}

/// The number of plays, of `plays`, up to which the log was learned as a whole: all of a few, then a number whose
/// first four binary digits count, so that what is learned play by play is never more than an eighth.
fn checkpoint(plays: usize) -> usize {
    let rest = (usize::BITS - plays.leading_zeros()).saturating_sub(4);
    plays >> rest << rest
}

impl Taste {
    /// Learns from `plays`, in any order; those of recordings and artists unknown to the catalogue are passed
    /// over. Of several opinions of one recording the last counts. Evidence ages towards the end of what is learned as a
    /// whole.
    pub fn fit(catalogue: &Catalogue, plays: &[Play]) -> Self {
        Self::fit_by(&Learning::DEFAULT, catalogue, plays)
    }

    /// The same by other constants than the player's.
    pub fn fit_by(tuning: &Learning, catalogue: &Catalogue, plays: &[Play]) -> Self {
        let known = plays
            .iter()
            .filter_map(|play| Some((play, catalogue.find(play)?)));
        let order = in_order(known.collect());
        let opinions = order.iter().rposition(|(play, _)| play.rating.is_some());
        let cut = checkpoint(order.len()).max(opinions.map_or(0, |last| last + 1));
        let mut taste = Self::prior(catalogue, tuning);
        taste.learn_log(catalogue, &order[..cut]);
        for (play, found) in &order[cut..] {
            taste.learn_one(catalogue, play, *found);
        }
        taste.refresh(catalogue);
        taste
    }

    /// Learns from one more play, at once. Returns whether the log should be learned anew by [`fit`](Self::fit): at
    /// checkpoints, after an opinion, and where the play is older than one before.
    ///
    /// A taste that never asked for that has the same bits as `fit` over the same log.
    pub fn learn(&mut self, catalogue: &Catalogue, play: &Play) -> bool {
        if !self.fits(catalogue) {
            return true;
        }
        let Some(found) = catalogue.find(play) else {
            return false;
        };
        let in_order = self.history.precedes(play);
        self.learn_one(catalogue, play, found);
        self.refresh(catalogue);
        checkpoint(self.plays) == self.plays || play.rating.is_some() || !in_order
    }

    fn prior(catalogue: &Catalogue, tuning: &Learning) -> Self {
        let sound = Sound::new(catalogue, true);
        let clusters = catalogue.cluster_count() > 0;
        let layout = Layout::new(catalogue, tuning, &sound, clusters, 0);
        let means = layout.expected();
        Self {
            edition: catalogue.edition(),
            plays: 0,
            evidence: 0.0,
            calibration: Calibration::new(tuning),
            sound_weights: sound.weights(catalogue, &means[CONTEXT..layout.dense()]),
            dense: None,
            deviations: Vec::new(),
            history: ListeningHistory::new(catalogue, tuning),
            favourites: Vec::new(),
            validation: None,
            parts: Parts {
                sound: true,
                clusters,
                hours: true,
            },
            ablations: Ablations::default(),
            metric: None,
            means,
            layout,
            sound,
        }
    }

    /// Plays that were learned from.
    pub fn plays(&self) -> usize {
        self.plays
    }

    /// How well the taste predicted its own last plays; `None` for short logs or all plays alike.
    pub fn validation(&self) -> Option<&Validation> {
        self.validation.as_ref()
    }

    /// Whether this taste was learned over this very catalogue. Over another one its positions mean other recordings, so
    /// that it scores nothing.
    pub fn fits(&self, catalogue: &Catalogue) -> bool {
        self.edition == catalogue.edition() && self.history.slots.len() == catalogue.len()
    }

    /// Log odds that the recording at `position` is listened to, against the average recording.
    pub fn score(&self, catalogue: &Catalogue, position: usize, now: LocalTime) -> f64 {
        if self.fits(catalogue) {
            let odds = self.odds(catalogue, position, now);
            odds.lasting() + odds.session + odds.hour
        } else {
            0.0
        }
    }

    /// The probability that at least half of a recording is listened to if it is played now, from `source`.
    pub fn chance(
        &self,
        catalogue: &Catalogue,
        position: usize,
        source: PlaySource,
        now: LocalTime,
    ) -> f64 {
        let score = self.score(catalogue, position, now);
        self.calibration.chance(chosen(source), score)
    }

    /// Names these very numbers: `taste@` and 16 hex digits.
    pub fn version(&self) -> String {
        let mut hash = counter_rng::bits(self.edition, self.plays as u64);
        for number in self
            .means
            .iter()
            .chain(&self.deviations)
            .chain([&self.calibration.slope])
        {
            hash = counter_rng::bits(hash, number.to_bits());
        }
        if let Some(metric) = &self.metric {
            hash = metric.mix_into(hash);
        }
        format!("taste@{hash:016x}")
    }

    /// What the taste counts in a ranking, in `0..=1`: confidence times what calibration leaves of its slope.
    pub(crate) fn weight_in_ranking(&self) -> f64 {
        self.calibration.lower_bound() * self.confidence()
    }

    /// Grows from 0 towards 1 with the evidence.
    pub(crate) fn confidence(&self) -> f64 {
        self.evidence / (self.evidence + self.layout.tuning.evidence_half)
    }

    /// Log odds of a tag.
    pub(crate) fn tag_effect(&self, tag: u32) -> f64 {
        self.means[self.layout.tags + tag as usize]
    }

    pub(crate) fn favourites(&self) -> &[Favourite] {
        &self.favourites
    }

    pub(crate) fn stats(&self, position: usize) -> Option<&RecordingStats> {
        self.history.stats(position)
    }

    /// Positions of all that was listened to.
    pub(crate) fn listened(&self) -> impl Iterator<Item = usize> {
        self.history
            .recordings
            .iter()
            .filter(|known| known.listened > 0)
            .map(|known| known.position as usize)
    }

    /// Whether a play can be learned by itself: it began after all plays that were learned, and ended after all opinions.
    pub fn precedes(&self, play: &Play) -> bool {
        self.history.last_at != Some(play.at) && self.history.precedes(play)
    }

    /// Every time that something was listened to, in the log's order.
    pub(crate) fn timeline(&self) -> &[Listened] {
        &self.history.listened
    }

    /// What sounds alike to this listener; `None` for what sounds alike to anybody.
    pub(crate) fn metric(&self) -> Option<&Metric> {
        self.metric.as_ref()
    }

    /// What each optional part of the model gains on the listener's own held-out plays.
    pub fn ablations(&self) -> &Ablations {
        &self.ablations
    }

    /// How lately the recording was heard: 1 just now, fading within days; 0 never.
    pub(crate) fn lately(&self, position: usize, now: LocalTime) -> f64 {
        self.history.lately(position, now.at)
    }

    /// The parts of [`score`](Self::score).
    pub(crate) fn odds(&self, catalogue: &Catalogue, position: usize, now: LocalTime) -> Odds {
        if self.plays == 0 {
            return Odds::default();
        }
        let layout = &self.layout;
        let mut odds = Odds::default();
        each_name(catalogue, position, layout, |parameter, x| {
            let part = if parameter < layout.genres {
                &mut odds.artist
            } else if parameter < layout.tags {
                &mut odds.genre
            } else if parameter < layout.clusters {
                &mut odds.tag
            } else if parameter < layout.albums {
                &mut odds.cluster
            } else {
                &mut odds.album
            };
            *part += self.means[parameter] * x;
        });
        if self.parts.hours {
            let cluster = catalogue.cluster(position);
            odds.hour =
                self.means[HOUR] * self.history.hours.fit(&layout.tuning, cluster, now.hour());
        }
        if let Some(row) = catalogue.row(position) {
            odds.sound = self.sound_weights.score(catalogue, row);
            if self.history.session.lasts(now.at) {
                let place = centred(catalogue.index(), row);
                odds.session = self.means[SESSION] * self.history.session.fit(&place, now.at);
            }
        }
        if let Some(known) = self.stats(position) {
            let slot = self.history.slots[position] as usize;
            odds.recording = self.means[layout.recordings + slot];
            odds.context = self.means[FAMILIAR] * familiar(known.listened)
                + self.means[RECENT] * self.lately(position, now);
        }
        odds
    }
}

/// The recordings with the most evidence in their favour, best first.
fn favourites(history: &ListeningHistory) -> Vec<Favourite> {
    let mut order: Vec<&RecordingStats> = history
        .recordings
        .iter()
        .filter(|k| k.favour > 0.0)
        .collect();
    order.sort_by(|a, b| {
        b.favour
            .total_cmp(&a.favour)
            .then(a.position.cmp(&b.position))
    });
    order.truncate(FAVOURITES_MAX);
    order.into_iter().map(Favourite::from).collect()
}

impl From<&RecordingStats> for Favourite {
    fn from(known: &RecordingStats) -> Self {
        Self {
            position: known.position as usize,
            listened: known.listened,
            favour: known.favour,
        }
    }
}

#[cfg(test)]
mod tests;
