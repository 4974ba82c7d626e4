//! The player as the desktop's media controls see it: what plays, in the terms that MPRIS, SMTC and macOS share, and what they
//! may ask. How that is told to each of the three is the affair of the room `controls`.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use segue_core::TrackId;

use super::Player;
use super::window::{Snapshot, queue_rows};
use crate::wire::{PlayerCommand, PlayerStatus, QueueRow, RepeatMode};
use crate::{AppError, Segue};

/// The edge of the covers that desktops are given, in pixels: they show them at up to about half of that, on dense screens.
const COVER_PX: u32 = 512;

/// What plays.
#[derive(Clone, Debug, PartialEq)]
pub struct NowPlaying {
    /// Whether it plays.
    pub status: PlayerStatus,
    /// The current song; none where the queue is empty or has run out.
    pub song: Option<NowPlayingSong>,
    /// In `0..=1`.
    pub volume: f64,
    /// What follows a song.
    pub repeat: RepeatMode,
    /// Whether the order is a shuffled one.
    pub shuffle: bool,
    /// Whether *play* finds anything to play.
    pub can_play: bool,
    /// Whether *next* finds another song.
    pub can_go_next: bool,
    /// Whether *previous* does anything: it goes back to the start of the song, or to the one before.
    pub can_go_previous: bool,
}

/// The current song.
#[derive(Clone, Debug, PartialEq)]
pub struct NowPlayingSong {
    /// Its place in the queue.
    pub entry: u64,
    /// Its title, or its file's name.
    pub title: String,
    /// Who made it.
    pub artists: Vec<String>,
    /// Its album.
    pub album: Option<String>,
    /// Whose album that is.
    pub album_artist: Option<String>,
    /// Its genres.
    pub genres: Vec<String>,
    /// Its number on the disc.
    pub track: Option<u32>,
    /// The disc.
    pub disc: Option<u32>,
    /// Its length in seconds, where known.
    pub duration_s: Option<f64>,
    /// Its file, as a `file:` URL.
    pub url: Option<String>,
    /// A JPEG of its cover.
    pub cover: Option<PathBuf>,
}

/// What is asked through the desktop's media controls.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaRequest {
    /// Plays on.
    Play,
    /// Holds.
    Pause,
    /// Pauses what plays, plays what does not.
    PlayPause,
    /// Ends the song; playing goes on at its start.
    Stop,
    /// Goes to the next song.
    Next,
    /// Goes back to the start of the song, or to the one before.
    Previous,
    /// Moves within the song; beyond its end, the next one follows.
    SeekBy {
        /// Seconds, backwards if negative.
        offset_s: f64,
    },
    /// Moves to a place in the song. Nothing happens where that is none of its places, or another song is current by now.
    SetPosition {
        /// The song's place in the queue; the current one if none is named.
        entry: Option<u64>,
        /// Seconds from its start.
        position_s: f64,
    },
    /// Sets the volume, in `0..=1`.
    SetVolume {
        /// What lies outside is taken for the nearest.
        volume: f64,
    },
    /// Sets what follows a song.
    SetRepeat {
        /// What.
        mode: RepeatMode,
    },
    /// Shuffles what is to come, or puts the order back.
    SetShuffle {
        /// Whether to shuffle.
        on: bool,
    },
}

impl Player {
    /// What plays, as the library knows it.
    pub(crate) fn now_playing(&self) -> Result<NowPlaying, AppError> {
        let (snapshot, queued, has_next) = self.ask(|owner| {
            let queue = &owner.queue;
            (owner.snapshot(), queue.entries.len(), queue.has_next())
        })?;
        Ok(now_playing(&self.segue, snapshot, queued, has_next))
    }

    pub(crate) fn position_s(&self) -> Result<f64, AppError> {
        self.ask(|owner| owner.position_s())
    }

    /// Does what the desktop asks.
    pub(crate) fn media_request(&self, request: &MediaRequest) -> Result<(), AppError> {
        let request = request.clone();
        self.ask(move |owner| {
            let snapshot = owner.snapshot();
            let current = snapshot.current.as_ref().map(|(entry, _)| entry.0);
            let state = &snapshot.state;
            match meant(&request, current, state.position_s, state.duration_s) {
                Meant::Command(command) => owner.command(&command),
                Meant::Stop => owner.stop(),
                Meant::Nothing => {}
            }
        })
    }
}

fn now_playing(segue: &Segue, snapshot: Snapshot, queued: usize, has_next: bool) -> NowPlaying {
    let row = queue_rows(segue, snapshot.current.as_slice());
    let row = row.ok().and_then(|mut rows| rows.pop());
    let shown = snapshot.shown(segue);
    let known_s = Some(shown.duration_s).filter(|length_s| *length_s > 0.0);
    let song = row.map(|row| {
        let cover =
            segue
                .library
                .thumbnail_file(TrackId(row.track.id), COVER_PX, SystemTime::now());
        let cover = cover.unwrap_or_else(|error| {
            tracing::warn!(%error, "the desktop is shown no cover");
            None
        });
        song(row, known_s, cover)
    });
    NowPlaying {
        status: shown.status,
        can_go_previous: song.is_some(),
        song,
        volume: f64::from(shown.volume),
        repeat: shown.repeat,
        shuffle: shown.shuffle,
        can_play: queued > 0,
        can_go_next: has_next,
    }
}

fn song(row: QueueRow, duration_s: Option<f64>, cover: Option<PathBuf>) -> NowPlayingSong {
    let QueueRow { entry, track, .. } = row;
    let url = || url::Url::from_file_path(Path::new(&track.path)).ok();
    let url = track.path_url.clone().or_else(|| url().map(String::from));
    NowPlayingSong {
        entry,
        title: track.title,
        artists: track.artists,
        album: track.album,
        album_artist: track.album_artist,
        genres: track.genres,
        track: track.track,
        disc: track.disc,
        duration_s,
        url,
        cover,
    }
}

/// What a request comes to.
#[derive(Debug, PartialEq)]
enum Meant {
    Command(PlayerCommand),
    Stop,
    Nothing,
}

/// Reads a request as MPRIS means it (`org.mpris.MediaPlayer2.Player`, version 2.2), which the others follow.
fn meant(
    request: &MediaRequest,
    current: Option<u64>,
    position_s: f64,
    duration_s: Option<f64>,
) -> Meant {
    let end_s = duration_s.unwrap_or(f64::MAX);
    Meant::Command(match *request {
        MediaRequest::Play => PlayerCommand::Play,
        MediaRequest::Pause => PlayerCommand::Pause,
        MediaRequest::PlayPause => PlayerCommand::Toggle,
        MediaRequest::Stop => return Meant::Stop,
        MediaRequest::Next => PlayerCommand::Next,
        MediaRequest::Previous => PlayerCommand::Previous,
        MediaRequest::SeekBy { offset_s } if offset_s.is_finite() => {
            let to_s = (position_s + offset_s).max(0.0);
            match to_s > end_s {
                true => PlayerCommand::Next,
                false => PlayerCommand::Seek { position_s: to_s },
            }
        }
        MediaRequest::SetPosition { entry, position_s }
            if (0.0..=end_s).contains(&position_s)
                && current.is_some()
                && (entry.is_none() || entry == current) =>
        {
            PlayerCommand::Seek { position_s }
        }
        MediaRequest::SetVolume { volume } if !volume.is_nan() => PlayerCommand::Volume {
            volume: volume.clamp(0.0, 1.0) as f32,
        },
        MediaRequest::SetRepeat { mode } => PlayerCommand::Repeat { mode },
        MediaRequest::SetShuffle { on } => PlayerCommand::Shuffle { on },
        MediaRequest::SeekBy { .. }
        | MediaRequest::SetPosition { .. }
        | MediaRequest::SetVolume { .. } => return Meant::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use segue_core::PlaySource;

    use super::*;
    use crate::testing::{desktop, until, world};

    #[test]
    fn a_request_comes_to_what_mpris_means_by_it() {
        let check = |request: MediaRequest, expected: Meant| {
            // Entry 7 of 200 s stands at 50 s.
            assert_eq!(
                meant(&request, Some(7), 50.0, Some(200.0)),
                expected,
                "{request:?}"
            );
        };
        let to = |position_s: f64| Meant::Command(PlayerCommand::Seek { position_s });
        let by = |offset_s: f64| MediaRequest::SeekBy { offset_s };
        check(by(10.0), to(60.0));
        check(by(-60.0), to(0.0));
        check(by(150.0), to(200.0));
        check(by(150.1), Meant::Command(PlayerCommand::Next));
        check(by(f64::NAN), Meant::Nothing);
        let at =
            |entry: Option<u64>, position_s: f64| MediaRequest::SetPosition { entry, position_s };
        check(at(Some(7), 12.5), to(12.5));
        check(at(None, 12.5), to(12.5));
        check(at(Some(8), 12.5), Meant::Nothing);
        check(at(Some(7), -1.0), Meant::Nothing);
        check(at(Some(7), 200.5), Meant::Nothing);
        let volume = |volume: f64| MediaRequest::SetVolume { volume };
        let set = |volume: f32| Meant::Command(PlayerCommand::Volume { volume });
        check(volume(0.25), set(0.25));
        check(volume(-3.0), set(0.0));
        check(volume(3.0), set(1.0));
        check(volume(f64::NAN), Meant::Nothing);
        check(MediaRequest::Stop, Meant::Stop);
        let position = at(None, 1.0);
        assert_eq!(meant(&position, None, 0.0, None), Meant::Nothing);
        assert_eq!(meant(&by(1e9), Some(7), 0.0, None), to(1e9));
    }

    #[test]
    fn the_desktop_is_shown_what_the_library_knows_of_the_song() {
        let world = world();
        let tracks = world.tracks();
        let ids = world.ids();
        let (_folder, desktop, _) = desktop(world);
        let now = || desktop.now_playing().unwrap();
        let nothing = now();
        assert_eq!(nothing.song, None);
        assert!(!nothing.can_play && !nothing.can_go_next && !nothing.can_go_previous);

        desktop.play_tracks(&ids[..2], PlaySource::Queue).unwrap();
        until("it plays", || now().status == PlayerStatus::Playing);
        let first = now();
        let song = first.song.unwrap();
        let track = &tracks[0];
        assert_eq!(song.title, track.title);
        assert_eq!(song.artists, track.artists);
        assert_eq!(song.album, track.album);
        assert_eq!((song.track, song.disc), (track.track, track.disc));
        assert!((song.duration_s.unwrap() - track.duration_s).abs() < 0.1);
        let url = url::Url::from_file_path(&track.path).unwrap();
        assert_eq!(song.url, Some(url.into()));
        let cover = fs::read(song.cover.unwrap()).unwrap();
        assert_eq!(cover[..2], [0xff, 0xd8], "a JPEG");
        assert!(first.can_play && first.can_go_next && first.can_go_previous);

        let ask = |request: MediaRequest| desktop.media_request(&request).unwrap();
        ask(MediaRequest::SetPosition {
            entry: Some(song.entry),
            position_s: 20.0,
        });
        assert!(desktop.position_s().unwrap() >= 20.0);
        ask(MediaRequest::Next);
        let last = now();
        assert_eq!(last.song.unwrap().title, tracks[1].title);
        assert!(!last.can_go_next);
        ask(MediaRequest::SetRepeat {
            mode: RepeatMode::One,
        });
        assert!(now().can_go_next, "the next one is the first");
        ask(MediaRequest::Stop);
        let stopped = now();
        assert_eq!(stopped.status, PlayerStatus::Stopped);
        assert_eq!(stopped.song.unwrap().title, tracks[1].title);
        assert_eq!(desktop.position_s().unwrap(), 0.0);
        desktop.close();
    }
}
