//! What the view of library and taste promises while plays, opinions and forgetting come in.

use std::sync::Arc;
use std::thread;

use jiff::{Timestamp, ToSpan};
use segue_core::{Play, PlayContext, PlaySource, Rating};

use super::*;
use crate::plays::subject;
use crate::testing::{World, heard, refused};

/// Somebody with a history, and a play of now.
fn listener() -> (World, Play) {
    let world = heard();
    let track = world.tracks()[0].clone();
    world.live(&track.genres[0]);
    let play = Play {
        at: Timestamp::now(),
        subject: subject(&track),
        listened_s: track.duration_s,
        source: PlaySource::Radio,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
    };
    (world, play)
}

/// Plays in the log, and those that taught.
fn counts(segue: &Segue) -> (usize, usize) {
    let known = segue.known().unwrap();
    (known.plays, known.taught)
}

/// The bits of the view, and of one learned from the log as it stands.
fn as_learned_anew(segue: &Segue) -> bool {
    let before = segue.known().unwrap();
    segue.discard_snapshot();
    let after = segue.known().unwrap();
    (before.taste.version(), before.plays, before.taught)
        == (after.taste.version(), after.plays, after.taught)
}

#[test]
fn what_is_forgotten_while_it_is_being_learned_teaches_nothing() {
    let (world, _) = listener();
    let segue = &world.segue;
    thread::scope(|scope| {
        let (end, ended) = crossbeam_channel::bounded::<()>(0);
        scope.spawn(move || {
            while ended.try_recv() == Err(crossbeam_channel::TryRecvError::Empty) {
                segue.request_refit();
                segue.refit().unwrap();
            }
        });
        for _ in 0..30 {
            let row = segue.forget(None).unwrap();
            assert_eq!(counts(segue), (96, 0));
            segue.remember(row.id).unwrap();
            assert_eq!(counts(segue), (96, 96));
        }
        drop(end);
    });
}

#[test]
fn a_song_that_began_before_all_was_forgotten_teaches_nothing_when_it_ends() {
    let (world, play) = listener();
    let segue = &world.segue;
    segue.known().unwrap();
    segue.forget(None).unwrap();
    assert_eq!(counts(segue), (96, 0));
    segue.log_play(&play).unwrap();
    assert_eq!(counts(segue), (97, 0));
    assert!(as_learned_anew(segue));
}

#[test]
fn a_play_is_learned_once_and_at_once() {
    let (world, play) = listener();
    let segue = &world.segue;
    let before = segue.known().unwrap();
    segue.log_play(&play).unwrap();
    segue.log_play(&play).unwrap();
    assert_eq!(counts(segue), (97, 97));
    // Nothing but taste was read anew.
    let after = segue.known().unwrap();
    assert!(Arc::ptr_eq(&before.catalogue, &after.catalogue));
    assert!(as_learned_anew(segue));
}

#[test]
fn a_guests_play_leaves_the_view_as_fresh_as_it_was() {
    let (world, mut play) = listener();
    let segue = &world.segue;
    let before = segue.known().unwrap();
    play.context.guest = true;
    segue.log_play(&play).unwrap();
    let after = segue.known().unwrap();
    assert_eq!((after.plays, after.taught), (97, 96));
    assert_eq!(before.taste.version(), after.taste.version());
    let revision = lock(&segue.snapshots.last)
        .as_ref()
        .map(|last| last.revision);
    assert_eq!(revision, Some(segue.library.revision()));
    assert!(as_learned_anew(segue));
}

#[test]
fn an_opinion_and_a_play_out_of_order_are_learned_with_the_whole_log() {
    let (world, mut play) = listener();
    let segue = &world.segue;
    let version = || segue.known().unwrap().taste.version();
    let before = version();
    let track = world.tracks()[1].id.to_string();
    segue.rate(&track, Some(Rating::Like)).unwrap();
    assert_ne!(version(), before);
    // A like is no play.
    assert_eq!(counts(segue), (96, 96));
    play.at -= 400.hours();
    segue.log_play(&play).unwrap();
    assert_eq!(counts(segue), (97, 97));
    assert!(as_learned_anew(segue));
}

#[test]
fn plays_of_the_future_teach_nothing() {
    let (world, mut play) = listener();
    let segue = &world.segue;
    let version = || segue.known().unwrap().taste.version();
    let before = version();
    play.at += 9000.hours();
    segue.log_play(&play).unwrap();
    assert_eq!((version(), counts(segue)), (before, (97, 96)));
    assert!(as_learned_anew(segue));
    let track = world.tracks()[0].id.to_string();
    let tomorrow = Timestamp::now() + 20.hours();
    let added = segue.add_play(&track, 10.0, Some(tomorrow), "queue");
    refused(added, "play in the future");
}

#[test]
fn a_like_in_mid_song_and_a_play_dated_ahead_leave_the_next_play_to_be_learned_by_itself() {
    let (world, mut play) = listener();
    let segue = &world.segue;
    let needs_refit = || {
        lock(&segue.snapshots.last)
            .as_ref()
            .map(|last| last.needs_refit)
    };
    let mut ahead = play.clone();
    ahead.at += 20.hours();
    segue.log_play(&ahead).unwrap();
    assert_eq!(counts(segue), (97, 96));
    play.at = Timestamp::now();
    let track = world.tracks()[0].id.to_string();
    segue.rate(&track, Some(Rating::Like)).unwrap();
    segue.known().unwrap();
    segue.log_play(&play).unwrap();
    assert_eq!((needs_refit(), counts(segue)), (Some(false), (98, 97)));
    assert!(as_learned_anew(segue));
}

#[test]
fn an_artists_recordings_are_found_however_the_artist_is_written() {
    let world = heard();
    let known = world.segue.known().unwrap();
    let artist = &world.tracks()[0].artists[0];
    let by = |name: &str| known.recordings_by(name).count();
    assert_eq!(by(&format!("the {}!", artist.to_uppercase())), 1);
    // Whom only the albums name.
    assert_eq!(by("VARIOUS artists"), 24);
    assert_eq!(by("Nobody"), 0);
}
