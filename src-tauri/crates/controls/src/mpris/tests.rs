//! The two interfaces, asked over a connection without a bus between. (Players of the desktop drive the real window in
//! `tests/window/media.rs`.)

use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use zbus::blocking::{MessageIterator, Proxy};
use zbus::message::Type;
use zbus::zvariant::OwnedValue;

use super::*;

/// A player that keeps what it is asked, and shuffles when it is told to.
struct Scripted {
    now: Mutex<NowPlaying>,
    asked: Mutex<Vec<MediaRequest>>,
    called: Mutex<Vec<&'static str>>,
}

impl MediaPlayer for Scripted {
    fn now_playing(&self) -> Option<NowPlaying> {
        Some(self.now.lock().unwrap().clone())
    }

    fn position_s(&self) -> f64 {
        12.5
    }

    fn request(&self, request: &MediaRequest) {
        self.asked.lock().unwrap().push(request.clone());
        if let MediaRequest::SetShuffle { on } = request {
            self.now.lock().unwrap().shuffle = *on;
        }
    }

    fn raise(&self) {
        self.called.lock().unwrap().push("raise");
    }

    fn quit(&self) {
        self.called.lock().unwrap().push("quit");
    }
}

fn playing() -> NowPlaying {
    NowPlaying {
        status: PlayerStatus::Playing,
        song: Some(NowPlayingSong {
            entry: 7,
            title: "Estuary Light".into(),
            artists: vec!["One".into(), "Another".into()],
            album: Some("Slow Weather".into()),
            album_artist: Some("Both".into()),
            genres: vec!["Ambient".into()],
            track: Some(3),
            disc: Some(2),
            duration_s: Some(61.5),
            url: Some("file:///music/a%20song.opus".into()),
            cover: Some("/data/covers/a cover.jpg".into()),
        }),
        volume: 0.5,
        repeat: RepeatMode::All,
        shuffle: false,
        can_play: true,
        can_go_next: true,
        can_go_previous: true,
    }
}

/// The served player, what the other end says to it, and what it hears.
struct Line {
    player: Arc<Scripted>,
    controls: Controls,
    other: Connection,
    heard: Receiver<zbus::Message>,
}

fn line() -> Line {
    let (here, there) = UnixStream::pair().unwrap();
    let player = Arc::new(Scripted {
        now: Mutex::new(playing()),
        asked: Mutex::default(),
        called: Mutex::default(),
    });
    let served = Arc::clone(&player);
    let serving = std::thread::spawn(move || {
        let guid = zbus::Guid::generate();
        let here = Builder::async_io_unix_stream(here)
            .server(guid)
            .unwrap()
            .p2p();
        Controls::serve(here, served).unwrap()
    });
    let other = Builder::async_io_unix_stream(there).p2p().build().unwrap();
    let (tell, heard) = channel();
    let messages = MessageIterator::from(&other);
    std::thread::spawn(move || {
        let signals = messages.flatten();
        for signal in signals.filter(|message| message.message_type() == Type::Signal) {
            if tell.send(signal).is_err() {
                return;
            }
        }
    });
    Line {
        player,
        controls: serving.join().unwrap(),
        other,
        heard,
    }
}

impl Line {
    fn proxy(&self, interface: &'static str) -> Proxy<'static> {
        zbus::blocking::proxy::Builder::new(&self.other)
            .path(PATH)
            .unwrap()
            .interface(interface)
            .unwrap()
            .destination("org.segue.test")
            .unwrap()
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .unwrap()
    }

    fn asked(&self) -> Vec<MediaRequest> {
        std::mem::take(&mut *self.player.asked.lock().unwrap())
    }

    /// The next signal of a name.
    fn signal(&self, name: &str) -> zbus::Message {
        loop {
            let signal = self.heard.recv_timeout(Duration::from_secs(30)).unwrap();
            if signal.header().member().unwrap() == name {
                return signal;
            }
        }
    }
}

#[test]
fn every_method_comes_to_its_request() {
    let line = line();
    let player = line.proxy(PLAYER);
    let check = |method: &'static str, expected: MediaRequest| {
        player.call::<_, _, ()>(method, &()).unwrap();
        assert_eq!(line.asked(), [expected], "{method}");
    };
    check("Play", MediaRequest::Play);
    check("Pause", MediaRequest::Pause);
    check("PlayPause", MediaRequest::PlayPause);
    check("Stop", MediaRequest::Stop);
    check("Next", MediaRequest::Next);
    check("Previous", MediaRequest::Previous);
    player.call::<_, _, ()>("Seek", &(-1_500_000_i64)).unwrap();
    assert_eq!(line.asked(), [MediaRequest::SeekBy { offset_s: -1.5 }]);
    let place = |path: &'static str| (ObjectPath::from_static_str_unchecked(path), 2_000_000_i64);
    let seventh = place("/org/segue/player/entry/7");
    player.call::<_, _, ()>("SetPosition", &seventh).unwrap();
    let position = MediaRequest::SetPosition {
        entry: Some(7),
        position_s: 2.0,
    };
    assert_eq!(line.asked(), [position]);
    let nowhere = place("/org/mpris/MediaPlayer2/TrackList/NoTrack");
    player.call::<_, _, ()>("SetPosition", &nowhere).unwrap();
    assert_eq!(line.asked(), []);
    let refused = player.call::<_, _, ()>("OpenUri", &"https://example.org/a.mp3");
    assert!(refused.unwrap_err().to_string().contains("NotSupported"));
    assert_eq!(line.asked(), []);

    let root = line.proxy("org.mpris.MediaPlayer2");
    root.call::<_, _, ()>("Raise", &()).unwrap();
    root.call::<_, _, ()>("Quit", &()).unwrap();
    assert_eq!(*line.player.called.lock().unwrap(), ["raise", "quit"]);
}

#[test]
fn every_property_says_what_plays() {
    let line = line();
    let root = line.proxy("org.mpris.MediaPlayer2");
    assert_eq!(root.get_property::<String>("Identity").unwrap(), "Segue");
    assert_eq!(
        root.get_property::<String>("DesktopEntry").unwrap(),
        "Segue"
    );
    for (name, expected) in [
        ("CanQuit", true),
        ("CanRaise", true),
        ("HasTrackList", false),
    ] {
        assert_eq!(root.get_property::<bool>(name).unwrap(), expected, "{name}");
    }
    for name in ["SupportedUriSchemes", "SupportedMimeTypes"] {
        assert_eq!(root.get_property::<Vec<String>>(name).unwrap(), [""; 0]);
    }
    let player = line.proxy(PLAYER);
    let text = |name: &str| player.get_property::<String>(name).unwrap();
    assert_eq!(text("PlaybackStatus"), "Playing");
    assert_eq!(text("LoopStatus"), "Playlist");
    for (name, expected) in [
        ("Rate", 1.0),
        ("MinimumRate", 1.0),
        ("MaximumRate", 1.0),
        ("Volume", 0.5),
    ] {
        assert_eq!(
            player.get_property::<f64>(name).unwrap(),
            expected,
            "{name}"
        );
    }
    assert_eq!(player.get_property::<i64>("Position").unwrap(), 12_500_000);
    for name in [
        "CanGoNext",
        "CanGoPrevious",
        "CanPlay",
        "CanPause",
        "CanSeek",
        "CanControl",
    ] {
        assert!(player.get_property::<bool>(name).unwrap(), "{name}");
    }
    assert!(!player.get_property::<bool>("Shuffle").unwrap());

    let known: HashMap<String, OwnedValue> = player.get_property("Metadata").unwrap();
    let mut known: Vec<String> = known
        .iter()
        .map(|(name, value)| format!("{name}={}", **value))
        .collect();
    known.sort();
    assert_eq!(
        known,
        [
            "mpris:artUrl=\"file:///data/covers/a%20cover.jpg\"",
            "mpris:length=int64 61500000",
            "mpris:trackid=objectpath \"/org/segue/player/entry/7\"",
            "xesam:album=\"Slow Weather\"",
            "xesam:albumArtist=[\"Both\"]",
            "xesam:artist=[\"One\", \"Another\"]",
            "xesam:discNumber=2",
            "xesam:genre=[\"Ambient\"]",
            "xesam:title=\"Estuary Light\"",
            "xesam:trackNumber=3",
            "xesam:url=\"file:///music/a%20song.opus\"",
        ]
    );
}

#[test]
fn what_is_set_is_asked_for_and_seen_at_once() {
    let line = line();
    let player = line.proxy(PLAYER);
    player.set_property("Shuffle", true).unwrap();
    assert_eq!(line.asked(), [MediaRequest::SetShuffle { on: true }]);
    assert!(player.get_property::<bool>("Shuffle").unwrap());
    player.set_property("Volume", 0.25).unwrap();
    assert_eq!(line.asked(), [MediaRequest::SetVolume { volume: 0.25 }]);
    for (status, mode) in [
        ("None", RepeatMode::Off),
        ("Track", RepeatMode::One),
        ("Playlist", RepeatMode::All),
    ] {
        player.set_property("LoopStatus", status).unwrap();
        assert_eq!(line.asked(), [MediaRequest::SetRepeat { mode }]);
    }
    assert!(player.set_property("LoopStatus", "Backwards").is_err());
    player.set_property("Rate", 2.0).unwrap();
    assert_eq!(line.asked(), []);
    player.set_property("Rate", 0.0).unwrap();
    assert_eq!(line.asked(), [MediaRequest::Pause]);
}

#[test]
fn changes_are_told_once_and_jumps_as_such() {
    let mut line = line();
    let now = NowPlaying {
        status: PlayerStatus::Paused,
        can_go_next: false,
        ..playing()
    };
    line.controls.show(now.clone());
    line.controls.show(now.clone());
    line.controls.place(12.5, false);
    line.controls.place(42.25, true);
    let told = line.signal("PropertiesChanged");
    type Changed = (String, HashMap<String, OwnedValue>, Vec<String>);
    let (interface, changed, invalid): Changed = told.body().deserialize().unwrap();
    assert_eq!((interface.as_str(), invalid.len()), (PLAYER, 0));
    let mut names: Vec<&str> = changed.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["CanGoNext", "PlaybackStatus"]);
    // The second look saw nothing new, and the first place was counted on.
    let next = line.heard.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(next.header().member().unwrap().as_str(), "Seeked");
    assert_eq!(next.body().deserialize::<i64>().unwrap(), 42_250_000);

    line.controls.show(NowPlaying { song: None, ..now });
    let told = line.signal("PropertiesChanged");
    let (_, changed, _): Changed = told.body().deserialize().unwrap();
    let mut names: Vec<&str> = changed.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["CanPause", "CanSeek", "Metadata"]);
    let player = line.proxy(PLAYER);
    let known: HashMap<String, OwnedValue> = player.get_property("Metadata").unwrap();
    assert!(known.is_empty());
}
