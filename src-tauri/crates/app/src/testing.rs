//! What the tests of this room stand on: a copy of some of the demo library in a folder that vanishes afterwards, and what
//! a model would have heard in it, made up.

mod agreement;
mod failing;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use segue_core::{
    Descriptors, Embedding, ModelId, Play, PlayContext, PlaySource, TagScore, Timestamp, Track,
};
use segue_library::{Sort, TrackQuery};

use crate::models::ModelManager;
use crate::places::{self, ShippedModels};
use crate::plays::subject;
use crate::{AppError, AppEvent, AudioOutput, Desktop, Segue};

/// A library in a folder of its own.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) segue: Segue,
}

/// The demo library's first two albums.
pub(crate) fn world() -> World {
    of_albums(2)
}

/// All of the demo library, each style in a corner of a made-up space, with a tag of its own.
pub(crate) fn heard() -> World {
    let world = of_albums(usize::MAX);
    let model = world.segue.model_manager.model_id().unwrap();
    let mut styles: Vec<String> = Vec::new();
    for (number, track) in world.tracks().iter().enumerate() {
        let genre = track.genres[0].clone();
        let style = styles.iter().position(|other| *other == genre);
        let style = style.unwrap_or_else(|| {
            styles.push(genre.clone());
            styles.len() - 1
        });
        let vector = |salt: usize| {
            let part = |d: usize| {
                let noise = ((number * 31 + d * 17 + salt * 7) % 101) as f32 / 101.0 - 0.5;
                noise * 0.3 + if d == style { 1.0 } else { 0.0 }
            };
            Embedding::new(model.clone(), (0..8).map(part).collect()).unwrap()
        };
        let tag = TagScore {
            name: genre.to_lowercase(),
            p: 0.9,
            present: true,
        };
        let heard = Descriptors {
            bpm: Some(80.0 + 10.0 * style as f64),
            key: None,
        };
        world
            .segue
            .library
            .put_analysis(
                track.audio,
                &vector(0),
                &[vector(1), vector(2)],
                &[tag],
                &heard,
            )
            .unwrap();
    }
    world
}

fn of_albums(count: usize) -> World {
    let folder = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo");
    let mut albums: Vec<PathBuf> = fs::read_dir(demo)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    albums.sort();
    let music = real(folder.path()).join("music");
    for album in albums.iter().take(count) {
        copy(album, &music.join(album.file_name().unwrap()));
    }
    let mut segue = Segue::open(Some(&folder.path().join("data"))).unwrap();
    quick_alone(&mut segue);
    let world = World { folder, segue };
    world.scan();
    world
}

/// Whether a fine model came with this Segue, tests of that alone say.
pub(crate) fn quick_alone(segue: &mut Segue) {
    let shipped = places::models().map(|models| ShippedModels {
        fine: None,
        ..models
    });
    segue.model_manager = ModelManager::new(segue.library.data_dir(), shipped);
}

/// A folder as the library names it: without links, and without the prefix that Windows gives such paths.
pub(crate) fn real(folder: &Path) -> PathBuf {
    let real = folder.canonicalize().ok().filter(|_| !cfg!(windows));
    real.unwrap_or_else(|| folder.to_owned())
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

impl World {
    pub(crate) fn music(&self) -> PathBuf {
        real(self.folder.path()).join("music")
    }

    pub(crate) fn scan(&self) {
        self.segue.scan(&[self.music()], &mut |_| true).unwrap();
    }

    pub(crate) fn tracks(&self) -> Vec<Track> {
        let query = TrackQuery {
            sort: Sort::Artist,
            ..TrackQuery::default()
        };
        self.segue.library.tracks(&query).unwrap().tracks
    }

    /// What a model heard in these tracks, made up.
    pub(crate) fn heard_by(&self, model: &ModelId, tracks: &[Track]) {
        for track in tracks {
            let vector = Embedding::new(model.clone(), vec![1.0, 0.5]).unwrap();
            let ends = [vector.clone(), vector.clone()];
            let library = &self.segue.library;
            library
                .put_analysis(track.audio, &vector, &ends, &[], &Descriptors::default())
                .unwrap();
        }
    }

    pub(crate) fn ids(&self) -> Vec<i64> {
        self.tracks().iter().map(|track| track.id.0).collect()
    }

    /// The tracks of a genre.
    pub(crate) fn of(&self, genre: &str) -> Vec<Track> {
        let mut tracks = self.tracks();
        tracks.retain(|track| track.genres[0] == genre);
        tracks
    }

    /// Logs a play that began so many hours ago, heard to its end or left.
    pub(crate) fn play(&self, track: &Track, hours_ago: i64, to_the_end: bool) {
        let at = Timestamp::now().as_second() - hours_ago * 3600 - 600;
        let play = Play {
            at: Timestamp::from_second(at).unwrap(),
            subject: subject(track),
            listened_s: if to_the_end { track.duration_s } else { 12.0 },
            source: PlaySource::Radio,
            skipped: !to_the_end,
            rating: None,
            context: PlayContext::default(),
        };
        self.segue.log_play(&play).unwrap();
    }

    /// A history of days: one genre is finished, the others are left.
    pub(crate) fn live(&self, loved: &str) {
        for round in 0..4 {
            for (number, track) in self.tracks().iter().enumerate() {
                let hours_ago = 24 * (20 - 4 * round) - number as i64;
                self.play(track, hours_ago, track.genres[0] == loved);
            }
        }
    }
}

/// A window without a window: what it is told is kept.
pub(crate) fn desktop(world: World) -> (tempfile::TempDir, Desktop, Arc<Mutex<Vec<AppEvent>>>) {
    let told: Arc<Mutex<Vec<AppEvent>>> = Arc::default();
    let tell = Arc::clone(&told);
    // Nothing is to be heard anew: what was heard is made up.
    let paused = true.into();
    world
        .segue
        .library
        .put_setting("analysis-paused", &paused)
        .unwrap();
    let desktop = Desktop::open(world.segue, AudioOutput::Null, move |event| {
        tell.lock().unwrap().push(event);
    });
    (world.folder, desktop.unwrap(), told)
}

/// Waits until something is so; it must become so.
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < end, "it never came about that {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, AppError>, words: &str) {
    let error = answer.unwrap_err();
    assert!(error.to_string().contains(words), "{error:?}");
}
