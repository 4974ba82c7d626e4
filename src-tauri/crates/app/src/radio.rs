//! Radio, neighbours and taste: what the library holds and what was played, handed to the recommend room, and its
//! picks handed back as tracks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use segue_core::{
    AudioHash, Embedding, ModelId, Play, PlayContext, PlaySource, PlaySubject, Rating, Tally,
    Track, TrackId,
};
use segue_library::{Sort, TrackQuery};
use segue_recommend::{Catalogue, Effect, Item, Pick, Taste};

use crate::convert::reason_row;
use crate::dto::PickRow;
use crate::lock::lock;
use crate::reports::{
    Leaning, RadioFound, Scored, SimilarFound, TasteShown, TasteTrained, TasteValidation,
};
use crate::{AppError, Segue};

/// What is wished of a radio beside its seeds.
#[derive(Clone, Debug)]
pub struct RadioRequest {
    /// How many tracks.
    pub count: u32,
    /// 0 familiar .. 1 new.
    pub discovery: f32,
    /// Chance, to be repeated.
    pub rng_seed: u64,
    /// Whether the seeds themselves come first.
    pub with_seed: bool,
}

/// What a station wants next.
pub(crate) struct Wish {
    pub(crate) count: usize,
    pub(crate) discovery: f32,
    pub(crate) rng_seed: u64,
    pub(crate) now: Timestamp,
    /// Not again, the latest last.
    pub(crate) recent: Vec<AudioHash>,
}

/// Library and taste as they were at one moment.
pub(crate) struct Known {
    catalogue: Arc<Catalogue>,
    taste: Taste,
    /// Per position of the catalogue: the copy to play, and whether its file is there.
    copies: Arc<[(TrackId, bool)]>,
    plays: usize,
}

/// The last [`Known`], and what it was made from.
pub(crate) struct Remembered {
    known: Arc<Known>,
    revision: u64,
    serving: Option<ModelId>,
    made: Instant,
    took: Duration,
}

/// A stale view serves until it is so many times as old as it took to make: while the analysis runs, every second
/// brings a vector, and a large library must not be read anew for each.
pub(crate) const STALE_FACTOR: u32 = 20;

/// More plays of one recording than this tell nothing more of taste.
const TOLD_MAX: u32 = 100;
/// iTunes counts as a skip what is left after two to twenty seconds.
const TOLD_SKIP_S: f64 = 10.0;

impl Segue {
    /// The first tracks of a station around `seeds` (paths or ids), each with its reasons.
    pub fn radio(&self, seeds: &[String], request: &RadioRequest) -> Result<RadioFound, AppError> {
        let begun = Instant::now();
        if !(0.0..=1.0).contains(&request.discovery) {
            return Err(AppError::Invalid(
                "discovery lies between 0 (familiar) and 1 (new)".into(),
            ));
        }
        let seeds = seeds
            .iter()
            .map(|seed| self.find(seed))
            .collect::<Result<Vec<Track>, _>>()?;
        let wish = Wish {
            count: request.count as usize,
            discovery: request.discovery,
            rng_seed: request.rng_seed,
            now: Timestamp::now(),
            recent: Vec::new(),
        };
        let ids: Vec<TrackId> = seeds.iter().map(|seed| seed.id).collect();
        let picks = self.pick(&ids, &wish)?;
        let mut tracks: Vec<PickRow> = Vec::new();
        let seeds = self.track_rows(&seeds)?;
        if request.with_seed {
            tracks.extend(seeds.iter().map(|seed| PickRow {
                track: seed.clone(),
                score: 1.0,
                reasons: Vec::new(),
            }));
        }
        tracks.extend(self.pick_rows(&picks)?);
        Ok(RadioFound {
            seeds,
            tracks,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// What sounds most like a track, by sound alone.
    pub fn similar(&self, file: &str, count: u32) -> Result<SimilarFound, AppError> {
        let seed = self.find(file)?;
        let known = self.known()?;
        let place = known.catalogue.position(&seed.audio);
        if place.is_none_or(|place| known.catalogue.vector(place).is_none()) {
            return Err(AppError::Invalid(format!(
                "{} was not listened to yet; run `segue analyze`",
                seed.path.display()
            )));
        }
        let near = segue_recommend::similar(&known.catalogue, seed.audio, count as usize);
        let ids: Vec<TrackId> = near
            .iter()
            .map(|(place, _)| known.copies[*place].0)
            .collect();
        let mut tracks = self.by_id(&ids)?;
        let (found, scores): (Vec<Track>, Vec<f64>) = near
            .iter()
            .zip(&ids)
            .filter_map(|((_, cosine), id)| Some((tracks.remove(id)?, f64::from(*cosine))))
            .unzip();
        let rows = self.track_rows(&found)?.into_iter().zip(scores);
        Ok(SimilarFound {
            seed: self.track_rows(&[seed])?.remove(0),
            tracks: rows.map(|(track, score)| Scored { track, score }).collect(),
        })
    }

    /// Learns from the whole log, and says how well that foretells its own end.
    pub fn train_taste(&self) -> Result<TasteTrained, AppError> {
        let begun = Instant::now();
        let known = self.known()?;
        let validation = known.taste.validation().map(|validation| TasteValidation {
            plays: validation.plays as u64,
            auc: validation.auc,
            log_loss: validation.log_loss,
            calibration_error: validation.calibration_error,
        });
        Ok(TasteTrained {
            plays: known.plays as u64,
            seconds: begun.elapsed().as_secs_f64(),
            model_version: known.taste.version(),
            validation,
        })
    }

    /// What was learned, in words and numbers.
    pub fn show_taste(&self) -> Result<TasteShown, AppError> {
        const EACH: usize = 10;
        let known = self.known()?;
        let summary = known.taste.summary(&known.catalogue, EACH);
        let leanings = |lists: [(&str, &[Effect]); 3]| {
            let mut all: Vec<Leaning> = lists
                .iter()
                .flat_map(|(kind, effects)| {
                    effects.iter().map(|effect| Leaning {
                        kind: (*kind).into(),
                        name: effect.name.clone(),
                        weight: effect.weight,
                    })
                })
                .collect();
            all.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
            all
        };
        Ok(TasteShown {
            plays: known.plays as u64,
            model_version: summary.version,
            liked: leanings([
                ("artist", &summary.liked_artists),
                ("genre", &summary.liked_genres),
                ("tag", &summary.liked_tags),
            ]),
            disliked: leanings([
                ("artist", &summary.disliked_artists),
                ("genre", &summary.disliked_genres),
                ("tag", &summary.disliked_tags),
            ]),
        })
    }

    /// Logs a play. The taste in memory learns from it at once, so that a station turns with the very next track; at
    /// its checkpoints the whole log is learned anew when next asked for.
    pub(crate) fn log_play(&self, play: &Play) -> Result<(), AppError> {
        let before = self.library.revision();
        self.library.add_play(play)?;
        // Held while the log is being learned anew, perhaps for seconds: then what comes of it knows the play.
        let Ok(mut remembered) = self.remembered.try_lock() else {
            return Ok(());
        };
        if let Some(last) = remembered.as_mut().filter(|last| last.revision <= before) {
            let mut taste = last.known.taste.clone();
            let anew = taste.learn(&last.known.catalogue, play);
            if !anew && last.revision == before {
                last.revision = self.library.revision();
            }
            last.known = Arc::new(Known {
                catalogue: Arc::clone(&last.known.catalogue),
                taste,
                copies: Arc::clone(&last.known.copies),
                plays: last.known.plays + 1,
            });
        }
        Ok(())
    }

    /// A station's next tracks.
    pub(crate) fn pick(
        &self,
        seeds: &[TrackId],
        wish: &Wish,
    ) -> Result<Vec<(Track, Pick)>, AppError> {
        let seeds: Vec<AudioHash> = self
            .library
            .tracks_by_id(seeds)?
            .into_iter()
            .map(|track| track.audio)
            .collect();
        let known = self.known()?;
        // A file that is not there cannot be played; first in the list, it keeps no artist away.
        let absent = known
            .copies
            .iter()
            .enumerate()
            .filter(|(_, (_, there))| !there);
        let mut recent: Vec<AudioHash> = absent
            .map(|(place, _)| known.catalogue.audio(place))
            .collect();
        let barred = self.barred(wish.now)?;
        recent.extend(&barred.recordings);
        recent.extend(&wish.recent);
        let request = segue_recommend::RadioRequest {
            seeds,
            count: wish.count,
            discovery: wish.discovery,
            rng_seed: wish.rng_seed,
            now: wish.now,
            recent,
        };
        let picks = segue_recommend::radio(&known.catalogue, &known.taste, &request);
        let picks = barred.mend(wish.recent.last().copied(), picks, |pick| {
            known.catalogue.audio(pick.item)
        });
        let ids: Vec<TrackId> = picks.iter().map(|pick| known.copies[pick.item].0).collect();
        let mut tracks = self.by_id(&ids)?;
        Ok(picks
            .into_iter()
            .zip(ids)
            .filter_map(|(pick, id)| tracks.remove(&id).map(|track| (track, pick)))
            .collect())
    }

    /// Rows for these picks.
    pub(crate) fn pick_rows(&self, picks: &[(Track, Pick)]) -> Result<Vec<PickRow>, AppError> {
        let tracks: Vec<Track> = picks.iter().map(|(track, _)| track.clone()).collect();
        let rows = self.track_rows(&tracks)?.into_iter().zip(picks);
        Ok(rows
            .map(|(track, (_, pick))| PickRow {
                track,
                score: pick.score,
                reasons: pick.reasons.iter().map(reason_row).collect(),
            })
            .collect())
    }

    fn by_id(&self, ids: &[TrackId]) -> Result<HashMap<TrackId, Track>, AppError> {
        Ok(self
            .library
            .tracks_by_id(ids)?
            .into_iter()
            .map(|track| (track.id, track))
            .collect())
    }

    /// Library and taste as they are now, or were a moment ago.
    fn known(&self) -> Result<Arc<Known>, AppError> {
        // Held while making: two asking at once would both read the whole library.
        let mut remembered = lock(&self.remembered);
        let revision = self.library.revision();
        let serving = self.serving()?;
        if let Some(last) = &*remembered
            && last.serving == serving
            && (last.revision == revision || last.made.elapsed() < last.took * STALE_FACTOR)
        {
            return Ok(Arc::clone(&last.known));
        }
        let begun = Instant::now();
        let known = Arc::new(self.learn(serving.clone())?);
        *remembered = Some(Remembered {
            known: Arc::clone(&known),
            revision,
            serving,
            made: Instant::now(),
            took: begun.elapsed(),
        });
        Ok(known)
    }

    /// Reads all, with the vectors of one model: unlike ones are never compared.
    fn learn(&self, model: Option<ModelId>) -> Result<Known, AppError> {
        let (catalogue, copies) = self.catalogue(model)?;
        let plays = self.evidence()?;
        let taste = Taste::fit(&catalogue, &plays);
        Ok(Known {
            catalogue: Arc::new(catalogue),
            taste,
            copies: copies.into(),
            plays: plays.len(),
        })
    }

    fn catalogue(
        &self,
        model: Option<ModelId>,
    ) -> Result<(Catalogue, Vec<(TrackId, bool)>), AppError> {
        let mut vectors: HashMap<AudioHash, Embedding> = HashMap::new();
        let mut heard = HashMap::new();
        if let Some(model) = &model {
            let stored = self.library.vectors(model)?;
            for (audio, values) in stored
                .audio
                .iter()
                .zip(stored.values.chunks_exact(stored.dim.max(1)))
            {
                let values = values.iter().map(|value| value.to_f32()).collect();
                if let Ok(embedding) = Embedding::new(model.clone(), values) {
                    vectors.insert(*audio, embedding);
                }
            }
            heard.extend(self.library.heard_tags(model)?);
        }
        let offline: Vec<PathBuf> = self
            .library
            .roots()?
            .into_iter()
            .filter(|root| !root.online)
            .map(|root| root.path)
            .collect();
        let all = TrackQuery {
            sort: Sort::Added,
            ..TrackQuery::default()
        };
        let mut places: HashMap<AudioHash, usize> = HashMap::new();
        let mut copies: Vec<(TrackId, bool)> = Vec::new();
        let mut items = Vec::new();
        for track in self.library.tracks(&all)?.tracks {
            let there = !track.missing && !offline.iter().any(|root| track.path.starts_with(root));
            if let Some(place) = places.get(&track.audio) {
                if there && !copies[*place].1 {
                    copies[*place] = (track.id, true);
                }
                continue;
            }
            places.insert(track.audio, copies.len());
            copies.push((track.id, there));
            items.push(Item {
                audio: track.audio,
                tags: heard.remove(&track.audio).unwrap_or_default(),
                vector: vectors.remove(&track.audio),
                title: track.title,
                artists: track.artists,
                album: track.album,
                genres: track.genres,
                year: track.year,
                duration_s: track.duration_s,
            });
        }
        Ok((Catalogue::new(model, items), copies))
    }

    /// The play log with the opinions that hold today, in the order of time.
    fn evidence(&self) -> Result<Vec<Play>, AppError> {
        let mut plays = self.library.plays()?;
        for known in self.library.tallies()? {
            plays.extend(told_by(&known.tally, known.unlogged));
        }
        let mut latest: HashMap<AudioHash, (Timestamp, Option<Rating>)> = HashMap::new();
        for opinion in self.library.opinions()? {
            latest.insert(opinion.audio, (opinion.at, opinion.rating));
        }
        for play in &mut plays {
            // An opinion that came with a play gives way to a later one, or to its being taken back.
            let later = play.subject.audio.and_then(|audio| latest.get(&audio));
            if later.is_some_and(|(at, _)| *at >= play.at) {
                play.rating = None;
            }
        }
        plays.extend(
            latest
                .into_iter()
                .filter(|(_, (_, rating))| rating.is_some())
                .map(|(audio, (at, rating))| Play {
                    at,
                    subject: PlaySubject {
                        audio: Some(audio),
                        ..PlaySubject::default()
                    },
                    listened_s: 0.0,
                    source: PlaySource::Import,
                    skipped: false,
                    rating,
                    context: PlayContext::default(),
                }),
        );
        plays.sort_by_key(|play| (play.at, play.subject.audio));
        Ok(plays)
    }
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
