//! Changes on disk are told once, soon, and never after the watcher is gone.

use std::fs;
use std::sync::mpsc;

use super::*;
use crate::fixtures::{copy, fixture};

#[test]
fn changes_are_told_when_they_have_calmed_down_and_not_after_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let (tell, told) = mpsc::channel();
    let watcher = watch(&[root.clone(), root.join("not there")], move |paths| {
        drop(tell.send(paths))
    })
    .unwrap();
    assert!(!watcher.polling());
    let next = || told.recv_timeout(Duration::from_secs(20)).unwrap();

    let one = copy("mp3-a.mp3", &root.join("one.mp3"));
    fs::write(root.join("notes.txt"), "no music").unwrap();
    fs::write(root.join(".one.mp3.part"), "hidden").unwrap();
    assert_eq!(next(), std::slice::from_ref(&one));

    // A new folder, and what comes into it after.
    let folder = root.join("Mr. Folder");
    copy("mp3-a.mp3", &folder.join("two.mp3"));
    assert!(next().contains(&folder));
    let cover = folder.join("cover.jpg");
    fs::copy(fixture("cover.jpg"), cover).unwrap();
    assert_eq!(next(), std::slice::from_ref(&folder));

    fs::rename(&one, root.join("uno.mp3")).unwrap();
    assert_eq!(next(), [one, root.join("uno.mp3")]);
    fs::remove_dir_all(&folder).unwrap();
    assert!(next().contains(&folder));

    drop(watcher);
    copy("mp3-b.mp3", &root.join("late.mp3"));
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err());
}
