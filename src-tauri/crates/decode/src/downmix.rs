//! Fewer speakers: any layout to stereo or mono, by the coefficients of ITU-R BS.775-4, annex 4.
//!
//! Centre and surrounds go in at −3 dB, the LFE not at all (the recommendation leaves it out); then all is
//! scaled so that full scale on every speaker at once does not clip. Mono and stereo pass unchanged.

use symphonia::core::audio::{Channels, Position};

const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// What is made of a frame.
pub(crate) struct Downmix {
    inputs: usize,
    outputs: usize,
    /// `[outputs][inputs]`; `None` copies.
    gains: Option<Vec<Vec<f32>>>,
}

impl Downmix {
    /// To left and right; mono goes to both.
    pub(crate) fn stereo(channels: &Channels) -> Self {
        let inputs = channels.count();
        match inputs {
            1 => Self {
                inputs,
                outputs: 2,
                gains: Some(vec![vec![1.0], vec![1.0]]),
            },
            2 => Self {
                inputs,
                outputs: 2,
                gains: None,
            },
            _ => Self {
                inputs,
                outputs: 2,
                gains: Some(stereo_gains(channels)),
            },
        }
    }

    /// To the layout of a stream with as many channels or more, `outputs` of them. With more, left and right get the
    /// mix to stereo and the others nothing.
    pub(crate) fn widened(channels: &Channels, outputs: usize) -> Self {
        let inputs = channels.count();
        if inputs == outputs {
            return Self {
                inputs,
                outputs,
                gains: None,
            };
        }
        let mut gains = match inputs {
            1 => vec![vec![1.0], vec![1.0]],
            2 => vec![vec![1.0, 0.0], vec![0.0, 1.0]],
            _ => stereo_gains(channels),
        };
        gains.resize(outputs, vec![0.0; inputs]);
        Self {
            inputs,
            outputs,
            gains: Some(gains),
        }
    }

    /// To one channel: the mean of left and right.
    pub(crate) fn mono(channels: &Channels) -> Self {
        let inputs = channels.count();
        let gains = match inputs {
            1 => None,
            2 => Some(vec![vec![0.5, 0.5]]),
            _ => {
                let stereo = stereo_gains(channels);
                Some(vec![
                    stereo[0]
                        .iter()
                        .zip(&stereo[1])
                        .map(|(l, r)| (l + r) / 2.0)
                        .collect(),
                ])
            }
        };
        Self {
            inputs,
            outputs: 1,
            gains,
        }
    }

    /// Appends the mix of `block` (interleaved) to `out` (interleaved).
    pub(crate) fn mix_into(&self, block: &[f32], out: &mut Vec<f32>) {
        let Some(gains) = &self.gains else {
            out.extend_from_slice(block);
            return;
        };
        // Nearly all music: in one go, which the compiler turns into vectors.
        if let ([row], 2) = (&gains[..], self.inputs) {
            let (left, right) = (row[0], row[1]);
            let frames = block.chunks_exact(2);
            out.extend(frames.map(|frame| frame[0] * left + frame[1] * right));
            return;
        }
        out.reserve(block.len() / self.inputs * self.outputs);
        for frame in block.chunks_exact(self.inputs) {
            for row in gains {
                out.push(
                    frame
                        .iter()
                        .zip(row)
                        .map(|(sample, gain)| sample * gain)
                        .sum(),
                );
            }
        }
    }
}

/// Gains `[2][inputs]` for three or more channels.
fn stereo_gains(channels: &Channels) -> Vec<Vec<f32>> {
    let mut gains: Vec<Vec<f32>> = vec![Vec::new(), Vec::new()];
    for position in positions(channels) {
        let (left, right) = speaker_gains(position);
        gains[0].push(left);
        gains[1].push(right);
    }
    let loudest = gains
        .iter()
        .map(|row| row.iter().sum::<f32>())
        .fold(0.0, f32::max);
    if loudest > 1.0 {
        gains.iter_mut().flatten().for_each(|gain| *gain /= loudest);
    }
    gains
}

/// How much each channel counts towards loudness (ITU-R BS.1770-4, table 4): 1.41 for speakers to the side, 0 for the
/// LFE, 1 for all others.
pub(crate) fn loudness_weights(channels: &Channels) -> Vec<f64> {
    let positions = positions(channels);
    let sides = Position::SIDE_LEFT | Position::SIDE_RIGHT;
    // Without speakers at the sides, those called rear are the surrounds of 5.1, at 110 degrees.
    let surround = match positions
        .iter()
        .flatten()
        .any(|position| sides.contains(*position))
    {
        true => sides,
        false => Position::REAR_LEFT | Position::REAR_RIGHT,
    };
    let weight = |position: Option<Position>| match position {
        Some(position) if (Position::LFE1 | Position::LFE2).contains(position) => 0.0,
        Some(position) if surround.contains(position) => 1.41,
        _ => 1.0,
    };
    positions.into_iter().map(weight).collect()
}

/// The speaker of each channel, in the order of the samples; `None` for one that nobody named.
fn positions(channels: &Channels) -> Vec<Option<Position>> {
    let count = channels.count();
    let mask = match channels {
        Channels::Positioned(mask) => *mask,
        // Unnamed channels are taken in the usual order of WAVE files.
        _ => match Position::from_wave_channel_count(count as u32) {
            Some(mask) => mask,
            None => return vec![None; count],
        },
    };
    mask.iter().map(Some).collect()
}

/// What a speaker gives to left and right, before scaling.
fn speaker_gains(position: Option<Position>) -> (f32, f32) {
    let Some(position) = position else {
        return (MINUS_3_DB, MINUS_3_DB);
    };
    let left = Position::REAR_LEFT
        | Position::SIDE_LEFT
        | Position::TOP_FRONT_LEFT
        | Position::TOP_REAR_LEFT
        | Position::TOP_SIDE_LEFT
        | Position::BOTTOM_FRONT_LEFT;
    let right = Position::REAR_RIGHT
        | Position::SIDE_RIGHT
        | Position::TOP_FRONT_RIGHT
        | Position::TOP_REAR_RIGHT
        | Position::TOP_SIDE_RIGHT
        | Position::BOTTOM_FRONT_RIGHT;
    let front_left = Position::FRONT_LEFT | Position::FRONT_LEFT_CENTER | Position::FRONT_LEFT_WIDE;
    let front_right =
        Position::FRONT_RIGHT | Position::FRONT_RIGHT_CENTER | Position::FRONT_RIGHT_WIDE;
    if front_left.contains(position) {
        (1.0, 0.0)
    } else if front_right.contains(position) {
        (0.0, 1.0)
    } else if left.contains(position) {
        (MINUS_3_DB, 0.0)
    } else if right.contains(position) {
        (0.0, MINUS_3_DB)
    } else if (Position::LFE1 | Position::LFE2).contains(position) {
        (0.0, 0.0)
    } else if position == Position::REAR_CENTER {
        // One surround at −3 dB, spread over both sides at equal power.
        (0.5, 0.5)
    } else {
        (MINUS_3_DB, MINUS_3_DB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surround_counts_more_and_the_lfe_not_at_all() {
        let weights = |count| {
            loudness_weights(&Channels::Positioned(
                Position::from_wave_channel_count(count).unwrap(),
            ))
        };
        assert_eq!(weights(1), [1.0]);
        assert_eq!(weights(2), [1.0, 1.0]);
        assert_eq!(weights(6), [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]);
        // Eight channels without a mask are the wide layout: its rear pair stands where 5.1 has it.
        assert_eq!(weights(8), [1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.0, 1.0]);
        let with_sides = Position::from_wave_channel_count(6).unwrap()
            | Position::SIDE_LEFT
            | Position::SIDE_RIGHT;
        assert_eq!(
            loudness_weights(&Channels::Positioned(with_sides)),
            [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41]
        );
        assert_eq!(loudness_weights(&Channels::Discrete(2)), [1.0, 1.0]);
    }

    #[test]
    fn every_layout_keeps_within_full_scale() {
        for count in 3..=24 {
            for channels in [
                Position::from_wave_channel_count(count).map(Channels::Positioned),
                Some(Channels::Discrete(count as u16)),
            ]
            .into_iter()
            .flatten()
            {
                let mut out = Vec::new();
                let loudest = vec![1.0; channels.count()];
                Downmix::stereo(&channels).mix_into(&loudest, &mut out);
                Downmix::mono(&channels).mix_into(&loudest, &mut out);
                assert_eq!(out.len(), 3, "{channels:?}");
                assert!(
                    out.iter()
                        .all(|sample| *sample > 0.0 && *sample <= 1.000_001),
                    "{channels:?}: {out:?}"
                );
            }
        }
    }
}
