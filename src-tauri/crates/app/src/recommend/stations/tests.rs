//! Stations from whatever can be named.

use super::*;
use crate::testing::{heard, refused};
use crate::wire::StationRequest;

fn next(request: &StationRequest, count: usize) -> Next<'_> {
    Next {
        request,
        count,
        rng_seed: 0,
        recent: Vec::new(),
    }
}

fn from(seeds: Vec<SeedRef>) -> StationRequest {
    StationRequest {
        seeds,
        ..StationRequest::default()
    }
}

fn genres(picks: &[(Track, Pick)]) -> Vec<&str> {
    picks
        .iter()
        .map(|(track, _)| track.genres[0].as_str())
        .collect()
}

#[test]
fn a_station_starts_from_anything_that_has_a_name() {
    let world = heard();
    let segue = &world.segue;
    let tracks = world.tracks();
    let first = &tracks[0];
    let (genre, artist) = (first.genres[0].clone(), first.artists[0].clone());
    let album = segue.library.album_of(first.id).unwrap().unwrap();
    let mates = world.of(&genre).len();
    let list = segue
        .create_playlist(
            "mine",
            &PlaylistSource::Tracks {
                ids: vec![first.id.0],
            },
            false,
        )
        .unwrap();
    for (seed, itself) in [
        (SeedRef::Track { id: first.id.0 }, false),
        (SeedRef::Album { id: album.0 }, false),
        (
            SeedRef::Artist {
                name: artist.to_uppercase(),
            },
            true,
        ),
        (
            SeedRef::Genre {
                name: genre.clone(),
            },
            true,
        ),
        (
            SeedRef::Tag {
                name: genre.to_lowercase(),
            },
            true,
        ),
        (SeedRef::Playlist { id: list.id }, true),
        (
            SeedRef::Words {
                text: format!("some {genre}, please"),
            },
            true,
        ),
    ] {
        let request = from(vec![seed.clone()]);
        let picks = segue.station(&next(&request, 12)).unwrap();
        let found = genres(&picks);
        let like = found
            .iter()
            .take(mates - 1)
            .filter(|other| **other == genre)
            .count();
        // An album is all of its style here, and does not come itself.
        let whole_style = matches!(seed, SeedRef::Album { .. });
        assert!(
            whole_style || like + 1 >= mates.min(3),
            "{seed:?}: {found:?}"
        );
        let comes = picks.iter().any(|(track, _)| track.id == first.id);
        // A seed does not come itself; what lies around an artist, a name or a list may.
        assert!(itself || !comes, "{seed:?}");
        let rows = segue.seed_rows(std::slice::from_ref(&seed)).unwrap();
        assert!(
            !rows[0].name.is_empty() && rows[0].cover_track.is_some(),
            "{rows:?}"
        );
        let title = segue.station_title(&request).unwrap();
        assert!(
            matches!(&title, StationTitle::Around { seeds, .. } if seeds.len() == 1),
            "{title:?}"
        );
    }
    for (seed, words) in [
        (SeedRef::Track { id: 4242 }, "no track: 4242"),
        (SeedRef::Album { id: 4242 }, "no Album: 4242"),
        (
            SeedRef::Artist {
                name: "Nobody".into(),
            },
            "no Artist: Nobody",
        ),
        (
            SeedRef::Genre {
                name: "Polka".into(),
            },
            "no Genre: Polka",
        ),
        (
            SeedRef::Tag {
                name: "polka".into(),
            },
            "no Tag: polka",
        ),
        (SeedRef::Playlist { id: 4242 }, "no playlist: 4242"),
        (
            SeedRef::Words {
                text: "zydeco flurble".into(),
            },
            "no known words",
        ),
    ] {
        refused(segue.station(&next(&from(vec![seed]), 5)), words);
    }
}

#[test]
fn more_of_these_and_less_of_those() {
    let world = heard();
    let segue = &world.segue;
    let genre = |n: usize| world.tracks()[n].genres[0].clone();
    let (wanted, unwanted) = (genre(0), genre(23));
    assert_ne!(wanted, unwanted);
    let both = vec![
        SeedRef::Genre {
            name: wanted.clone(),
        },
        SeedRef::Track {
            id: world.of(&unwanted)[0].id.0,
        },
    ];
    let request = from(both.clone());
    let share = |request: &StationRequest| {
        let picks = segue.station(&next(request, 10)).unwrap();
        genres(&picks)
            .iter()
            .filter(|other| **other == unwanted)
            .count()
    };
    let less = StationRequest {
        seeds: both,
        less: vec![SeedRef::Tag {
            name: unwanted.to_lowercase(),
        }],
        discovery: None,
        more: None,
    };
    assert!(
        share(&less) < share(&request),
        "{} {}",
        share(&less),
        share(&request)
    );
    let title = segue.station_title(&less).unwrap();
    let name = unwanted.to_lowercase();
    assert!(
        matches!(&title, StationTitle::Around { less, .. } if *less == [SeedName::Tag { name }]),
        "{title:?}"
    );
}

#[test]
fn scripts_name_seeds_by_kind() {
    let world = heard();
    let segue = &world.segue;
    let first = &world.tracks()[0];
    let path = first.path.to_str().unwrap();
    let album = first.album.clone().unwrap();
    for (name, expected) in [
        (path.to_owned(), SeedRef::Track { id: first.id.0 }),
        (first.id.to_string(), SeedRef::Track { id: first.id.0 }),
        (
            "artist:Ann Other".into(),
            SeedRef::Artist {
                name: "Ann Other".into(),
            },
        ),
        (
            "genre:Jazz: late".into(),
            SeedRef::Genre {
                name: "Jazz: late".into(),
            },
        ),
        (
            "tag:calm".into(),
            SeedRef::Tag {
                name: "calm".into(),
            },
        ),
        (
            "words:calm piano, no vocals".into(),
            SeedRef::Words {
                text: "calm piano, no vocals".into(),
            },
        ),
    ] {
        assert_eq!(segue.seed_named(&name).unwrap(), expected, "{name}");
    }
    let of_album = segue
        .seed_named(format!("album:{}", album.to_uppercase()))
        .unwrap();
    let id = segue.library.album_of(first.id).unwrap().unwrap().0;
    assert_eq!(of_album, SeedRef::Album { id });
    refused(
        segue.seed_named("album:No such thing"),
        "no album: No such thing",
    );
    refused(segue.seed_named("playlist:nothing"), "no playlist: nothing");
    refused(segue.seed_named("nowhere.flac"), "no track: nowhere.flac");
}

#[test]
fn a_station_with_its_seed_begins_with_it() {
    let world = heard();
    let segue = &world.segue;
    let first = &world.tracks()[0];
    let (artist, album) = (first.artists[0].clone(), first.album.clone().unwrap());
    let last = world.tracks().pop().unwrap();
    segue
        .create_playlist(
            "mine",
            &PlaylistSource::Tracks {
                ids: vec![last.id.0],
            },
            false,
        )
        .unwrap();
    let request = RadioRequest {
        less: Vec::new(),
        count: 8,
        discovery: DISCOVERY,
        rng_seed: 0,
        with_seed: true,
        more: None,
    };
    let names = |name: &str| vec![name.to_owned()];
    type Is<'a> = &'a dyn Fn(&crate::wire::TrackRow) -> bool;
    let by_artist: Is = &|track| track.artists.contains(&artist);
    let on_album: Is = &|track| track.album.as_ref() == Some(&album);
    let itself: Is = &|track| track.id == first.id.0;
    let listed: Is = &|track| track.id == last.id.0;
    for (seeds, opening) in [
        (names(&format!("artist:{artist}")), vec![by_artist]),
        (names(&format!("album:{album}")), vec![on_album]),
        (names(&first.id.to_string()), vec![itself]),
        (names("playlist:mine"), vec![listed]),
        (
            vec!["playlist:mine".into(), format!("artist:{artist}")],
            vec![listed, by_artist],
        ),
    ] {
        let found = segue.radio(&seeds, &request).unwrap().tracks;
        for (pick, is) in found.iter().zip(&opening) {
            assert!(is(&pick.track), "{seeds:?} begins with {:?}", pick.track);
        }
        assert!(found.len() > opening.len(), "{seeds:?}");
        let mut ids: Vec<i64> = found.iter().map(|pick| pick.track.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), found.len(), "{seeds:?}");
    }
    let without = RadioRequest {
        with_seed: false,
        ..request
    };
    let found = segue
        .radio(&names(&format!("album:{album}")), &without)
        .unwrap();
    assert!(found.tracks.iter().all(|pick| !on_album(&pick.track)));
}

#[test]
fn seeds_are_found_by_a_part_of_their_names() {
    let world = heard();
    let segue = &world.segue;
    let artist = world.tracks()[0].artists[0].clone();
    segue
        .create_playlist(
            &format!("All of {artist}"),
            &PlaylistSource::Tracks { ids: world.ids() },
            false,
        )
        .unwrap();
    let found = segue.find_seeds(&artist[..4].to_lowercase(), 10).unwrap();
    let kinds: Vec<&SeedRef> = found.iter().map(|row| &row.seed).collect();
    assert!(matches!(kinds[0], SeedRef::Playlist { .. }), "{kinds:?}");
    assert!(
        kinds.contains(&&SeedRef::Artist {
            name: artist.clone()
        }),
        "{kinds:?}"
    );
    let common = segue.find_seeds("", 6).unwrap();
    assert_eq!(common.len(), 6);
    assert!(segue.find_seeds("no such name", 6).unwrap().is_empty());
    let understood = segue.understand("no funk and flurble").unwrap();
    assert_eq!(
        (understood.wanted.len(), understood.unknown),
        (
            0,
            vec![segue_core::UnknownWord {
                word: "flurble".into(),
                near: Vec::new()
            }]
        )
    );
}
