//! Changes on disk are told once, soon, when files are whole, and never after the watcher is gone.

use std::fs;
use std::io::Write;
use std::sync::mpsc;

use super::*;
use crate::fixtures::{copy, fixture};

/// A watched folder, and what is told of it.
struct Told {
    dir: tempfile::TempDir,
    root: PathBuf,
    told: mpsc::Receiver<Watched>,
    watcher: Watcher,
}

/// Watches `music` in a new folder; `is_there`: from the start.
fn watched(is_there: bool) -> Told {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("music");
    if is_there {
        fs::create_dir(&root).unwrap();
    }
    let (tell, told) = mpsc::channel();
    let watcher = watch(std::slice::from_ref(&root), move |what| {
        drop(tell.send(what))
    })
    .unwrap();
    Told {
        dir,
        root,
        told,
        watcher,
    }
}

impl Told {
    /// Waits until all of `expected` are told, and returns what else was told meanwhile.
    fn until(&self, expected: &[&Path]) -> Vec<PathBuf> {
        let mut left: Vec<&Path> = expected.to_vec();
        let mut others = Vec::new();
        while !left.is_empty() {
            // Where the system's telling is lost, as under load, what is looked at every half a minute is told then.
            match self.told.recv_timeout(Duration::from_secs(60)) {
                Ok(Watched::Changed(paths)) => {
                    for path in paths {
                        if expected.contains(&path.as_path()) {
                            left.retain(|other| *other != path);
                        } else {
                            others.push(path);
                        }
                    }
                }
                Ok(Watched::Polling) => panic!("a few folders are watched"),
                Err(error) => panic!("{left:?} is not told: {error}"),
            }
        }
        others
    }
}

#[test]
fn changes_are_told_when_they_have_calmed_down_and_not_after_the_end() {
    let Told {
        root,
        told,
        watcher,
        dir: _dir,
    } = watched(true);
    let next = || match told.recv_timeout(Duration::from_secs(20)).unwrap() {
        Watched::Changed(paths) => paths,
        Watched::Polling => panic!("a few folders are watched"),
    };

    let one = copy("mp3-a.mp3", &root.join("one.mp3"));
    fs::write(root.join("notes.txt"), "no music").unwrap();
    fs::write(root.join(".one.mp3.part"), "hidden").unwrap();
    copy("mp3-a.mp3", &root.join(".Trash-1000/files/one.mp3"));
    assert_eq!(next(), std::slice::from_ref(&one));

    // A new folder, and what comes into it after.
    let folder = root.join("Mr. Folder");
    let two = copy("mp3-a.mp3", &folder.join("two.mp3"));
    assert_eq!(next(), std::slice::from_ref(&two));
    let cover = folder.join("cover.jpg");
    fs::copy(fixture("cover.jpg"), cover).unwrap();
    assert_eq!(next(), std::slice::from_ref(&two));

    fs::rename(&one, root.join("uno.mp3")).unwrap();
    assert_eq!(next(), [one, root.join("uno.mp3")]);
    fs::remove_dir_all(&folder).unwrap();
    assert!(next().contains(&folder));

    drop(watcher);
    copy("mp3-b.mp3", &root.join("late.mp3"));
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err());
}

#[test]
fn a_folder_that_comes_late_or_comes_back_is_watched() {
    let place = watched(false);
    let root = &place.root;
    fs::create_dir(root).unwrap();
    place.until(&[root]);
    let one = copy("mp3-a.mp3", &root.join("a/one.mp3"));
    place.until(&[&one]);
    // Another disk is there under the same name.
    let away = place.dir.path().canonicalize().unwrap().join("away");
    fs::rename(root, &away).unwrap();
    copy("mp3-a.mp3", &root.join("a/two.mp3"));
    place.until(&[root]);
    let three = copy("mp3-a.mp3", &root.join("a/three.mp3"));
    place.until(&[&three]);
    // A folder that is followed no more is not told of, and one that is followed anew is.
    place.watcher.follow(std::slice::from_ref(&away));
    place.until(&[&away]);
    copy("mp3-a.mp3", &root.join("a/four.mp3"));
    let five = copy("mp3-a.mp3", &away.join("a/five.mp3"));
    assert_eq!(place.until(&[&five]), Vec::<PathBuf>::new());
}

/// Only Linux tells when a file is closed; elsewhere a file is waited for until it looks the same for two seconds.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_being_written_is_told_when_it_is_closed() {
    let place = watched(true);
    let path = place.root.join("slow.mp3");
    let bytes = fs::read(fixture("mp3-a.mp3")).unwrap();
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&bytes[..100]).unwrap();
    // Others are told meanwhile.
    let one = copy("mp3-a.mp3", &place.root.join("one.mp3"));
    assert_eq!(place.until(&[&one]), Vec::<PathBuf>::new());
    file.write_all(&bytes[100..]).unwrap();
    let two = copy("mp3-a.mp3", &place.root.join("two.mp3"));
    assert_eq!(place.until(&[&two]), Vec::<PathBuf>::new());
    drop(file);
    assert_eq!(place.until(&[&path]), Vec::<PathBuf>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn changes_behind_links_are_told_and_so_is_what_a_link_leads_to() {
    use std::os::unix::fs::symlink;
    let place = watched(true);
    let other = place.dir.path().canonicalize().unwrap().join("other");
    copy("mp3-a.mp3", &other.join("one.mp3"));
    let (link, again, file) = (
        place.root.join("link"),
        place.root.join("link again"),
        place.root.join("file.mp3"),
    );
    symlink(&other, &link).unwrap();
    place.until(&[&link.join("one.mp3")]);
    // A second link to it takes nothing from the first, and stands in for it when it goes.
    symlink(&other, &again).unwrap();
    place.until(&[&again.join("one.mp3")]);
    copy("mp3-b.mp3", &other.join("two.mp3"));
    place.until(&[&link.join("two.mp3")]);
    fs::remove_file(&link).unwrap();
    place.until(&[&link]);
    copy("mp3-b.mp3", &other.join("three.mp3"));
    place.until(&[&again.join("three.mp3")]);
    symlink(&other, &link).unwrap();
    place.until(&[&link.join("one.mp3")]);
    // What a link to a file leads to, in a folder that nobody watches.
    let outside = copy("mp3-a.mp3", &place.dir.path().join("outside/x.mp3"));
    symlink(&outside, &file).unwrap();
    place.until(&[&file]);
    fs::write(&outside, "other").unwrap();
    place.until(&[&file]);
    // Another folder where the link leads.
    fs::remove_dir_all(&other).unwrap();
    place.until(&[&link, &again]);
    copy("mp3-a.mp3", &other.join("four.mp3"));
    place.until(&[&link, &again]);
}

#[test]
fn folders_without_a_watch_are_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let one = copy("mp3-a.mp3", &root.join("a/one.mp3"));
    let mut reach = Reach::new(None);
    reach.follow(std::slice::from_ref(&root));
    assert!(reach.polls());
    reach.look_now();
    assert_eq!(reach.look(), Vec::<PathBuf>::new());
    // An older file in its place.
    let file = fs::File::options().append(true).open(&one).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1))
        .unwrap();
    reach.look_now();
    assert_eq!(reach.look(), [root.join("a")]);
    copy("mp3-a.mp3", &root.join("b/two.mp3"));
    reach.look_now();
    assert_eq!(reach.look(), std::slice::from_ref(&root));
    // What is new is looked at from then on.
    copy("mp3-a.mp3", &root.join("b/three.mp3"));
    reach.look_now();
    assert_eq!(reach.look(), [root.join("b")]);
}

#[test]
fn a_cue_sheet_that_comes_changes_or_goes_is_told() {
    let told = watched(true);
    let cue = told.root.join("image.cue");
    fs::write(&cue, "TITLE A").unwrap();
    told.until(&[&cue]);
    fs::write(&cue, "TITLE B").unwrap();
    told.until(&[&cue]);
    fs::remove_file(&cue).unwrap();
    told.until(&[&cue]);
}
