//! Covers: embedded in the file or beside it, and their thumbnails, kept by content in `<data dir>/covers` as long as they are
//! seen.

use std::fs;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use image::codecs::jpeg::JpegEncoder;
use image::{ImageReader, Limits};
use rusqlite::OptionalExtension;
use segue_core::{LibraryAction, LibraryError, TrackId};

use crate::store::Library;
use crate::tags::found::mime;
use crate::{paths, tags, walk};

/// A picture as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The encoded picture.
    pub bytes: Vec<u8>,
    /// Its kind by its content, such as `image/jpeg`.
    pub mime: &'static str,
}

/// Where a track with a cover lies, and the hash of the cover if it is embedded.
type CoverSource = (PathBuf, Option<[u8; 16]>);

/// The largest file beside the music taken for a cover.
const COVER_BYTES_MAX: u64 = 32 << 20;
/// The widest and highest picture decoded.
const EDGE_PX_MAX: u32 = 10_000;
/// Memory a decoder may take: a picture of 8,000 x 8,000 in four bytes.
const DECODE_BYTES_MAX: u64 = 256 << 20;
/// Edges of thumbnails that are made; a request is served by the next larger one.
const EDGES_PX: [u32; 5] = [64, 128, 256, 512, 1024];
const JPEG_QUALITY: u8 = 85;
/// A thumbnail that nobody saw for so long goes; it is made again when it is wanted.
const UNSEEN_MAX: Duration = Duration::from_secs(60 * 24 * 3600);
/// That it was seen is noted so often, by the time of its file.
const NOTE_EVERY: Duration = Duration::from_secs(24 * 3600);

/// A thumbnail, empty where the cover cannot be decoded, and the file that it is kept in.
struct SeenThumbnail {
    bytes: Vec<u8>,
    kept: Option<PathBuf>,
}

impl Library {
    /// The cover of a track: embedded (the front, else the first picture), else a `cover`, `folder`, `front` or
    /// `album` picture beside it.
    pub fn cover(&self, id: TrackId) -> Result<Option<Cover>, LibraryError> {
        let Some((path, embedded)) = self.cover_source(id)? else {
            return Ok(None);
        };
        Ok(find(&path, embedded.is_some()).map(|(cover, _)| cover))
    }

    /// The cover of a track as a JPEG of about `size_px` on its longer edge (a cover that is smaller stays so).
    /// `None` if there is none, or none that can be decoded.
    pub fn thumbnail(
        &self,
        id: TrackId,
        size_px: u32,
        now: SystemTime,
    ) -> Result<Option<Vec<u8>>, LibraryError> {
        let thumbnail = self.seen_thumbnail(id, size_px, now)?;
        Ok(thumbnail.and_then(|thumbnail| some_bytes(thumbnail.bytes)))
    }

    /// The file in which the same thumbnail is kept, for other programs to read. `None` too if it cannot be kept.
    pub fn thumbnail_file(
        &self,
        id: TrackId,
        size_px: u32,
        now: SystemTime,
    ) -> Result<Option<PathBuf>, LibraryError> {
        let thumbnail = self.seen_thumbnail(id, size_px, now)?;
        Ok(thumbnail.and_then(|thumbnail| thumbnail.kept.filter(|_| !thumbnail.bytes.is_empty())))
    }

    /// A thumbnail, and that it was looked at.
    fn seen_thumbnail(
        &self,
        id: TrackId,
        size_px: u32,
        now: SystemTime,
    ) -> Result<Option<SeenThumbnail>, LibraryError> {
        let Some((path, embedded)) = self.cover_source(id)? else {
            return Ok(None);
        };
        let edge_px = EDGES_PX
            .into_iter()
            .find(|edge| *edge >= size_px)
            .unwrap_or(EDGES_PX[EDGES_PX.len() - 1]);
        if let Some(hash) = embedded {
            let place = self.thumbnail_path(hash, edge_px);
            if let Ok(bytes) = see(&place, now) {
                return Ok(Some(SeenThumbnail {
                    bytes,
                    kept: Some(place),
                }));
            }
        }
        let Some((cover, hash)) = find(&path, embedded.is_some()) else {
            return Ok(None);
        };
        let place = self.thumbnail_path(hash, edge_px);
        if let Ok(bytes) = see(&place, now) {
            return Ok(Some(SeenThumbnail {
                bytes,
                kept: Some(place),
            }));
        }
        // An empty file says: cannot be decoded, do not try again.
        let small = shrink(&cover.bytes, edge_px).unwrap_or_default();
        let kept = match keep(&place, &small) {
            Ok(()) => Some(place),
            Err(error) => {
                // It is at hand all the same.
                tracing::warn!(%error, path = %place.display(), "a cover could not be kept");
                None
            }
        };
        Ok(Some(SeenThumbnail { bytes: small, kept }))
    }

    /// Removes thumbnails that were not seen for sixty days. Returns how many there were.
    pub fn prune_covers(&self, now: SystemTime) -> u64 {
        let files = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
        let folders = files(self.data_dir().join("covers"));
        let kept = folders.flat_map(|folder| files(folder.path()));
        let unseen = kept.filter(|file| {
            let seen = file.metadata().and_then(|metadata| metadata.modified());
            seen.is_ok_and(|seen| passed(seen, now) > UNSEEN_MAX)
        });
        // What cannot be removed now is tried again the next time.
        let removed = unseen.filter(|file| fs::remove_file(file.path()).is_ok());
        removed.count() as u64
    }

    fn cover_source(&self, id: TrackId) -> Result<Option<CoverSource>, LibraryError> {
        self.read(LibraryAction::FindCover, |db| {
            db.prepare_cached("SELECT path, cover_hash FROM tracks WHERE id = ? AND (cover_hash NOTNULL OR sidecar)")?
                .query_row([id.0], |row| Ok((paths::from_bytes(row.get_ref(0)?.as_blob()?), row.get(1)?)))
                .optional()
        })
    }

    fn thumbnail_path(&self, hash: [u8; 16], edge_px: u32) -> PathBuf {
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.data_dir()
            .join("covers")
            .join(&name[..2])
            .join(format!("{name}-{edge_px}.jpg"))
    }
}

/// Reads a thumbnail, and notes that it was seen.
fn see(place: &Path, now: SystemTime) -> std::io::Result<Vec<u8>> {
    let bytes = fs::read(place)?;
    let seen = fs::metadata(place)?.modified()?;
    if passed(seen, now) > NOTE_EVERY {
        // Of a library that can only be read, nothing is pruned either.
        _ = fs::File::options()
            .write(true)
            .open(place)
            .and_then(|file| file.set_modified(now));
    }
    Ok(bytes)
}

fn passed(since: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(since).unwrap_or_default()
}

fn some_bytes(bytes: Vec<u8>) -> Option<Vec<u8>> {
    (!bytes.is_empty()).then_some(bytes)
}

/// The cover of the file at `path` with the hash of its bytes.
fn find(path: &Path, embedded: bool) -> Option<(Cover, [u8; 16])> {
    let bytes = if embedded {
        tags::embedded_cover(path).ok().flatten()
    } else {
        None
    };
    let bytes = bytes.or_else(|| beside(path))?;
    let mime = mime(&bytes).unwrap_or("application/octet-stream");
    let hash = tags::cover_hash(&bytes);
    Some((Cover { bytes, mime }, hash))
}

/// The best cover that lies in the folder of `path`.
fn beside(path: &Path) -> Option<Vec<u8>> {
    let entries = path.parent()?.read_dir().ok()?;
    let rank = |path: &Path| {
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        walk::SIDECAR_STEMS.iter().position(|name| *name == stem)
    };
    let mut covers: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| walk::is_sidecar(path))
        .collect();
    covers.sort_by_key(|path| (rank(path), path.clone()));
    covers.into_iter().find_map(|path| {
        let metadata = path.metadata().ok()?;
        (metadata.is_file() && metadata.len() <= COVER_BYTES_MAX)
            .then(|| fs::read(&path).ok())
            .flatten()
    })
}

/// A JPEG of at most `edge_px` on the longer edge, or `None` for bytes that are no decodable picture.
fn shrink(bytes: &[u8], edge_px: u32) -> Option<Vec<u8>> {
    let decode = || {
        let mut limits = Limits::default();
        limits.max_image_width = Some(EDGE_PX_MAX);
        limits.max_image_height = Some(EDGE_PX_MAX);
        limits.max_alloc = Some(DECODE_BYTES_MAX);
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .ok()?;
        reader.limits(limits);
        let whole = reader.decode().ok()?;
        let small = if whole.width().max(whole.height()) > edge_px {
            whole.thumbnail(edge_px, edge_px)
        } else {
            whole
        };
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
            .encode_image(&small.to_rgb8())
            .ok()?;
        Some(jpeg)
    };
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}

/// Writes a file whole or not at all: two processes may make the same thumbnail.
fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let mut part = tempfile::Builder::new()
        .suffix(".part")
        .tempfile_in(folder)?;
    part.write_all(bytes)?;
    part.persist(place)?;
    Ok(())
}

#[cfg(test)]
mod tests;
