//! Paths as the database keeps them: bytes, so that file names which are not UTF-8 survive.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use segue_core::{FolderFault, LibraryError};

/// The bytes of `path`, or `None` where the platform's names cannot be kept without loss
/// (unpaired surrogates on Windows).
pub(crate) fn to_bytes(path: &Path) -> Option<Cow<'_, [u8]>> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Some(Cow::Borrowed(path.as_os_str().as_bytes()))
    }
    #[cfg(not(unix))]
    {
        path.to_str().map(|text| Cow::Borrowed(text.as_bytes()))
    }
}

/// Reads [`to_bytes`] back. What follows a NUL, which no path holds, only tells rows apart (see [`displaced`]).
pub(crate) fn from_bytes(bytes: &[u8]) -> PathBuf {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// Where the row `id` is kept, whose `path` another file has taken: it still lies in its folder, and no file has its path.
pub(crate) fn displaced(path: &[u8], id: i64) -> Vec<u8> {
    let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
    [path, b"\0", id.to_string().as_bytes()].concat()
}

/// Whether a stored path is one of [`displaced`].
pub(crate) fn is_displaced(path: &[u8]) -> bool {
    path.contains(&0)
}

/// Whether an error says that there is no such file: any other says nothing about that.
pub(crate) fn is_gone(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

/// The half-open range of stored paths that lie beneath `folder`, itself excluded.
pub(crate) fn beneath(folder: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let separator = std::path::MAIN_SEPARATOR as u8;
    let mut from = folder.to_vec();
    if from.last() != Some(&separator) {
        from.push(separator);
    }
    let mut to = from.clone();
    if let Some(last) = to.last_mut() {
        *last += 1;
    }
    (from, to)
}

/// Whether `path` lies in `folder` or is it.
pub(crate) fn within(path: &[u8], folder: &[u8]) -> bool {
    path == folder || path.starts_with(&beneath(folder).0)
}

/// The folders above a stored path, the nearest first.
pub(crate) fn folders_above(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let separator = std::path::MAIN_SEPARATOR as u8;
    let mut rest = path;
    std::iter::from_fn(move || {
        let at = rest.iter().rposition(|byte| *byte == separator)?;
        rest = &rest[..at];
        // The topmost folder keeps its separator.
        Some(if at == 0 { &path[..1] } else { rest })
    })
}

/// A path as it is told to people.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// An existing folder's absolute path without links, or why it cannot be a music folder.
pub(crate) fn canonical_folder(folder: &Path) -> Result<PathBuf, LibraryError> {
    let refuse = |why| LibraryError::Folder {
        path: shown(folder),
        why,
    };
    let real = folder.canonicalize().map_err(|error| {
        let detail = error.to_string();
        refuse(FolderFault::Unreadable { detail })
    })?;
    if !real.is_dir() {
        return Err(refuse(FolderFault::NotAFolder));
    }
    let plain = plain(real);
    if to_bytes(&plain).is_none() {
        return Err(refuse(FolderFault::NameNotUnicode));
    }
    Ok(plain)
}

/// An absolute path that need not exist, with `.` and `..` taken out by text alone.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut clean = PathBuf::new();
    for component in whole.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// Whether looking at `path` may speak to another machine, or to a device: on Windows a share (`\\\\server\\share`, also with
/// slashes) or a device (`\\\\.\\`, `\\\\?\\`), to which Windows also sends who the listener is. Such paths stand in files that
/// come from strangers.
pub fn leads_away(path: &Path) -> bool {
    cfg!(windows) && begins_away(&path.to_string_lossy())
}

/// What [`leads_away`] asks of the text of a path.
fn begins_away(path: &str) -> bool {
    let is_slash = |byte: &u8| matches!(byte, b'\\' | b'/');
    path.bytes().take(2).filter(is_slash).count() == 2
}

/// An existing path without links.
pub(crate) fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().map(plain)
}

/// The path by which the library may know `path`: links in its folder resolved, where it exists.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let path = absolute(path);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return path;
    };
    match parent.canonicalize() {
        Ok(parent) => plain(parent).join(name),
        Err(_) => path,
    }
}

/// Windows' canonical paths begin with `\\?\`, which other programs do not understand.
fn plain(path: PathBuf) -> PathBuf {
    #[cfg(windows)]
    if let Some(rest) = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"))
        && !rest.starts_with("UNC\\")
        && rest.len() < 250
    {
        return PathBuf::from(rest);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_its_own_and_not_its_neighbours() {
        for (path, folder, expected) in [
            ("/music/a.mp3", "/music", true),
            ("/music", "/music", true),
            ("/music2/a.mp3", "/music", false),
            ("/a.mp3", "/", true),
        ] {
            assert_eq!(
                within(path.as_bytes(), folder.as_bytes()),
                expected,
                "{path} in {folder}"
            );
        }
    }

    #[test]
    fn shares_and_devices_of_windows_lead_away() {
        for (path, expected) in [
            (r"\\server\share\a.mp3", true),
            ("//server/share/a.mp3", true),
            (r"\/server\share", true),
            (r"\\?\UNC\server\share\a.mp3", true),
            (r"\\?\C:\Music\a.mp3", true),
            (r"\\.\PhysicalDrive0", true),
            (r"C:\Music\a.mp3", false),
            (r"C://Music", false),
            (r"\Music\a.mp3", false),
            ("/music//a.mp3", false),
            ("", false),
            (r"\", false),
        ] {
            assert_eq!(begins_away(path), expected, "{path}");
        }
        // Elsewhere such a path is one of this machine.
        assert_eq!(leads_away(Path::new("//music/a.mp3")), cfg!(windows));
    }

    #[test]
    fn dots_are_taken_out() {
        assert_eq!(absolute(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
