//! What the window asks of the recommender: stations, mixes, ways, taste and what is said of it.

use std::path::Path;

use jiff::Timestamp;
use segue_core::{PlayedFrom, TrackId};

use super::Desktop;
use crate::AppError;
use crate::recommend::Next;
use crate::wire::{
    AppEvent, FeedbackKind, FeedbackRow, MixFound, MixRow, PickRef, PickRow, PlaylistSource,
    SeedRef, SeedRow, StationRequest, TastePage, TrackRow, WishRow,
};

impl Desktop {
    /// What a station would play first.
    pub fn radio(&self, request: &StationRequest, count: u32) -> Result<Vec<PickRow>, AppError> {
        self.segue.check_seeds(request)?;
        let picks = self.segue.station(&Next {
            request,
            count: count as usize,
            rng_seed: 0,
            recent: Vec::new(),
        })?;
        self.segue.pick_rows(&picks)
    }

    /// Plays a station.
    pub fn start_radio(&self, request: &StationRequest) -> Result<(), AppError> {
        self.player.start_radio(request)
    }

    /// Seeds as they are shown.
    pub fn seeds(&self, seeds: &[SeedRef]) -> Result<Vec<SeedRow>, AppError> {
        self.segue.seed_rows(seeds)
    }

    /// Artists, genres, tags and playlists whose names hold `text`.
    pub fn find_seeds(&self, text: &str, limit: u32) -> Result<Vec<SeedRow>, AppError> {
        self.segue.find_seeds(text, limit as usize)
    }

    /// How a wish in words is understood.
    pub fn understand(&self, text: &str) -> Result<WishRow, AppError> {
        self.segue.understand(text)
    }

    /// The mixes that can be had now.
    pub fn mixes(&self) -> Result<Vec<MixRow>, AppError> {
        Ok(self.segue.mixes()?.mixes)
    }

    /// A mix with its songs.
    pub fn mix(&self, id: &str, count: u32) -> Result<MixFound, AppError> {
        let found = self.segue.mix(id, count)?;
        Ok(MixFound {
            mix: found.mix,
            tracks: found.tracks,
        })
    }

    /// Plays a mix.
    pub fn play_mix(&self, id: &str, count: u32) -> Result<(), AppError> {
        let (mix, picks) = self.segue.mixed(id, count)?;
        self.player
            .play_picks(picks, PlayedFrom::Mix { kind: mix.id })
    }

    /// A way from one song to another.
    pub fn path(&self, from: i64, to: i64, count: u32) -> Result<Vec<PickRow>, AppError> {
        let found = self.segue.path(from.to_string(), to.to_string(), count)?;
        Ok(found.tracks)
    }

    /// Plays a way from one song to another.
    pub fn play_path(&self, from: i64, to: i64, count: u32) -> Result<(), AppError> {
        let track = |id: i64| {
            let track = self.segue.library.track(TrackId(id))?;
            track.ok_or_else(|| AppError::no_track(id))
        };
        let (from, to) = (track(from)?, track(to)?);
        let picks = self.segue.way(&from, &to, count)?;
        let ends = PlayedFrom::Path {
            from: from.audio,
            to: to.audio,
        };
        self.player.play_picks(picks, ends)
    }

    /// Plays picks as they are shown, from the one at `index` on; `source` is what they were made from.
    pub fn play_picks(
        &self,
        source: &PlaylistSource,
        picks: &[PickRef],
        index: u32,
    ) -> Result<(), AppError> {
        let audio = |id: i64| {
            let track = self.segue.library.track(TrackId(id))?;
            let track = track.ok_or_else(|| AppError::no_track(id))?;
            Ok::<_, AppError>(track.audio)
        };
        let from = match source {
            PlaylistSource::Mix { id, .. } => PlayedFrom::Mix { kind: id.clone() },
            PlaylistSource::Path { from, to, .. } => PlayedFrom::Path {
                from: audio(*from)?,
                to: audio(*to)?,
            },
            PlaylistSource::Station { .. }
            | PlaylistSource::Tracks { .. }
            | PlaylistSource::Search { .. }
            | PlaylistSource::Queue => {
                return Err(AppError::NotPlayedAsShown);
            }
        };
        self.player.play_shown(picks, index as usize, from)
    }

    /// Says *not now* or *never again* of a song, or of all by its artist.
    pub fn say(&self, kind: FeedbackKind, id: i64, artist: bool) -> Result<FeedbackRow, AppError> {
        let row = self.segue.say(kind, id.to_string(), artist)?;
        self.player.apply_feedback()?;
        (self.work.tell)(AppEvent::Taste);
        Ok(row)
    }

    /// Says that `later` is wrong right after `earlier`.
    pub fn say_wrong_after(&self, earlier: i64, later: i64) -> Result<FeedbackRow, AppError> {
        let row = self
            .segue
            .say_wrong_after(earlier.to_string(), later.to_string())?;
        self.taste_changed()?;
        Ok(row)
    }

    /// What was said and holds, the latest first.
    pub fn feedback(&self) -> Result<Vec<FeedbackRow>, AppError> {
        self.segue.feedback()
    }

    /// Takes back what was said under this number, or the latest.
    pub fn undo_feedback(&self, id: Option<i64>) -> Result<(), AppError> {
        match id {
            Some(id) => self.segue.remove_feedback(id)?,
            None => _ = self.segue.undo_feedback()?,
        }
        self.taste_changed()
    }

    /// Turns what a reason rests on up or down.
    pub fn turn(&self, term: &str, up: bool) -> Result<FeedbackRow, AppError> {
        let row = self.segue.turn(term, up)?;
        self.taste_changed()?;
        Ok(row)
    }

    /// What was learned.
    pub fn taste(&self) -> Result<TastePage, AppError> {
        self.segue.taste_page()
    }

    /// Forgets what was learned since an instant (RFC 3339), or all of it.
    pub fn forget(&self, since: Option<&str>) -> Result<(), AppError> {
        let instant = |text: &str| {
            let instant = text.parse::<Timestamp>();
            instant.map_err(|error| AppError::NotAnInstant {
                text: text.to_string(),
                detail: error.to_string(),
            })
        };
        self.segue.forget(since.map(instant).transpose()?)?;
        self.forget_at_once()
    }

    /// Learns again what was forgotten.
    pub fn remember(&self, forgotten: i64) -> Result<(), AppError> {
        self.segue.remember(forgotten)?;
        self.forget_at_once()
    }

    /// What was forgotten must not serve a moment longer.
    fn forget_at_once(&self) -> Result<(), AppError> {
        self.segue.refit()?;
        self.taste_changed()
    }

    /// Writes what was learned into a file.
    pub fn export_taste(&self, path: &Path) -> Result<(), AppError> {
        self.segue.export_taste(path)
    }

    /// A dozen songs as unlike as the library has.
    pub fn first_choice(&self) -> Result<Vec<TrackRow>, AppError> {
        self.segue.first_choice()
    }

    /// The first choice was made, or is not wanted.
    pub fn end_first_choice(&self) -> Result<(), AppError> {
        self.segue.end_first_choice()?;
        self.work.tell_library();
        Ok(())
    }

    fn taste_changed(&self) -> Result<(), AppError> {
        self.player.replan()?;
        (self.work.tell)(AppEvent::Taste);
        Ok(())
    }
}
