//! Picks, and why: neighbours, stations, mixes, paths.

use segue_app::{
    MixRow, MixTold, MixesListed, PathFound, PickRow, RadioFound, Scored, SimilarFound,
};
use segue_core::{Facet, SeedDetail};

use super::out::{line, name, put, spoken, time};
use crate::words::{because, mix_content, mix_title, seed_detail, unknown_words};

pub(crate) fn similar(found: &SimilarFound, by: Facet, json: bool) {
    if json {
        return line(found);
    }
    let like = match by {
        Facet::Sound => "sounds like",
        Facet::Rhythm => "moves like",
        Facet::Harmony => "is in a key like",
    };
    let mut text = format!("{like} {}:\n", name(&found.seed));
    for Scored { track, score } in &found.tracks {
        text.push_str(&format!("{score:6.3}  {}\n", name(track)));
    }
    put(&text);
}

pub(crate) fn radio(found: &RadioFound, json: bool) {
    if json {
        return spoken(found);
    }
    let seeds: Vec<&str> = found.from.iter().map(|seed| seed.name.as_str()).collect();
    let mut text = format!("radio from {}\n", seeds.join("; "));
    for seed in &found.from {
        if let SeedDetail::Understood { unknown, .. } = &seed.about {
            text.push_str(&format!("  understood: {}\n", seed_detail(&seed.about)));
            if !unknown.is_empty() {
                text.push_str(&format!("  {}\n", unknown_words(unknown)));
            }
        }
    }
    text.push_str(&picks(&found.tracks));
    put(&text);
}

pub(crate) fn path(found: &PathFound, json: bool) {
    if json {
        return spoken(found);
    }
    put(&picks(&found.tracks));
}

pub(crate) fn mix(found: &MixTold, json: bool) {
    if json {
        return spoken(found);
    }
    put(&format!(
        "{}: {}\n{}",
        mix_title(found.mix.title),
        mix_content(&found.mix.content),
        picks(&found.tracks)
    ));
}

pub(crate) fn mixes(found: &MixesListed, json: bool) {
    if json {
        return spoken(found);
    }
    let row = |mix: &MixRow| {
        let (title, content) = (mix_title(mix.title), mix_content(&mix.content));
        format!("{:20} {title}: {content}\n", mix.id)
    };
    put(&found.mixes.iter().map(row).collect::<String>());
}

/// Tracks with what speaks for them; the whole sum is in the JSON.
fn picks(rows: &[PickRow]) -> String {
    let mut text = String::new();
    for (place, pick) in rows.iter().enumerate() {
        let speak = pick
            .reasons
            .iter()
            .filter(|reason| reason.weight > 0.01)
            .take(3);
        let reasons: Vec<String> = speak.map(|reason| because(&reason.because)).collect();
        text.push_str(&format!(
            "{:>3}. {}  [{}]\n",
            place + 1,
            name(&pick.track),
            time(pick.track.duration_s)
        ));
        if !reasons.is_empty() {
            text.push_str(&format!("       {}\n", reasons.join(" · ")));
        }
    }
    text
}
