//! What a walk meets, what it passes over, and what it says of that.

use super::*;
use crate::fixtures::copy;

/// Walks over a folder in which `files` lie, and holds what is met and what is named as hidden against what is expected.
fn check(files: &[&str], met: &[&str], named: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    // A root's own path may be hidden.
    let root = dir.path().canonicalize().unwrap().join(".music");
    for file in files {
        copy("mp3-a.mp3", &root.join(file));
    }
    let (audio, hidden) = meet(&root);
    assert_eq!((audio, hidden), (owned(met), owned(named)), "{files:?}");
    for file in files {
        assert_eq!(
            is_hidden(&root.join(file), &root),
            !met.contains(file),
            "{file}"
        );
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What a walk over `root` meets, and what it names as hidden, relative to it.
fn meet(root: &Path) -> (Vec<String>, Vec<String>) {
    let roots = [root.to_owned()];
    let (mut audio, mut hidden) = (Vec::new(), Vec::new());
    let below = |path: &Path| {
        path.strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    FileWalk::new(&roots).walk(root, |met| {
        match met {
            WalkEvent::Audio(file) => audio.push(below(&paths::from_bytes(&file.path))),
            WalkEvent::Hidden(failure) => hidden.push(below(&failure.path)),
            WalkEvent::Failed(failure)
            | WalkEvent::Closed(failure)
            | WalkEvent::SheetUnfit(failure) => panic!("{failure:?}"),
        }
        true
    });
    (audio, hidden)
}

#[test]
fn names_with_two_dots_are_names_and_names_with_one_are_hidden() {
    check(
        &[
            "...And Rain for All/1.mp3",
            "..Greatest Hits/CD1/1.mp3",
            "Normal/...Ready for It.mp3",
            "Normal/1.mp3",
        ],
        &[
            "...And Rain for All/1.mp3",
            "..Greatest Hits/CD1/1.mp3",
            "Normal/...Ready for It.mp3",
            "Normal/1.mp3",
        ],
        &[],
    );
}

#[test]
fn what_is_hidden_stays_out_at_any_depth_and_a_word_is_said_where_music_may_be_missed() {
    check(
        &[
            ".Trash-1000/files/deep/down/1.mp3",
            ".stversions/a/1.mp3",
            "a/.sync/1.mp3",
            "$RECYCLE.BIN/1.mp3",
            "a/b/@eaDir/1.mp3",
            "System Volume Information/1.mp3",
            "#recycle/1.mp3",
            "a/._1.mp3",
        ],
        &[],
        &[],
    );
    check(
        &["a/.38 Special/Album/1.mp3", "a/.hidden.mp3", "a/1.mp3"],
        &["a/1.mp3"],
        &["a/.hidden.mp3", "a/.38 Special"],
    );
}

#[cfg(unix)]
#[test]
fn each_file_is_met_once_however_many_links_lead_to_it() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let (root, other) = (dir.join("music"), dir.join("other"));
    copy("mp3-a.mp3", &root.join("z/1.mp3"));
    copy("mp3-a.mp3", &other.join("sub/2.mp3"));
    copy("mp3-a.mp3", &other.join("4.mp3"));
    copy("mp3-a.mp3", &root.join(".store/3.mp3"));
    for (target, link) in [
        // Into the library: met on the straight way.
        (root.join("z"), "a link to z"),
        (root.join("z/1.mp3"), "a link to 1.mp3"),
        (dir.clone(), "up"),
        // Out of it: the first of two.
        (other.clone(), "first"),
        (other.clone(), "second"),
        (other.join("sub"), "third"),
        (other.join("4.mp3"), "x.mp3"),
        // What is hidden on the straight way is not on another.
        (root.join(".store"), "shown"),
    ] {
        symlink(target, root.join(link)).unwrap();
    }
    let expected = ["first/4.mp3", "first/sub/2.mp3", "shown/3.mp3", "z/1.mp3"];
    assert_eq!(meet(&root).0, owned(&expected));
}
