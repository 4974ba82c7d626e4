//! Use cases whose writes fail at one transaction after the other: each ends with an error that says what was attempted,
//! does nothing by halves, holds nothing locked, and comes out as if nothing had failed when it is done again.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};
use segue_analysis::Provider;
use segue_core::{
    LibraryAction, LibraryError, ModelId, Play, PlayContext, PlaySource, PlaySubject, Rating, Track,
};
use segue_exchange::history;
use segue_library::{Failing, NewEntry};

use crate::analysis::{AnalyzeRequest, Limit};
use crate::plays::subject;
use crate::testing::{World, copy, desktop, until, world};
use crate::wire::{
    AppEvent, FeedbackKind, JobKind, JobStatus, Notice, PlayerCommand, PlaylistSource, SongsQuery,
};
use crate::{AppError, Segue};

/// No use case takes so long here: one that does hangs.
const WATCHDOG: Duration = Duration::from_secs(120);

/// A use case.
type Act = Arc<dyn Fn(&Segue) -> Result<(), AppError> + Send + Sync>;

/// A library in a folder of its own, of which there are many over one folder of music.
#[derive(Clone)]
struct Opened {
    segue: Arc<Segue>,
    data: PathBuf,
}

impl Deref for Opened {
    type Target = Segue;

    fn deref(&self) -> &Segue {
        &self.segue
    }
}

impl Opened {
    fn at(data: &Path) -> Self {
        let segue = Arc::new(Segue::open(Some(data)).unwrap());
        // What serves stations is learned, as it is while a window stands open.
        segue.known().unwrap();
        Self {
            segue,
            data: data.to_owned(),
        }
    }

    /// A copy of the library that was made in `template`.
    fn copy_of(template: &Path, data: PathBuf) -> Self {
        copy_whole(template, &data);
        Self::at(&data)
    }

    /// Runs `act` on a thread of its own. A hang is told as one.
    fn watched(&self, name: &str, act: &Act) -> Result<(), AppError> {
        let (done, outcome) = mpsc::channel();
        let (segue, act) = (Arc::clone(&self.segue), Arc::clone(act));
        std::thread::spawn(move || done.send(act(&segue)));
        let outcome = outcome.recv_timeout(WATCHDOG);
        outcome.unwrap_or_else(|_| panic!("{name} hangs, or panicked"))
    }

    /// Every row of every table. Instants since `began` are all one.
    fn rows(&self, began: Timestamp) -> Vec<String> {
        let rows = self.library.rows().unwrap();
        let is_now = |value: &str| {
            let now = began.as_second()..began.as_second() + 86_400;
            let number = value.parse::<i64>();
            number.is_ok_and(|n| now.contains(&n) || now.contains(&n.div_euclid(1_000_000)))
        };
        let masked = |value: String| if is_now(&value) { "now".into() } else { value };
        let row = |(table, values): (String, Vec<String>)| {
            let values: Vec<String> = values.into_iter().map(masked).collect();
            format!("{table}: {}", values.join(", "))
        };
        rows.into_iter().map(row).collect()
    }

    /// What recommends, as far as it tells of the log: plays, and those that taught.
    fn view(&self) -> (usize, usize) {
        let known = self.known().unwrap();
        (known.plays, known.taught)
    }

    fn is_whole(&self, when: &str) {
        assert_eq!(self.library.check().unwrap(), "ok", "{when}");
        // Who starts anew sees what is seen here.
        assert_eq!(Self::at(&self.data).view(), self.view(), "{when}");
    }
}

fn copy_whole(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_whole(&path, &there);
        } else {
            fs::copy(&path, there).unwrap();
        }
    }
}

/// Has the use case that `prepare` returns fail at each of its transactions, in copies of the library that it prepared.
/// What it attempts is told by one of `attempts`.
fn check<A>(name: &str, attempts: &[&str], prepare: impl FnOnce(&World) -> A)
where
    A: Fn(&Segue) -> Result<(), AppError> + Send + Sync + 'static,
{
    let began = Timestamp::now();
    let world = world();
    let act: Act = Arc::new(prepare(&world));
    let World { folder, segue } = world;
    let template = segue.library.data_dir().to_owned();
    drop(segue);
    let mut copies = 0;
    let mut fresh = || {
        copies += 1;
        Opened::copy_of(&template, folder.path().join(format!("data-{copies}")))
    };

    let undisturbed = fresh();
    let before = undisturbed.rows(began);
    undisturbed.watched(name, &act).unwrap();
    let after = undisturbed.rows(began);
    let seen_after = undisturbed.view();
    assert_ne!(before, after, "{name} writes nothing");

    for failing in (0..).flat_map(|n| [Failing::From(n), Failing::Only(n)]) {
        let when = format!("{name}, where {failing:?} fails");
        let segue = fresh();
        let tried = segue.library.fail_writes(Some(failing));
        let outcome = segue.watched(&when, &act);
        let (Failing::From(n) | Failing::Only(n)) = failing;
        if tried.load(Ordering::SeqCst) <= n {
            outcome.unwrap();
            assert_eq!(segue.rows(began), after, "{when}");
            assert!(n > 0, "{name} writes nothing");
            return;
        }
        let told = match outcome {
            Err(error) => error.to_string(),
            Ok(()) => panic!("{when}: nothing is told"),
        };
        assert!(
            attempts.iter().any(|attempt| told.contains(attempt)),
            "{when}: {told}"
        );
        let now = segue.rows(began);
        if n == 0 {
            assert_eq!(now, before, "{when}");
        }
        for row in &now {
            assert!(before.contains(row) || after.contains(row), "{when}: {row}");
        }
        segue.is_whole(&when);
        segue.library.fail_writes(None);
        // Done again where it failed, and by a program that knows nothing of it.
        let again = match failing {
            Failing::From(_) => segue,
            Failing::Only(_) => Opened::at(&segue.data),
        };
        again.watched(&when, &act).unwrap();
        assert_eq!(again.rows(began), after, "after {when}");
        assert_eq!(again.view(), seen_after, "after {when}");
        again.is_whole(&format!("after {when}"));
    }
}

/// An album that the library does not have.
fn another_album(to: &Path) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo");
    copy(&demo.join("Night Bus Frequencies"), to);
}

/// A song that the library does not have, by its names.
fn elsewhere(artist: &str, title: &str) -> PlaySubject {
    PlaySubject {
        artist: Some(artist.into()),
        title: Some(title.into()),
        ..PlaySubject::default()
    }
}

fn entries(tracks: &[Track]) -> Vec<NewEntry> {
    let entry = |track: &Track| NewEntry {
        subject: subject(track),
        reasons: None,
    };
    tracks.iter().map(entry).collect()
}

/// A play of an earlier year, heard whole.
fn played(subject: PlaySubject, n: i64) -> Play {
    Play {
        at: Timestamp::from_second(1_600_000_000 + 300 * n).unwrap(),
        listened_s: subject.duration_s.unwrap_or(200.0),
        subject,
        source: PlaySource::Album,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
    }
}

fn scan(segue: &Segue, folders: &[PathBuf]) -> Result<(), AppError> {
    segue.scan(folders, &mut |_| true).map(drop)
}

const SCANNING: &[&str] = &["add-folders", "save-scan", "save-scan", "match-playlists"];

#[test]
fn a_scan() {
    check("a first scan", SCANNING, |world| {
        let more = world.folder.path().join("more");
        another_album(&more);
        for entry in fs::read_dir(&more).unwrap().skip(1) {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        move |segue| scan(segue, std::slice::from_ref(&more))
    });
    check("a scan of changes", SCANNING, |world| {
        let waiting = elsewhere("Nadia Vell", "Last Tram");
        let place = NewEntry {
            subject: waiting.clone(),
            reasons: None,
        };
        let list = world
            .segue
            .library
            .create_playlist("list", None, &[place], Timestamp::now());
        list.unwrap();
        world.segue.log_play(&played(waiting, 1)).unwrap();
        let tracks = world.tracks();
        let albums: Vec<&Path> = tracks
            .iter()
            .filter_map(|track| track.path.parent())
            .collect();
        let (first, last) = (&tracks[0].path, &tracks[tracks.len() - 1].path);
        assert_ne!(albums[0], albums[albums.len() - 1]);
        // One is moved, one is gone, one comes, and a file is broken.
        fs::rename(first, first.with_file_name("moved.opus")).unwrap();
        fs::remove_file(last).unwrap();
        let new = world.music().join("new");
        another_album(&new);
        for entry in fs::read_dir(&new).unwrap() {
            let path = entry.unwrap().path();
            if !path.to_string_lossy().contains("Last Tram") {
                fs::remove_file(path).unwrap();
            }
        }
        fs::write(new.join("broken.mp3"), "no music").unwrap();
        |segue| scan(segue, &[])
    });
    check("forgetting what is missing", &["forget-missing"], |world| {
        fs::remove_file(&world.tracks()[0].path).unwrap();
        world.scan();
        |segue| segue.forget_missing().map(drop)
    });
}

#[test]
fn an_import_of_a_history() {
    let line = |song: &Track, n: i64| history::segue::line(played(subject(song), n));
    let saving = ["save-plays", "save-counts"];
    type Written = fn(&Track) -> String;
    let histories: [(&str, Written); 6] = [
        ("listens.jsonl", |song| {
            format!(
                r#"{{"listened_at": 1600000000, "track_metadata": {{"track_name": "{}", "artist_name": "{}", "additional_info": {{}}}}}}"#,
                song.title, song.artists[0]
            )
        }),
        ("scrobbles.csv", |song| {
            format!(
                "{},,{},15 Jun 2017 22:30\nAnn,,Unknown,15 Jun 2017 22:40\n",
                song.artists[0], song.title
            )
        }),
        ("Streaming_History_Audio_2019.json", |song| {
            format!(
                r#"[{{"ts": "2019-11-05T14:28:00Z", "ms_played": 60000, "master_metadata_track_name": "{}",
                     "master_metadata_album_artist_name": "{}", "reason_end": "trackdone", "skipped": null}}]"#,
                song.title, song.artists[0]
            )
        }),
        ("StreamingHistory0.json", |song| {
            format!(
                r#"[{{"endTime": "2023-11-05 14:28", "msPlayed": 60000, "trackName": "{}", "artistName": "{}"}}]"#,
                song.title, song.artists[0]
            )
        }),
        ("rhythmdb.xml", |song| {
            format!(
                "<rhythmdb version=\"2.0\"><entry type=\"song\"><title>{}</title><artist>{}</artist><duration>{:.0}</duration>
                 <location>file:///m/a.mp3</location><rating>5</rating><play-count>12</play-count>
                 <last-played>1600000000</last-played></entry></rhythmdb>",
                song.title, song.artists[0], song.duration_s
            )
        }),
        ("Library.xml", |song| {
            format!(
                "<plist version=\"1.0\"><dict><key>Tracks</key><dict><key>1</key><dict><key>Name</key><string>{}</string>
                 <key>Artist</key><string>{}</string><key>Total Time</key><integer>{:.0}</integer>
                 <key>Play Count</key><integer>12</integer><key>Play Date UTC</key><date>2016-01-03T09:19:36Z</date>
                 <key>Skip Count</key><integer>3</integer></dict></dict></dict></plist>",
                song.title, song.artists[0], song.duration_s * 1000.0
            )
        }),
    ];
    let import =
        |file: PathBuf| move |segue: &Segue| segue.import_plays(&file, None, false).map(drop);
    for (name, written) in histories {
        check(name, &saving, |world| {
            let file = world.folder.path().join(name);
            fs::write(&file, written(&world.tracks()[0])).unwrap();
            import(file)
        });
    }
    check("Segue's own", &saving, |world| {
        let file = world.folder.path().join("plays.jsonl");
        let lines: Vec<String> = world
            .tracks()
            .iter()
            .zip(0..)
            .map(|(song, n)| line(song, n))
            .collect();
        fs::write(&file, lines.join("\n")).unwrap();
        import(file)
    });
    // In several transactions: what was written stays, and is not written twice.
    check("a long history", &saving, |world| {
        let file = world.folder.path().join("plays.jsonl");
        let line = |n| history::segue::line(played(elsewhere("Ann", "Unknown"), n));
        let lines: Vec<String> = (0..2500).map(line).collect();
        fs::write(&file, lines.join("\n")).unwrap();
        import(file)
    });
}

#[test]
fn a_playlist() {
    let saving = ["save-playlist"];
    let changing = ["change-playlist"];
    let searched = || PlaylistSource::Search {
        query: SongsQuery::default(),
        limit: None,
    };
    let list = |world: &World| {
        let songs = entries(&world.tracks());
        let id = world
            .segue
            .library
            .create_playlist("List", None, &songs, Timestamp::now());
        id.unwrap().0
    };
    let places = |world: &World, id: i64| -> Vec<i64> {
        let page = world.segue.playlist(id, 0, 100).unwrap();
        page.rows.iter().map(|row| row.entry).collect()
    };
    check("making one", &saving, |world| {
        let source = PlaylistSource::Tracks { ids: world.ids() };
        move |segue| segue.create_playlist("New", &source, false).map(drop)
    });
    check("making a living one", &saving, |_| {
        move |segue| segue.create_playlist("New", &searched(), true).map(drop)
    });
    check("importing one", &saving, |world| {
        let file = world.folder.path().join("list.m3u8");
        let songs: Vec<String> = world
            .tracks()
            .iter()
            .map(|track| track.path.display().to_string())
            .collect();
        fs::write(
            &file,
            format!("#EXTM3U\n{}\nunknown.mp3\n", songs.join("\n")),
        )
        .unwrap();
        move |segue| segue.import_playlist(&file).map(drop)
    });
    check("renaming", &["change-playlist"], |world| {
        let id = list(world);
        move |segue| segue.rename_playlist(id, "Other").map(drop)
    });
    check("deleting", &["delete-playlist"], |world| {
        let id = list(world);
        move |segue| segue.delete_playlist(id)
    });
    check("bringing back", &["restore-playlist"], |world| {
        let id = list(world);
        world.segue.delete_playlist(id).unwrap();
        move |segue| segue.undelete_playlist(id).map(drop)
    });
    check("adding", &changing, |world| {
        let (id, songs) = (list(world), world.ids());
        move |segue| segue.add_to_playlist(id, &songs[..2]).map(drop)
    });
    check("taking out", &changing, |world| {
        let id = list(world);
        let places = places(world, id);
        move |segue| segue.remove_from_playlist(id, &places[..2]).map(drop)
    });
    check("moving", &changing, |world| {
        let id = list(world);
        let places = places(world, id);
        move |segue| segue.move_in_playlist(id, places[0], 3).map(drop)
    });
    check("taking an edit back", &["restore-playlist"], |world| {
        let id = list(world);
        let edit = world
            .segue
            .remove_from_playlist(id, &places(world, id)[..2])
            .unwrap();
        move |segue| segue.take_back_playlist_edit(&edit)
    });
    check("making a living one anew", &changing, |world| {
        let row = world
            .segue
            .create_playlist("Living", &searched(), true)
            .unwrap();
        fs::remove_file(&world.tracks()[0].path).unwrap();
        world.scan();
        move |segue| segue.refresh_playlist(row.id).map(drop)
    });
}

/// That it cannot be made anew today keeps nobody from opening it.
#[test]
fn a_living_playlist_that_cannot_be_made_anew_opens_as_it_was() {
    let world = world();
    let segue = &world.segue;
    let source = PlaylistSource::Search {
        query: SongsQuery::default(),
        limit: None,
    };
    let row = segue.create_playlist("Living", &source, true).unwrap();
    let tomorrow = &Zoned::now() + SignedDuration::from_hours(48);
    fs::remove_file(&world.tracks()[0].path).unwrap();
    world.scan();
    segue.library.fail_writes(Some(Failing::From(0)));
    let (page, made) = segue.open_playlist(row.id, 0, 100, &tomorrow).unwrap();
    assert_eq!((page.rows.len(), made), (8, false));
    segue.library.fail_writes(None);
    let (page, made) = segue.open_playlist(row.id, 0, 100, &tomorrow).unwrap();
    assert_eq!((page.rows.len(), made), (7, true));
}

#[test]
fn what_the_listener_says() {
    let saying = ["save-feedback"];
    let song = |world: &World| world.ids()[0].to_string();
    for (name, rating) in [
        ("a like", Some(Rating::Like)),
        ("a dislike", Some(Rating::Dislike)),
        ("no opinion", None),
    ] {
        check(name, &["save-rating"], |world| {
            let song = song(world);
            let other = if rating == Some(Rating::Like) {
                Rating::Dislike
            } else {
                Rating::Like
            };
            world.segue.rate(&song, Some(other)).unwrap();
            move |segue| segue.rate(&song, rating)
        });
    }
    for (kind, of_artist) in [
        (FeedbackKind::NotNow, false),
        (FeedbackKind::Never, false),
        (FeedbackKind::Never, true),
    ] {
        check(
            &format!("{kind:?}, of an artist: {of_artist}"),
            &saying,
            |world| {
                let song = song(world);
                move |segue| segue.say(kind, &song, of_artist).map(drop)
            },
        );
    }
    check("wrong after", &saying, |world| {
        let ids = world.ids();
        move |segue| {
            segue
                .say_wrong_after(ids[0].to_string(), ids[1].to_string())
                .map(drop)
        }
    });
    check("less of a genre", &saying, |world| {
        let term = format!("genre:{}", world.tracks()[0].genres[0]);
        move |segue| segue.turn(&term, false).map(drop)
    });
    let taking = ["undo-feedback"];
    check("taking the last back", &taking, |world| {
        world
            .segue
            .say(FeedbackKind::Never, song(world), false)
            .unwrap();
        |segue| segue.undo_feedback().map(drop)
    });
    check("taking one back", &taking, |world| {
        let row = world
            .segue
            .say(FeedbackKind::Never, song(world), false)
            .unwrap();
        move |segue| segue.remove_feedback(row.id)
    });
    check("forgetting", &["forget-learned"], |world| {
        world.live(&world.tracks()[0].genres[0]);
        |segue| segue.forget(None).map(drop)
    });
    check("remembering", &["learn-again"], |world| {
        world.live(&world.tracks()[0].genres[0]);
        let row = world.segue.forget(None).unwrap();
        move |segue| segue.remember(row.id)
    });
    check("the first choice", &["save-settings"], |_| {
        Segue::end_first_choice
    });
}

#[test]
fn a_play() {
    check("a play that taste learns from", &["save-plays"], |world| {
        world.live(&world.tracks()[0].genres[0]);
        let song = world.ids()[0].to_string();
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        move |segue| segue.add_play(&song, 60.0, Some(at), "radio")
    });
    check(
        "what is learned while measuring",
        &["save-measures"],
        |world| {
            for track in &world.tracks()[2..] {
                fs::remove_file(&track.path).unwrap();
            }
            world.scan();
            let request = AnalyzeRequest {
                jobs: Some(1),
                provider: Provider::Cpu,
                again: false,
                closely: false,
            };
            move |segue| {
                segue
                    .measure(&request, &Limit::default(), &mut |_| true)
                    .map(drop)
            }
        },
    );
}

/// A stranger's model beside the shipped one.
fn with_two_models(world: &World) -> &'static str {
    let tests_data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analysis/tests_data");
    let stranger = segue_analysis::ModelSource {
        manifest: tests_data.join("librosa-like"),
        ..Default::default()
    };
    let folder = world.segue.model_manager.models().join("librosa-like");
    fs::create_dir_all(&folder).unwrap();
    stranger.stage(&folder).unwrap();
    "librosa-like"
}

fn id_of(world: &World, name: &str) -> ModelId {
    segue_analysis::model_id(&world.segue.model_manager.models().join(name)).unwrap()
}

#[test]
fn a_switch_of_the_model() {
    check("using another", &["save-settings"], |world| {
        let name = with_two_models(world);
        world.heard_by(
            &world.segue.model_manager.model_id().unwrap(),
            &world.tracks(),
        );
        move |segue| segue.use_model(name).map(drop)
    });
    check("removing one", &["forget-analyses"], |world| {
        let name = with_two_models(world);
        world.heard_by(&id_of(world, name), &world.tracks());
        move |segue| segue.remove_model(name)
    });
}

/// Whose vectors serve is found out anew each time where it cannot be kept.
#[test]
fn a_model_that_has_heard_all_serves_where_that_cannot_be_written() {
    let world = world();
    let segue = &world.segue;
    let name = with_two_models(&world);
    let id = id_of(&world, name);
    world.heard_by(&id, &world.tracks());
    segue
        .keep_serving(&segue.model_manager.model_id().unwrap())
        .unwrap();
    segue.library.fail_writes(Some(Failing::From(0)));
    assert_eq!(segue.use_model(name).unwrap().serving, id.to_string());
    let again = Segue::open(Some(segue.library.data_dir())).unwrap();
    assert_eq!(again.serving().unwrap(), Some(id));
}

#[test]
fn a_window_tells_what_it_could_not_write() {
    let world = world();
    let (more, music, ids) = (world.folder.path().join("more"), world.music(), world.ids());
    another_album(&more);
    let (_folder, desktop, told) = desktop(world);
    let library = &desktop.segue.library;
    let says = |is_meant: &dyn Fn(&Notice) -> bool| {
        let told = told.lock().unwrap();
        told.iter()
            .any(|event| matches!(event, AppEvent::Notice { notice } if is_meant(notice)))
    };
    let attempted = |problem: &AppError, attempt: LibraryAction| match problem {
        AppError::Library {
            error: LibraryError::DataDir { action, .. } | LibraryError::Database { action, .. },
        } => *action == attempt,
        _ => false,
    };
    let scan = || {
        let jobs = desktop.status().unwrap().jobs;
        jobs.into_iter()
            .find(|job| job.job == JobKind::Scan)
            .unwrap()
    };
    library.fail_writes(Some(Failing::From(0)));
    // A folder is not taken in, and the job says so.
    desktop.add_folder(&more).unwrap();
    until("the scan failed", || scan().status == JobStatus::Failed);
    let problem = scan().problem.unwrap();
    assert!(
        attempted(&problem, LibraryAction::AddFolders),
        "{problem:?}"
    );
    // A play is not logged, and so it is told.
    desktop.play_tracks(&ids[..2], PlaySource::Queue).unwrap();
    until("it sounds", || desktop.player().unwrap().position_s > 0.0);
    desktop.command(&PlayerCommand::Next).unwrap();
    until("the play is told", || {
        says(&|notice| match notice {
            Notice::PlayNotLogged { problem } => attempted(problem, LibraryAction::SavePlays),
            _ => false,
        })
    });
    until("the queue is told", || {
        says(&|notice| match notice {
            Notice::QueueNotKept { problem } => attempted(problem, LibraryAction::SaveQueue),
            _ => false,
        })
    });
    // A change on disk is not taken up.
    another_album(&music.join("new"));
    until("the change is told", || {
        says(&|notice| match notice {
            Notice::ChangesNotTakenUp { problem } => attempted(problem, LibraryAction::SaveScan),
            _ => false,
        })
    });
    // And all goes on as soon as there is room.
    library.fail_writes(None);
    desktop.add_folder(&more).unwrap();
    until("both albums are taken in", || {
        desktop.status().unwrap().tracks == 16
    });
    desktop.close();
}
