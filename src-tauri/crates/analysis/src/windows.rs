//! Which stretches of a track are listened to.

use segue_decode::Span;

use crate::manifest::Windows;

/// Windows of `windows.seconds`, evenly spread so that the first begins at the share `from` of the track and
/// the last ends at `to`; introductions and fade-outs stay outside. A track too short for one gives its middle.
pub(crate) fn choose(windows: &Windows, duration_s: f64) -> Vec<Span> {
    let length_s = windows.seconds;
    let (from_s, to_s) = (windows.from * duration_s, windows.to * duration_s);
    let room_s = to_s - from_s;
    if room_s < length_s {
        let length_s = length_s.min(duration_s);
        return vec![Span {
            start_s: (duration_s - length_s) / 2.0,
            length_s,
        }];
    }
    let count = ((room_s / length_s) as usize).clamp(1, windows.count_max);
    if count == 1 {
        return vec![Span {
            start_s: from_s + (room_s - length_s) / 2.0,
            length_s,
        }];
    }
    let step_s = (room_s - length_s) / (count - 1) as f64;
    (0..count)
        .map(|index| Span {
            start_s: from_s + step_s * index as f64,
            length_s,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_spread_over_the_middle_of_a_track() {
        let windows = Windows {
            count_max: 6,
            seconds: 12.0,
            from: 0.10,
            to: 0.85,
        };
        let check = |duration_s: f64, expected: &[(f64, f64)]| {
            let found: Vec<_> = choose(&windows, duration_s)
                .iter()
                .map(|s| (s.start_s, s.length_s))
                .collect();
            assert_eq!(found.len(), expected.len(), "{duration_s} s: {found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found.0 - expected.0).abs() < 1e-9,
                    "{duration_s} s: {found:?}"
                );
                assert!(
                    (found.1 - expected.1).abs() < 1e-9,
                    "{duration_s} s: {found:?}"
                );
            }
        };
        check(0.5, &[(0.0, 0.5)]);
        check(12.0, &[(0.0, 12.0)]);
        check(15.0, &[(1.5, 12.0)]);
        check(16.0, &[(1.6, 12.0)]);
        check(20.0, &[(3.5, 12.0)]);
        check(32.0, &[(3.2, 12.0), (15.2, 12.0)]);
        check(
            200.0,
            &[
                (20.0, 12.0),
                (47.6, 12.0),
                (75.2, 12.0),
                (102.8, 12.0),
                (130.4, 12.0),
                (158.0, 12.0),
            ],
        );
        for tenths in 1..4_000 {
            let duration_s = f64::from(tenths) / 10.0;
            for span in choose(&windows, duration_s) {
                assert!(span.start_s >= 0.0 && span.start_s + span.length_s <= duration_s + 1e-9);
            }
        }
    }
}
