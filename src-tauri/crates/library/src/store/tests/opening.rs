//! Opening: several at once, databases that are newer, damaged, or cannot be written, settings.

use super::*;

#[test]
fn many_may_open_and_write_at_once() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|threads| {
        for n in 0..8 {
            let dir = dir.path();
            threads.spawn(move || {
                let library = Library::open(dir).unwrap();
                for second in 0..5 {
                    library
                        .add_play(&play(n * 100 + second, named("A", "B", None), 50.0))
                        .unwrap();
                }
            });
        }
    });
    let library = Library::open(dir.path()).unwrap();
    assert_eq!(
        (
            library.plays().unwrap().len(),
            library.check().unwrap().as_str()
        ),
        (40, "ok")
    );
}

#[test]
fn settings_are_kept() {
    let place = place();
    let value = serde_json::json!({"volume": 0.5, "ids": [1, 2]});
    place.library.put_setting("queue", &value).unwrap();
    let again = Library::open(place.library.data_dir()).unwrap();
    assert_eq!(again.setting("queue").unwrap(), Some(value));
    again
        .put_setting("queue", &serde_json::Value::Null)
        .unwrap();
    assert_eq!(place.library.setting("queue").unwrap(), None);
}

#[test]
fn a_change_by_another_process_is_seen() {
    let place = filled();
    let other = Library::open(place.library.data_dir()).unwrap();
    let before = other.revision();
    place
        .library
        .rate(audio(1), Some(Rating::Like), at(0))
        .unwrap();
    assert!(other.revision() > before);
    assert_eq!(other.rating(audio(1)).unwrap(), Some(Rating::Like));
}

#[test]
fn databases_that_are_newer_damaged_or_out_of_reach_are_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| Library::open(&dir.path().join(name)).map(drop).unwrap_err();

    drop(Library::open(&dir.path().join("newer")).unwrap());
    let path = dir.path().join("newer").join(FILE_NAME);
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let before = fs::read(&path).unwrap();
    let beside = fs::read_dir(dir.path().join("newer")).unwrap().count();
    assert!(matches!(
        open("newer"),
        LibraryError::Newer { found: 99, .. }
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(
        fs::read_dir(dir.path().join("newer")).unwrap().count(),
        beside
    );

    for (name, bytes) in [
        ("words", b"this is no database".repeat(50)),
        ("short", b"SQLite format 3\0".to_vec()),
    ] {
        fs::create_dir(dir.path().join(name)).unwrap();
        fs::write(dir.path().join(name).join(FILE_NAME), bytes).unwrap();
        assert!(matches!(open(name), LibraryError::Damaged { .. }), "{name}");
    }
    // A true header with rubbish behind it.
    fs::create_dir(dir.path().join("rubbish")).unwrap();
    let mut rubbish = before.clone();
    rubbish[60..64].copy_from_slice(&[0, 0, 0, 1]);
    rubbish[100..].fill(0x55);
    fs::write(dir.path().join("rubbish").join(FILE_NAME), rubbish).unwrap();
    assert!(matches!(open("rubbish"), LibraryError::Damaged { .. }));

    fs::write(dir.path().join("file"), "x").unwrap();
    let error = open("file/data");
    assert!(matches!(error, LibraryError::DataDir { .. }), "{error}");
    assert!(error.to_string().contains("file/data"));
}

#[cfg(unix)]
/// Where SQLite would put the shared memory of the log there is no room for it, as on a full or read-only disk.
fn make_unwritable(data: &std::path::Path) {
    let beside = data.join("segue.db-shm");
    let _ = fs::remove_file(&beside);
    // SQLite follows no link there.
    std::os::unix::fs::symlink("nowhere", &beside).unwrap();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_can_be_read() {
    // With the latest changes in the log beside the database, and with all in it.
    let place = filled();
    let data = place.library.data_dir().to_owned();
    let [with_log, whole] = ["disk % #1?", "whole"].map(|name| place.dir.path().join(name));
    for folder in [&with_log, &whole] {
        fs::create_dir(folder).unwrap();
    }
    for name in ["segue.db", "segue.db-wal"] {
        fs::copy(data.join(name), with_log.join(name)).unwrap();
    }
    reads_and_does_not_write(&with_log);
    let Place { library, dir, .. } = place;
    drop(library);
    fs::copy(data.join("segue.db"), whole.join("segue.db")).unwrap();
    reads_and_does_not_write(&whole);
    drop(dir);
}

#[cfg(unix)]
fn reads_and_does_not_write(data: &std::path::Path) {
    make_unwritable(data);
    let library = Library::open(data).unwrap();
    let reason = library.read_only().unwrap().to_string();
    assert!(reason.contains("segue.db"), "{reason}");
    assert_eq!(library.counts().unwrap().tracks, ROWS.len() as u64);
    assert_eq!(library.check().unwrap(), "ok");
    assert!(library.plays().unwrap().is_empty());
    let error = library.rate(audio(1), None, at(0)).unwrap_err();
    assert!(
        matches!(
            &error,
            LibraryError::DataDir {
                why: DataDirFault::OpenedReadOnly { .. },
                ..
            }
        ),
        "{error}"
    );
    assert!(library.scan(&[], &mut |_| true).is_ok());
    assert!(matches!(
        library.remove_root(std::path::Path::new("/m")),
        Err(LibraryError::DataDir { .. })
    ));
}

#[test]
fn a_data_folder_that_is_taken_away_is_told() {
    let place = filled();
    copy("mp3-a.mp3", &place.music.join("1.mp3"));
    fs::remove_dir_all(place.library.data_dir()).unwrap();
    let scan = place
        .library
        .scan(std::slice::from_ref(&place.music), &mut |_| true);
    assert!(matches!(scan, Err(LibraryError::DataDir { .. })));
}
