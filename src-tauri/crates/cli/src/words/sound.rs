//! How things sound.

use segue_core::{
    BandShape, Crossfade, EqualizerBand, GainSource, LoudnessMode, LoudnessSettings,
    REFERENCE_LUFS, SignalPath, SignalStep,
};

pub(crate) fn loudness(settings: &LoudnessSettings) -> String {
    let mode = settings.mode.as_str();
    let about = match settings.mode {
        LoudnessMode::Off => "songs are played as loud as they are",
        LoudnessMode::Track => "each song is as loud as the others",
        LoudnessMode::Album => "each album is as loud as the others, with its quiet songs",
        LoudnessMode::Auto => {
            "an album in its order is as loud as the others, and so is each song from anywhere"
        }
    };
    let mut text = format!("{mode}: {about}\n");
    if settings.mode != LoudnessMode::Off {
        text.push_str(&format!(
            "target    {:.1} LUFS ({REFERENCE_LUFS:.0} and a preamp of {:+.1} dB)\n",
            REFERENCE_LUFS + settings.preamp_db,
            settings.preamp_db
        ));
        text.push_str(&format!(
            "fallback  {:+.1} dB for songs of unknown loudness\n",
            settings.fallback_db
        ));
    }
    text
}

pub(crate) fn crossfade(crossfade: Crossfade) -> String {
    match crossfade {
        Crossfade::Off => "off: each song begins where the one before ends\n".to_owned(),
        Crossfade::Fixed { seconds } => format!("songs fade into each other for {seconds} s\n"),
        Crossfade::Auto => {
            "auto: songs fade into each other for as long as the one dies away and the other builds up\n"
                .to_owned()
        }
    }
}

pub(crate) fn band(band: &EqualizerBand) -> String {
    let shape = match band.shape {
        BandShape::Peaking => "peak",
        BandShape::LowShelf => "low shelf",
        BandShape::HighShelf => "high shelf",
    };
    format!(
        "{:>9.1} Hz {:+6.1} dB  {shape}, Q {:.2}\n",
        band.hz, band.gain_db, band.q
    )
}

/// A line for what the file holds, for each step and for what the output gets, and whether every bit arrives.
pub(crate) fn signal_path(path: &SignalPath) -> String {
    let bits = |bits: Option<u32>| bits.map_or_else(String::new, |bits| format!(", {bits} bits"));
    let source = &path.source;
    let mut text = format!(
        "  file    {}, {} Hz{}, {} channels{}\n",
        source.codec,
        source.sample_rate_hz,
        bits(source.bits),
        source.channels,
        if source.lossless { "" } else { ", lossy" }
    );
    for step in &path.steps {
        text.push_str(&format!("  then    {}\n", signal_step(step)));
    }
    let output = &path.output;
    text.push_str(&format!(
        "  output  {}{} Hz{}\n",
        output
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{name}, ")),
        output.sample_rate_hz,
        output
            .bits
            .map_or_else(|| ", floating point".to_owned(), |n| bits(Some(n)))
    ));
    text.push_str(match (path.bit_perfect, output.shared) {
        (true, _) => "  bit-perfect\n",
        (false, true) => "  not bit-perfect: the system may mix or change what it is given\n",
        (false, false) => "  not bit-perfect\n",
    });
    text
}

fn signal_step(step: &SignalStep) -> String {
    match step {
        SignalStep::Downmix { channels } => format!("{channels} channels mixed to two"),
        SignalStep::Gain { gain } => {
            let whose = match gain.source {
                GainSource::Off | GainSource::Track => "the song's loudness",
                GainSource::Album => "the album's loudness",
                GainSource::Fallback => "unknown loudness",
            };
            let held = if gain.held_back {
                ", held back by its peak"
            } else {
                ""
            };
            format!("gain {:+.2} dB for {whose}{held}", gain.db)
        }
        SignalStep::Resample { from_hz, to_hz } => format!("resampled, {from_hz} to {to_hz} Hz"),
        SignalStep::Crossfade => "faded in while the song before fades out".to_owned(),
        SignalStep::Volume { db: Some(db) } => format!("volume {db:+.1} dB"),
        SignalStep::Volume { db: None } => "muted".to_owned(),
        SignalStep::Equalizer { bands, preamp_db } => {
            format!("equaliser, {bands} bands, preamp {preamp_db:+.1} dB")
        }
        SignalStep::Limiter => "limiter, for peaks over -1 dBTP".to_owned(),
        SignalStep::Dither { bits } => format!("dithered to {bits} bits"),
    }
}
