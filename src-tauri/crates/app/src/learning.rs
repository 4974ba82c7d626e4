//! Learning what a recommendation is made from ([`Known`]): read once and then kept fresh.
//!
//! A view that is being learned anew serves as it was until the new one is there, where somebody learns in the background
//! (the window does; a command waits). Plays are learned at once, by the view that serves and by the one in the making.

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
    Bars, Catalogue, CatalogueBuilder, Item, Moment, Ranking, Recommender, Taste, Turns,
};

use crate::known::{Known, Remembered, STALE_FACTOR, bars_of};
use crate::lock::lock;
use crate::{AppError, Segue};

/// More plays of one recording than this tell nothing more of taste.
const TOLD_MAX: u32 = 100;
/// iTunes counts as a skip what is left after two to twenty seconds.
const TOLD_SKIP_S: f64 = 10.0;

/// What was read of the library.
struct Read {
    catalogue: Catalogue,
    copies: Vec<(TrackId, bool)>,
    by_album_artist: HashMap<String, Vec<usize>>,
}

/// What teaches.
struct Evidence {
    /// Plays of the log.
    plays: Vec<Play>,
    /// Opinions and counts, in the shape of plays.
    beside: Vec<Play>,
    /// Plays in the log, those that teach nothing among them.
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

/// What the listener said that holds now.
pub(crate) struct Said {
    pub(crate) bars: Bars,
    pub(crate) turned: Vec<(Term, bool)>,
}

impl Segue {
    /// From now on, whoever holds the other end is asked to [`learn_anew`](Self::learn_anew).
    pub(crate) fn learn_in_background(&self, learner: Sender<()>) {
        *lock(&self.memory.learner) = Some(learner);
    }

    /// Library and taste as they are now, or were a moment ago.
    pub(crate) fn known(&self) -> Result<Arc<Known>, AppError> {
        let serving = self.serving()?;
        if let Some(known) = self.remembered(serving.as_ref(), false) {
            return Ok(known);
        }
        let learner = lock(&self.memory.learner).clone();
        if let Some(learner) = learner
            && let Some(known) = self.remembered(serving.as_ref(), true)
        {
            // Fails only when the window is closing.
            _ = learner.send(());
            return Ok(known);
        }
        self.make(serving)
    }

    /// What was learned shall not serve a moment longer, and neither shall what is being learned.
    pub(crate) fn drop_view(&self) {
        let mut last = lock(&self.memory.last);
        self.memory.epoch.fetch_add(1, Ordering::SeqCst);
        *last = None;
    }

    /// What was learned serves until the whole log is learned anew, which shall be soon.
    pub(crate) fn age_view(&self) {
        if let Some(last) = lock(&self.memory.last).as_mut() {
            last.lacking = true;
        }
        if let Some(learner) = lock(&self.memory.learner).as_ref() {
            // Fails only when the window is closing.
            _ = learner.send(());
        }
    }

    /// Learns anew if there is anything new.
    pub(crate) fn learn_anew(&self) -> Result<(), AppError> {
        self.make(self.serving()?).map(drop)
    }

    /// The last view, if it is fresh enough, or of any age.
    fn remembered(&self, serving: Option<&ModelId>, stale: bool) -> Option<Arc<Known>> {
        let last = lock(&self.memory.last);
        let last = last
            .as_ref()
            .filter(|last| last.serving.as_ref() == serving)?;
        let fresh = !last.lacking
            && (last.revision == self.library.revision()
                || last.made.elapsed() < last.took * STALE_FACTOR);
        (fresh || stale).then(|| Arc::clone(&last.known))
    }

    fn make(&self, serving: Option<ModelId>) -> Result<Arc<Known>, AppError> {
        let _making = lock(&self.memory.making);
        if let Some(known) = self.remembered(serving.as_ref(), false) {
            return Ok(known);
        }
        loop {
            let begun = Instant::now();
            let epoch = self.memory.epoch.load(Ordering::SeqCst);
            lock(&self.memory.meanwhile).clear();
            let revision = self.library.revision();
            let mut known = self.learn(serving.clone())?;
            let mut last = lock(&self.memory.last);
            if self.memory.epoch.load(Ordering::SeqCst) != epoch {
                continue;
            }
            let mut lacking = false;
            for play in lock(&self.memory.meanwhile).drain(..) {
                lacking |= known.learn(&play);
            }
            let known = Arc::new(known);
            *last = Some(Remembered {
                known: Arc::clone(&known),
                revision,
                serving,
                made: Instant::now(),
                took: begun.elapsed(),
                lacking,
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
        let teaches = teaches(play, &forgotten);
        let mut remembered = lock(&self.memory.last);
        if teaches {
            lock(&self.memory.meanwhile).push(play.clone());
        }
        let Some(last) = remembered.as_mut() else {
            return Ok(());
        };
        let mut known = Known {
            catalogue: Arc::clone(&last.known.catalogue),
            taste: last.known.taste.clone(),
            copies: Arc::clone(&last.known.copies),
            by_album_artist: Arc::clone(&last.known.by_album_artist),
            plays: last.known.plays,
            taught: last.known.taught,
        };
        if teaches {
            last.lacking |= known.learn(play);
        } else {
            known.plays += 1;
        }
        if last.revision == before {
            last.revision = self.library.revision();
        }
        last.known = Arc::new(known);
        let lacking = last.lacking;
        drop(remembered);
        if lacking {
            self.age_view();
        }
        Ok(())
    }

    /// Calls `ask` with a recommender of this moment.
    pub(crate) fn recommend<T>(
        &self,
        rng_seed: u64,
        ask: impl FnOnce(&Known, Recommender) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let known = self.known()?;
        let said = self.said(&known)?;
        let mut bars = said.bars;
        // A file that is not there cannot be played.
        let absent = known
            .copies
            .iter()
            .enumerate()
            .filter(|(_, (_, there))| !there);
        bars.recordings
            .extend(absent.map(|(place, _)| known.catalogue.audio(place)));
        let turns = Turns::new(&known.catalogue, &said.turned);
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
        let desk = Recommender {
            catalogue: &known.catalogue,
            taste: &known.taste,
            turns: &turns,
            bars: &bars,
            ends: &ends,
            tuning: &Ranking::DEFAULT,
            now: Moment {
                at: now.timestamp(),
                utc_offset_s: now.offset().seconds(),
            },
            rng_seed,
        };
        ask(&known, desk)
    }

    /// What the listener said that holds now.
    fn said(&self, known: &Known) -> Result<Said, AppError> {
        let holding = self.holding(Timestamp::now())?;
        Ok(Said {
            bars: bars_of(&holding, Some(known)),
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
    fn learn(&self, model: Option<ModelId>) -> Result<Known, AppError> {
        let Read {
            catalogue,
            copies,
            by_album_artist,
        } = self.read_library(model)?;
        let evidence = self.evidence()?;
        let of_here = evidence.plays.iter().filter(|play| catalogue.knows(play));
        Ok(Known {
            plays: evidence.logged,
            taught: of_here.count(),
            taste: Taste::fit(&catalogue, &evidence.whole()),
            catalogue: Arc::new(catalogue),
            copies: copies.into(),
            by_album_artist: by_album_artist.into(),
        })
    }

    fn read_library(&self, model: Option<ModelId>) -> Result<Read, AppError> {
        let mut builder = CatalogueBuilder::new(model.clone());
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

    /// The plays that teach, and the opinions that hold today.
    fn evidence(&self) -> Result<Evidence, AppError> {
        let mut plays = self.library.plays()?;
        let forgotten = self.library.forgotten()?;
        let logged = plays.len();
        plays.retain(|play| teaches(play, &forgotten));
        let mut beside: Vec<Play> = Vec::new();
        for known in self.library.tallies()? {
            let told = told_by(&known.tally, known.unlogged).into_iter();
            beside.extend(told.filter(|play| teaches(play, &forgotten)));
        }
        let now = Timestamp::now();
        let mut latest: HashMap<AudioHash, (Timestamp, Option<Rating>)> = HashMap::new();
        for opinion in self.library.opinions()? {
            latest.insert(opinion.audio, (opinion.at, opinion.rating));
        }
        // A history from elsewhere is of this place, as far as anybody knows.
        let here = TimeZone::system();
        for play in plays.iter_mut().chain(&mut beside) {
            let offset = || here.to_offset(play.at).seconds();
            play.context.utc_offset_s.get_or_insert_with(offset);
            // An opinion that came with a play gives way to a later one, or to its being taken back.
            let later = play.subject.audio.and_then(|audio| latest.get(&audio));
            if later.is_some_and(|(at, _)| *at >= play.at) {
                play.rating = None;
            }
        }
        let opinions = latest
            .into_iter()
            .filter(|(_, (_, rating))| rating.is_some())
            .map(|(audio, (at, rating))| Play {
                // A clock that went wrong takes no opinion back.
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
        // What was said of a song itself is not forgotten with the plays.
        beside.extend(opinions);
        Ok(Evidence {
            plays,
            beside,
            logged,
        })
    }

    /// The plays that teach, for whoever wants to judge the teaching.
    pub(crate) fn teaching(&self) -> Result<Vec<Play>, AppError> {
        Ok(self.evidence()?.whole())
    }
}

/// Whether a play of the log teaches. One that is dated in the future tells of a clock that goes wrong, and teaches when
/// its time has come: every play until then would lie before it, and have the whole log learned anew.
fn teaches(play: &Play, forgotten: &[Forgotten]) -> bool {
    !play.context.guest
        && play.at <= Timestamp::now()
        && !forgotten.iter().any(|stretch| stretch.covers(play))
}

/// Plays that stand for a count without times, for familiarity and taste to count: as many as it tells, up to
/// [`TOLD_MAX`], evenly from when the music came to when it was last played.
fn told_by(tally: &Tally, unlogged: u32) -> Vec<Play> {
    let last = tally.last.or(tally.since).unwrap_or(Timestamp::UNIX_EPOCH);
    let since = tally.since.unwrap_or(last).min(last);
    let (plays, skips) = (unlogged.min(TOLD_MAX), tally.skips.min(TOLD_MAX));
    let told = |at: Timestamp, listened_s: f64, rating: Option<Rating>| Play {
        at,
        subject: tally.subject.clone(),
        listened_s,
        source: PlaySource::Import,
        skipped: listened_s == TOLD_SKIP_S,
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
        .chain((0..skips).map(|n| told(spread(n, skips), TOLD_SKIP_S, None)))
        .collect();
    if tally.rating.is_some() {
        plays.push(told(since, 0.0, tally.rating));
    }
    plays
}

#[cfg(test)]
mod tests;
