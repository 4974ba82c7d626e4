//! What was heard and measured: vectors by their model, lengths that were guessed and counted, what was refused.

use super::*;

#[test]
fn vectors_come_back_by_their_model() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    copy("mp3-a.mp3", &place.music.join("copy.mp3"));
    copy("mp3-b.mp3", &place.music.join("b.mp3"));
    place.scan();
    let library = &place.library;
    let (model, other) = (ModelId("m@1".into()), ModelId("m@2".into()));
    let waiting = library.unanalyzed(&model, 10).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(library.unanalyzed(&model, 1).unwrap(), waiting[..1]);
    let tag = |name: &str, p| TagScore {
        name: name.into(),
        p,
        present: p >= 0.5,
    };
    let embedding = Embedding::new(model.clone(), vec![3.0, 4.0, 0.0]).unwrap();
    let end = |x| Embedding::new(model.clone(), vec![x, 1.0, 0.0]).unwrap();
    let ends = [end(0.0), end(1.0)];
    library
        .put_analysis(
            waiting[0].audio,
            &embedding,
            &ends,
            &[tag("calm", 0.25), tag("jazz", 0.5)],
            &Descriptors {
                bpm: Some(120.5),
                key: Some(Key::new(9, Mode::Minor)),
            },
        )
        .unwrap();
    library
        .put_analysis_failure(waiting[1].audio, &model, &FileFault::Silent)
        .unwrap();
    assert!(library.unanalyzed(&model, 10).unwrap().is_empty());
    assert_eq!(library.unanalyzed(&other, 10).unwrap(), waiting);
    assert_eq!(
        (
            library.analyzed_count(&model).unwrap(),
            library.analyzed_count(&other).unwrap()
        ),
        (1, 0)
    );
    let both = [waiting[1].audio, waiting[0].audio];
    let told = library.ends(&model, &both).unwrap();
    let close = |told: &[f32]| {
        let ends = ends.iter().flat_map(|end| end.values());
        told.len() == 6 && told.iter().zip(ends).all(|(a, b)| (a - b).abs() < 1e-3)
    };
    assert!(told[0].is_none() && told[1].as_deref().is_some_and(close));
    assert_eq!(library.ends(&other, &both).unwrap(), [None, None]);
    let heard = |model: Option<&ModelId>| {
        let mut all = Vec::new();
        library
            .recordings(model, |audio, recording| all.push((audio, recording)))
            .unwrap();
        all
    };
    let all = heard(Some(&model));
    let (one, two) = (&all[0], &all[1]);
    // Two copies are one recording.
    assert_eq!(
        (all.len(), one.0, two.0),
        (2, waiting[0].audio, waiting[1].audio)
    );
    assert_eq!(
        one.1.vector,
        Some(
            [0.6, 0.8, 0.0]
                .map(|v| half::f16::from_f32(v).to_f32())
                .to_vec()
        )
    );
    assert_eq!(one.1.tags, [tag("jazz", 0.5), tag("calm", 0.25)]);
    assert_eq!(
        (one.1.bpm, one.1.key.as_deref()),
        (Some(120.5), Some("A minor"))
    );
    assert!(one.1.there && one.1.track == waiting[0].track && two.1.vector.is_none());
    assert!(
        heard(None)
            .iter()
            .chain(&heard(Some(&other)))
            .all(|(_, one)| one.vector.is_none() && one.tags.is_empty())
    );
    let failures = library.analysis_failures(&model).unwrap();
    assert_eq!(
        (failures.len(), &failures[0].why, &failures[0].path),
        (1, &FileFault::Silent, &waiting[1].path)
    );
    let copies = library.tracks_of(waiting[0].audio).unwrap();
    assert!(
        copies
            .iter()
            .all(|track| (track.bpm, track.key.as_deref()) == (Some(120.5), Some("A minor")))
    );
    let copies = copies.len() as u64;
    assert_eq!(library.heard_tracks(&model).unwrap(), copies);
    library.clear_analyses(&model).unwrap();
    assert_eq!(library.unanalyzed(&model, 10).unwrap(), waiting);
    assert_eq!(library.heard_tracks(&model).unwrap(), 0);
    // The copy to play is one that is there.
    std::fs::remove_file(place.music.join("a.mp3")).unwrap();
    place.scan();
    let copy = &heard(None)[0].1;
    assert!(copy.there && copy.track != waiting[0].track);
}

#[test]
fn a_length_that_was_guessed_gives_way_to_the_one_that_was_counted() {
    let place = filled();
    let library = &place.library;
    let length = || library.tracks_of(audio(3)).unwrap()[0].duration_s;
    let stated_s = length();
    // What a header states is kept where the count differs by no more than an encoder's padding.
    library
        .put_measures(audio(3), &as_long_as(stated_s + 0.04))
        .unwrap();
    assert_eq!(length(), stated_s);
    // A history's play of that name and the true length waits for it.
    let long_s = stated_s + 30.0;
    let subject = PlaySubject {
        title: Some("Jóga".into()),
        artist: Some("Björk".into()),
        duration_s: Some(long_s),
        ..PlaySubject::default()
    };
    assert_eq!(library.match_subject(&subject).unwrap(), None);
    library.put_measures(audio(3), &as_long_as(long_s)).unwrap();
    assert_eq!(length(), long_s);
    let found = library.match_subject(&subject).unwrap().unwrap();
    assert_eq!(found.0, audio(3));
}

#[test]
fn a_file_that_is_read_once_more_does_not_bring_a_guessed_length_back() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    place.scan();
    let library = &place.library;
    let all = || library.tracks(&TrackQuery::default()).unwrap().tracks;
    library
        .put_measures(all()[0].audio, &as_long_as(30.0))
        .unwrap();
    copy("mp3-a.mp3", &place.music.join("b.mp3"));
    place.scan();
    let lengths: Vec<f64> = all().iter().map(|track| track.duration_s).collect();
    assert_eq!(lengths, [30.0, 30.0]);
}

#[test]
fn measures_come_back_and_what_was_refused_is_not_tried_again() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    copy("mp3-a.mp3", &place.music.join("copy.mp3"));
    copy("mp3-b.mp3", &place.music.join("b.mp3"));
    place.scan();
    let library = &place.library;
    let waiting = library.unmeasured(10).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(library.unmeasured(1).unwrap(), waiting[..1]);
    assert_eq!(library.measures(waiting[0].track).unwrap(), None);
    let before = library.revision();
    library.put_measures(waiting[0].audio, &measured()).unwrap();
    assert!(library.revision() > before);
    library
        .put_measure_failure(waiting[1].audio, &in_words("it is damaged"))
        .unwrap();
    assert!(library.unmeasured(10).unwrap().is_empty());
    // Every copy of the recording has them.
    for track in library.tracks_of(waiting[0].audio).unwrap() {
        assert_eq!(library.measures(track.id).unwrap(), Some(measured()));
        assert_eq!(
            (track.loudness_lufs, track.true_peak_dbtp),
            (Some(-14.25), Some(0.5))
        );
        assert_eq!((track.intro_lufs, track.outro_lufs), (Some(-20.0), None));
        assert_eq!(
            (track.leading_silence_s, track.trailing_silence_s),
            (Some(0.25), Some(2.5))
        );
    }
    assert_eq!(library.measures(TrackId(99)).unwrap(), None);
    let failures = library.measure_failures().unwrap();
    assert_eq!(
        (failures.len(), &failures[0].why, &failures[0].path),
        (1, &in_words("it is damaged"), &waiting[1].path)
    );
    library.clear_measures().unwrap();
    assert_eq!(library.unmeasured(10).unwrap(), waiting);
    assert_eq!(
        library.tracks_of(waiting[0].audio).unwrap()[0].loudness_lufs,
        None
    );
    assert!(library.measure_failures().unwrap().is_empty());
}
