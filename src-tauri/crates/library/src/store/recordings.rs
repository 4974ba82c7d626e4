//! All recordings that have a file, one after the other, with all that recommending goes by: read in one stream, so that a
//! library of any size passes through a small memory.

use half::f16;
use rusqlite::params;
use segue_core::{AudioHash, LibraryAction, LibraryError, ModelId, TagScore, TrackId};

use super::Library;
use super::query::AlbumId;
use super::vectors::{stored_tags, tag_names};
use crate::paths;
use crate::tag_text::split;

/// A recording as [`Library::recordings`] tells it. What is unknown is `None` or empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The copy to play: the first whose file is there, else the first.
    pub track: TrackId,
    /// Whether that copy's file is there.
    pub there: bool,
    /// Title.
    pub title: String,
    /// Every artist by itself.
    pub artists: Vec<String>,
    /// Artist of the album.
    pub album_artist: Option<String>,
    /// Album that it is on.
    pub album_id: Option<AlbumId>,
    /// Title of the album.
    pub album: Option<String>,
    /// Genres.
    pub genres: Vec<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Number of the disc.
    pub disc: Option<u32>,
    /// Number on the disc.
    pub number: Option<u32>,
    /// Length in seconds.
    pub duration_s: f64,
    /// Beats per minute, from the tag, else heard.
    pub bpm: Option<f64>,
    /// Key, from the tag, else heard, as it stands there.
    pub key: Option<String>,
    /// Loudness of the first and the last 10 s that are not silent, in LUFS.
    pub edges_lufs: [Option<f64>; 2],
    /// Loudness of the whole, in LUFS.
    pub loudness_lufs: Option<f64>,
    /// The vector that the model made, `[dim]`.
    pub vector: Option<Vec<f32>>,
    /// Tags that the model heard.
    pub tags: Vec<TagScore>,
}

impl Library {
    /// Calls `visit` with every recording that has a track, in the order in which they came in, and with what `model` heard
    /// in it.
    pub fn recordings(
        &self,
        model: Option<&ModelId>,
        mut visit: impl FnMut(AudioHash, Recording),
    ) -> Result<(), LibraryError> {
        let offline = self.offline()?;
        self.read(LibraryAction::ReadTracks, |db| {
            let names = tag_names(db)?;
            let mut statement = db.prepare_cached(
                "SELECT r.audio, t.id, t.path, t.missing, t.title, t.artists, t.album, t.genres, t.year, t.disc, t.track,
                        t.duration_s, coalesce(t.bpm, r.bpm), coalesce(t.musical_key, r.musical_key), m.intro_lufs,
                        m.outro_lufs, v.value, v.tags, t.album_id, t.album_artist, m.loudness_lufs
                 FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id
                 LEFT JOIN measures m ON m.recording_id = r.id
                 LEFT JOIN vectors v ON v.model_id = (SELECT id FROM models WHERE name = ?) AND v.recording_id = r.id
                 ORDER BY r.id, t.id",
            )?;
            let mut rows = statement.query(params![model.map(|model| &model.0)])?;
            let mut last: Option<(AudioHash, Recording)> = None;
            while let Some(row) = rows.next()? {
                let audio = AudioHash(row.get(0)?);
                let path = row.get_ref(2)?.as_blob()?;
                let there = !row.get::<_, bool>(3)? && !offline.iter().any(|root| paths::within(path, root));
                if let Some((other, copy)) = &mut last
                    && *other == audio
                {
                    if there && !copy.there {
                        (copy.track, copy.there) = (TrackId(row.get(1)?), true);
                    }
                    continue;
                }
                let vector = row.get_ref(16)?.as_blob_or_null()?.map(|value| {
                    let halves = value.chunks_exact(2);
                    halves.map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
                });
                let tags = row.get_ref(17)?.as_blob_or_null()?.unwrap_or_default();
                let recording = Recording {
                    track: TrackId(row.get(1)?),
                    there,
                    title: row.get(4)?,
                    artists: split(row.get_ref(5)?.as_str()?),
                    album_artist: row.get(19)?,
                    album_id: row.get::<_, Option<i64>>(18)?.map(AlbumId),
                    album: row.get(6)?,
                    genres: split(row.get_ref(7)?.as_str()?),
                    year: row.get(8)?,
                    disc: row.get(9)?,
                    number: row.get(10)?,
                    duration_s: row.get(11)?,
                    bpm: row.get(12)?,
                    key: row.get(13)?,
                    edges_lufs: [row.get(14)?, row.get(15)?],
                    loudness_lufs: row.get(20)?,
                    vector,
                    tags: stored_tags(&names, tags).collect(),
                };
                if let Some((audio, recording)) = last.replace((audio, recording)) {
                    visit(audio, recording);
                }
            }
            if let Some((audio, recording)) = last {
                visit(audio, recording);
            }
            Ok(())
        })
    }
}
