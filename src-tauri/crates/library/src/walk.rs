//! The walk over a folder: which files are music, what lies beside them, and what cannot be entered.
//!
//! Hidden files are passed over. Links are followed; one that leads back to a folder above it is not.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use crate::paths;
use crate::store::tracks::Failure;

/// Endings of files that Segue plays.
const PLAYED: &[&str] = &[
    "aac", "aif", "aifc", "aiff", "caf", "flac", "m4a", "m4b", "m4r", "mka", "mp1", "mp2", "mp3",
    "oga", "ogg", "opus", "wav", "wave",
];

/// Endings of music that no decoder here reads: named as failures, so that no one wonders where it is.
const NOT_PLAYED: &[(&str, &str)] = &[
    ("ape", "Monkey's Audio"),
    ("dff", "DSD"),
    ("dsf", "DSD"),
    ("m4p", "protected AAC"),
    ("mpc", "Musepack"),
    ("ofr", "OptimFROG"),
    ("shn", "Shorten"),
    ("spx", "Speex"),
    ("tak", "TAK"),
    ("tta", "True Audio"),
    ("wma", "Windows Media Audio"),
    ("wv", "WavPack"),
];

/// What the walk meets.
pub(crate) enum Met {
    /// A file with the ending of music.
    Audio(AudioFile),
    /// Something that should be music and cannot be: a format without a decoder, a file without rights.
    Refused(Failure),
    /// A folder, or a link, that could not be entered: what is known beneath it is not missing.
    Closed(Failure),
}

/// A file with the ending of music, as the folder lists it.
pub(crate) struct AudioFile {
    /// Its path in the database's form.
    pub(crate) path: Vec<u8>,
    /// Bytes.
    pub(crate) size: i64,
    /// Time of the last change in nanoseconds since 1970.
    pub(crate) mtime_ns: i64,
    /// Time of the last change of the file's entry, where the system keeps one: it tells of an edit by a tagger that
    /// puts the former time of change back. 0 elsewhere.
    pub(crate) ctime_ns: i64,
    /// Whether a cover lies in its folder.
    pub(crate) sidecar: bool,
}

/// Whether a path has the ending of music, playable or not.
pub(crate) fn is_audio(path: &Path) -> bool {
    let ending = ending(path);
    PLAYED.contains(&ending.as_str()) || NOT_PLAYED.iter().any(|(not, _)| *not == ending)
}

/// Whether a file name is that of a cover for the whole folder.
pub(crate) fn is_sidecar(path: &Path) -> bool {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    SIDECAR_STEMS.contains(&stem.as_str()) && SIDECAR_ENDINGS.contains(&ending(path).as_str())
}

/// Names of covers, the better first.
pub(crate) const SIDECAR_STEMS: &[&str] = &["cover", "folder", "front", "album"];
const SIDECAR_ENDINGS: &[&str] = &["jpg", "jpeg", "png", "webp"];

/// Whether a path's name begins with a dot.
pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// Whether a root is there. An empty one that had tracks is the mount point of a disk that is not.
pub(crate) fn online(root: &Path, had_tracks: bool) -> bool {
    match root.read_dir() {
        Ok(mut entries) => !had_tracks || entries.next().is_some(),
        Err(_) => false,
    }
}

/// Walks over `start`, a folder or a file. `meet` returns whether to go on.
pub(crate) fn walk(start: &Path, mut meet: impl FnMut(Met) -> bool) {
    // Covers before music, so that a track knows of the cover when it is met; folders last.
    let rank = |entry: &DirEntry| (entry.file_type().is_dir(), !is_sidecar(entry.path()));
    let entries = WalkDir::new(start)
        .follow_links(true)
        .sort_by(move |a, b| {
            rank(a)
                .cmp(&rank(b))
                .then_with(|| a.file_name().cmp(b.file_name()))
        })
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path()));
    let mut covered: HashSet<PathBuf> = HashSet::new();
    if start.is_file()
        && let Some(folder) = start.parent()
        && folder
            .read_dir()
            .is_ok_and(|mut all| all.any(|entry| entry.is_ok_and(|e| is_sidecar(&e.path()))))
    {
        covered.insert(folder.to_owned());
    }
    for entry in entries {
        let met = match entry {
            Ok(entry) => met(&entry, &mut covered),
            Err(error) => closed(&error),
        };
        if let Some(met) = met
            && !meet(met)
        {
            return;
        }
    }
}

fn met(entry: &DirEntry, covered: &mut HashSet<PathBuf>) -> Option<Met> {
    let path = entry.path();
    if !entry.file_type().is_file() {
        return None;
    }
    if is_sidecar(path) {
        covered.extend(path.parent().map(Path::to_owned));
        return None;
    }
    let ending = ending(path);
    if let Some((_, format)) = NOT_PLAYED.iter().find(|(not, _)| *not == ending) {
        return Some(refused(path, format!("{format} cannot be played yet")));
    }
    if !PLAYED.contains(&ending.as_str()) {
        return None;
    }
    let Some(bytes) = paths::to_bytes(path) else {
        return Some(refused(path, "its name is not valid Unicode".into()));
    };
    match entry.metadata() {
        Ok(metadata) => {
            let mtime_ns = metadata.modified().ok().map_or(0, |modified| {
                match modified.duration_since(UNIX_EPOCH) {
                    Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
                    Err(before) => {
                        i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns)
                    }
                }
            });
            let sidecar = path.parent().is_some_and(|folder| covered.contains(folder));
            let size = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
            let ctime_ns = ctime_ns(&metadata);
            Some(Met::Audio(AudioFile {
                path: bytes.into_owned(),
                size,
                mtime_ns,
                ctime_ns,
                sidecar,
            }))
        }
        Err(error) => Some(refused(path, error.to_string())),
    }
}

fn ctime_ns(metadata: &std::fs::Metadata) -> i64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        metadata
            .ctime()
            .saturating_mul(1_000_000_000)
            .saturating_add(metadata.ctime_nsec())
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0
    }
}

fn refused(path: &Path, reason: String) -> Met {
    Met::Refused(Failure {
        path: path.to_owned(),
        reason,
    })
}

fn closed(error: &walkdir::Error) -> Option<Met> {
    // A link that leads back: all that is beyond it is met on the straight way.
    if error.loop_ancestor().is_some() {
        return None;
    }
    let path = error.path()?.to_owned();
    let reason = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    Some(Met::Closed(Failure { path, reason }))
}

fn ending(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}
