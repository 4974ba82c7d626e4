//! Taste as the listener meets it: learned, shown, judged, corrected, forgotten, taken along.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use segue_core::{Feedback, FeedbackEvent, ForgottenId, Play, Term, TermName};
use segue_recommend::{
    AblationResult, Catalogue, Effect, Interest, Recommender, TasteSummary, canonical_term, replay,
};

use super::snapshot::RecommenderSnapshot;
use crate::wire::{
    FeedbackKind, FeedbackRow, FileAttempt, ForetoldRow, ForgottenRow, InterestName, InterestRow,
    Leaning, LeaningRow, RankedRow, TasteJudged, TastePage, TastePart, TastePartRow, TasteShown,
    TasteTrained, TasteValidation, TrackRow,
};
use crate::{AppError, Segue};

/// Effects of each kind and sign that a page shows, and that a script is told.
const EFFECTS_SHOWN: usize = 12;
const EFFECTS_TOLD: usize = 10;

/// Songs that stand for an interest, the most typical that they are chosen from, and songs of the first choice.
const EXAMPLES: usize = 5;
const TYPICAL: usize = 20;
const FIRST_CHOICE: usize = 12;

/// Songs that must have been heard for a choice among them to say anything.
const FIRST_CHOICE_HEARD: usize = 24;

/// The setting that the first choice was made, or is not wanted.
const CHOSEN_FIRST: &str = "first-choice-made";

impl Segue {
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
            taught: known.taught as u64,
            seconds: begun.elapsed().as_secs_f64(),
            model_version: known.taste.version(),
            parts: parts(&known),
            validation,
        })
    }

    /// What was learned, in words and numbers.
    pub fn show_taste(&self) -> Result<TasteShown, AppError> {
        self.recommend(0, |known, recommender| {
            let summary = known.taste.summary(&known.catalogue, EFFECTS_TOLD, &[]);
            let leanings = |lists: [(&str, &[Effect]); 4]| {
                let mut all: Vec<Leaning> = lists
                    .iter()
                    .flat_map(|(kind, effects)| effects.iter().map(|effect| leaning(kind, effect)))
                    .collect();
                all.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
                all
            };
            let interests = recommender.interests();
            Ok(TasteShown {
                plays: known.plays as u64,
                taught: known.taught as u64,
                voice: summary.weight_in_ranking,
                liked: leanings([
                    ("artist", &summary.artists.liked),
                    ("genre", &summary.genres.liked),
                    ("tag", &summary.tags.liked),
                    ("album", &summary.albums.liked),
                ]),
                disliked: leanings([
                    ("artist", &summary.artists.disliked),
                    ("genre", &summary.genres.disliked),
                    ("tag", &summary.tags.disliked),
                    ("album", &summary.albums.disliked),
                ]),
                interests: self.interest_rows(known, &recommender, &interests, &HashMap::new())?,
                hours: shares(&known.taste.hours()),
                model_version: summary.version,
            })
        })
    }

    /// Replays the listener's own held-out plays, and says how taste, likeness, habit and chance would have ranked them.
    pub fn judge_taste(&self) -> Result<TasteJudged, AppError> {
        let begun = Instant::now();
        let known = self.known()?;
        let found = replay(&known.catalogue, &self.teaching()?)
            .ok_or(AppError::TooFewPlays { least: 50 })?;
        Ok(TasteJudged {
            learned: found.learned as u64,
            foretold: found.foretold as u64,
            ways: found
                .ways
                .into_iter()
                .map(|ranked| RankedRow {
                    way: ranked.way.into(),
                    rank: ranked.rank,
                    hit_50: ranked.hit_50,
                    auc: ranked.auc,
                })
                .collect(),
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// What was learned, whole, as the window shows it.
    pub(crate) fn taste_page(&self) -> Result<TastePage, AppError> {
        let plays = self.library.plays()?;
        let (feedback, forgotten) = (self.feedback()?, self.forgotten_of(&plays)?);
        self.recommend(0, |known, recommender| {
            let turned = turned(
                &known.catalogue,
                &self.active_feedback_events(Timestamp::now())?,
            );
            let always: Vec<Term> = turned.keys().cloned().collect();
            let summary = known
                .taste
                .summary(&known.catalogue, EFFECTS_SHOWN, &always);
            let rows = |effects: &[Effect]| {
                effects
                    .iter()
                    .map(|effect| leaning_row(effect, &turned))
                    .collect()
            };
            let interests = recommender.interests();
            let TasteSummary {
                artists,
                genres,
                tags,
                albums,
                ..
            } = &summary;
            Ok(TastePage {
                plays: plays.len() as u64,
                taught: known.taught as u64,
                first_play: plays.first().map(|play| play.at.to_string()),
                voice: summary.weight_in_ranking,
                foretold: summary.validation.map(|validation| ForetoldRow {
                    plays: validation.plays as u64,
                    auc: validation.auc,
                    log_loss: validation.log_loss,
                    log_loss_baseline: validation.log_loss_baseline,
                    calibration_error: validation.calibration_error,
                }),
                parts: parts(known),
                interests: self.interest_rows(known, &recommender, &interests, &turned)?,
                liked_artists: rows(&artists.liked),
                disliked_artists: rows(&artists.disliked),
                liked_genres: rows(&genres.liked),
                disliked_genres: rows(&genres.disliked),
                liked_tags: rows(&tags.liked),
                disliked_tags: rows(&tags.disliked),
                liked_albums: rows(&albums.liked),
                hours: shares(&known.taste.hours()),
                turned: feedback
                    .into_iter()
                    .filter(|row| matches!(row.kind, FeedbackKind::Less | FeedbackKind::More))
                    .collect(),
                forgotten,
                guest_plays: plays.iter().filter(|play| play.context.guest).count() as u64,
                version: summary.version,
            })
        })
    }

    fn interest_rows(
        &self,
        known: &RecommenderSnapshot,
        recommender: &Recommender,
        interests: &[Interest],
        turned: &HashMap<Term, i32>,
    ) -> Result<Vec<InterestRow>, AppError> {
        let row = |(number, interest): (u32, &Interest)| {
            let portrait = recommender.portrait(interest);
            let term = Term::Sound(known.catalogue.audio(interest.position()));
            let typical = interest.members().iter().copied().take(TYPICAL);
            let typical: Vec<usize> = typical.collect();
            let examples = of_unlike_albums(self.rows_at(known, &typical)?);
            let some = |names: &[String]| names.iter().take(2).cloned().collect();
            let title = match (portrait.tags.as_slice(), portrait.artists.as_slice()) {
                ([], []) => InterestName::Song {
                    title: known.catalogue.title(interest.position()).to_owned(),
                },
                ([], artists) => InterestName::Artists {
                    names: some(artists),
                },
                (tags, _) => InterestName::Tags { names: some(tags) },
            };
            Ok(InterestRow {
                number,
                title,
                share: interest.share(),
                hours: shares(&known.taste.hours_of(interest)),
                tags: portrait.tags,
                artists: portrait.artists,
                examples,
                turned: turned.get(&term).copied().unwrap_or(0),
                term: term.to_string(),
            })
        };
        (1..).zip(interests).map(row).collect()
    }

    fn rows_at(
        &self,
        known: &RecommenderSnapshot,
        positions: &[usize],
    ) -> Result<Vec<TrackRow>, AppError> {
        let ids = known.tracks_at(positions);
        self.track_rows(&self.library.tracks_by_id(&ids)?)
    }

    /// Turns up or down what a reason rests on, or what was learned of.
    pub fn turn(&self, term: &str, up: bool) -> Result<FeedbackRow, AppError> {
        let term = Term::parse(term).ok_or_else(|| AppError::NotATerm {
            term: term.to_owned(),
        })?;
        let term = canonical_term(&self.known()?.catalogue, &term).ok_or_else(|| match &term {
            Term::Era(year) => AppError::NotADecade { year: *year },
            Term::Kind(name) => AppError::NoSuchReasonKind { kind: name.clone() },
            other => AppError::TermNotInLibrary {
                term: other.to_string(),
            },
        })?;
        self.record_feedback(Feedback::Adjusted { term, up })
    }

    /// Forgets what was learned from `since` on, or all of it. The plays stay, and count no more.
    pub fn forget(&self, since: Option<Timestamp>) -> Result<ForgottenRow, AppError> {
        let now = Timestamp::now();
        if since.is_some_and(|since| since > now) {
            return Err(AppError::ForgetFuture);
        }
        let id = self.library.forget(since, now)?;
        self.discard_snapshot();
        let row = self.forgotten()?.into_iter().find(|row| row.id == id.0);
        row.ok_or(AppError::LearnedAgain)
    }

    /// Learns again what was forgotten under this number.
    pub fn remember(&self, id: i64) -> Result<(), AppError> {
        if !self.library.remember(ForgottenId(id), Timestamp::now())? {
            return Err(AppError::NoSuchForgotten { id });
        }
        self.discard_snapshot();
        Ok(())
    }

    /// What was forgotten and holds, the latest first.
    pub fn forgotten(&self) -> Result<Vec<ForgottenRow>, AppError> {
        self.forgotten_of(&self.library.plays()?)
    }

    /// The same, where the log has been read: `plays` is all of it.
    fn forgotten_of(&self, plays: &[Play]) -> Result<Vec<ForgottenRow>, AppError> {
        let mut rows: Vec<ForgottenRow> = self
            .library
            .forgotten()?
            .iter()
            .map(|stretch| ForgottenRow {
                id: stretch.id.0,
                at: stretch.at.to_string(),
                since: stretch.since.map(|since| since.to_string()),
                plays: plays.iter().filter(|play| stretch.covers(play)).count() as u64,
            })
            .collect();
        rows.reverse();
        Ok(rows)
    }

    /// Writes what was learned into a file, as JSON.
    pub fn export_taste(&self, path: &Path) -> Result<(), AppError> {
        let text = serde_json::to_vec_pretty(&self.taste_page()?).expect("a page is plain data");
        segue_exchange::replace(path, &text).map_err(AppError::file(FileAttempt::Write, path))
    }

    /// A dozen songs as unlike as the library has, to begin with.
    pub fn first_choice(&self) -> Result<Vec<TrackRow>, AppError> {
        self.recommend(0, |known, recommender| {
            self.rows_at(known, &recommender.first_choice(FIRST_CHOICE))
        })
    }

    /// The first choice was made, or is not wanted.
    pub fn end_first_choice(&self) -> Result<(), AppError> {
        Ok(self.library.put_setting(CHOSEN_FIRST, &true.into())?)
    }

    /// Whether to offer it: enough was heard to choose from, and nothing was played or chosen.
    pub(crate) fn offers_first_choice(&self, heard: u64) -> Result<bool, AppError> {
        Ok(heard >= FIRST_CHOICE_HEARD as u64
            && self
                .library
                .setting(CHOSEN_FIRST)?
                .is_none_or(|made| made != true)
            && !self.library.has_plays()?)
    }

    /// What a term is called.
    pub(crate) fn name_of(&self, term: &Term) -> Result<TermName, AppError> {
        let songs = match term {
            Term::Sound(audio) => self.library.tracks_of(*audio)?,
            _ => Vec::new(),
        };
        Ok(term.named(songs.into_iter().next().map(|track| track.title)))
    }
}

/// A few of these songs, those of an album each before a second of any.
fn of_unlike_albums(rows: Vec<TrackRow>) -> Vec<TrackRow> {
    let mut albums = HashSet::new();
    let (mut unlike, rest): (Vec<TrackRow>, Vec<TrackRow>) = rows.into_iter().partition(|row| {
        let album = row.album.clone();
        album.is_none_or(|album| albums.insert(album))
    });
    unlike.extend(rest);
    unlike.truncate(EXAMPLES);
    unlike
}

/// How often each term was turned up, less how often down.
fn turned(catalogue: &Catalogue, holding: &[FeedbackEvent]) -> HashMap<Term, i32> {
    let mut counts = HashMap::new();
    for event in holding {
        if let Feedback::Adjusted { term, up } = &event.feedback {
            let term = canonical_term(catalogue, term).unwrap_or_else(|| term.clone());
            *counts.entry(term).or_default() += if *up { 1 } else { -1 };
        }
    }
    counts
}

fn leaning_row(effect: &Effect, turned: &HashMap<Term, i32>) -> LeaningRow {
    LeaningRow {
        name: effect.name.clone(),
        weight: effect.weight,
        deviation: effect.deviation,
        plays: effect.plays,
        turned: turned.get(&effect.term).copied().unwrap_or(0),
        term: effect.term.to_string(),
    }
}

fn leaning(kind: &str, effect: &Effect) -> Leaning {
    Leaning {
        kind: kind.into(),
        name: effect.name.clone(),
        weight: effect.weight,
        deviation: effect.deviation,
        term: effect.term.to_string(),
    }
}

fn parts(known: &RecommenderSnapshot) -> Vec<TastePartRow> {
    let ablations = known.taste.ablations();
    let row = |(part, ablation): (TastePart, AblationResult)| TastePartRow {
        part,
        kept: ablation.kept,
        gain: ablation.gain,
    };
    [
        (TastePart::Sound, ablations.sound),
        (TastePart::Corners, ablations.sound_clusters),
        (TastePart::Hours, ablations.hours),
        (TastePart::Followed, ablations.followed),
    ]
    .map(row)
    .to_vec()
}

/// Counts as shares of them all.
fn shares(counts: &[u32; 24]) -> Vec<f64> {
    let all = f64::from(counts.iter().sum::<u32>()).max(1.0);
    counts.iter().map(|count| f64::from(*count) / all).collect()
}

#[cfg(test)]
mod tests;
