//! Playlists by rules, on a copy of the demo library.

use super::*;
use crate::testing::world;

#[test]
fn a_search_by_rules_follows_what_is_played_and_can_have_other_rules() {
    let world = world();
    let segue = &world.segue;
    let all = world.tracks();
    let unheard = PlaylistSource::Search {
        query: SongsQuery {
            text: "plays:0".into(),
            sort: SongSort::Title,
            ..SongsQuery::default()
        },
        limit: Some(SongsLimit::Songs { most: 5 }),
    };
    let list = segue.create_playlist("Unheard", &unheard, true).unwrap();
    let titles = || {
        let page = segue.playlist(list.id, 0, 99).unwrap();
        let titles = page.rows.into_iter().map(|row| row.track.title);
        titles.collect::<Vec<_>>()
    };
    let first = titles();
    assert_eq!(first.len(), 5);
    // What is played is not unheard any more, at once.
    let played = all.iter().find(|track| track.title == first[0]).unwrap();
    segue.add_play(&played.path, 200.0, None, "queue").unwrap();
    let second = titles();
    assert_eq!(second[..4], first[1..]);
    assert_eq!(second.len(), 5);
    // As long, as large as is wanted, and no longer.
    let (mut query, _) = segue.playlist_rules(list.id).unwrap();
    query.text = "length:>0".into();
    let lengths: Vec<f64> = {
        let mut by_title = all.clone();
        by_title.sort_by_key(|track| segue_core::fold(&track.title));
        by_title.iter().map(|track| track.duration_s).collect()
    };
    let limit = SongsLimit::Seconds {
        most: (lengths[0] + lengths[1] + lengths[2] / 2.0) as u32,
    };
    let row = segue
        .set_playlist_rules(list.id, &query, Some(limit))
        .unwrap();
    assert_eq!(row.tracks, 2);
    let none = SongsLimit::Megabytes { most: 1 };
    segue
        .set_playlist_rules(list.id, &query, Some(none))
        .unwrap();
    assert!(titles().len() < all.len());
    assert_eq!(
        segue.playlist_rules(list.id).unwrap(),
        (query.clone(), Some(none))
    );
    // Rules that cannot be read leave the old ones.
    let bad = SongsQuery {
        text: "year:soon".into(),
        ..query.clone()
    };
    let refused = segue.set_playlist_rules(list.id, &bad, None).unwrap_err();
    assert!(matches!(refused, AppError::BadQuery { .. }), "{refused:?}");
    assert_eq!(segue.playlist_rules(list.id).unwrap().0, query);
    let fixed = segue.create_playlist("Fixed", &unheard, false).unwrap();
    let refused = segue
        .set_playlist_rules(fixed.id, &query, None)
        .unwrap_err();
    assert!(
        matches!(refused, AppError::PlaylistFixed { .. }),
        "{refused:?}"
    );
}

#[test]
fn rules_go_to_navidromes_files_and_come_back() {
    let world = world();
    let segue = &world.segue;
    let source = PlaylistSource::Search {
        query: SongsQuery {
            text: "-genre:live (is:liked or plays:>2) added:<30d".into(),
            sort: SongSort::Played,
            descending: true,
            ..SongsQuery::default()
        },
        limit: Some(SongsLimit::Songs { most: 7 }),
    };
    let list = segue.create_playlist("Often", &source, true).unwrap();
    let path = world.folder.path().join("often.nsp");
    let written = segue.export_playlist(list.id, &path).unwrap();
    assert_eq!(written.format, "nsp");
    let imported = segue.import_playlist(&path).unwrap();
    assert_eq!(imported.playlist.name, "Often");
    assert!(imported.playlist.living);
    let (query, limit) = segue.playlist_rules(imported.playlist.id).unwrap();
    assert_eq!(
        query.text,
        "-genre:*live* (is:liked OR plays:>2) added:<30d"
    );
    assert_eq!((query.sort, query.descending), (SongSort::Played, true));
    assert_eq!(limit, Some(SongsLimit::Songs { most: 7 }));
    std::fs::write(&path, r#"{"all": [{"is": {"mood": "x"}}]}"#).unwrap();
    let refused = segue.import_playlist(&path).unwrap_err();
    assert!(matches!(refused, AppError::Exchange { .. }), "{refused:?}");
}
