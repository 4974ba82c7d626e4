//! Equalisers as files: the text of Equalizer APO, in which AutoEQ and most measurers of headphones publish their curves.
//!
//! Read are `Preamp:`, `Filter:` of the kinds that are bands here (`PK`, `PEQ`, `Modal`, `LS`, `LSC`, `LSQ`, `HS`, `HSC`, `HSQ`; one that
//! is `OFF`, or `None`, is passed over) and `GraphicEQ:`. All else that would change the sound (passes, notches, delays, other files)
//! is refused with its line: a curve without it would be another one. What a shelf means follows Equalizer APO's own reading
//! (`BiQuadFilterFactory.cpp` and `BiQuad.cpp`): with a Q, or a slope before `Fc`, `LS` and `HS` name the corner of the slope and `LSC`
//! and `HSC` its middle; without either the slope is 0.9, and both name the middle.
//!
//! The file comes from a stranger: its size is bounded, and so is each number.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use segue_core::{BandShape, Equalizer, EqualizerBand};

use crate::FileError;
use crate::text::utf8_or_1252;

/// A curve of a thousand points is smaller.
const FILE_BYTES_MAX: u64 = 256 << 10;
const POINTS_MAX: usize = 1000;

/// The slope of a shelf that tells none.
const SHELF_SLOPE: f64 = 0.9;
/// The Q of a peak that tells none: Equalizer APO takes a bandwidth of an octave and more for it.
const PEAK_Q: f64 = 1.0;

/// Reads a file.
pub fn read(path: &Path) -> Result<Equalizer, FileError> {
    let refuse = FileError::of("read the equaliser", path);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse("it is too large for an equaliser".into()));
    }
    parse(&utf8_or_1252(&bytes)).map_err(refuse)
}

/// Reads the text of one, or says what is wrong with it.
fn parse(text: &str) -> Result<Equalizer, String> {
    let mut equalizer = Equalizer::default();
    let mut found = false;
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = |reason: String| format!("line {number}: {reason}");
        let Some((command, rest)) = line.split_once(':') else {
            return Err(at("it is no command of Equalizer APO".into()));
        };
        let command = command.trim().to_ascii_lowercase();
        match command.split_whitespace().next().unwrap_or_default() {
            "preamp" => {
                equalizer.preamp_db += decibels(rest).map_err(at)?;
                found = true;
            }
            "filter" => {
                equalizer.bands.extend(filter(rest).map_err(at)?);
                found = true;
            }
            "graphiceq" => {
                equalizer.bands.extend(graphic(rest).map_err(at)?);
                found = true;
            }
            // They say for what the curve is meant, which whoever reads it has chosen.
            "device" | "stage" => {}
            "channel" if rest.trim().eq_ignore_ascii_case("all") => {}
            other => return Err(at(format!("`{}` is not understood", shortened(other)))),
        }
        if equalizer.bands.len() > Equalizer::BANDS_MAX {
            return Err(at(format!("more than {} bands", Equalizer::BANDS_MAX)));
        }
    }
    if !found {
        return Err("it holds no equaliser".into());
    }
    within("preamp", equalizer.preamp_db, Equalizer::GAIN_MAX_DB)?;
    Ok(equalizer.within_range())
}

/// `-6.2 dB`
fn decibels(text: &str) -> Result<f64, String> {
    let mut words = text.split_whitespace();
    let value = number(words.next())?;
    match words.next() {
        None => Ok(value),
        Some(unit) if unit.eq_ignore_ascii_case("db") => Ok(value),
        Some(other) => Err(format!("`{}` is no unit of a gain", shortened(other))),
    }
}

/// `ON PK Fc 105 Hz Gain -3.1 dB Q 0.70`
fn filter(text: &str) -> Result<Option<EqualizerBand>, String> {
    let mut words = text.split_whitespace().peekable();
    let state = words.next().unwrap_or_default();
    if state.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    if !state.eq_ignore_ascii_case("on") {
        return Err("a filter is either ON or OFF".into());
    }
    let kind = words.next().unwrap_or_default().to_ascii_uppercase();
    let shape = match kind.as_str() {
        "NONE" => return Ok(None),
        "PK" | "PEQ" | "MODAL" => BandShape::Peaking,
        "LS" | "LSC" | "LSQ" => BandShape::LowShelf,
        "HS" | "HSC" | "HSQ" => BandShape::HighShelf,
        other => {
            return Err(format!(
                "filters of kind `{}` are not played",
                shortened(other)
            ));
        }
    };
    let (mut hz, mut gain_db, mut q, mut slope_db) = (None, None, None, None);
    while let Some(word) = words.next() {
        let value = |word: Option<&str>| number(word).map(Some);
        match word.to_ascii_lowercase().as_str() {
            "fc" => hz = value(words.next())?,
            "gain" => gain_db = value(words.next())?,
            "q" => q = value(words.next())?,
            "bw" => {
                words.next_if(|word| word.eq_ignore_ascii_case("oct"));
                q = Some(q_of_octaves(number(words.next())?)?);
            }
            "hz" | "db" => {}
            // A shelf's slope stands before its frequency: `LSC 6 dB Fc …`.
            other if hz.is_none() && shape != BandShape::Peaking => slope_db = value(Some(other))?,
            other => return Err(format!("`{}` is not understood", shortened(other))),
        }
    }
    let hz = within("frequency", hz.ok_or("there is no Fc")?, 100_000.0)?;
    let gain_db = within(
        "gain",
        gain_db.ok_or("there is no Gain")?,
        Equalizer::GAIN_MAX_DB,
    )?;
    if hz <= 0.0 {
        return Err("the frequency is not above 0".into());
    }
    if q.is_some_and(|q| q <= 0.0) || slope_db.is_some_and(|slope_db| slope_db <= 0.0) {
        return Err("Q is not above 0".into());
    }
    let mut band = EqualizerBand {
        shape,
        hz,
        gain_db,
        q: q.unwrap_or(PEAK_Q),
    };
    if shape != BandShape::Peaking {
        let slope = match (q, slope_db) {
            (Some(q), _) => slope_of(gain_db, q),
            (None, Some(slope_db)) => slope_db / 12.0,
            (None, None) => SHELF_SLOPE,
        };
        band.q = q.unwrap_or_else(|| q_of_slope(gain_db, slope));
        let names_corner = !kind.ends_with('C') && (q.is_some() || slope_db.is_some());
        if names_corner {
            let factor = 10_f64.powf(gain_db.abs() / 80.0 / slope);
            band.hz = match shape {
                BandShape::LowShelf => hz * factor,
                _ => hz / factor,
            };
        }
    }
    match band.q.is_finite() && band.q > 0.0 && band.hz.is_finite() {
        true => Ok(Some(band)),
        false => Err("no filter has such a slope".into()),
    }
}

/// The cookbook's relation of a shelf's Q and its slope S.
fn q_of_slope(gain_db: f64, slope: f64) -> f64 {
    let a = 10_f64.powf(gain_db / 40.0);
    1.0 / ((a + 1.0 / a) * (1.0 / slope - 1.0) + 2.0).sqrt()
}

fn slope_of(gain_db: f64, q: f64) -> f64 {
    let a = 10_f64.powf(gain_db / 40.0);
    1.0 / ((1.0 / (q * q) - 2.0) / (a + 1.0 / a) + 1.0)
}

/// The cookbook's relation of Q and bandwidth in octaves, of an analog filter.
fn q_of_octaves(octaves: f64) -> Result<f64, String> {
    match octaves > 0.0 {
        true => Ok(1.0 / (2.0 * (std::f64::consts::LN_2 / 2.0 * octaves).sinh())),
        false => Err("the bandwidth is not above 0".into()),
    }
}

/// A curve of points between which it is straight, over the logarithm of the frequency: `20 -1.2; 25 0.3; …`. It becomes bands a
/// third of an octave apart, whose gains are found so that all of them together come through the curve at their centres.
fn graphic(text: &str) -> Result<Vec<EqualizerBand>, String> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for pair in text
        .split(';')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let mut words = pair.split_whitespace();
        let hz = number(words.next())?;
        let gain_db = within("gain", number(words.next())?, Equalizer::GAIN_MAX_DB)?;
        if hz <= 0.0 || words.next().is_some() {
            return Err(format!("`{}` is no point of a curve", shortened(pair)));
        }
        if points.last().is_some_and(|(last_hz, _)| *last_hz >= hz) {
            return Err("the frequencies do not rise".into());
        }
        points.push((hz, gain_db));
        if points.len() > POINTS_MAX {
            return Err(format!("more than {POINTS_MAX} points"));
        }
    }
    if points.len() < 2 {
        return Err("a curve has at least two points".into());
    }
    let curve_db = |hz: f64| {
        let above = points.partition_point(|(known, _)| *known < hz);
        match (above.checked_sub(1).map(|at| points[at]), points.get(above)) {
            (Some((low, low_db)), Some((high, high_db))) => {
                low_db + (high_db - low_db) * (hz / low).ln() / (high / low).ln()
            }
            (Some((_, db)), None) | (None, Some(&(_, db))) => db,
            (None, None) => 0.0,
        }
    };
    // ISO 266, from 20 Hz to 20 kHz.
    let centres: Vec<f64> = (-17..=13)
        .map(|n| 1000.0 * 10_f64.powf(f64::from(n) / 10.0))
        .collect();
    let band = |hz: f64, gain_db: f64| EqualizerBand {
        shape: BandShape::Peaking,
        hz,
        gain_db,
        // A third of an octave.
        q: 4.318,
    };
    let wanted: Vec<f64> = centres.iter().map(|hz| curve_db(*hz)).collect();
    let mut gains = wanted.clone();
    // What the neighbours add is taken off, again and again: each round leaves less than half (Gauss and Seidel).
    for _ in 0..60 {
        for at in 0..gains.len() {
            let others = gains.iter().zip(&centres).enumerate();
            let others = others.filter(|(n, _)| *n != at);
            let added: f64 = others
                .map(|(_, (gain_db, hz))| band(*hz, *gain_db).response_db(centres[at]))
                .sum();
            gains[at] = (wanted[at] - added).clamp(-Equalizer::GAIN_MAX_DB, Equalizer::GAIN_MAX_DB);
        }
    }
    let bands = centres.into_iter().zip(gains);
    Ok(bands.map(|(hz, gain_db)| band(hz, gain_db)).collect())
}

/// A number; some write a comma for the point.
fn number(word: Option<&str>) -> Result<f64, String> {
    let word = word.ok_or("a number is missing")?;
    let value: Option<f64> = word.replace(',', ".").parse().ok();
    value
        .filter(|value| value.is_finite())
        .ok_or_else(|| format!("`{}` is no number", shortened(word)))
}

fn within(what: &str, value: f64, most: f64) -> Result<f64, String> {
    match value.abs() <= most {
        true => Ok(value),
        false => Err(format!("a {what} of {value} is too much")),
    }
}

/// A stranger's word, as far as it is worth repeating.
fn shortened(word: &str) -> String {
    let plain = word.chars().filter(|c| !c.is_control());
    plain.take(24).collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_1_SQRT_2;

    use proptest::prelude::*;

    use super::*;

    /// As AutoEQ publishes them.
    const AUTOEQ: &str = "Preamp: -6.2 dB\n\
        Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70\n\
        Filter 2: ON PK Fc 215 Hz Gain -3.1 dB Q 0.70\r\n\
        \n# a comment\n\
        Filter 3: OFF PK Fc 99 Hz Gain 3.1 dB Q 1\n\
        Filter 4: ON None\n\
        Filter 5: ON HSC Fc 10000 Hz Gain -2,0 dB Q 0.70\n";

    fn band(shape: BandShape, hz: f64, gain_db: f64, q: f64) -> EqualizerBand {
        EqualizerBand {
            shape,
            hz,
            gain_db,
            q,
        }
    }

    #[test]
    fn what_autoeq_publishes_is_read() {
        let found = parse(AUTOEQ).unwrap();
        assert_eq!(found.preamp_db, -6.2);
        assert_eq!(
            found.bands,
            [
                band(BandShape::LowShelf, 105.0, 5.5, 0.7),
                band(BandShape::Peaking, 215.0, -3.1, 0.7),
                band(BandShape::HighShelf, 10_000.0, -2.0, 0.7),
            ]
        );
    }

    /// The middle of the slope and the Q of a shelf.
    fn check_shelf(text: &str, hz: f64, q: f64) {
        let found = parse(text).unwrap().bands[0];
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 0.005;
        assert!(near(found.hz, hz) && near(found.q, q), "{text}: {found:?}");
    }

    #[test]
    fn a_shelf_is_read_as_equalizer_apo_reads_it() {
        check_shelf("Filter: ON LS Fc 100 Hz Gain 6 dB", 100.0, 0.6688);
        check_shelf("Filter: ON HSC Fc 100 Hz Gain 6 dB", 100.0, 0.6688);
        check_shelf("Filter: ON LSC 6 dB Fc 100 Hz Gain 6 dB", 100.0, 0.4926);
        check_shelf("Filter: ON LS 6 dB Fc 100 Hz Gain 6 dB", 141.25, 0.4926);
        check_shelf(
            "Filter: ON HS 12 dB Fc 100 Hz Gain -6 dB",
            84.14,
            FRAC_1_SQRT_2,
        );
        check_shelf(
            "Filter: ON LS Fc 100 Hz Gain 6 dB Q 0.7071",
            118.85,
            FRAC_1_SQRT_2,
        );
        check_shelf("Filter: ON HSC Fc 100 Hz Gain 6 dB Q 0.9", 100.0, 0.9);
    }

    #[test]
    fn a_curve_of_points_becomes_bands_that_come_through_it() {
        let text = "GraphicEQ: 20 6.0; 50 4.5; 100 2; 500 0; 1000 -1.5; 3000 3; 6000 -4; 10000 2.5; 20000 -3";
        let found = parse(text).unwrap();
        assert_eq!(found.bands.len(), 31);
        for (hz, expected_db) in [(20.0, 6.0), (100.0, 2.0), (1000.0, -1.5), (10_000.0, 2.5)] {
            let off = found.response_db(hz) - expected_db;
            assert!(off.abs() < 0.3, "{hz} Hz is off by {off} dB");
        }
    }

    fn check_refused(text: &str, reason: &str) {
        assert_eq!(parse(text).unwrap_err(), reason, "{text:?}");
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        check_refused("", "it holds no equaliser");
        check_refused("# nothing\n", "it holds no equaliser");
        check_refused("hello", "line 1: it is no command of Equalizer APO");
        check_refused(
            "Preamp: -6 dB\nDelay: 5 ms",
            "line 2: `delay` is not understood",
        );
        check_refused("Channel: L", "line 1: `channel` is not understood");
        check_refused("Preamp: loud", "line 1: `loud` is no number");
        check_refused("Preamp: -6 bel", "line 1: `bel` is no unit of a gain");
        check_refused("Preamp: 1e999 dB", "line 1: `1e999` is no number");
        check_refused("Filter: PK Fc 1", "line 1: a filter is either ON or OFF");
        check_refused(
            "Filter: ON HP Fc 30 Hz",
            "line 1: filters of kind `HP` are not played",
        );
        check_refused("Filter: ON PK Gain 1 dB", "line 1: there is no Fc");
        check_refused("Filter: ON PK Fc 100 Hz", "line 1: there is no Gain");
        check_refused(
            "Filter: ON PK Fc 100 Hz Gain 400 dB",
            "line 1: a gain of 400 is too much",
        );
        check_refused(
            "Filter: ON PK Fc 100 Hz Gain 4 dB Q 0",
            "line 1: Q is not above 0",
        );
        check_refused("GraphicEQ: 20 1", "line 1: a curve has at least two points");
        check_refused(
            "GraphicEQ: 20 1; 10 2",
            "line 1: the frequencies do not rise",
        );
        check_refused(
            &"Filter: ON PK Fc 9 Hz Gain 1 dB Q 1\n".repeat(65),
            "line 65: more than 64 bands",
        );
    }

    #[test]
    fn a_file_of_another_kind_is_refused_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eq.txt");
        for bytes in [
            vec![b'#'; 300 << 10],
            vec![0xff; 40],
            b"\x89PNG\r\n\x1a\n".to_vec(),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            assert!(read(&path).is_err());
        }
        assert!(read(&folder.path().join("none.txt")).is_err());
        std::fs::write(&path, AUTOEQ).unwrap();
        assert_eq!(read(&path).unwrap().bands.len(), 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read(
            preamp in -20.0..20.0_f64,
            bands in prop::collection::vec((0..3_usize, 20.0..20_000.0_f64, -20.0..20.0_f64, 0.1..10.0_f64), 0..20),
        ) {
            let kinds = [("PK", BandShape::Peaking), ("LSC", BandShape::LowShelf), ("HSC", BandShape::HighShelf)];
            let mut text = format!("Preamp: {preamp} dB\n");
            for (n, (kind, hz, gain, q)) in bands.iter().enumerate() {
                text.push_str(&format!("Filter {}: ON {} Fc {hz} Hz Gain {gain} dB Q {q}\n", n + 1, kinds[*kind].0));
            }
            let found = parse(&text).unwrap();
            prop_assert_eq!(found.preamp_db, preamp);
            let expected: Vec<_> = bands.iter().map(|(kind, hz, gain, q)| band(kinds[*kind].1, *hz, *gain, *q)).collect();
            prop_assert_eq!(found.bands, expected);
        }

        #[test]
        fn nothing_breaks_the_reader(
            lines in prop::collection::vec(prop_oneof![
                any::<String>(),
                "(Preamp|Filter|Filter 1|GraphicEQ|Channel): ?(ON|OFF|all)? ?(PK|LS|LSC|HS|LSQ)? ?[-0-9.,;eE ]{0,12}(dB|Hz|Fc|Q|Gain|BW Oct| ){0,4}[-0-9.,;eE ]{0,30}",
                "Filter: ON (PK|LS|HS|LSC) (6 dB )?Fc [-0-9.e]{1,6} Hz Gain [-0-9.e]{1,4} dB( Q [-0-9.e]{1,4})?",
                "GraphicEQ:( [-0-9.e]{1,6} [-0-9.e]{1,4};){0,9}",
            ], 0..8)
        ) {
            if let Ok(found) = parse(&lines.join("\n")) {
                prop_assert_eq!(found.clone().within_range(), found.clone());
                prop_assert!(found.response_db(1000.0).is_finite());
            }
        }
    }
}
