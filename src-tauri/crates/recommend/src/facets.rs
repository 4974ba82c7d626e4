//! Nearness by single sides of music, from what is stored of every recording: rhythm by tempo and the tags that name grooves,
//! harmony by key. All in `0..=1`.
//!
//! Neither onsets nor chroma are kept, so that a groove is known by its pulse and its style alone, and harmony by one key a song.

use segue_core::Key;

use crate::catalogue::Catalogue;

/// Tags that tell how music moves. Those that the model does not have tell nothing.
const GROOVES: &[&str] = &[
    "a cappella",
    "african",
    "afrobeat",
    "ambient",
    "beatboxing",
    "blues",
    "bluegrass",
    "classical",
    "country",
    "dance",
    "disco",
    "drum and bass",
    "drum kit",
    "drum machine",
    "dubstep",
    "electro",
    "flamenco",
    "folk",
    "funk",
    "hip hop",
    "house",
    "jazz",
    "latin",
    "lullaby",
    "metal",
    "new age",
    "percussion",
    "punk",
    "r&b",
    "rap",
    "reggae",
    "rock",
    "rock and roll",
    "salsa",
    "ska",
    "soul",
    "steelpan",
    "swing",
    "tabla",
    "techno",
    "timpani",
    "trance",
];

/// How far apart two tempos are, as a ratio's logarithm, for nearness to fall to 0.37: some four hundredths.
const TEMPO_FALL: f64 = 0.04;

/// What is left where one is heard twice as fast as the other: the pulse is the same, its level is not.
const OCTAVE: f64 = 0.85;

/// What a groove's style counts by itself; the rest is tempo, of which so much counts where the style is another.
const STYLE_SHARE: f64 = 0.2;
const OTHER_STYLE: f64 = 0.4;

/// Nearness where neither has a pulse: alike in that.
const NO_PULSE: f64 = 0.5;

/// Nearness of keys by their steps on the circle of fifths, of one mode each.
const FIFTHS: [f64; 7] = [1.0, 0.7, 0.4, 0.2, 0.1, 0.05, 0.0];

/// What is left where the mode is another: of the relative keys, which share their notes, and of all others.
const RELATIVE: f64 = 0.85;
const OTHER_MODE: f64 = 0.75;

/// Of one tonic in both modes.
const PARALLEL: f64 = 0.5;

/// A recording's rhythm, ready to be compared with many.
pub(crate) struct Rhythm {
    bpm: Option<f64>,
    /// Tags that name grooves, with how clearly they are heard; and the length of the whole.
    grooves: Vec<(u32, f64)>,
    length: f64,
}

impl Rhythm {
    pub(crate) fn new(catalogue: &Catalogue, position: usize) -> Self {
        let grooves: Vec<(u32, f64)> = catalogue
            .tag_numbers(position)
            .iter()
            .filter(|tag| is_groove(catalogue, tag.number()))
            .map(|tag| (tag.number(), catalogue.tag_clear(position, tag.number())))
            .collect();
        let squares: f64 = grooves.iter().map(|(_, clear)| clear * clear).sum();
        Self {
            bpm: catalogue.bpm(position),
            grooves,
            length: squares.sqrt(),
        }
    }

    pub(crate) fn nearness(&self, other: &Self) -> f64 {
        let tempo = match (self.bpm, other.bpm) {
            (Some(a), Some(b)) => tempo_nearness(a, b),
            (None, None) => NO_PULSE,
            _ => 0.0,
        };
        // Of what nothing is known but the tempo, the tempo is the groove.
        if self.length == 0.0 && other.length == 0.0 {
            return (1.0 - STYLE_SHARE) * tempo;
        }
        let style = self.style(other);
        let of_style = OTHER_STYLE + (1.0 - OTHER_STYLE) * style;
        (1.0 - STYLE_SHARE) * tempo * of_style + STYLE_SHARE * style
    }

    /// The cosine of the tags that name grooves.
    fn style(&self, other: &Self) -> f64 {
        let shared = self.grooves.iter().filter_map(|(tag, mine)| {
            let (_, theirs) = other.grooves.iter().find(|(number, _)| number == tag)?;
            Some(mine * theirs)
        });
        let whole = self.length * other.length;
        if whole > 0.0 {
            (shared.sum::<f64>() / whole).min(1.0)
        } else {
            0.0
        }
    }
}

/// How near two tempos are; whole octaves apart they are nearly one.
fn tempo_nearness(a: f64, b: f64) -> f64 {
    let octaves = (a / b).log2();
    let whole = octaves.round();
    let apart = (octaves - whole).abs() * std::f64::consts::LN_2 / TEMPO_FALL;
    (-apart * apart).exp() * OCTAVE.powf(whole.abs())
}

/// How near two keys are on the circle of fifths.
pub(crate) fn key_nearness(a: Key, b: Key) -> f64 {
    let steps = (a.fifths() + 12 - b.fifths()) % 12;
    let near = FIFTHS[usize::from(steps.min(12 - steps))];
    if a.mode() == b.mode() {
        near
    } else if a.tonic() == b.tonic() {
        PARALLEL
    } else if steps == 0 {
        RELATIVE
    } else {
        OTHER_MODE * near
    }
}

/// Whether a tag tells how music moves.
pub(crate) fn is_groove(catalogue: &Catalogue, tag: u32) -> bool {
    GROOVES.contains(&catalogue.tag_names().show(tag))
}

#[cfg(test)]
mod tests {
    use segue_core::{Mode, TagScore};

    use super::*;
    use crate::test_support;

    #[test]
    fn tempos_are_near_across_octaves_and_to_nothing_between() {
        assert_eq!(tempo_nearness(120.0, 120.0), 1.0);
        assert!(tempo_nearness(120.0, 122.0) > 0.8);
        assert!((tempo_nearness(60.0, 120.0) - OCTAVE).abs() < 1e-9);
        assert!(tempo_nearness(60.0, 121.0) < tempo_nearness(120.0, 121.0));
        assert!(tempo_nearness(120.0, 90.0) < 0.01);
        assert!(tempo_nearness(120.0, 160.0) < 0.01);
    }

    #[test]
    fn keys_are_near_as_the_circle_of_fifths_has_them() {
        let key = |name: &str| Key::parse(name).unwrap();
        let near = |a: &str, b: &str| key_nearness(key(a), key(b));
        let order = ["A minor", "C", "E minor", "G", "A", "B minor", "Eb minor"];
        for pair in order.windows(2) {
            let (nearer, farther) = (near("A minor", pair[0]), near("A minor", pair[1]));
            assert!(nearer > farther, "{pair:?}: {nearer} {farther}");
        }
        for a in 0..24 {
            for b in 0..24 {
                let key = |n: u8| {
                    let mode = if n < 12 { Mode::Major } else { Mode::Minor };
                    Key::new(n % 12, mode)
                };
                let (there, back) = (key_nearness(key(a), key(b)), key_nearness(key(b), key(a)));
                assert_eq!(there, back);
                assert!((0.0..=1.0).contains(&there) && (there == 1.0) == (a == b));
            }
        }
    }

    #[test]
    fn a_groove_is_its_tempo_and_its_style() {
        let heard = |n: usize, bpm: Option<f64>, tags: &[&str]| {
            let mut item = test_support::item(n, &format!("S{n}"), "A");
            let tag = |name: &&str| TagScore {
                name: (*name).into(),
                p: 0.9,
                present: true,
            };
            (item.bpm, item.tags) = (bpm, tags.iter().map(tag).collect());
            item
        };
        let catalogue = test_support::catalogue(vec![
            heard(0, Some(100.0), &["reggae", "drum kit", "happy"]),
            heard(1, Some(101.0), &["reggae", "drum kit", "sad"]),
            heard(2, Some(101.0), &["metal"]),
            heard(3, Some(140.0), &["reggae", "drum kit", "happy"]),
            heard(4, None, &["ambient"]),
            heard(5, None, &["ambient"]),
        ]);
        let rhythm = |at| Rhythm::new(&catalogue, at);
        let near = |a, b| rhythm(a).nearness(&rhythm(b));
        assert!(near(0, 1) > near(0, 2) && near(0, 1) > near(0, 3));
        assert!(near(0, 1) > 0.9, "moods are no groove: {}", near(0, 1));
        assert_eq!(near(0, 4), 0.0);
        assert!(near(4, 5) > 0.5 && near(4, 5) > near(0, 2));
    }
}
