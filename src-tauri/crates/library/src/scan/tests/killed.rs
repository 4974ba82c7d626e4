//! Scans that are killed.

use super::*;

/// Not a test of its own: what [`a_killed_scan_loses_nothing`] runs in a process that dies.
#[test]
fn child_that_scans_until_it_dies() {
    let (Some(music), Some(data)) = (
        std::env::var_os("SEGUE_TEST_MUSIC"),
        std::env::var_os("SEGUE_TEST_DATA"),
    ) else {
        return;
    };
    let die_at: u64 = std::env::var("SEGUE_TEST_DIE_AT").unwrap().parse().unwrap();
    let library = Library::open(Path::new(&data)).unwrap();
    let _ = library.scan(&[PathBuf::from(music)], &mut |progress| {
        if progress.done >= die_at {
            std::process::abort();
        }
        true
    });
}

#[test]
fn a_killed_scan_loses_nothing() {
    const FILES: usize = 700;
    let dir = tempfile::tempdir().unwrap();
    let music = dir.path().canonicalize().unwrap().join("music");
    many(&music, FILES);
    let data = dir.path().join("data");
    // First by its own hand at some progress, then by the system's at some time.
    for (die_at, kill_after_ms) in [
        (1, 0),
        (200, 0),
        (u64::MAX, 40),
        (u64::MAX, 90),
        (u64::MAX, 160),
        (520, 0),
    ] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "scan::tests::killed::child_that_scans_until_it_dies",
            ])
            .env("SEGUE_TEST_MUSIC", &music)
            .env("SEGUE_TEST_DATA", &data)
            .env("SEGUE_TEST_DIE_AT", die_at.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if kill_after_ms > 0 {
            std::thread::sleep(Duration::from_millis(kill_after_ms));
            let _ = child.kill();
        }
        child.wait().unwrap();
        let library = Library::open(&data).unwrap();
        assert_eq!(library.check().unwrap(), "ok");
    }
    let library = Library::open(&data).unwrap();
    let report = library.scan(&[music], &mut |_| true).unwrap();
    assert_eq!(
        (report.files, report.added + report.unchanged),
        (FILES as u64, FILES as u64)
    );
    assert_eq!(
        (report.missing, report.moved, report.failures.len()),
        (0, 0, 0)
    );
    let tracks = all(&library);
    let paths: BTreeSet<_> = tracks.iter().map(|track| &track.path).collect();
    assert_eq!((tracks.len(), paths.len()), (FILES, FILES));
    let found = library
        .tracks(&TrackQuery {
            query: Query::words("0042"),
            ..TrackQuery::default()
        })
        .unwrap();
    assert_eq!(found.total, 1);
    assert_eq!(library.check().unwrap(), "ok");
}
