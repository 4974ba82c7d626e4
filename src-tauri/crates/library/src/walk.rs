//! The walk over a folder: which files are music, what lies beside them, what is hidden, and what cannot be entered.
//!
//! Scan and watcher go by this one walk. Hidden names are passed over with all that is beneath them. Links are
//! followed, and yet each file is met once: neither a link to what lies in the library anyway is followed, nor a second
//! link to the same folder, nor one that leads back.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use segue_core::{FailedFile, FileFault};
use walkdir::{DirEntry, WalkDir};

use crate::paths;
use crate::sheets::{self, SheetOfFile, is_sheet};

/// Endings of files that Segue plays.
const PLAYED: &[&str] = &[
    "3g2", "3gp", "aac", "aif", "aifc", "aiff", "ape", "au", "bw64", "caf", "dff", "dsf", "flac",
    "m4a", "m4b", "m4r", "mka", "mp+", "mp1", "mp2", "mp3", "mp4", "mpc", "oga", "ogg", "opus",
    "rf64", "snd", "tta", "w64", "wav", "wave", "webm", "wv",
];

/// Endings of music that no decoder here reads: named as failures, so that no one wonders where it is.
const NOT_PLAYED: &[(&str, &str)] = &[
    ("aa", "Audible"),
    ("aax", "Audible"),
    ("ac3", "Dolby Digital (AC-3)"),
    ("ac4", "Dolby AC-4"),
    ("amr", "AMR"),
    ("dts", "DTS"),
    ("dtshd", "DTS"),
    ("ec3", "Dolby Digital Plus (E-AC-3)"),
    ("eac3", "Dolby Digital Plus (E-AC-3)"),
    ("la", "Lossless Audio"),
    ("m4p", "AAC (protected)"),
    ("mid", "MIDI"),
    ("midi", "MIDI"),
    ("mlp", "Meridian Lossless"),
    ("ofr", "OptimFROG"),
    ("ra", "RealAudio"),
    ("shn", "Shorten"),
    ("spx", "Speex"),
    ("tak", "TAK"),
    ("thd", "Dolby TrueHD"),
    ("wma", "Windows Media Audio"),
];

/// What a walk over the library's folders reports.
pub(crate) enum WalkEvent {
    /// A file with the ending of music.
    Audio(AudioFile),
    /// A music file that cannot be played: a format without a decoder, a name that is not valid Unicode.
    Failed(FailedFile),
    /// A folder, a link or a file that could not be read. Tracks known there must not be marked as missing.
    Closed(FailedFile),
    /// A cue sheet that does not go together with the files that are there.
    SheetUnfit(FailedFile),
    /// Music that is skipped because its name, or its folder's name, is hidden.
    Hidden(FailedFile),
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
    /// What a cue sheet beside it says of it.
    pub(crate) sheet: Option<Arc<SheetOfFile>>,
}

impl AudioFile {
    /// The number of its sheet as the database keeps it.
    pub(crate) fn sheet_number(&self) -> i64 {
        self.sheet.as_ref().map_or(0, |sheet| sheet.number)
    }
}

/// Whether a path has the ending of music, playable or not.
pub(crate) fn is_audio(path: &Path) -> bool {
    let ending = ending(path);
    PLAYED.contains(&ending.as_str()) || NOT_PLAYED.iter().any(|(not, _)| *not == ending)
}

/// Whether a path has the ending of music that is played.
fn is_played(path: &Path) -> bool {
    PLAYED.contains(&ending(path).as_str())
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

/// Folders that systems, file managers and servers keep beside the listener's own files: trash, snapshots, thumbnails.
const SYSTEM_FOLDERS: &[&str] = &[
    "$recycle.bin",
    "recycler",
    "system volume information",
    "lost+found",
    "@eadir",
    "@recycle",
    "@recently-snapshot",
    "#recycle",
    "#snapshot",
];

/// Prefixes of hidden folders that hold deleted files or data of programs: music in them is not reported as skipped.
const UNREPORTED: &[&str] = &[
    ".trash",
    ".st",
    ".sync",
    ".git",
    ".svn",
    ".hg",
    ".cache",
    ".config",
    ".local",
    ".var",
    ".thumb",
    ".snapshot",
    ".zfs",
    ".debris",
    ".spotlight",
    ".fseventsd",
    ".temporaryitems",
    ".documentrevisions",
    ".apple",
    ".dropbox",
    ".owncloud",
    ".nextcloud",
    ".@",
];

/// Whether a file or folder of this name is hidden. A name that begins with one dot is; one that begins with two or
/// three is that of an album or song.
fn is_hidden_name(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    (bytes.starts_with(b".") && !bytes.starts_with(b".."))
        || SYSTEM_FOLDERS
            .iter()
            .any(|system| name.eq_ignore_ascii_case(system))
}

/// Whether `path` is hidden, or lies in a folder that is, below `root`. What the root's own path is like says nothing.
pub(crate) fn is_hidden(path: &Path, root: &Path) -> bool {
    path.strip_prefix(root)
        .is_ok_and(|below| below.iter().any(is_hidden_name))
}

/// Whether a root is there. An empty one that had tracks is the mount point of a disk that is not.
pub(crate) fn online(root: &Path, had_tracks: bool) -> bool {
    match root.read_dir() {
        Ok(mut entries) => !had_tracks || entries.next().is_some(),
        Err(_) => false,
    }
}

/// One walk over any number of places, each file met once.
pub(crate) struct FileWalk<'a> {
    /// The library's folders.
    roots: &'a [PathBuf],
    /// Real paths of what was reached over links.
    linked: HashSet<PathBuf>,
    /// What lies in folders beside the music.
    beside: Beside,
}

/// What lies in folders beside the music.
#[derive(Default)]
struct Beside {
    /// Folders of which it is known whether a cover lies in them.
    covered: HashMap<PathBuf, bool>,
    /// Folders whose cue sheets were read, and what these say.
    read: HashSet<PathBuf>,
    sheets: HashMap<PathBuf, Arc<SheetOfFile>>,
}

impl Beside {
    /// Reads the sheets of a folder, once. Returns those that do not go together with what is there.
    fn read_sheets(&mut self, folder: &Path) -> Vec<FailedFile> {
        if !self.read.insert(folder.to_owned()) {
            return Vec::new();
        }
        let found = sheets::read(folder, is_played);
        self.sheets.extend(found.of_files);
        found.faults
    }
}

/// One step of a walk over the disk, before it is known whether it is music.
pub(crate) enum WalkStep {
    /// A file, or a folder that is entered.
    Entry(DirEntry),
    /// A link, followed or not. The system sends no notice when its target changes, so the watcher polls it.
    Link(PathBuf),
    /// A hidden file or folder, which is skipped.
    Hidden(DirEntry),
    /// A file or folder that cannot be read.
    Error(walkdir::Error),
}

impl<'a> FileWalk<'a> {
    /// A walk through a library of these folders.
    pub(crate) fn new(roots: &'a [PathBuf]) -> Self {
        Self {
            roots,
            linked: HashSet::new(),
            beside: Beside::default(),
        }
    }

    /// Steps through `start`, a folder or a file. `step` returns whether to go on.
    pub(crate) fn steps(&mut self, start: &Path, mut step: impl FnMut(WalkStep) -> bool) {
        // Covers and sheets before music, so that a track knows of them when it is met; folders last.
        let rank = |entry: &DirEntry| {
            let is_beside = is_sidecar(entry.path()) || is_sheet(entry.path());
            (entry.file_type().is_dir(), !is_beside)
        };
        let mut entries = WalkDir::new(start)
            .follow_links(true)
            .sort_by(move |a, b| {
                rank(a)
                    .cmp(&rank(b))
                    .then_with(|| a.file_name().cmp(b.file_name()))
            })
            .into_iter();
        // The links above the present entry, as they are spelled and as they are.
        let mut above: Vec<(PathBuf, PathBuf)> = Vec::new();
        if let Some(folder) = start.parent()
            && let Some(real) = paths::real(folder)
            && real != folder
        {
            above.push((folder.to_owned(), real));
        }
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let link = error.path().filter(|path| path.is_symlink());
                    let link = link.map(Path::to_owned);
                    let hidden = error
                        .path()
                        .and_then(Path::file_name)
                        .is_some_and(is_hidden_name);
                    if (hidden && error.depth() > 0)
                        || (link.is_none_or(|link| step(WalkStep::Link(link)))
                            && step(WalkStep::Error(error)))
                    {
                        continue;
                    }
                    return;
                }
            };
            let is_folder = entry.file_type().is_dir();
            if entry.depth() > 0 && is_hidden_name(entry.file_name()) {
                if is_folder {
                    entries.skip_current_dir();
                }
                if !step(WalkStep::Hidden(entry)) {
                    return;
                }
                continue;
            }
            let path = entry.path();
            while above
                .last()
                .is_some_and(|(link, _)| !path.starts_with(link))
            {
                above.pop();
            }
            let is_link = entry.path_is_symlink();
            let real = if is_link {
                paths::real(path)
            } else {
                above
                    .last()
                    .and_then(|(link, real)| Some(real.join(path.strip_prefix(link).ok()?)))
            };
            if is_link && !step(WalkStep::Link(path.to_owned())) {
                return;
            }
            if let Some(real) = real {
                if (is_folder || is_audio(path)) && !self.first_way_to(&real) {
                    if is_folder {
                        entries.skip_current_dir();
                    }
                    continue;
                }
                if is_link && is_folder {
                    above.push((path.to_owned(), real));
                }
            }
            if !step(WalkStep::Entry(entry)) {
                return;
            }
        }
    }

    /// Whether `real` is reached for the first time and only over a link: otherwise one file would become two tracks.
    fn first_way_to(&mut self, real: &Path) -> bool {
        let straight = |root: &PathBuf| real.starts_with(root) && !is_hidden(real, root);
        !self.roots.iter().any(straight) && self.linked.insert(real.to_owned())
    }

    /// Walks over `start`, a folder or a file. `meet` returns whether to go on.
    pub(crate) fn walk(&mut self, start: &Path, mut meet: impl FnMut(WalkEvent) -> bool) {
        if let Some(folder) = start.parent()
            && !self.beside.covered.contains_key(folder)
            && start.is_file()
        {
            let covered = folder
                .read_dir()
                .is_ok_and(|mut all| all.any(|entry| entry.is_ok_and(|e| is_sidecar(&e.path()))));
            self.beside.covered.insert(folder.to_owned(), covered);
        }
        // A sheet may name files in folders beneath its own.
        for folder in start.ancestors().skip(1).take(2) {
            let in_library = self.roots.iter().any(|root| folder.starts_with(root));
            if in_library && !is_sheet(start) {
                self.beside.read_sheets(folder);
            }
        }
        let mut beside = std::mem::take(&mut self.beside);
        self.steps(start, |step| {
            let met = match step {
                WalkStep::Entry(entry) if is_sheet(entry.path()) && entry.file_type().is_file() => {
                    let folder = entry.path().parent().unwrap_or(Path::new(""));
                    let faults = beside.read_sheets(folder);
                    return faults.into_iter().map(WalkEvent::SheetUnfit).all(&mut meet);
                }
                WalkStep::Entry(entry) => walk_event(&entry, &mut beside),
                WalkStep::Link(_) => None,
                WalkStep::Hidden(entry) => hidden(&entry),
                WalkStep::Error(error) => closed(&error, start),
            };
            met.is_none_or(&mut meet)
        });
        self.beside = beside;
    }
}

/// The report of a hidden file or folder; only where a listener may miss music.
fn hidden(entry: &DirEntry) -> Option<WalkEvent> {
    let name = entry.file_name().to_string_lossy().to_lowercase();
    if !name.starts_with('.') {
        return None;
    }
    let folder = !entry.file_type().is_file();
    let missed = if folder {
        let silent = UNREPORTED.iter().any(|start| name.starts_with(start));
        !silent && holds_music(entry.path())
    } else {
        // `._x` is macOS metadata beside a file on a disk of another system; it is no music.
        is_audio(entry.path()) && !name.starts_with("._")
    };
    missed.then(|| WalkEvent::Hidden(FailedFile::new(entry.path(), FileFault::Hidden { folder })))
}

/// Whether a bounded search (three levels, 300 entries) finds music in a folder.
fn holds_music(folder: &Path) -> bool {
    WalkDir::new(folder)
        .max_depth(3)
        .into_iter()
        .flatten()
        .take(300)
        .any(|entry| {
            entry.file_type().is_file()
                && is_audio(entry.path())
                && !is_hidden_name(entry.file_name())
        })
}

fn walk_event(entry: &DirEntry, beside: &mut Beside) -> Option<WalkEvent> {
    let path = entry.path();
    if !entry.file_type().is_file() {
        return None;
    }
    if is_sidecar(path) {
        if let Some(folder) = path.parent() {
            beside.covered.insert(folder.to_owned(), true);
        }
        return None;
    }
    let ending = ending(path);
    if let Some((_, format)) = NOT_PLAYED.iter().find(|(not, _)| *not == ending) {
        return Some(failed(path, FileFault::not_playable(*format)));
    }
    if !is_played(path) {
        return None;
    }
    let Some(bytes) = paths::to_bytes(path) else {
        return Some(failed(path, FileFault::NameNotUnicode));
    };
    match entry.metadata() {
        Ok(metadata) => {
            let (size, mtime_ns, ctime_ns) = look(&metadata);
            let sidecar = path
                .parent()
                .is_some_and(|folder| beside.covered.get(folder) == Some(&true));
            Some(WalkEvent::Audio(AudioFile {
                path: bytes.into_owned(),
                size,
                mtime_ns,
                ctime_ns,
                sidecar,
                sheet: beside.sheets.get(path).cloned(),
            }))
        }
        Err(error) => closed(&error, path),
    }
}

/// How a file looks from outside: its size in bytes, the time of its last change and that of its entry's in nanoseconds.
pub(crate) fn look(metadata: &std::fs::Metadata) -> (i64, i64, i64) {
    let mtime_ns =
        metadata
            .modified()
            .ok()
            .map_or(0, |modified| match modified.duration_since(UNIX_EPOCH) {
                Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
                Err(before) => {
                    i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns)
                }
            });
    let size = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
    (size, mtime_ns, ctime_ns(metadata))
}

/// Whether two paths lead to one file of the disk.
pub(crate) fn is_one_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let inode = |path: &Path| path.metadata().ok().map(|m| (m.dev(), m.ino()));
        inode(a).is_some() && inode(a) == inode(b)
    }
    #[cfg(not(unix))]
    {
        // Windows spells the real path as the folder does, and that has been compared.
        let _ = (a, b);
        false
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

fn failed(path: &Path, why: FileFault) -> WalkEvent {
    WalkEvent::Failed(FailedFile::new(path, why))
}

fn closed(error: &walkdir::Error, start: &Path) -> Option<WalkEvent> {
    // A link that leads back: all that is beyond it is met on the straight way.
    if error.loop_ancestor().is_some() {
        return None;
    }
    // A folder whose listing broke off has no name here, so nothing beneath the start can be called missing.
    let path = error.path().unwrap_or(start).to_owned();
    let gone = error
        .io_error()
        .is_some_and(|error| paths::is_gone(error) && !path.is_symlink());
    if gone {
        return None;
    }
    let detail = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let why = FileFault::Unreadable { detail };
    Some(WalkEvent::Closed(FailedFile { path, why }))
}

fn ending(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

#[cfg(test)]
mod tests;
