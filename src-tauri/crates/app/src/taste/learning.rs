//! Makes the [`RecommenderSnapshot`] that recommendations use, and keeps it fresh.
//!
//! While a new snapshot is fitted in the background, the old one serves; this is so in the window, whereas a command waits for
//! the new one. Each play is learned at once, by the snapshot that serves and by the one being fitted.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::Sender;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use segue_core::{
    AudioHash, Embedding, Feedback, Forgotten, Key, ModelId, Play, PlayContext, PlaySource,
    PlaySubject, Rating, Tally, Term, TrackId, similar_key,
};
use segue_recommend::{
    Adjustments, Catalogue, CatalogueBuilder, Exclusions, Item, LocalTime, Ranking, Recommender,
    Taste,
};

use super::snapshot::{CachedSnapshot, RecommenderSnapshot, STALE_FACTOR, exclusions_of};
use crate::lock::lock;
use crate::{AppError, Segue};

/// Plays made from one count, at most: more of them would say nothing more about taste, and cost memory.
const COUNTED_PLAYS_MAX: u32 = 100;
/// Listening time of a counted skip: iTunes counts a skip between two and twenty seconds.
const COUNTED_SKIP_S: f64 = 10.0;

/// The library as it was read for a snapshot.
struct Read {
    catalogue: Catalogue,
    copies: Vec<(TrackId, bool)>,
    by_album_artist: HashMap<String, Vec<usize>>,
}

/// The plays and opinions that train the taste.
struct Evidence {
    /// Plays of the log.
    plays: Vec<Play>,
    /// Opinions and counts, in the shape of plays.
    beside: Vec<Play>,
    /// Number of plays in the log, including those that are no training evidence.
    logged: usize,
}

impl Evidence {
    /// All of it, in the order of time.
    fn whole(self) -> Vec<Play> {
        let mut all = self.plays;
        all.extend(self.beside);
        all.sort_by_key(|play| (play.at, play.subject.audio));
        all
    }
}

/// The feedback that is active now.
pub(crate) struct ActiveFeedback {
    pub(crate) exclusions: Exclusions,
    pub(crate) turned: Vec<(Term, bool)>,
}

impl Segue {
    /// From now on refits run in the background: the receiver of `learner` is asked to call [`refit`](Self::refit).
    pub(crate) fn learn_in_background(&self, learner: Sender<()>) {
        *lock(&self.snapshots.learner) = Some(learner);
    }

    /// The snapshot to recommend from: fresh, or, where refits run in the background, the last one.
    pub(crate) fn known(&self) -> Result<Arc<RecommenderSnapshot>, AppError> {
        let serving = self.serving()?;
        if let Some(known) = self.cached(serving.as_ref(), false) {
            return Ok(known);
        }
        let learner = lock(&self.snapshots.learner).clone();
        if let Some(learner) = learner
            && let Some(known) = self.cached(serving.as_ref(), true)
        {
            // Fails only when the window is closing.
            _ = learner.send(());
            return Ok(known);
        }
        self.make(serving)
    }

    /// Discards the snapshot that serves, and makes a fit in progress start over. Without this, music or plays that the
    /// listener has just asked to forget would still shape recommendations.
    pub(crate) fn discard_snapshot(&self) {
        let mut last = lock(&self.snapshots.last);
        self.snapshots.epoch.fetch_add(1, Ordering::SeqCst);
        *last = None;
    }

    /// Lets the snapshot serve until the whole log is refitted, and asks for that now.
    pub(crate) fn request_refit(&self) {
        if let Some(last) = lock(&self.snapshots.last).as_mut() {
            last.needs_refit = true;
        }
        if let Some(learner) = lock(&self.snapshots.learner).as_ref() {
            // Fails only when the window is closing.
            _ = learner.send(());
        }
    }

    /// Fits a new snapshot if anything has changed.
    pub(crate) fn refit(&self) -> Result<(), AppError> {
        self.make(self.serving()?).map(drop)
    }

    /// The last snapshot, if it is fresh enough; with `stale`, at any age.
    fn cached(&self, serving: Option<&ModelId>, stale: bool) -> Option<Arc<RecommenderSnapshot>> {
        let last = lock(&self.snapshots.last);
        let last = last
            .as_ref()
            .filter(|last| last.serving.as_ref() == serving)?;
        let fresh = !last.needs_refit
            && (last.revision == self.library.revision()
                || last.made.elapsed() < last.took * STALE_FACTOR);
        (fresh || stale).then(|| Arc::clone(&last.known))
    }

    fn make(&self, serving: Option<ModelId>) -> Result<Arc<RecommenderSnapshot>, AppError> {
        let _fitting = lock(&self.snapshots.fitting);
        if let Some(known) = self.cached(serving.as_ref(), false) {
            return Ok(known);
        }
        loop {
            let begun = Instant::now();
            let epoch = self.snapshots.epoch.load(Ordering::SeqCst);
            lock(&self.snapshots.plays_during_fit).clear();
            let revision = self.library.revision();
            let mut known = self.learn(serving.clone())?;
            let mut last = lock(&self.snapshots.last);
            if self.snapshots.epoch.load(Ordering::SeqCst) != epoch {
                continue;
            }
            let mut needs_refit = false;
            for play in lock(&self.snapshots.plays_during_fit).drain(..) {
                needs_refit |= known.learn(&play);
            }
            let known = Arc::new(known);
            *last = Some(CachedSnapshot {
                known: Arc::clone(&known),
                revision,
                serving,
                made: Instant::now(),
                took: begun.elapsed(),
                needs_refit,
            });
            return Ok(known);
        }
    }

    /// Logs a play. The taste in memory learns from it at once, so that a station turns with the very next track; at
    /// its checkpoints the whole log is learned anew.
    pub(crate) fn log_play(&self, play: &Play) -> Result<(), AppError> {
        let before = self.library.revision();
        if !self.library.add_play(play)? {
            return Ok(());
        }
        let forgotten = self.library.forgotten()?;
        let is_evidence = is_training_evidence(play, &forgotten);
        let mut cached = lock(&self.snapshots.last);
        if is_evidence {
            lock(&self.snapshots.plays_during_fit).push(play.clone());
        }
        let Some(last) = cached.as_mut() else {
            return Ok(());
        };
        let mut known = RecommenderSnapshot {
            catalogue: Arc::clone(&last.known.catalogue),
            taste: last.known.taste.clone(),
            copies: Arc::clone(&last.known.copies),
            by_album_artist: Arc::clone(&last.known.by_album_artist),
            plays: last.known.plays,
            taught: last.known.taught,
        };
        if is_evidence {
            last.needs_refit |= known.learn(play);
        } else {
            known.plays += 1;
        }
        if last.revision == before {
            last.revision = self.library.revision();
        }
        last.known = Arc::new(known);
        let needs_refit = last.needs_refit;
        drop(cached);
        if needs_refit {
            self.request_refit();
        }
        Ok(())
    }

    /// Calls `ask` with a recommender over the current snapshot.
    pub(crate) fn recommend<T>(
        &self,
        rng_seed: u64,
        ask: impl FnOnce(&RecommenderSnapshot, Recommender) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let known = self.known()?;
        let active = self.active_feedback(&known)?;
        let mut exclusions = active.exclusions;
        // A file that is not there cannot be played.
        let absent = known
            .copies
            .iter()
            .enumerate()
            .filter(|(_, (_, there))| !there);
        exclusions
            .recordings
            .extend(absent.map(|(place, _)| known.catalogue.audio(place)));
        let adjustments = Adjustments::new(&known.catalogue, &active.turned);
        let model = known.catalogue.model().cloned();
        let ends = |recordings: &[AudioHash]| match &model {
            Some(model) => self
                .library
                .ends(model, recordings)
                .unwrap_or_else(|error| {
                    tracing::warn!(%error, "transitions go by whole songs");
                    Vec::new()
                }),
            None => Vec::new(),
        };
        let now = Zoned::now();
        let recommender = Recommender {
            catalogue: &known.catalogue,
            taste: &known.taste,
            adjustments: &adjustments,
            exclusions: &exclusions,
            ends: &ends,
            tuning: &Ranking::DEFAULT,
            now: LocalTime {
                at: now.timestamp(),
                utc_offset_s: now.offset().seconds(),
            },
            rng_seed,
        };
        ask(&known, recommender)
    }

    /// The feedback that is active now.
    fn active_feedback(&self, known: &RecommenderSnapshot) -> Result<ActiveFeedback, AppError> {
        let holding = self.active_feedback_events(Timestamp::now())?;
        Ok(ActiveFeedback {
            exclusions: exclusions_of(&holding, Some(known)),
            turned: holding
                .into_iter()
                .filter_map(|event| match event.feedback {
                    Feedback::Adjusted { term, up } => Some((term, up)),
                    _ => None,
                })
                .collect(),
        })
    }

    /// Reads all, with the vectors of one model: unlike ones are never compared.
    fn learn(&self, model: Option<ModelId>) -> Result<RecommenderSnapshot, AppError> {
        let Read {
            catalogue,
            copies,
            by_album_artist,
        } = self.read_library(model)?;
        let evidence = self.evidence()?;
        let of_here = evidence.plays.iter().filter(|play| catalogue.knows(play));
        Ok(RecommenderSnapshot {
            plays: evidence.logged,
            taught: of_here.count(),
            taste: Taste::fit(&catalogue, &evidence.whole()),
            catalogue: Arc::new(catalogue),
            copies: copies.into(),
            by_album_artist: by_album_artist.into(),
        })
    }

    fn read_library(&self, model: Option<ModelId>) -> Result<Read, AppError> {
        let about = model.as_ref().map(|id| self.model_manager.tags_of(id));
        let about = about.iter().flat_map(|tags| tags.values().cloned());
        let mut builder = CatalogueBuilder::new(model.clone()).about(about);
        let mut copies: Vec<(TrackId, bool)> = Vec::new();
        let mut by_album_artist: HashMap<String, Vec<usize>> = HashMap::new();
        self.library
            .recordings(model.as_ref(), |audio, recording| {
                let vector = recording.vector.zip(model.clone());
                let numbered = recording.number.or(recording.disc);
                let item = Item {
                    audio,
                    title: recording.title,
                    artists: recording.artists,
                    album_id: recording.album_id.map(|album| album.0),
                    album: recording.album,
                    place: numbered.map(|_| {
                        let disc = recording.disc.unwrap_or(1).min(9_999);
                        disc * 10_000 + recording.number.unwrap_or(9_999).min(9_999)
                    }),
                    genres: recording.genres,
                    year: recording.year,
                    duration_s: recording.duration_s,
                    tags: recording.tags,
                    vector: vector.and_then(|(values, model)| Embedding::new(model, values).ok()),
                    bpm: recording.bpm,
                    key: recording.key.as_deref().and_then(Key::parse),
                    edges_lufs: recording.edges_lufs,
                    loudness_lufs: recording.loudness_lufs,
                };
                if builder.push(&item) {
                    let key = recording.album_artist.as_deref().map(similar_key);
                    let is_named = |key: &String| {
                        let mut artists = item.artists.iter();
                        artists.any(|artist| similar_key(artist) == *key)
                    };
                    if let Some(key) = key.filter(|key| !is_named(key)) {
                        by_album_artist.entry(key).or_default().push(copies.len());
                    }
                    copies.push((recording.track, recording.there));
                }
            })?;
        Ok(Read {
            catalogue: builder.finish(),
            copies,
            by_album_artist,
        })
    }

    /// The plays that train the taste, and today's opinions.
    fn evidence(&self) -> Result<Evidence, AppError> {
        let mut plays = self.library.plays()?;
        let forgotten = self.library.forgotten()?;
        let logged = plays.len();
        plays.retain(|play| is_training_evidence(play, &forgotten));
        let mut beside: Vec<Play> = Vec::new();
        for known in self.library.tallies()? {
            let told = plays_from_counts(&known.tally, known.unlogged).into_iter();
            beside.extend(told.filter(|play| is_training_evidence(play, &forgotten)));
        }
        let now = Timestamp::now();
        let mut latest: HashMap<AudioHash, (Timestamp, Option<Rating>)> = HashMap::new();
        for opinion in self.library.opinions()? {
            latest.insert(opinion.audio, (opinion.at, opinion.rating));
        }
        // Imported plays carry no time zone. The system's own is assumed, because the hour of day is a feature of taste and
        // a play without one would teach nothing about it.
        let here = TimeZone::system();
        for play in plays.iter_mut().chain(&mut beside) {
            let offset = || here.to_offset(play.at).seconds();
            play.context.utc_offset_s.get_or_insert_with(offset);
            // A later opinion, or its undo, replaces the rating that came with a play: else the song would count both.
            let later = play.subject.audio.and_then(|audio| latest.get(&audio));
            if later.is_some_and(|(at, _)| *at >= play.at) {
                play.rating = None;
            }
        }
        let opinions = latest
            .into_iter()
            .filter(|(_, (_, rating))| rating.is_some())
            .map(|(audio, (at, rating))| Play {
                // A wrong clock may have dated the opinion in the future; without the cap it would not count yet.
                at: at.min(now),
                subject: PlaySubject {
                    audio: Some(audio),
                    ..PlaySubject::default()
                },
                listened_s: 0.0,
                source: PlaySource::Import,
                skipped: false,
                rating,
                context: PlayContext::default(),
            });
        // Opinions are added after the filter: forgetting plays must not forget what was said of the song itself.
        beside.extend(opinions);
        Ok(Evidence {
            plays,
            beside,
            logged,
        })
    }

    /// All training evidence in order of time, for the evaluation of the taste.
    pub(crate) fn teaching(&self) -> Result<Vec<Play>, AppError> {
        Ok(self.evidence()?.whole())
    }
}

/// Whether a play trains the taste. A play dated in the future (a wrong clock) does so only once its time has come: until
/// then every new play would precede it, and each would cause a refit of the whole log.
fn is_training_evidence(play: &Play, forgotten: &[Forgotten]) -> bool {
    !play.context.guest
        && play.at <= Timestamp::now()
        && !forgotten.iter().any(|range| range.covers(play))
}

/// Makes plays from a count without times, so that familiarity and taste take it into account: as many as were counted, up to
/// [`COUNTED_PLAYS_MAX`], spread evenly from when the music was added to when it was last played.
fn plays_from_counts(tally: &Tally, unlogged: u32) -> Vec<Play> {
    let last = tally.last.or(tally.since).unwrap_or(Timestamp::UNIX_EPOCH);
    let since = tally.since.unwrap_or(last).min(last);
    let (plays, skips) = (
        unlogged.min(COUNTED_PLAYS_MAX),
        tally.skips.min(COUNTED_PLAYS_MAX),
    );
    let told = |at: Timestamp, listened_s: f64, rating: Option<Rating>| Play {
        at,
        subject: tally.subject.clone(),
        listened_s,
        source: PlaySource::Import,
        skipped: listened_s == COUNTED_SKIP_S,
        rating,
        context: PlayContext::default(),
    };
    let spread = |n: u32, of: u32| {
        let share = f64::from(n + 1) / f64::from(of + 1);
        let span_s = (last.as_second() - since.as_second()) as f64;
        Timestamp::from_second(since.as_second() + (span_s * share) as i64).unwrap_or(last)
    };
    let listened_s = Play::counted_s(tally.subject.duration_s);
    let mut plays: Vec<Play> = (0..plays)
        .map(|n| told(spread(n, plays), listened_s, None))
        .chain((0..skips).map(|n| told(spread(n, skips), COUNTED_SKIP_S, None)))
        .collect();
    if tally.rating.is_some() {
        plays.push(told(since, 0.0, tally.rating));
    }
    plays
}

#[cfg(test)]
mod tests;
