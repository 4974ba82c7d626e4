//! Where a song lies, as playlists tell it: paths of this system and of others, relative to the playlist's folder, and
//! `file:` URIs.
//!
//! One text may be meant in several ways: `a\b.mp3` is a folder with a file to Windows and a name to Unix, `a%20b` may
//! be escaped or not. All are handed out, the likeliest first. What Segue writes is read back as it was meant.
//!
//! Paths of Windows are kept as they are on systems that cannot have them, with backslashes only; so are URIs that lead
//! elsewhere than to files.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::entry::{LOCATION_BYTES_MAX, LOCATIONS_MAX};

/// How a format tells locations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LocationForm {
    /// As paths, or `file:` URIs.
    PathOrFileUri,
    /// As references of RFC 3986, though many write paths all the same.
    UriReference,
}

/// Where a playlist lies.
pub(super) struct Base {
    /// Its folder, absolute.
    pub(super) folder: PathBuf,
    /// The folders of the library: what lies together in one of them moves together.
    pub(super) roots: Vec<PathBuf>,
}

/// The paths that `text` may mean. `raw` are its bytes where they are no UTF-8.
pub(super) fn paths(
    text: &str,
    raw: Option<&[u8]>,
    told: LocationForm,
    folder: &Path,
) -> Result<Vec<PathBuf>, String> {
    if text.len() > LOCATION_BYTES_MAX {
        return Err(format!("a path of {} bytes", text.len()));
    }
    let mut paths = Vec::new();
    if let Some(rest) = file_uri(text) {
        let unescaped = unescape(rest);
        if unescaped.contains(&0) {
            return Err("a path with a NUL".into());
        }
        paths.push(from_file_uri(&unescaped, folder));
        paths.push(from_file_uri(rest.as_bytes(), folder));
    } else if is_uri(text) {
        paths.push(text.into());
    } else if let Some(path) = of_windows(text) {
        paths.push(path);
    } else {
        let unescaped = unescape(text);
        let mut meant = vec![text.as_bytes().to_vec()];
        match (told, unescaped.contains(&0)) {
            (LocationForm::UriReference, true) => return Err("a path with a NUL".into()),
            (LocationForm::UriReference, false) => meant.insert(0, unescaped),
            // In a plain name it may be no escape.
            (LocationForm::PathOrFileUri, true) => {}
            (LocationForm::PathOrFileUri, false) => meant.push(unescaped),
        }
        meant.extend(raw.map(<[u8]>::to_vec));
        for bytes in meant {
            let slashed = cfg!(unix) && bytes.contains(&b'\\');
            let swapped = slashed.then(|| {
                let swap = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
                bytes.iter().map(swap).collect::<Vec<u8>>()
            });
            let plain = join(folder, &bytes);
            match swapped.map(|bytes| join(folder, &bytes)) {
                // A URI has no backslashes that are not meant.
                Some(swapped) if told == LocationForm::UriReference || bytes.contains(&b'/') => {
                    paths.extend([plain, swapped])
                }
                Some(swapped) => paths.extend([swapped, plain]),
                None => paths.push(plain),
            }
        }
    }
    let mut seen = Vec::new();
    paths.retain(|path| {
        let new = !seen.contains(path);
        if new {
            seen.push(path.clone());
        }
        new
    });
    paths.truncate(LOCATIONS_MAX);
    Ok(paths)
}

/// How `path` is told plainly.
pub(super) fn plain(path: &Path, base: &Base) -> String {
    let Some(text) = path.to_str().filter(|text| is_plain(text)) else {
        return uri(path, base);
    };
    match relative(path, base).as_deref().and_then(Path::to_str) {
        Some(relative) => {
            let relative = relative.replace(std::path::MAIN_SEPARATOR, "/");
            // A first name that would be read as something else is told as one of this folder.
            let odd = relative.starts_with(['#', ';', '[', '\u{feff}'])
                || relative.starts_with(char::is_whitespace)
                || of_windows(&relative).is_some()
                || file_uri(&relative).is_some()
                || is_uri(&relative);
            if odd {
                format!("./{relative}")
            } else {
                relative
            }
        }
        None => text.to_owned(),
    }
}

/// How `path` is told as a URI, relative where it can be.
pub(super) fn uri_reference(path: &Path, base: &Base) -> String {
    match relative(path, base) {
        Some(relative) => percent_encode(&bytes_of(&relative), &IN_RELATIVE_PATHS).to_string(),
        None => uri(path, base),
    }
}

/// How `path` is told as a URI that stands alone.
fn uri(path: &Path, base: &Base) -> String {
    let text = path.to_string_lossy();
    if is_uri(&text) {
        // As it was told, but that it stays one word of one line.
        let word = |c: char| match c.is_control() || c.is_whitespace() {
            true => escape(c.encode_utf8(&mut [0; 4]).as_bytes()),
            false => c.to_string(),
        };
        return text.chars().map(word).collect();
    }
    if let Some(share) = text.strip_prefix(r"\\") {
        return format!("file://{}", escape(share.replace('\\', "/").as_bytes()));
    }
    if drive(&text).is_some() {
        return format!("file:///{}", escape(text.replace('\\', "/").as_bytes()));
    }
    format!("file://{}", escape(&bytes_of(&base.folder.join(path))))
}

/// Whether a line can tell this path: one line, nothing at its ends that is trimmed away, and on Unix no backslash,
/// which others would turn.
fn is_plain(text: &str) -> bool {
    let turns = cfg!(unix) && of_windows(text).is_none() && text.contains('\\');
    !turns && text.trim() == text && !text.is_empty() && !text.contains(char::is_control)
}

/// `path` from the playlist's folder, if both lie together: beneath one folder of the library, or the one beneath the
/// other. What lies apart moves apart.
fn relative(path: &Path, base: &Base) -> Option<PathBuf> {
    let together = |root: &PathBuf| path.starts_with(root) && base.folder.starts_with(root);
    if !path.starts_with(&base.folder) && !base.roots.iter().any(together) {
        return None;
    }
    let (from, to) = (base.folder.components(), path.components());
    let shared = from
        .clone()
        .zip(to.clone())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(to.skip(shared)).collect();
    (!relative.as_os_str().is_empty()).then_some(relative)
}

/// What follows `file:` in a URI of a file: the path, after a host, if there is one.
fn file_uri(text: &str) -> Option<&str> {
    let scheme = text.get(..5)?;
    scheme.eq_ignore_ascii_case("file:").then(|| &text[5..])
}

/// Whether this leads elsewhere than to a file.
fn is_uri(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        let of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(of_scheme)
    })
}

/// The letter of a path that begins with a drive, `C:\` or `C:/`.
fn drive(text: &str) -> Option<char> {
    match text.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => {
            Some(char::from(*letter))
        }
        _ => None,
    }
}

/// A path of Windows that says by itself where it begins: at a drive or at a share.
fn of_windows(text: &str) -> Option<PathBuf> {
    (drive(text).is_some() || text.starts_with(r"\\")).then(|| text.replace('/', "\\").into())
}

/// The path in what follows `file:`, unescaped: `///a`, `//localhost/a`, `/a`, `///C:/a`, `//C:\a`, `//host/share/a`.
fn from_file_uri(rest: &[u8], folder: &Path) -> PathBuf {
    let path = match rest {
        [b'/', b'/', path @ ..] => match path.strip_prefix(b"localhost") {
            Some(path @ [b'/', ..]) => path,
            _ => path,
        },
        path => path,
    };
    if let Ok(text) = std::str::from_utf8(path) {
        let text = text.strip_prefix('/').unwrap_or(text);
        if drive(text).is_some() {
            return text.replace('/', "\\").into();
        }
        let has_host = rest.starts_with(b"//") && !path.starts_with(b"/");
        if has_host && !path.is_empty() {
            return format!(r"\\{}", text.replace('/', "\\")).into();
        }
    }
    join(folder, path)
}

/// `path` as seen from `folder`, with `.` and `..` taken out by text alone.
fn join(folder: &Path, path: &[u8]) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in folder.join(path_of(path)).components() {
        match component {
            Component::ParentDir => _ = clean.pop(),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// What RFC 3986 lets stand in a path is left as it is, but for apostrophes, `&`, `*` and `;`, on which some readers stumble.
const IN_PATHS: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'+')
    .remove(b',')
    .remove(b'=');
/// In a relative reference, "a:b/c" would be the scheme "a".
const IN_RELATIVE_PATHS: AsciiSet = IN_PATHS.add(b':');

fn escape(bytes: &[u8]) -> String {
    percent_encode(bytes, &IN_PATHS).to_string()
}

/// Reads [`escape`] back. A percent sign that escapes nothing stands for itself.
fn unescape(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// The bytes of a path with slashes, for a URI.
fn bytes_of(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        path.as_os_str().as_bytes().to_vec()
    }
    #[cfg(not(unix))]
    {
        path.to_string_lossy().replace('\\', "/").into_bytes()
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
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
