//! Mixes and ways: what needs no seed, and what leads from one song to another.

use std::ffi::OsStr;
use std::time::Instant;

use jiff::Zoned;
use segue_core::{MixKind, Track};
use segue_recommend::{Mix, Pick, Recommender};

use super::stations::unheard;
use crate::taste::RecommenderSnapshot;
use crate::wire::{MixRow, MixTold, MixesListed, PathFound, PlaylistSource};
use crate::{AppError, Segue};

/// Covers that stand for a mix.
const COVERS: usize = 4;

impl Segue {
    /// The mixes that can be had now, in the order to show them.
    pub fn mixes(&self) -> Result<MixesListed, AppError> {
        self.recommend(today(), |known, recommender| {
            let mixes = recommender.mixes();
            let rows = mixes.iter().map(|mix| self.mix_row(known, mix));
            Ok(MixesListed {
                mixes: rows.collect::<Result<_, _>>()?,
            })
        })
    }

    /// A mix with its tracks. A kind of which there are several (`mood`, `decade`, `daily` …) without a name is the first
    /// of them.
    pub fn mix(&self, id: &str, count: u32) -> Result<MixTold, AppError> {
        let begun = Instant::now();
        let (mix, picks) = self.mixed(id, count)?;
        Ok(MixTold {
            mix,
            seeds: Vec::new(),
            tracks: self.pick_rows(&picks)?,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    pub(crate) fn mixed(
        &self,
        id: &str,
        count: u32,
    ) -> Result<(MixRow, Vec<(Track, Pick)>), AppError> {
        self.recommend(today(), |known, recommender| {
            let kind = kind_named(&recommender, id)?;
            let (mix, picks) = recommender
                .mix(kind, count as usize)
                .ok_or_else(|| AppError::MixTooSmall { mix: id.to_owned() })?;
            Ok((self.mix_row(known, &mix)?, self.picked(known, picks)?))
        })
    }

    /// The whole name of a mix.
    pub(crate) fn mix_named(&self, id: &str) -> Result<String, AppError> {
        self.recommend(today(), |_, recommender| {
            Ok(kind_named(&recommender, id)?.to_string())
        })
    }

    /// A mix as it is shown, under covers of songs that have one.
    fn mix_row(&self, known: &RecommenderSnapshot, mix: &Mix) -> Result<MixRow, AppError> {
        let faces = known.tracks_at(&mix.faces);
        let faces = self.library.tracks_by_id(&faces)?.into_iter();
        let covered = faces.filter(|track| track.has_cover);
        Ok(MixRow {
            id: mix.kind.to_string(),
            kind: mix.kind.kind().into(),
            title: mix.kind,
            content: mix.content.clone(),
            cover_tracks: covered.map(|track| track.id.0).take(COVERS).collect(),
        })
    }

    /// A way from one track to another, both included.
    pub fn path(
        &self,
        from: impl AsRef<OsStr>,
        to: impl AsRef<OsStr>,
        count: u32,
    ) -> Result<PathFound, AppError> {
        let begun = Instant::now();
        let (from, to) = (self.find(from)?, self.find(to)?);
        let picks = self.way(&from, &to, count)?;
        Ok(PathFound {
            seeds: self.track_rows(&[from, to])?,
            tracks: self.pick_rows(&picks)?,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// A way as what a playlist is made of.
    pub fn path_source(
        &self,
        from: impl AsRef<OsStr>,
        to: impl AsRef<OsStr>,
        count: u32,
    ) -> Result<PlaylistSource, AppError> {
        Ok(PlaylistSource::Path {
            from: self.find(from)?.id.0,
            to: self.find(to)?.id.0,
            count,
        })
    }

    pub(crate) fn way(
        &self,
        from: &Track,
        to: &Track,
        count: u32,
    ) -> Result<Vec<(Track, Pick)>, AppError> {
        self.recommend(0, |known, recommender| {
            let place = |track: &Track| {
                let place = known.catalogue.position(&track.audio);
                place
                    .filter(|place| known.catalogue.has_vector(*place))
                    .ok_or_else(|| unheard(track))
            };
            let (start, end) = (place(from)?, place(to)?);
            let picks = recommender
                .path(start, end, count as usize)
                .unwrap_or_default();
            self.picked(known, picks)
        })
    }
}

/// The mix of that name, or the first of that kind.
fn kind_named(recommender: &Recommender, id: &str) -> Result<MixKind, AppError> {
    let kind = MixKind::parse(id).or_else(|| {
        let offered = recommender.mixes();
        let first = offered.iter().find(|mix| mix.kind.kind() == id);
        first.map(|mix| mix.kind)
    });
    kind.ok_or_else(|| no_mix(id))
}

pub(crate) fn no_mix(id: &str) -> AppError {
    AppError::NoSuchMix { mix: id.to_owned() }
}

/// The number of the listener's day: a mix stays the same all day as far as chance goes.
pub(crate) fn today() -> u64 {
    let now = Zoned::now();
    (now.timestamp().as_second() + i64::from(now.offset().seconds())).div_euclid(86_400) as u64
}

#[cfg(test)]
mod tests;
