//! `segue playlist`, and the order and the limit of rules as they are typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use segue_app::{SongSort, SongsLimit};

#[derive(Subcommand)]
pub(crate) enum PlaylistCommand {
    /// List the playlists
    List,
    /// Show the songs of one
    Show {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
    },
    /// Make one of what a search finds
    Create {
        /// Its name
        #[arg(allow_hyphen_values = true)]
        name: String,
        /// What it holds, as in `segue tracks`
        #[arg(long, allow_hyphen_values = true)]
        query: String,
        /// Made anew from what the search finds, whenever it is opened
        #[arg(long)]
        living: bool,
        #[command(flatten)]
        order: RuleOrder,
    },
    /// Show the rules of a living one, or give it others
    Rules {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
        /// What it holds from now on, as in `segue tracks`
        #[arg(long, allow_hyphen_values = true)]
        query: Option<String>,
        #[command(flatten)]
        order: RuleOrder,
    },
    /// Make one of a file: M3U, PLS, XSPF or JSPF, or a living one of Navidrome's rules (NSP)
    Import {
        /// The file
        #[arg(allow_hyphen_values = true)]
        file: PathBuf,
    },
    /// Write one into a file
    Export {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
        /// The file; its ending says how: .m3u8, .m3u, .pls, .xspf, .jspf or, for rules, .nsp
        #[arg(allow_hyphen_values = true)]
        file: PathBuf,
    },
    /// Give one another name
    Rename {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
        /// Its new name
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
    /// Delete one; it can be brought back
    Delete {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
    },
    /// Bring a deleted one back
    Undelete {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID", allow_hyphen_values = true)]
        playlist: String,
    },
}

/// In which order a search is kept, and how much of it.
#[derive(Args)]
pub(crate) struct RuleOrder {
    /// title, artist, album, year, duration, plays, added, rating, played, bpm or random [default: artist]
    #[arg(long)]
    pub(crate) sort: Option<SongOrder>,
    /// In descending order
    #[arg(long)]
    pub(crate) descending: bool,
    /// At most so many songs, so long or so large: 50, 90m, 2h, 700MB, 4GB; none
    #[arg(long)]
    pub(crate) limit: Option<RuleLimit>,
}

/// The order of a playlist's songs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SongOrder(pub(crate) SongSort);

impl FromStr for SongOrder {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(Self(match name {
            "title" => SongSort::Title,
            "artist" => SongSort::Artist,
            "album" => SongSort::Album,
            "year" => SongSort::Year,
            "duration" => SongSort::Duration,
            "plays" => SongSort::Plays,
            "added" => SongSort::Added,
            "rating" => SongSort::Rating,
            "played" => SongSort::Played,
            "bpm" => SongSort::Bpm,
            "random" => SongSort::Random,
            _ => {
                return Err(
                    "not one of title, artist, album, year, duration, plays, added, rating, played, bpm, random".into(),
                );
            }
        }))
    }
}

/// How much a playlist holds; `None` for all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleLimit(pub(crate) Option<SongsLimit>);

impl FromStr for RuleLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let most: Option<u32> = text[..digits].parse().ok().filter(|most| *most > 0);
        let times = |factor: u32| most.and_then(|most| most.checked_mul(factor));
        let limit = match text[digits..].to_ascii_lowercase().as_str() {
            "" => most.map(|most| SongsLimit::Songs { most }),
            "m" | "min" => times(60).map(|most| SongsLimit::Seconds { most }),
            "h" => times(3600).map(|most| SongsLimit::Seconds { most }),
            "mb" => most.map(|most| SongsLimit::Megabytes { most }),
            "gb" => times(1000).map(|most| SongsLimit::Megabytes { most }),
            _ => None,
        };
        match limit {
            Some(limit) => Ok(Self(Some(limit))),
            None => Err("not like 50, 90m, 2h, 700MB, 4GB or none".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_songs_times_and_sizes() {
        for (text, limit) in [
            ("50", Some(SongsLimit::Songs { most: 50 })),
            ("90m", Some(SongsLimit::Seconds { most: 5400 })),
            ("2h", Some(SongsLimit::Seconds { most: 7200 })),
            ("700MB", Some(SongsLimit::Megabytes { most: 700 })),
            ("4gb", Some(SongsLimit::Megabytes { most: 4000 })),
            ("none", None),
        ] {
            assert_eq!(text.parse::<RuleLimit>().unwrap().0, limit, "{text}");
        }
        for text in ["", "0", "m", "5 h", "9999999999h", "4tb"] {
            assert!(text.parse::<RuleLimit>().is_err(), "{text}");
        }
    }
}
