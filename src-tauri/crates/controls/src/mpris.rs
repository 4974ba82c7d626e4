//! MPRIS 2.2 on the session's bus: `org.mpris.MediaPlayer2` and `org.mpris.MediaPlayer2.Player`
//! (specifications.freedesktop.org/mpris). The list of tracks is left out: a queue here may be the whole library.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use segue_app::{MediaRequest, NowPlaying, NowPlayingSong, PlayerStatus, RepeatMode};
use zbus::address::transport::Transport;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::fdo::{self, RequestNameFlags};
use zbus::names::InterfaceName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, Value};
use zbus::{Address, interface};

use crate::media_player::MediaPlayer;

const PATH: &str = "/org/mpris/MediaPlayer2";
const NAME: &str = "org.mpris.MediaPlayer2.segue";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";
/// Songs are named by their places in the queue.
const ENTRY: &str = "/org/segue/player/entry/";

/// What the bus is shown.
pub(crate) struct Controls {
    bus: Connection,
    shared: Arc<BusState>,
    /// As it was last told.
    told: PropertyValues,
}

/// What the bus is answered from: nobody who asks waits for a disk.
struct BusState {
    player: Arc<dyn MediaPlayer>,
    now: Mutex<Option<NowPlaying>>,
}

impl BusState {
    fn now(&self) -> MutexGuard<'_, Option<NowPlaying>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of<T>(&self, ask: impl FnOnce(&NowPlaying) -> T) -> Option<T> {
        self.now().as_ref().map(ask)
    }

    /// Whoever asked for something and looks then shall see what came of it.
    fn ask(&self, request: &MediaRequest) {
        self.player.request(request);
        let now = self.player.now_playing();
        *self.now() = now;
    }
}

impl Controls {
    pub(crate) fn connect(player: Arc<dyn MediaPlayer>, _: Option<isize>) -> Result<Self, String> {
        let connect = || {
            let address = Address::session()?;
            // A bus beyond this machine is nothing that Segue speaks to.
            if !matches!(address.transport(), Transport::Unix(_)) {
                return Err(zbus::Error::Address("not on this machine".to_owned()));
            }
            let controls = Self::serve(Builder::address(address)?, player)?;
            // A second Segue on the same bus, with a library of its own, takes a name beside, as the specification says. By
            // zbus' own choice of flags it would take the first one's away.
            let beside = format!("{NAME}.instance{}", std::process::id());
            let take = |name: &str| {
                let alone = RequestNameFlags::DoNotQueue.into();
                controls.bus.request_name_with_flags(name, alone).map(drop)
            };
            match take(NAME) {
                Err(zbus::Error::NameTaken) => take(&beside)?,
                named => named?,
            }
            Ok(controls)
        };
        connect().map_err(|error: zbus::Error| error.to_string())
    }

    fn serve(bus: Builder<'_>, player: Arc<dyn MediaPlayer>) -> zbus::Result<Self> {
        let now = Mutex::new(player.now_playing());
        let shared = Arc::new(BusState { player, now });
        let told = shared.of(values).unwrap_or_default();
        let bus = bus
            .serve_at(PATH, RootInterface(Arc::clone(&shared)))?
            .serve_at(PATH, PlayerInterface(Arc::clone(&shared)))?
            .build()?;
        Ok(Self { bus, shared, told })
    }

    /// Tells what has changed.
    pub(crate) fn show(&mut self, now: NowPlaying) {
        let values = values(&now);
        *self.shared.now() = Some(now);
        let mut changed = HashMap::new();
        for (name, value) in &values {
            if self.told.get(name) != Some(value) {
                changed.insert(*name, value.clone());
            }
        }
        if changed.is_empty() {
            return;
        }
        let interface = InterfaceName::from_static_str_unchecked(PLAYER);
        let none = Cow::Borrowed(&[][..]);
        self.emit(|emitter| {
            zbus::block_on(fdo::Properties::properties_changed(
                emitter, interface, changed, none,
            ))
        });
        self.told = values;
    }

    /// Tells a position that does not follow from the one before.
    pub(crate) fn place(&mut self, position_s: f64, jumped: bool) {
        if jumped {
            self.emit(|emitter| {
                zbus::block_on(PlayerInterface::seeked(emitter, micros(position_s)))
            });
        }
    }

    fn emit(&self, emit: impl FnOnce(&SignalEmitter<'_>) -> zbus::Result<()>) {
        let told = SignalEmitter::new(self.bus.inner(), PATH).and_then(|emitter| emit(&emitter));
        if let Err(error) = told {
            tracing::debug!(%error, "the session's bus was not told of a change");
        }
    }
}

/// Properties that are told when they change, by their names.
type PropertyValues = HashMap<&'static str, Value<'static>>;

fn values(now: &NowPlaying) -> PropertyValues {
    let song = now.song.is_some();
    HashMap::from([
        ("PlaybackStatus", playback_status(now).into()),
        ("LoopStatus", loop_status(now).into()),
        ("Shuffle", now.shuffle.into()),
        ("Metadata", metadata(now).into()),
        ("Volume", now.volume.into()),
        ("CanGoNext", now.can_go_next.into()),
        ("CanGoPrevious", now.can_go_previous.into()),
        ("CanPlay", now.can_play.into()),
        ("CanPause", song.into()),
        ("CanSeek", can_seek(now).into()),
    ])
}

fn playback_status(now: &NowPlaying) -> &'static str {
    match now.status {
        PlayerStatus::Playing => "Playing",
        PlayerStatus::Paused => "Paused",
        PlayerStatus::Stopped => "Stopped",
    }
}

fn loop_status(now: &NowPlaying) -> &'static str {
    match now.repeat {
        RepeatMode::Off => "None",
        RepeatMode::One => "Track",
        RepeatMode::All => "Playlist",
    }
}

fn can_seek(now: &NowPlaying) -> bool {
    now.song
        .as_ref()
        .is_some_and(|song| song.duration_s.is_some())
}

/// What is known of the song, by the names of `xesam`; without one, nothing.
fn metadata(now: &NowPlaying) -> HashMap<&'static str, Value<'static>> {
    let Some(song) = &now.song else {
        return HashMap::new();
    };
    let NowPlayingSong {
        entry,
        title,
        artists,
        album,
        album_artist,
        genres,
        track,
        disc,
        duration_s,
        url,
        cover,
    } = song;
    let id = ObjectPath::from_string_unchecked(format!("{ENTRY}{entry}"));
    let mut known = HashMap::from([
        ("mpris:trackid", Value::from(id)),
        ("xesam:title", title.clone().into()),
    ]);
    let mut say = |name: &'static str, value: Option<Value<'static>>| {
        known.extend(value.map(|value| (name, value)));
    };
    let list = |names: &[String]| (!names.is_empty()).then(|| Value::from(names.to_vec()));
    let number = |number: &Option<u32>| number.and_then(|n| Some(i32::try_from(n).ok()?.into()));
    let cover = cover
        .as_ref()
        .and_then(|path| url::Url::from_file_path(path).ok());
    say("xesam:artist", list(artists));
    say("xesam:album", album.clone().map(Value::from));
    say(
        "xesam:albumArtist",
        album_artist.clone().map(|one| vec![one].into()),
    );
    say("xesam:genre", list(genres));
    say("xesam:trackNumber", number(track));
    say("xesam:discNumber", number(disc));
    say(
        "mpris:length",
        duration_s.map(|length_s| micros(length_s).into()),
    );
    say("xesam:url", url.clone().map(Value::from));
    say("mpris:artUrl", cover.map(|url| String::from(url).into()));
    known
}

fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

struct RootInterface(Arc<BusState>);

#[interface(name = "org.mpris.MediaPlayer2")]
impl RootInterface {
    fn raise(&self) {
        self.0.player.raise();
    }

    fn quit(&self) {
        self.0.player.quit();
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_quit(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_raise(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn has_track_list(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn identity(&self) -> &str {
        "Segue"
    }

    /// The name of the `.desktop` file that the packages install.
    #[zbus(property(emits_changed_signal = "const"))]
    fn desktop_entry(&self) -> &str {
        "Segue"
    }

    /// Nothing is opened from outside: what plays is in the library.
    #[zbus(property(emits_changed_signal = "const"))]
    fn supported_uri_schemes(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn supported_mime_types(&self) -> Vec<String> {
        Vec::new()
    }
}

struct PlayerInterface(Arc<BusState>);

#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl PlayerInterface {
    fn next(&self) {
        self.0.ask(&MediaRequest::Next);
    }

    fn previous(&self) {
        self.0.ask(&MediaRequest::Previous);
    }

    fn pause(&self) {
        self.0.ask(&MediaRequest::Pause);
    }

    fn play_pause(&self) {
        self.0.ask(&MediaRequest::PlayPause);
    }

    fn stop(&self) {
        self.0.ask(&MediaRequest::Stop);
    }

    fn play(&self) {
        self.0.ask(&MediaRequest::Play);
    }

    fn seek(&self, offset: i64) {
        let offset_s = seconds(offset);
        self.0.ask(&MediaRequest::SeekBy { offset_s });
    }

    fn set_position(&self, track_id: ObjectPath<'_>, position: i64) {
        let entry = track_id.strip_prefix(ENTRY);
        let Some(entry) = entry.and_then(|entry| entry.parse().ok()) else {
            return;
        };
        self.0.ask(&MediaRequest::SetPosition {
            entry: Some(entry),
            position_s: seconds(position),
        });
    }

    fn open_uri(&self, uri: &str) -> fdo::Result<()> {
        Err(fdo::Error::NotSupported(uri.to_owned()))
    }

    #[zbus(signal)]
    async fn seeked(emitter: &SignalEmitter<'_>, position: i64) -> zbus::Result<()>;

    #[zbus(property)]
    fn playback_status(&self) -> &str {
        self.0.of(playback_status).unwrap_or("Stopped")
    }

    #[zbus(property)]
    fn loop_status(&self) -> &str {
        self.0.of(loop_status).unwrap_or("None")
    }

    #[zbus(property)]
    fn set_loop_status(&mut self, status: &str) -> zbus::Result<()> {
        let mode = match status {
            "None" => RepeatMode::Off,
            "Track" => RepeatMode::One,
            "Playlist" => RepeatMode::All,
            other => return Err(fdo::Error::InvalidArgs(other.to_owned()).into()),
        };
        self.0.ask(&MediaRequest::SetRepeat { mode });
        Ok(())
    }

    /// Songs play as fast as they were made.
    #[zbus(property)]
    fn rate(&self) -> f64 {
        1.0
    }

    /// The specification wants a rate of nothing to be a pause, and others to be ignored beyond the bounds.
    #[zbus(property)]
    fn set_rate(&mut self, rate: f64) {
        if rate == 0.0 {
            self.0.ask(&MediaRequest::Pause);
        }
    }

    #[zbus(property)]
    fn minimum_rate(&self) -> f64 {
        1.0
    }

    #[zbus(property)]
    fn maximum_rate(&self) -> f64 {
        1.0
    }

    #[zbus(property)]
    fn shuffle(&self) -> bool {
        self.0.of(|now| now.shuffle).unwrap_or_default()
    }

    #[zbus(property)]
    fn set_shuffle(&mut self, on: bool) {
        self.0.ask(&MediaRequest::SetShuffle { on });
    }

    #[zbus(property)]
    fn metadata(&self) -> HashMap<&'static str, Value<'static>> {
        self.0.of(metadata).unwrap_or_default()
    }

    #[zbus(property)]
    fn volume(&self) -> f64 {
        self.0.of(|now| now.volume).unwrap_or(1.0)
    }

    #[zbus(property)]
    fn set_volume(&mut self, volume: f64) {
        self.0.ask(&MediaRequest::SetVolume { volume });
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn position(&self) -> i64 {
        micros(self.0.player.position_s())
    }

    #[zbus(property)]
    fn can_go_next(&self) -> bool {
        self.0.of(|now| now.can_go_next).unwrap_or_default()
    }

    #[zbus(property)]
    fn can_go_previous(&self) -> bool {
        self.0.of(|now| now.can_go_previous).unwrap_or_default()
    }

    #[zbus(property)]
    fn can_play(&self) -> bool {
        self.0.of(|now| now.can_play).unwrap_or_default()
    }

    #[zbus(property)]
    fn can_pause(&self) -> bool {
        self.0.of(|now| now.song.is_some()).unwrap_or_default()
    }

    #[zbus(property)]
    fn can_seek(&self) -> bool {
        self.0.of(can_seek).unwrap_or_default()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn can_control(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
