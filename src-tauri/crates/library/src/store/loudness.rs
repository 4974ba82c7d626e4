//! How loud a file and its album are, as their tags say or as it was measured.
//!
//! A tag goes before a measurement, since somebody wanted it so; of peaks the higher one holds, since tags mostly know the
//! highest sample and not what a converter makes of the samples between. An album has one loudness for all its tracks: of
//! its tags the loudest, where they disagree, else the energy of its tracks together, with the gate of EBU R128 at whole tracks.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use rusqlite::{Connection, Row};
use segue_core::{
    AlbumLevel, FileSpan, Level, LibraryAction, LibraryError, REFERENCE_LUFS, TrackLoudness,
};

use super::Library;
use super::reading::{by_id, ids_at};
use crate::buffered::Room;
use crate::tags::{self, ReplayGain, Tags};

/// Tracks that are further below the album's mean than this are not counted (BS.1770-4, the relative gate).
const GATE_LU: f64 = 10.0;

/// One track of an album.
struct Member {
    id: i64,
    tags: ReplayGain,
    measured: Option<Level>,
    duration_s: f64,
}

impl Library {
    /// What is known of the loudness of the file at `path`, or of a stretch of it: of one that is not in the library, what its tags say.
    pub fn loudness(&self, path: &Path, span: FileSpan) -> Result<TrackLoudness, LibraryError> {
        let known = self.read(LibraryAction::ReadMeasures, |db| {
            let tracks = by_id(db, &ids_at(db, path)?)?;
            let Some(id) = tracks
                .iter()
                .find(|track| track.span == span)
                .map(|track| track.id)
            else {
                return Ok(None);
            };
            let album: Option<i64> = db
                .prepare_cached("SELECT album_id FROM tracks WHERE id = ?")?
                .query_row([id.0], |row| row.get(0))?;
            let tracks = members(db, id.0, album)?;
            Ok(Some(loudness_of(id.0, album, &tracks)))
        })?;
        Ok(known.unwrap_or_else(|| {
            // A file that cannot be read shows that when it is to be played.
            let tracks = tags::read(path, None, &mut Room::default()).unwrap_or_default();
            let told_of = tracks.into_iter().find(|track| track.span == span);
            let tags = told_of.map(|track| track.tags).unwrap_or_default();
            TrackLoudness {
                track: told(tags.replay_gain.track_gain_db, tags.replay_gain.track_peak),
                album: place_told(path, &tags),
            }
        }))
    }
}

/// The place on its album that a file's tags tell: of files beside each other, since many albums have one name.
fn place_told(path: &Path, tags: &Tags) -> Option<AlbumLevel> {
    let mut album = DefaultHasher::new();
    (path.parent(), tags.album.as_ref()?, tags.disc).hash(&mut album);
    Some(AlbumLevel {
        album: album.finish(),
        place: tags.track?,
        level: None,
    })
}

/// The tracks of an album in its order, or the one track that is on none.
fn members(db: &Connection, id: i64, album: Option<i64>) -> rusqlite::Result<Vec<Member>> {
    let (which, value) = match album {
        // One that is gone stands beside those that are there only while it is asked for itself.
        Some(album) => ("t.album_id = ?1 AND (NOT t.missing OR t.id = ?2)", album),
        None => ("t.id = ?1 AND t.id = ?2", id),
    };
    let mut statement = db.prepare_cached(&format!(
        "SELECT t.id, t.track_gain_db, t.track_peak, t.album_gain_db, t.album_peak, m.loudness_lufs, m.true_peak_dbtp,
                t.duration_s
         FROM tracks t LEFT JOIN measures m USING (recording_id)
         WHERE {which} ORDER BY coalesce(t.disc, 1), t.track, t.path, t.span_start_ns"
    ))?;
    statement.query_map([value, id], member)?.collect()
}

fn member(row: &Row) -> rusqlite::Result<Member> {
    let lufs: Option<f64> = row.get(5)?;
    let peak_db = row.get(6)?;
    Ok(Member {
        id: row.get(0)?,
        tags: ReplayGain {
            track_gain_db: row.get(1)?,
            track_peak: row.get(2)?,
            album_gain_db: row.get(3)?,
            album_peak: row.get(4)?,
        },
        measured: lufs.map(|lufs| Level { lufs, peak_db }),
        duration_s: row.get(7)?,
    })
}

impl Member {
    fn level(&self) -> Option<Level> {
        let told = told(self.tags.track_gain_db, self.tags.track_peak);
        let measured_peak_db = self.measured.and_then(|level| level.peak_db);
        let level = told.or(self.measured)?;
        Some(Level {
            peak_db: higher(level.peak_db, measured_peak_db),
            ..level
        })
    }
}

fn loudness_of(id: i64, album: Option<i64>, tracks: &[Member]) -> TrackLoudness {
    let place = tracks.iter().position(|track| track.id == id);
    let Some((place, track)) = place.and_then(|place| Some((place, tracks.get(place)?))) else {
        return TrackLoudness::default();
    };
    TrackLoudness {
        track: track.level(),
        album: album.map(|album| AlbumLevel {
            album: album.cast_unsigned(),
            place: place as u32,
            level: album_level(tracks),
        }),
    }
}

fn album_level(tracks: &[Member]) -> Option<Level> {
    let tags = tracks.iter().map(|track| track.tags);
    let told = tags.filter_map(|tags| told(tags.album_gain_db, tags.album_peak));
    let loudest = |a: Level, b: Level| Level {
        lufs: a.lufs.max(b.lufs),
        peak_db: higher(a.peak_db, b.peak_db),
    };
    let levels = tracks
        .iter()
        .filter_map(|track| Some((track.level()?, track.duration_s.max(0.0))));
    let levels: Vec<(Level, f64)> = levels.collect();
    // Of a track whose peak is not known the album's is not.
    let peaks = levels.iter().map(|(level, _)| level.peak_db);
    let peak_db = peaks.reduce(|a, b| Some(a?.max(b?))).flatten();
    if let Some(told) = told.reduce(loudest) {
        let peak_db = higher(told.peak_db, peak_db);
        return Some(Level { peak_db, ..told });
    }
    let all = mean_lufs(&levels, f64::NEG_INFINITY)?;
    Some(Level {
        lufs: mean_lufs(&levels, all - GATE_LU).unwrap_or(all),
        peak_db,
    })
}

/// The mean energy of what is above the gate, as loudness.
fn mean_lufs(levels: &[(Level, f64)], gate_lufs: f64) -> Option<f64> {
    let counted = levels.iter().filter(|(level, _)| level.lufs > gate_lufs);
    let (energy, seconds) = counted.fold((0.0, 0.0), |(energy, seconds), (level, duration_s)| {
        let power = 10_f64.powf(level.lufs / 10.0);
        (energy + power * duration_s, seconds + duration_s)
    });
    (seconds > 0.0).then(|| 10.0 * (energy / seconds).log10())
}

/// What a gain says of the loudness, and the highest sample, of which 0 tells nothing.
fn told(gain_db: Option<f64>, peak: Option<f64>) -> Option<Level> {
    Some(Level {
        lufs: REFERENCE_LUFS - gain_db?,
        peak_db: peak
            .filter(|peak| *peak > 0.0)
            .map(|peak| 20.0 * peak.log10()),
    })
}

fn higher(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (known, None) | (None, known) => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(
        id: i64,
        (track_gain_db, track_peak): (Option<f64>, Option<f64>),
        (album_gain_db, album_peak): (Option<f64>, Option<f64>),
        measured: Option<(f64, f64)>,
        duration_s: f64,
    ) -> Member {
        Member {
            id,
            tags: ReplayGain {
                track_gain_db,
                track_peak,
                album_gain_db,
                album_peak,
            },
            measured: measured.map(|(lufs, peak_db)| Level {
                lufs,
                peak_db: Some(peak_db),
            }),
            duration_s,
        }
    }

    fn check(
        tracks: &[Member],
        track: Option<(f64, Option<f64>)>,
        album: Option<(f64, Option<f64>)>,
    ) {
        let found = loudness_of(1, Some(9), tracks);
        let rounded = |level: Level| {
            let tenths = |db: f64| (db * 10.0).round() / 10.0;
            (tenths(level.lufs), level.peak_db.map(tenths))
        };
        assert_eq!(found.track.map(rounded), track);
        let of_album = found.album.unwrap();
        assert_eq!((of_album.album, of_album.place), (9, 0));
        assert_eq!(of_album.level.map(rounded), album);
    }

    #[test]
    fn tags_go_before_measurements_and_the_higher_peak_holds() {
        let none = (None, None);
        check(&[member(1, none, none, None, 60.0)], None, None);
        let measured = member(1, none, none, Some((-12.0, -0.4)), 60.0);
        let level = Some((-12.0, Some(-0.4)));
        check(&[measured], level, level);
        let both = member(1, (Some(-7.0), Some(0.5)), none, Some((-12.0, -0.4)), 60.0);
        let level = Some((-11.0, Some(-0.4)));
        check(&[both], level, level);
        let tagged = member(
            1,
            (Some(-7.0), Some(0.5)),
            (Some(-5.0), Some(1.0)),
            None,
            60.0,
        );
        check(
            &[tagged],
            Some((-11.0, Some(-6.0))),
            Some((-13.0, Some(0.0))),
        );
        let without_peak = member(1, (Some(-7.0), Some(0.0)), none, None, 60.0);
        check(&[without_peak], Some((-11.0, None)), Some((-11.0, None)));
    }

    #[test]
    fn an_album_has_one_loudness_for_all_its_tracks() {
        let none = (None, None);
        // Tags that disagree: the loudest.
        let disc_1 = member(
            1,
            (Some(-6.0), Some(0.9)),
            (Some(-6.0), Some(0.9)),
            None,
            60.0,
        );
        let disc_2 = member(
            2,
            (Some(-3.0), Some(1.0)),
            (Some(-3.0), Some(1.0)),
            None,
            60.0,
        );
        check(
            &[disc_1, disc_2],
            Some((-12.0, Some(-0.9))),
            Some((-12.0, Some(0.0))),
        );
        // Of two equally long tracks, one twice as strong: 10 log10((1 + 2) / 2) above the weaker.
        let weaker = || member(1, none, none, Some((-20.0, -6.0)), 60.0);
        let stronger = member(2, none, none, Some((-16.99, -3.0)), 60.0);
        check(
            &[weaker(), stronger],
            Some((-20.0, Some(-6.0))),
            Some((-18.2, Some(-3.0))),
        );
        // One that is far below the others does not count.
        let silent = member(2, none, none, Some((-50.0, -30.0)), 600.0);
        let louder = member(3, none, none, Some((-20.0, -2.0)), 60.0);
        check(
            &[weaker(), silent, louder],
            Some((-20.0, Some(-6.0))),
            Some((-20.0, Some(-2.0))),
        );
        // One whose peak is not known.
        let unknown = member(2, (Some(-2.0), None), none, None, 60.0);
        check(
            &[weaker(), unknown],
            Some((-20.0, Some(-6.0))),
            Some((-17.6, None)),
        );
    }
}
