//! Mixes and ways, from the library to the player.

use std::collections::HashSet;

use segue_core::MixKind;

use crate::testing::{desktop, heard, refused, until};
use crate::wire::{PickRef, PlaylistOrigin, PlaylistSource, QueueSource};

#[test]
fn every_mix_that_is_offered_can_be_had() {
    let world = heard();
    let loved = world.tracks()[0].genres[0].clone();
    world.live(&loved);
    let segue = &world.segue;
    let offered = segue.mixes().unwrap().mixes;
    let kinds: Vec<&str> = offered.iter().map(|mix| mix.kind.as_str()).collect();
    for kind in ["for-you", "daily", "random-album"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    for mix in &offered {
        let found = segue.mix(&mix.id, 8).unwrap();
        assert_eq!(&found.mix, mix);
        assert!(!found.tracks.is_empty());
        for pick in &found.tracks {
            let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
            assert!((sum - pick.score).abs() < 1e-9);
        }
        // The same all day.
        assert_eq!(segue.mix(&mix.id, 8).unwrap().tracks, found.tracks);
    }
    // Of a kind of which there are several, the first.
    assert_eq!(segue.mix("daily", 4).unwrap().mix.id, "daily:1");
    refused(segue.mix("polka", 4), "no mix: polka");
    refused(segue.mix("decade:1920", 4), "mix too small: decade:1920");
}

#[test]
fn mixes_stand_under_covers_that_there_are() {
    let world = heard();
    world.live("Classical Piano");
    let tracks = world.tracks();
    let by_id = |id: &i64| tracks.iter().find(|track| track.id.0 == *id).unwrap();
    // One of the six albums has none.
    assert!(tracks.iter().any(|track| !track.has_cover));
    for mix in world.segue.mixes().unwrap().mixes {
        let covers = || mix.cover_tracks.iter().map(by_id);
        assert!(covers().all(|track| track.has_cover), "{mix:?}");
        let albums: HashSet<_> = covers().map(|track| track.album.clone()).collect();
        assert_eq!(albums.len(), mix.cover_tracks.len(), "{mix:?}");
        if mix.id == "for-you" {
            assert!(!albums.is_empty());
        }
    }
}

#[test]
fn mixes_and_ways_are_kept_and_played_as_they_are_shown() {
    let world = heard();
    let ids = world.ids();
    let segue = &world.segue;
    let way = PlaylistSource::Path {
        from: ids[0],
        to: ids[23],
        count: 6,
    };
    let kept = segue.create_playlist("way", &way, false).unwrap();
    let rows = segue.playlist(kept.id, 0, 10).unwrap().rows;
    assert_eq!(
        (rows.len(), rows[0].track.id, rows[5].track.id),
        (6, ids[0], ids[23])
    );
    assert!(rows.iter().all(|row| !row.reasons.is_empty()));
    let path = segue
        .path(ids[0].to_string(), ids[23].to_string(), 6)
        .unwrap();
    assert_eq!(path.tracks.len(), 6);
    let living = PlaylistSource::Mix {
        id: "for-you".into(),
        count: 10,
    };
    let kept = segue.create_playlist("mine", &living, true).unwrap();
    assert_eq!(
        (kept.living, kept.tracks, kept.origin),
        (
            true,
            10,
            Some(PlaylistOrigin::Mix {
                mix: MixKind::ForYou
            })
        )
    );
    refused(
        segue.create_playlist(
            "x",
            &PlaylistSource::Mix {
                id: "polka".into(),
                count: 3,
            },
            true,
        ),
        "no mix",
    );

    let (_folder, desktop, _) = desktop(world);
    let shown = desktop.mix("for-you", 6).unwrap().tracks;
    let picks: Vec<PickRef> = shown
        .iter()
        .map(|pick| PickRef {
            id: pick.track.id,
            reasons: pick.reasons.clone(),
        })
        .collect();
    desktop.play_picks(&living, &picks, 2).unwrap();
    let playing = || desktop.player().unwrap().current;
    until("the third plays", || {
        playing().is_some_and(|row| row.track.id == shown[2].track.id)
    });
    let queue = desktop.queue(0, 10).unwrap();
    assert_eq!(
        queue
            .rows
            .iter()
            .map(|row| row.track.id)
            .collect::<Vec<_>>(),
        shown.iter().map(|pick| pick.track.id).collect::<Vec<_>>()
    );
    assert!(
        queue
            .rows
            .iter()
            .zip(&shown)
            .all(|(row, pick)| row.reasons == pick.reasons && row.source == QueueSource::Mix)
    );
    desktop.play_mix("random-album", 50).unwrap();
    until("an album plays", || {
        playing().is_some_and(|row| row.source == QueueSource::Mix)
    });
    desktop.play_path(ids[0], ids[23], 6).unwrap();
    until("the way plays", || {
        playing().is_some_and(|row| row.track.id == ids[0])
    });
    refused(
        desktop.play_picks(&PlaylistSource::Queue, &picks, 0),
        "source not shown",
    );
    refused(desktop.play_picks(&living, &[], 0), "songs gone");
    desktop.close();
}
