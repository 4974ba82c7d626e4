//! What Segue itself picks for a playlist: stations, mixes, ways from one song to another.

use segue_core::TrackId;

use crate::recommend::{Next, today};
use crate::wire::{PickRow, PlaylistSource};
use crate::{AppError, Segue};

impl Segue {
    /// The songs of a station, a mix or a way, in order, each with its reasons.
    pub(crate) fn recommend_for(&self, source: &PlaylistSource) -> Result<Vec<PickRow>, AppError> {
        let picks = match source {
            PlaylistSource::Mix { id, count } => self.mixed(id, *count)?.1,
            // Another day, another list.
            PlaylistSource::Station { request, count } => self.station(&Next {
                request,
                count: *count as usize,
                rng_seed: today(),
                recent: Vec::new(),
            })?,
            PlaylistSource::Path { from, to, count } => {
                let track = |id: i64| {
                    let track = self.library.track(TrackId(id))?;
                    track.ok_or_else(|| AppError::no_track(id))
                };
                self.way(&track(*from)?, &track(*to)?, *count)?
            }
            PlaylistSource::Tracks { .. }
            | PlaylistSource::Search { .. }
            | PlaylistSource::Queue => Vec::new(),
        };
        self.pick_rows(&picks)
    }
}
