//! Playlists as files: M3U, PLS, XSPF and JSPF, read and written.
//!
//! Whoever asks gets places with what is told of each; which songs they mean is the use cases' business. Files come
//! from strangers: sizes are bounded, nothing expands, and what makes no sense is refused as a whole, with the line it
//! stands on. Each name is one line of text ([`clean`]), as it is in two of the four formats.
//!
//! The formats: M3U has no standard beyond custom (Winamp's `#EXTM3U` and `#EXTINF`, foobar2000's `#EXTALB`, VLC's
//! `#EXTART`, `#EXTENC` and `#PLAYLIST`); PLS is Winamp's, with GNOME's `X-GNOME-Title`; XSPF is <https://xspf.org/spec>,
//! and JSPF its JSON, <https://wiki.xiph.org/JSPF>.

mod entry;
mod jspf;
mod location;
mod m3u;
mod pls;
#[cfg(test)]
mod tests;
mod text;
mod xspf;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::text::one_line;
use crate::{FileError, replace};
use entry::Broken;
pub use entry::{FileEntry, PlaylistFile};
use location::Base;

/// A file of half a million songs is smaller.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// How a playlist is written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaylistFormat {
    /// Lines of paths, with `#EXTINF` before them; the ending is `m3u` or `m3u8`.
    M3u,
    /// `File1=`, `Title1=`, `Length1=`.
    Pls,
    /// XML.
    Xspf,
    /// JSON.
    Jspf,
}

impl PlaylistFormat {
    const ALL: [Self; 4] = [Self::M3u, Self::Pls, Self::Xspf, Self::Jspf];

    /// The name that listeners are told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::M3u => "m3u",
            Self::Pls => "pls",
            Self::Xspf => "xspf",
            Self::Jspf => "jspf",
        }
    }

    /// The format that a path's ending names.
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "m3u8" => Some(Self::M3u),
            "json" => Some(Self::Jspf),
            ending => Self::ALL
                .into_iter()
                .find(|format| format.as_str() == ending),
        }
    }
}

/// Reads a playlist. Its content tells the format, and its ending where that does not.
pub fn read(path: &Path) -> Result<(PlaylistFormat, PlaylistFile), FileError> {
    let refuse = FileError::of("read the playlist", path);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse(format!(
            "it is larger than {} MB",
            FILE_BYTES_MAX >> 20
        )));
    }
    let whole = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    let folder = whole.parent().unwrap_or(&whole);
    parse(&bytes, PlaylistFormat::of(path), folder).map_err(|broken| {
        refuse(match broken.line {
            Some(line) => format!("line {line}: {}", broken.reason),
            None => broken.reason,
        })
    })
}

/// Writes a playlist to `path`, whose ending says how. Paths are written relative to its folder where both lie beneath one of
/// `roots`, or the song beneath that folder.
pub fn write(
    path: &Path,
    playlist: &PlaylistFile,
    roots: Vec<PathBuf>,
) -> Result<PlaylistFormat, FileError> {
    let refuse = FileError::of("write the playlist", path);
    let format = PlaylistFormat::of(path).ok_or_else(|| {
        refuse("its ending must say how: .m3u8, .m3u, .pls, .xspf or .jspf".into())
    })?;
    let whole = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    let folder = whole.parent().unwrap_or(&whole);
    // As the library knows its folders, without links; Windows would add a prefix that no other program reads.
    let real = folder.canonicalize().ok().filter(|_| !cfg!(windows));
    let base = Base {
        folder: real.unwrap_or_else(|| folder.to_owned()),
        roots,
    };
    let text = match format {
        PlaylistFormat::M3u => {
            let latin = path
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("m3u"));
            m3u::write(playlist, &base, latin)
        }
        PlaylistFormat::Pls => pls::write(playlist, &base),
        PlaylistFormat::Xspf => xspf::write(playlist, &base),
        PlaylistFormat::Jspf => jspf::write(playlist, &base),
    };
    replace(&whole, text.as_bytes()).map_err(|error| refuse(error.to_string()))?;
    Ok(format)
}

/// Reads a file's content; `folder` is where relative paths begin.
fn parse(
    bytes: &[u8],
    ending: Option<PlaylistFormat>,
    folder: &Path,
) -> Result<(PlaylistFormat, PlaylistFile), Broken> {
    let decoded = text::decode(bytes)?;
    let format = detect(&decoded).or(ending).ok_or_else(|| Broken {
        line: None,
        reason: "neither its content nor its ending is of M3U, PLS, XSPF or JSPF".into(),
    })?;
    let mut playlist = match format {
        PlaylistFormat::M3u => m3u::read(&decoded, folder),
        PlaylistFormat::Pls => pls::read(&decoded, folder),
        PlaylistFormat::Xspf => xspf::read(&text::xml(&decoded)?, folder),
        PlaylistFormat::Jspf => jspf::read(&text::utf8(&decoded)?, folder),
    }?;
    playlist.name = playlist.name.as_deref().and_then(clean);
    for entry in &mut playlist.entries {
        for name in [
            &mut entry.artist,
            &mut entry.title,
            &mut entry.album,
            &mut entry.joined,
        ] {
            *name = name.as_deref().and_then(clean);
        }
        let may_be = |seconds: &f64| seconds.is_finite() && *seconds > 0.0 && *seconds < 864_000.0;
        entry.duration_s = entry.duration_s.filter(may_be);
    }
    Ok((format, playlist))
}

/// The format that a file's first words show.
fn detect(decoded: &[u8]) -> Option<PlaylistFormat> {
    let begin = String::from_utf8_lossy(&decoded[..decoded.len().min(4096)]).to_lowercase();
    let begin = begin.trim_start();
    let after = |mark: char| begin.strip_prefix(mark).map(str::trim_start);
    let begins = |words: &[&str]| words.iter().any(|word| begin.starts_with(word));
    let element = after('<').map(|rest| {
        let end = rest
            .find([' ', '>', '/', '\t', '\r', '\n'])
            .unwrap_or(rest.len());
        rest[..end].rsplit(':').next().unwrap_or_default()
    });
    if begins(&["#extm3u", "#extinf", "#playlist"]) {
        Some(PlaylistFormat::M3u)
    } else if begins(&["[playlist]"]) {
        Some(PlaylistFormat::Pls)
    } else if begins(&["<?xml", "<!--", "<!doctype", "<html"]) || element == Some("playlist") {
        Some(PlaylistFormat::Xspf)
    } else if after('{').is_some_and(|rest| rest.starts_with(['"', '}'])) {
        Some(PlaylistFormat::Jspf)
    } else {
        None
    }
}

/// A name as it is kept: one line without control characters, not endless; `None` if nothing is left.
pub fn clean(name: &str) -> Option<String> {
    // Two that XML does not know.
    one_line(name, |c| matches!(c, '\u{fffe}' | '\u{ffff}'))
}
