//! Windows' transport controls and macOS' now playing, both through `souvlaki`: title, artist, album, cover, length, position and
//! the keys. It hands on neither shuffle nor repeat on Windows, and no repeat on macOS.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

use segue_app::{MediaRequest, NowPlaying, NowPlayingSong, PlayerStatus};
use souvlaki::{
    MediaControlEvent, MediaMetadata, MediaPlayback, MediaPosition, PlatformConfig, SeekDirection,
};

use crate::media_player::MediaPlayer;

/// A key that seeks without saying how far moves so much.
const SEEK_S: f64 = 10.0;
/// Windows' line of time moves only when it is told so.
const PLACE_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Controls {
    controls: souvlaki::MediaControls,
    shown: Option<NowPlaying>,
    position_s: f64,
    placed: Option<Instant>,
}

impl Controls {
    pub(crate) fn connect(
        player: Arc<dyn MediaPlayer>,
        window: Option<isize>,
    ) -> Result<Self, String> {
        if cfg!(windows) && window.is_none() {
            return Err("there is no window".to_owned());
        }
        let config = PlatformConfig {
            display_name: "Segue",
            dbus_name: "segue",
            hwnd: window.map(|window| window as *mut c_void),
        };
        let mut controls =
            souvlaki::MediaControls::new(config).map_err(|error| error.to_string())?;
        controls
            .attach(move |event| heed(&*player, event))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            controls,
            shown: None,
            position_s: 0.0,
            placed: None,
        })
    }

    pub(crate) fn show(&mut self, now: NowPlaying) {
        let before = self.shown.replace(now.clone());
        let before = before.as_ref();
        if before.map(|before| &before.song) != Some(&now.song)
            && let Err(error) = self.show_song(now.song.as_ref())
        {
            tracing::warn!(%error, "the desktop was not shown the song");
        }
        #[cfg(target_os = "macos")]
        _ = self.controls.set_shuffle(Some(now.shuffle));
        if before.map(|before| before.status) != Some(now.status) {
            self.placed = None;
        }
    }

    pub(crate) fn place(&mut self, position_s: f64, jumped: bool) {
        self.position_s = position_s;
        let late = self.placed.is_none_or(|at| at.elapsed() >= PLACE_EVERY);
        if !jumped && !late {
            return;
        }
        self.placed = Some(Instant::now());
        let place = Duration::try_from_secs_f64(self.position_s).unwrap_or_default();
        let progress = Some(MediaPosition(place));
        let status = self.shown.as_ref().map(|now| now.status);
        let playback = match status {
            Some(PlayerStatus::Playing) => MediaPlayback::Playing { progress },
            Some(PlayerStatus::Paused) => MediaPlayback::Paused { progress },
            Some(PlayerStatus::Stopped) | None => MediaPlayback::Stopped,
        };
        if let Err(error) = self.controls.set_playback(playback) {
            tracing::warn!(%error, "the desktop was not told the position");
        }
    }

    fn show_song(&mut self, song: Option<&NowPlayingSong>) -> Result<(), souvlaki::Error> {
        let cover = song.and_then(|song| song.cover.as_ref());
        let cover = cover.and_then(|path| match cfg!(windows) {
            // It takes the rest for a path as Windows spells it.
            true => Some(format!("file://{}", path.display())),
            false => url::Url::from_file_path(path).ok().map(String::from),
        });
        let artists = song.map(|song| song.artists.join(", "));
        let length = song.and_then(|song| song.duration_s);
        self.controls.set_metadata(MediaMetadata {
            // On Windows what is left out stays as it was.
            title: Some(song.map_or("", |song| &song.title)),
            album: Some(song.and_then(|song| song.album.as_deref()).unwrap_or("")),
            artist: Some(artists.as_deref().unwrap_or("")),
            cover_url: cover.as_deref(),
            duration: length.and_then(|length_s| Duration::try_from_secs_f64(length_s).ok()),
        })
    }
}

fn heed(player: &dyn MediaPlayer, event: MediaControlEvent) {
    let by = |direction: SeekDirection, seconds: f64| MediaRequest::SeekBy {
        offset_s: match direction {
            SeekDirection::Forward => seconds,
            SeekDirection::Backward => -seconds,
        },
    };
    let request = match event {
        MediaControlEvent::Play => MediaRequest::Play,
        MediaControlEvent::Pause => MediaRequest::Pause,
        MediaControlEvent::Toggle => MediaRequest::PlayPause,
        MediaControlEvent::Next => MediaRequest::Next,
        MediaControlEvent::Previous => MediaRequest::Previous,
        MediaControlEvent::Stop => MediaRequest::Stop,
        MediaControlEvent::Seek(direction) => by(direction, SEEK_S),
        MediaControlEvent::SeekBy(direction, length) => by(direction, length.as_secs_f64()),
        MediaControlEvent::SetPosition(MediaPosition(place)) => MediaRequest::SetPosition {
            entry: None,
            position_s: place.as_secs_f64(),
        },
        MediaControlEvent::SetVolume(volume) => MediaRequest::SetVolume { volume },
        MediaControlEvent::SetShuffle(on) => MediaRequest::SetShuffle { on },
        MediaControlEvent::Raise => return player.raise(),
        MediaControlEvent::Quit => return player.quit(),
        // What is to be opened must be in the library first.
        MediaControlEvent::OpenUri(_) => return,
        _ => return,
    };
    player.request(&request);
}
