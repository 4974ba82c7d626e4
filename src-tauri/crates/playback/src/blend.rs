//! Where one song fades into the next: decided from how the one ends and the other begins, as they are heard.
//!
//! The last and the first seconds of both files are decoded for it, by the loader's thread, which may wait for a disk: what the
//! library has measured of silence and level is too coarse (a thousandth of a song), says nothing of where beats lie, and is not
//! there for files that are not in it. Silence at both ends is left out. The overlap is as long as the listener wants it, or, if
//! that is left to Segue, as long as both the one dies away and the other builds up. Where both have a known tempo that is steady
//! there and alike, the fade begins up to half a beat earlier or later, so that beats meet in its middle.

use segue_core::{Crossfade, FailedFile, TrackProfile};
use segue_decode::StereoStream;

use crate::queue::MediaItem;
use crate::ring::StereoFrame;

/// So much of each end is looked at.
const EDGE_S: f64 = 20.0;
/// What never goes above this is silence, as in what analysis measures: -60 dBFS.
const SILENCE: f32 = 0.001;
/// The overlap of songs that end or begin at once, where it is left to Segue.
const ABRUPT_S: f64 = 1.5;
/// A song has come to its level, or left it, so many times its power below (10 dB).
const RAMP: f64 = 0.1;
/// Blocks in which level and onsets are looked at.
const HOP_S: f64 = 0.01;
/// Level is that of so many of them.
const LEVEL_HOPS: usize = 40;
/// Bass is what is below.
const BASS_HZ: f64 = 150.0;
/// A tempo may be off by so much of itself.
const TEMPO_OFF: f64 = 0.02;
/// Beats are steady where onsets on them are so many times the mean,
const CLEAR: f64 = 1.8;
/// and where they lie within so much of a beat in both halves of an edge.
const STEADY: f64 = 0.12;
/// Tempos are alike where beats come apart by no more over half the overlap.
const APART_S: f64 = 0.03;

/// Where two songs overlap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Blend {
    /// From where to where the first one fades out, in its seconds.
    pub(crate) out_from_s: f64,
    pub(crate) out_to_s: f64,
    /// From where the second one fades in, in its.
    pub(crate) in_from_s: f64,
}

/// The first of two songs, and what the listener wants between them.
pub(crate) struct Before<'a> {
    pub(crate) item: &'a MediaItem,
    pub(crate) profile: TrackProfile,
    pub(crate) crossfade: Crossfade,
}

impl Blend {
    /// None where they must not overlap, or there is nothing to overlap.
    pub(crate) fn plan(
        before: &Before,
        item: &MediaItem,
        profile: &TrackProfile,
    ) -> Result<Option<Self>, FailedFile> {
        // Neither an album in its order nor what is one piece on the disk.
        let of_one_file = before.item.path == item.path && !item.span.is_whole();
        if before.profile.loudness.leads_to(&profile.loudness)
            || of_one_file
            || before.crossfade == Crossfade::Off
        {
            return Ok(None);
        }
        let Some(outro) = Edge::outro(before.item)? else {
            return Ok(None);
        };
        let intro = Edge::intro(item)?;
        Ok(between(
            &outro,
            before.profile.bpm,
            &intro,
            profile.bpm,
            before.crossfade,
        ))
    }
}

fn between(
    outro: &Edge,
    outro_bpm: Option<f64>,
    intro: &Edge,
    intro_bpm: Option<f64>,
    crossfade: Crossfade,
) -> Option<Blend> {
    let (_, out_to_s) = outro.audible_s?;
    let (in_from_s, _) = intro.audible_s?;
    let wanted_s = match crossfade {
        Crossfade::Off => return None,
        Crossfade::Fixed { seconds } => seconds,
        Crossfade::Auto => outro
            .fall_s()
            .min(intro.rise_s())
            .clamp(ABRUPT_S, Crossfade::RANGE_S[1]),
    };
    // A song fades in before its middle and out behind it, so that no more than two overlap.
    let intro_s = intro.track_s.unwrap_or(intro.from_s + intro.length_s()) - in_from_s;
    let length_s = wanted_s.min(out_to_s / 2.0).min(intro_s / 2.0);
    let mut out_from_s = out_to_s - length_s;
    if let (Some(out_bpm), Some(in_bpm)) = (outro_bpm, intro_bpm)
        && let (Some(out_beats), Some(in_beats)) = (outro.beats(out_bpm), intro.beats(in_bpm))
    {
        let middle_s = length_s / 2.0;
        let shift_s = out_beats.shift_to(
            &in_beats,
            out_from_s + middle_s,
            in_from_s + middle_s,
            middle_s,
        );
        out_from_s = (out_from_s + shift_s.unwrap_or(0.0)).clamp(0.0, out_to_s);
    }
    Some(Blend {
        out_from_s,
        out_to_s,
        in_from_s,
    })
}

/// One end of a track.
struct Edge {
    /// Where in the track it begins.
    from_s: f64,
    /// How long the track is, where known.
    track_s: Option<f64>,
    /// Where in the track sound begins and ends.
    audible_s: Option<(f64, f64)>,
    /// Mean power of each block.
    power: Vec<f64>,
    /// How much louder it is than the one before, where it is.
    onsets: Vec<f64>,
}

impl Edge {
    /// How a track ends; none if nobody knows where that is.
    fn outro(item: &MediaItem) -> Result<Option<Self>, FailedFile> {
        let mut stream = StereoStream::open(&item.path, item.span)?;
        let Some(duration_s) = stream.duration_s() else {
            return Ok(None);
        };
        if duration_s > EDGE_S {
            stream.seek(duration_s - EDGE_S)?;
        }
        // A length that is a container's estimate may be short.
        Self::read(stream, 2.0 * EDGE_S).map(Some)
    }

    /// How a track begins.
    fn intro(item: &MediaItem) -> Result<Self, FailedFile> {
        Self::read(StereoStream::open(&item.path, item.span)?, EDGE_S)
    }

    fn read(mut stream: StereoStream, most_s: f64) -> Result<Self, FailedFile> {
        let (from_s, track_s) = (stream.position_s(), stream.duration_s());
        let rate_hz = stream.format().sample_rate_hz;
        let mut frames = vec![[0.0; 2]; (most_s * f64::from(rate_hz)) as usize];
        let mut filled = 0;
        while filled < frames.len() {
            match stream.read(&mut frames[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                // It will break off there when it is played, too.
                Err(_) if filled > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Self::of(&frames[..filled], rate_hz, from_s, track_s))
    }

    fn of(frames: &[StereoFrame], rate_hz: u32, from_s: f64, track_s: Option<f64>) -> Self {
        let rate = f64::from(rate_hz);
        let loud = |frame: &StereoFrame| frame.iter().any(|sample| sample.abs() > SILENCE);
        let audible = frames.iter().position(loud);
        let audible = audible.zip(frames.iter().rposition(loud));
        let at = |frame: usize| from_s + frame as f64 / rate;
        let (mut power, mut onsets) = (Vec::new(), Vec::new());
        let step = 1.0 - (-std::f64::consts::TAU * BASS_HZ / rate).exp();
        let (mut bass, mut last) = (0.0, None);
        for hop in frames.chunks(((HOP_S * rate) as usize).max(1)) {
            let (mut all, mut low) = (0.0, 0.0);
            for [left, right] in hop {
                let mono = f64::from(left + right) / 2.0;
                bass += step * (mono - bass);
                all += f64::from(left * left + right * right) / 2.0;
                low += bass * bass;
            }
            let count = hop.len() as f64;
            let felt = (all / count + 1e-6).ln() + (low / count + 1e-6).ln();
            onsets.push(last.map_or(0.0, |last: f64| (felt - last).max(0.0)));
            last = Some(felt);
            power.push(all / count);
        }
        Self {
            from_s,
            track_s,
            audible_s: audible.map(|(first, last)| (at(first), at(last + 1))),
            power,
            onsets,
        }
    }

    fn length_s(&self) -> f64 {
        self.power.len() as f64 * HOP_S
    }

    /// From where to where it is at its level, in seconds of the track.
    fn at_level_s(&self) -> Option<(f64, f64)> {
        let level = |hops: &[f64]| hops.iter().sum::<f64>() / hops.len() as f64;
        let levels: Vec<f64> = self
            .power
            .windows(LEVEL_HOPS.min(self.power.len().max(1)))
            .map(level)
            .collect();
        let loudest = levels.iter().copied().fold(0.0, f64::max);
        let there = |level: &f64| *level > 0.0 && *level >= loudest * RAMP;
        let first = levels.iter().position(there)?;
        let last = levels.iter().rposition(there)? + LEVEL_HOPS;
        let at = |hop: usize| self.from_s + hop as f64 * HOP_S;
        Some((at(first), at(last)))
    }

    /// How long it takes to come to its level.
    fn rise_s(&self) -> f64 {
        let rise = self.at_level_s().zip(self.audible_s);
        rise.map_or(0.0, |((level_s, _), (from_s, _))| {
            (level_s - from_s).max(0.0)
        })
    }

    /// How long it dies away.
    fn fall_s(&self) -> f64 {
        let fall = self.at_level_s().zip(self.audible_s);
        fall.map_or(0.0, |((_, level_s), (_, to_s))| (to_s - level_s).max(0.0))
    }

    /// Where beats of about this tempo lie, if they are steady.
    fn beats(&self, bpm: f64) -> Option<Beats> {
        if !(30.0..=300.0).contains(&bpm) {
            return None;
        }
        let around = 60.0 / bpm / HOP_S;
        let steps = -10..=10;
        let periods = steps.map(|step| around * (1.0 + TEMPO_OFF * f64::from(step) / 10.0));
        let found = periods.map(|period| (comb(&self.onsets, period), period));
        let ((clear, phase), period) = found.max_by(|((a, _), _), ((b, _), _)| a.total_cmp(b))?;
        let middle = self.onsets.len() / 2;
        let (first, second) = self.onsets.split_at(middle);
        let first = comb(first, period).1;
        let second = comb(second, period).1 + middle as f64;
        let apart = wrapped(second - first, period).abs();
        let steady = clear >= CLEAR && apart <= STEADY * period;
        steady.then_some(Beats {
            at_s: self.from_s + phase * HOP_S,
            period_s: period * HOP_S,
        })
    }
}

/// How clearly onsets lie in this period, as a multiple of their mean, and where the first of them lies.
fn comb(onsets: &[f64], period: f64) -> (f64, f64) {
    let mean = onsets.iter().sum::<f64>() / onsets.len().max(1) as f64;
    if mean <= 0.0 || (onsets.len() as f64) < 4.0 * period {
        return (0.0, 0.0);
    }
    let strength = |phase: f64| {
        let places = (0..).map(|beat| phase + f64::from(beat) * period);
        let places = places.map(|place| place.round() as usize);
        let places = places.take_while(|place| *place < onsets.len());
        let (sum, count) = places.fold((0.0, 0), |(sum, count), place| {
            // A beat may fall between two blocks.
            let beside = onsets.get(place + 1).copied().unwrap_or(0.0);
            (sum + onsets[place].max(beside), count + 1)
        });
        sum / f64::from(count.max(1))
    };
    let phases = (0..period as usize).map(|phase| phase as f64);
    let best = phases.map(|phase| (strength(phase), phase));
    let (best, phase) = best
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.0, 0.0));
    (best / mean, phase)
}

/// Brought into half a period around 0.
fn wrapped(value: f64, period: f64) -> f64 {
    value - (value / period).round() * period
}

/// Steady beats.
struct Beats {
    /// Where one of them lies in its track.
    at_s: f64,
    period_s: f64,
}

impl Beats {
    /// By how much later these must be heard so that, where one track is at `here_s` and the other at `there_s`, beats of both
    /// meet. None where they come apart within `span_s` of that.
    fn shift_to(&self, other: &Self, here_s: f64, there_s: f64, span_s: f64) -> Option<f64> {
        // One may have twice the other's.
        let folded =
            [1.0, 2.0, 0.5].map(|fold| (other.period_s * fold / self.period_s - 1.0).abs());
        let off = folded.into_iter().fold(f64::MAX, f64::min);
        if off * span_s > APART_S {
            return None;
        }
        let period_s = self.period_s.min(other.period_s);
        Some(wrapped(
            (there_s - other.at_s) - (here_s - self.at_s),
            period_s,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ: u32 = 8_000;

    fn noise(seconds: f64, level: impl Fn(f64) -> f64) -> Vec<StereoFrame> {
        let mut state = 7_u32;
        let count = (seconds * f64::from(HZ)) as usize;
        let frame = |n: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let value = f64::from((state >> 16) as i16) / 32_768.0;
            [(value * level(n as f64 / f64::from(HZ))) as f32; 2]
        };
        (0..count).map(frame).collect()
    }

    /// Short blows at this tempo, from `first_s` on, over some noise.
    fn drums(seconds: f64, bpm: f64, first_s: f64) -> Vec<StereoFrame> {
        let period_s = 60.0 / bpm;
        noise(seconds, |t| {
            let since = (t - first_s).rem_euclid(period_s);
            0.01 + 0.6 * (-since / 0.03).exp()
        })
    }

    fn edge(frames: &[StereoFrame], from_s: f64) -> Edge {
        let length_s = frames.len() as f64 / f64::from(HZ);
        Edge::of(frames, HZ, from_s, Some(from_s + length_s))
    }

    fn check(
        outro: &[StereoFrame],
        intro: &[StereoFrame],
        crossfade: Crossfade,
        expected: [f64; 3],
    ) {
        let blend = between(
            &edge(outro, 100.0),
            None,
            &edge(intro, 0.0),
            None,
            crossfade,
        );
        let blend = blend.expect("they overlap");
        let found = [blend.out_from_s, blend.out_to_s, blend.in_from_s];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 0.3, "{blend:?}");
        }
    }

    #[test]
    fn the_overlap_leaves_silence_out_and_is_as_long_as_it_may_be() {
        let flat = noise(20.0, |_| 0.5);
        let late = noise(20.0, |t| if t < 2.0 { 0.0 } else { 0.5 });
        let early = noise(20.0, |t| if t > 17.0 { 0.0 } else { 0.5 });
        let short = noise(3.0, |_| 0.5);
        let six = Crossfade::Fixed { seconds: 6.0 };
        check(&flat, &flat, six, [114.0, 120.0, 0.0]);
        check(&early, &late, six, [111.0, 117.0, 2.0]);
        check(&flat, &short, six, [118.5, 120.0, 0.0]);
        // As long as the one dies away and the other one builds up.
        let dies = noise(20.0, |t| 0.5 * 10_f64.powf(-(t - 8.0).max(0.0) / 8.0));
        let builds = noise(20.0, |t| 0.5 * 10_f64.powf(-(10.0 - t).max(0.0) / 8.0));
        check(&flat, &flat, Crossfade::Auto, [118.5, 120.0, 0.0]);
        check(&dies, &flat, Crossfade::Auto, [118.5, 120.0, 0.0]);
        check(&dies, &builds, Crossfade::Auto, [114.0, 120.0, 0.0]);
        let silence = noise(5.0, |_| 0.0);
        let none = between(&edge(&silence, 0.0), None, &edge(&flat, 0.0), None, six);
        assert_eq!(none, None);
    }

    /// How far apart beats are in the middle of the fade, if they were aligned.
    fn apart_s(outro: (f64, f64), intro: (f64, f64), told: (f64, f64)) -> Option<f64> {
        let fixed = Crossfade::Fixed { seconds: 5.0 };
        let out = edge(&drums(20.0, outro.0, outro.1), 100.0);
        let into = edge(&drums(20.0, intro.0, intro.1), 0.0);
        let blend = between(&out, Some(told.0), &into, Some(told.1), fixed)?;
        let plain = between(&out, None, &into, None, fixed)?;
        let shift_s = blend.out_from_s - plain.out_from_s;
        let (out_period_s, in_period_s) = (60.0 / outro.0, 60.0 / intro.0);
        assert!(shift_s.abs() <= out_period_s.min(in_period_s) / 2.0 + 1e-9);
        let here_s = blend.out_from_s + 2.5 - 100.0 - outro.1;
        let there_s = blend.in_from_s + 2.5 - intro.1;
        let apart_s = wrapped(here_s - there_s, out_period_s.min(in_period_s));
        (shift_s != 0.0).then_some(apart_s.abs())
    }

    #[test]
    fn beats_meet_in_the_middle_where_tempos_are_steady_and_alike() {
        let meet = |found: Option<f64>| found.is_some_and(|apart_s| apart_s < 0.025);
        assert!(meet(apart_s((120.0, 0.11), (120.0, 0.35), (120.0, 120.0))));
        assert!(meet(apart_s((128.0, 0.2), (128.5, 0.0), (127.0, 129.0))));
        assert!(meet(apart_s((90.0, 0.3), (180.0, 0.1), (90.0, 180.0))));
        // They would come apart.
        assert_eq!(apart_s((120.0, 0.1), (127.0, 0.3), (120.0, 127.0)), None);
        // There is no pulse, whatever a tag claims.
        let hiss = edge(&noise(20.0, |_| 0.5), 0.0);
        assert!(hiss.beats(120.0).is_none());
        assert!(hiss.beats(f64::NAN).is_none());
        // It changes in the middle.
        let mut turns = drums(10.0, 120.0, 0.0);
        turns.extend(drums(10.0, 120.0, 0.25));
        assert!(edge(&turns, 0.0).beats(120.0).is_none());
    }
}
