//! Taste as the listener meets it.

use jiff::ToSpan;
use segue_core::{Because, PlaySource, ReasonKind, SeedName, StationTitle};

use super::*;
use crate::testing::{World, desktop, heard, refused, until};
use crate::wire::{EnqueueAt, PlayerCommand, QueueSource, SeedRef, StationRequest};

/// Somebody who finishes the first style and leaves the others.
fn listener() -> (World, String) {
    let world = heard();
    let loved = world.tracks()[0].genres[0].clone();
    world.live(&loved);
    (world, loved)
}

#[test]
fn what_was_learned_is_shown_with_its_terms() {
    let (world, loved) = listener();
    let page = world.segue.taste_page().unwrap();
    assert_eq!((page.plays, page.taught, page.guest_plays), (96, 96, 0));
    assert_eq!(page.liked_genres[0].name, loved);
    assert_eq!(page.liked_genres[0].term, format!("genre:{loved}"));
    assert_eq!(page.liked_genres[0].plays, 16);
    assert!(
        page.disliked_genres
            .iter()
            .all(|row| row.weight < 0.0 && row.deviation > 0.0)
    );
    let interest = &page.interests[0];
    assert_eq!((interest.number, interest.turned), (1, 0));
    assert!((interest.hours.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(
        interest.examples.iter().all(|row| row.genres[0] == loved),
        "{interest:?}"
    );
    assert!((page.hours.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let parts: Vec<TastePart> = page.parts.iter().map(|part| part.part).collect();
    let all = [
        TastePart::Sound,
        TastePart::Corners,
        TastePart::Hours,
        TastePart::Followed,
    ];
    assert_eq!(parts, all);
    let shown = world.segue.show_taste().unwrap();
    assert_eq!(
        (shown.model_version, shown.interests),
        (page.version, page.interests)
    );
    let judged = world.segue.judge_taste().unwrap();
    assert_eq!(judged.learned + judged.foretold, 96);
    let rank = |way: &str| {
        judged
            .ways
            .iter()
            .find(|ranked| ranked.way == way)
            .unwrap()
            .rank
    };
    assert!(rank("taste") > rank("shuffle"), "{judged:?}");
    // It can be taken along.
    let file = world.folder.path().join("taste.json");
    world.segue.export_taste(&file).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept["plays"], 96);
    refused(
        world
            .segue
            .export_taste(&world.folder.path().join("no/such/folder.json")),
        "write",
    );
    // The last of the plays judge, where some of them were listened to and some left.
    for track in world.tracks() {
        world.play(&track, 0, track.genres[0] == loved);
    }
    let foretold = world.segue.taste_page().unwrap().foretold;
    assert!(
        foretold.as_ref().is_some_and(|found| found.auc > 0.9),
        "{foretold:?}"
    );
}

#[test]
fn a_reason_is_turned_down_and_taken_back() {
    let world = heard();
    let segue = &world.segue;
    let seed = world.tracks()[0].clone();
    let radio = || {
        segue
            .radio(&[seed.id.to_string()], &plain(10))
            .unwrap()
            .tracks
    };
    let before = radio();
    // Everything that speaks for a pick can be turned, but for what was asked for and opinions.
    for pick in &before {
        for reason in pick.reasons.iter().filter(|reason| reason.weight > 0.0) {
            assert!(reason.term.is_some(), "{reason:?}");
        }
    }
    let term = format!("artist:{}", before[0].track.artists[0]);
    let row = segue.turn(&term, false).unwrap();
    let artist = TermName::Artist {
        name: before[0].track.artists[0].clone(),
    };
    assert_eq!(
        (row.kind, row.turned),
        (FeedbackKind::Less, Some(artist.clone()))
    );
    assert_eq!(row.term.as_deref(), Some(term.as_str()));
    let after = radio();
    let place = |picks: &[crate::PickRow]| {
        picks
            .iter()
            .position(|pick| pick.track.id == before[0].track.id)
    };
    assert!(
        place(&after).is_none_or(|place| place > 0),
        "{:?}",
        place(&after)
    );
    let said = after
        .iter()
        .flat_map(|pick| &pick.reasons)
        .find(|reason| reason.kind == ReasonKind::Turned);
    assert_eq!(
        said.unwrap().because,
        Because::Turned {
            up: false,
            name: artist
        }
    );
    assert_eq!(segue.feedback().unwrap().len(), 1);
    segue.undo_feedback().unwrap();
    assert_eq!(radio(), before);
    refused(segue.turn("nonsense", true), "no term: nonsense");
}

fn plain(count: u32) -> crate::RadioRequest {
    crate::RadioRequest {
        less: Vec::new(),
        count,
        discovery: 0.5,
        rng_seed: 0,
        with_seed: false,
        more: None,
    }
}

#[test]
fn what_is_forgotten_teaches_nothing_until_it_is_learned_again() {
    let (world, _) = listener();
    let segue = &world.segue;
    let track = world.tracks()[0].clone();
    segue
        .rate(track.id.to_string(), Some(segue_core::Rating::Like))
        .unwrap();
    let version = || segue.taste_page().unwrap().version;
    let taught = || segue.taste_page().unwrap().taught;
    let before = version();
    let since = Timestamp::now() - (24 * 10).hours();
    let row = segue.forget(Some(since)).unwrap();
    assert!(
        row.plays > 0 && row.plays < 96 && row.since.is_some(),
        "{row:?}"
    );
    assert_eq!(taught(), 96 - row.plays);
    assert_ne!(version(), before);
    let all = segue.forget(None).unwrap();
    assert_eq!((all.plays, all.since), (96, None));
    // Likes are not forgotten with the plays, and neither are the plays themselves.
    assert_eq!(taught(), 0);
    assert!(!segue.taste_page().unwrap().liked_artists.is_empty());
    assert_eq!(segue.taste_page().unwrap().plays, 96);
    assert_eq!(segue.forgotten().unwrap().len(), 2);
    // What is played from now on is learned.
    segue
        .log_play(&segue_core::Play {
            at: Timestamp::now(),
            subject: crate::plays::subject(&track),
            listened_s: track.duration_s,
            source: segue_core::PlaySource::Radio,
            skipped: false,
            rating: None,
            context: segue_core::PlayContext::default(),
        })
        .unwrap();
    assert_eq!(taught(), 1);
    segue.remember(all.id).unwrap();
    segue.remember(row.id).unwrap();
    assert_eq!(taught(), 97);
    refused(segue.remember(row.id), "nothing forgotten");
    refused(
        segue.forget(Some(Timestamp::now() + 1.hour())),
        "forgetting the future",
    );
}

#[test]
fn a_first_choice_is_offered_once() {
    let world = heard();
    let segue = &world.segue;
    assert!(
        !segue.offers_first_choice(20).unwrap(),
        "too little to choose from"
    );
    assert!(segue.offers_first_choice(24).unwrap());
    let choice = segue.first_choice().unwrap();
    let artists: std::collections::HashSet<&str> =
        choice.iter().map(|row| row.artists[0].as_str()).collect();
    assert!(
        choice.len() >= 6 && artists.len() == choice.len(),
        "{choice:?}"
    );
    segue.end_first_choice().unwrap();
    assert!(!segue.offers_first_choice(24).unwrap());
    let (world, _) = listener();
    assert!(
        !world.segue.offers_first_choice(24).unwrap(),
        "who has played needs no first choice"
    );
}

#[test]
fn a_guest_session_teaches_nothing() {
    let world = heard();
    let ids = world.ids();
    let (_folder, desktop, told) = desktop(world);
    desktop.command(&PlayerCommand::Guest { on: true }).unwrap();
    until("the guest session is on", || {
        desktop.player().unwrap().guest
    });
    let plays = || desktop.taste().unwrap();
    // Not the same song twice: two plays of one song in one second are one.
    let hear = |count: u64| {
        desktop
            .play_tracks(&ids[count as usize..=count as usize], PlaySource::Queue)
            .unwrap();
        until("it sounds", || desktop.player().unwrap().position_s > 0.1);
        desktop.command(&PlayerCommand::Next).unwrap();
        until("the play is logged", || plays().plays == count);
    };
    hear(1);
    assert_eq!((plays().taught, plays().guest_plays), (0, 1));
    desktop
        .command(&PlayerCommand::Guest { on: false })
        .unwrap();
    until("the guest session is over", || {
        !desktop.player().unwrap().guest
    });
    hear(2);
    until("it is learned", || plays().taught == 1);
    assert_eq!(plays().guest_plays, 1);
    // Guests who come in the middle of a song may be the ones who leave it.
    desktop.play_tracks(&ids[3..4], PlaySource::Queue).unwrap();
    until("it sounds", || desktop.player().unwrap().position_s > 0.1);
    desktop.command(&PlayerCommand::Guest { on: true }).unwrap();
    desktop.command(&PlayerCommand::Next).unwrap();
    until("the play is logged", || plays().plays == 3);
    assert_eq!((plays().taught, plays().guest_plays), (1, 2));
    assert!(
        told.lock()
            .unwrap()
            .iter()
            .any(|event| matches!(event, crate::AppEvent::Taste))
    );
    desktop.close();
}

#[test]
fn a_station_turns_when_one_of_its_songs_is_left() {
    let world = heard();
    let seed = world.tracks()[0].clone();
    let (_folder, desktop, _) = desktop(world);
    let request = StationRequest {
        seeds: vec![SeedRef::Track { id: seed.id.0 }],
        ..StationRequest::default()
    };
    desktop.start_radio(&request).unwrap();
    let queue = || desktop.queue(0, 100).unwrap();
    let station = desktop.player().unwrap().station.unwrap();
    // Its page says by itself that this is a radio.
    let title = StationTitle::Around {
        seeds: vec![SeedName::Song { title: seed.title }],
        less: Vec::new(),
    };
    assert_eq!((station.title, station.seeds.len()), (title, 1));
    until("the station is planned", || queue().total > 10);
    until("it sounds", || desktop.player().unwrap().position_s > 0.05);
    // The seed was the listener's own choice; what follows was planned.
    let planned: Vec<u64> = queue().rows[2..].iter().map(|row| row.entry).collect();
    desktop.command(&PlayerCommand::Next).unwrap();
    until("what comes is planned anew", || {
        let rows = queue().rows;
        rows.len() > 10 && !rows[2..].iter().any(|row| planned.contains(&row.entry))
    });
    let rows = queue().rows;
    assert!(
        rows[2..]
            .iter()
            .all(|row| row.source == QueueSource::Radio && !row.reasons.is_empty())
    );
    // A reason that is turned down changes what comes, too.
    let before: Vec<u64> = rows[2..].iter().map(|row| row.entry).collect();
    let said = desktop.turn("kind:sound", false).unwrap();
    let sound = TermName::Kind {
        kind: ReasonKind::Sound,
    };
    assert_eq!(said.turned, Some(sound));
    until("what comes is planned anew again", || {
        let rows = queue().rows;
        rows.len() > 10 && !rows[2..].iter().any(|row| before.contains(&row.entry))
    });
    desktop.close();
}

#[test]
fn an_opinion_is_told_and_learned() {
    let (world, loved) = listener();
    let tracks = world.tracks();
    let other = tracks
        .iter()
        .find(|track| track.genres[0] != loved)
        .unwrap()
        .clone();
    let (_folder, desktop, told) = desktop(world);
    let version = || desktop.taste().unwrap().version;
    let before = version();
    told.lock().unwrap().clear();
    let like = Some(crate::Rating::Like);
    desktop.rate(other.id.0, like).unwrap();
    let taste = |event: &crate::AppEvent| matches!(event, crate::AppEvent::Taste);
    assert!(told.lock().unwrap().iter().any(taste));
    until("it is learned", || version() != before);
    desktop.close();
}

#[test]
fn station_and_guest_dj_never_bring_the_same_song() {
    let world = heard();
    let ids = world.ids();
    let (_folder, desktop, _) = desktop(world);
    let mode = Some(crate::DjMode::Nearest);
    desktop.command(&PlayerCommand::Dj { mode }).unwrap();
    let rows = || desktop.queue(0, 100).unwrap().rows;
    let of = |source: QueueSource| rows().iter().filter(|row| row.source == source).count();
    for seed in ids.clone() {
        desktop.play_tracks(&ids[..3], PlaySource::Queue).unwrap();
        until("songs are threaded in", || {
            of(QueueSource::Queue) == 3 && of(QueueSource::Dj) > 1
        });
        let request = StationRequest {
            seeds: vec![SeedRef::Track { id: seed }],
            ..StationRequest::default()
        };
        desktop.start_radio(&request).unwrap();
        until("the station is planned", || of(QueueSource::Radio) > 10);
        until("songs are threaded into it", || of(QueueSource::Dj) > 2);
        let mut songs: Vec<i64> = rows().iter().map(|row| row.track.id).collect();
        let count = songs.len();
        songs.sort_unstable();
        songs.dedup();
        assert_eq!(songs.len(), count, "after {seed}");
    }
    desktop.close();
}

#[test]
fn the_guest_dj_comes_and_goes() {
    let world = heard();
    let own: Vec<i64> = world.ids().into_iter().step_by(4).collect();
    let (_folder, desktop, _) = desktop(world);
    desktop.play_tracks(&own, PlaySource::Queue).unwrap();
    until("it plays", || desktop.player().unwrap().current.is_some());
    let rows = || desktop.queue(0, 100).unwrap().rows;
    let threads = || {
        rows()
            .iter()
            .filter(|row| row.source == QueueSource::Dj)
            .count()
    };
    for mode in [crate::DjMode::Nearest, crate::DjMode::Bridge] {
        desktop
            .command(&PlayerCommand::Dj { mode: Some(mode) })
            .unwrap();
        until("songs are threaded in", || threads() >= 3);
        assert_eq!(desktop.player().unwrap().dj, Some(mode));
        let now = rows();
        // One's own songs keep their order; no two threads stand together, each says why, and none is one's own.
        let mine: Vec<i64> = now
            .iter()
            .filter(|row| row.source != QueueSource::Dj)
            .map(|row| row.track.id)
            .collect();
        assert_eq!(mine, own);
        assert!(
            !now.windows(2)
                .any(|two| two[0].source == QueueSource::Dj && two[1].source == QueueSource::Dj)
        );
        for row in now.iter().filter(|row| row.source == QueueSource::Dj) {
            assert!(!row.reasons.is_empty() && !own.contains(&row.track.id));
        }
        desktop.command(&PlayerCommand::Dj { mode: None }).unwrap();
        until("the threads are out again", || threads() == 0);
        assert_eq!(rows().len(), own.len());
    }
    // In the demo library nobody has two songs: there is nothing to thread in, and what another mode threaded in leaves.
    let mode = |mode| {
        desktop
            .command(&PlayerCommand::Dj { mode: Some(mode) })
            .unwrap();
    };
    mode(crate::DjMode::Nearest);
    until("songs are threaded in", || threads() >= 3);
    mode(crate::DjMode::SameArtist);
    until("they are out again", || threads() == 0);
    assert_eq!(rows().len(), own.len());
    desktop.close();
}

#[test]
fn a_song_that_the_guest_dj_threaded_in_can_be_taken_out() {
    let world = heard();
    let own: Vec<i64> = world.ids().into_iter().step_by(4).collect();
    let (_folder, desktop, _) = desktop(world);
    desktop.play_tracks(&own, PlaySource::Queue).unwrap();
    let mode = Some(crate::DjMode::Nearest);
    desktop.command(&PlayerCommand::Dj { mode }).unwrap();
    let rows = || desktop.queue(0, 100).unwrap().rows;
    let threads = || {
        rows()
            .into_iter()
            .filter(|row| row.source == QueueSource::Dj)
    };
    until("songs are threaded in", || threads().count() >= 4);
    let out = threads().next().unwrap();
    let place = rows()
        .iter()
        .position(|row| row.entry == out.entry)
        .unwrap();
    let entry = out.entry;
    desktop.command(&PlayerCommand::Remove { entry }).unwrap();
    until("it is out", || threads().all(|row| row.entry != out.entry));
    // Something else makes the guest look again.
    desktop.enqueue(&own[..1], EnqueueAt::Last).unwrap();
    until("the guest has looked again", || threads().count() >= 4);
    let now = rows();
    assert!(now.iter().all(|row| row.track.id != out.track.id));
    assert!(now[place - 1].source != QueueSource::Dj && now[place].source != QueueSource::Dj);
    desktop.close();
}

#[test]
fn a_station_of_names_begins_with_songs_that_do_not_come_again() {
    let world = heard();
    let genre = world.tracks()[0].genres[0].clone();
    let request = StationRequest {
        seeds: vec![SeedRef::Genre { name: genre }],
        ..StationRequest::default()
    };
    let (_folder, desktop, _) = desktop(world);
    let total = || desktop.queue(0, 1).unwrap().total;
    for _ in 0..10 {
        desktop.command(&PlayerCommand::Clear).unwrap();
        until("the queue is empty", || total() == 0);
        desktop.start_radio(&request).unwrap();
        until("it is planned", || total() >= 15);
        for _ in 0..6 {
            desktop.command(&PlayerCommand::Next).unwrap();
        }
        until("more is planned", || total() > 15);
        let rows = desktop.queue(0, 100).unwrap().rows;
        let mut songs: Vec<i64> = rows.iter().map(|row| row.track.id).collect();
        songs.sort_unstable();
        songs.dedup();
        assert_eq!(songs.len(), rows.len());
    }
    desktop.close();
}

#[test]
fn a_station_goes_on_without_a_seed_that_is_gone_and_ends_when_all_are() {
    let world = heard();
    let ids = world.ids();
    let keep = |ids: &[i64]| {
        let source = crate::PlaylistSource::Tracks { ids: ids.to_vec() };
        world
            .segue
            .create_playlist("list", &source, false)
            .unwrap()
            .id
    };
    let lists = [keep(&ids[..3]), keep(&ids[20..])];
    let request = StationRequest {
        seeds: lists.map(|id| SeedRef::Playlist { id }).to_vec(),
        ..StationRequest::default()
    };
    let (_folder, desktop, told) = desktop(world);
    desktop.start_radio(&request).unwrap();
    let notices = || {
        let told = told.lock().unwrap();
        let notices = told
            .iter()
            .filter(|event| matches!(event, crate::AppEvent::Notice { .. }));
        notices.count()
    };
    let planned = || -> Vec<u64> {
        let queue = desktop.queue(0, 100).unwrap();
        queue.rows[1..].iter().map(|row| row.entry).collect()
    };
    until("it is planned", || planned().len() > 10);
    let before = planned();
    desktop.delete_playlist(lists[0]).unwrap();
    desktop.turn("kind:sound", false).unwrap();
    until("it is planned anew", || {
        planned().len() > 10 && planned().iter().all(|entry| !before.contains(entry))
    });
    assert_eq!(notices(), 0);
    desktop.delete_playlist(lists[1]).unwrap();
    // Plans overtake each other; the end is told once all the same.
    for on in [true, false, true, false, true] {
        desktop.turn("kind:sound", on).unwrap();
    }
    until("the station ends", || {
        desktop.player().unwrap().station.is_none()
    });
    until("that is told", || notices() > 0);
    refused(desktop.start_radio(&request), "no playlist");
    desktop.close();
    assert_eq!(notices(), 1);
}

#[test]
fn what_is_never_to_come_again_leaves_the_plan() {
    let world = heard();
    let seed = world.tracks()[0].id.0;
    let (_folder, desktop, _) = desktop(world);
    let request = StationRequest {
        seeds: vec![SeedRef::Track { id: seed }],
        ..StationRequest::default()
    };
    desktop.start_radio(&request).unwrap();
    let rows = || desktop.queue(0, 100).unwrap().rows;
    until("it is planned", || rows().len() > 10);
    let (third, fourth) = (rows()[3].track.id, rows()[4].track.id);
    desktop.say(FeedbackKind::Never, third, false).unwrap();
    until("it is out", || {
        rows().iter().all(|row| row.track.id != third)
    });
    desktop.say_wrong_after(seed, fourth).unwrap();
    until("the plan is another", || {
        let rows = rows();
        rows.len() > 10 && rows[1].track.id != fourth
    });
    desktop.close();
}
