//! Which stretches of a track are listened to.

use segue_decode::Span;

use crate::manifest::Windows;

/// A track no longer than all windows together is heard whole, as one window. A longer one is heard in `count_max`
/// windows of `seconds`, evenly spread so that the first begins at the share `from` of the track and the last ends at
/// `to`; introductions and fade-outs stay outside. Where that leaves too little room, it is widened on both sides,
/// as far as the track reaches. So the longer a track grows, the more of its edges is left out, without a leap.
///
/// `models/train/data.py` follows the same rule.
pub(crate) fn choose(windows: &Windows, duration_s: f64) -> Vec<Span> {
    let (count, length_s) = (windows.count_max, windows.seconds);
    let total_s = count as f64 * length_s;
    if duration_s <= total_s {
        return vec![Span {
            start_s: 0.0,
            length_s: duration_s,
        }];
    }
    let room_s = ((windows.to - windows.from) * duration_s).max(total_s);
    let middle_s = (windows.from + windows.to) / 2.0 * duration_s;
    let first_s = (middle_s - room_s / 2.0).clamp(0.0, duration_s - room_s);
    let step_s = (room_s - length_s) / (count.max(2) - 1) as f64;
    // A single window lies in the middle of its room.
    let first_s = match count {
        1 => first_s + (room_s - length_s) / 2.0,
        _ => first_s,
    };
    (0..count)
        .map(|index| Span {
            start_s: first_s + step_s * index as f64,
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
        check(30.0, &[(0.0, 30.0)]);
        check(72.0, &[(0.0, 72.0)]);
        // Of 80 s, 75 % are 60 s: widened to 72 s around 38 s.
        let side_by_side = |first_s: f64| -> Vec<(f64, f64)> {
            (0..6)
                .map(|k| (first_s + 12.0 * f64::from(k), 12.0))
                .collect()
        };
        check(80.0, &side_by_side(2.0));
        check(96.0, &side_by_side(9.6));
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
        // A moment longer than all windows: the same sound in six pieces.
        let longer = choose(&windows, 72.001);
        assert!(longer[0].start_s < 0.001 && longer.len() == 6);
        assert!(longer[5].start_s + longer[5].length_s > 71.999);
        // Neighbouring lengths are heard at neighbouring places.
        let ends = |tenths: u32| {
            let spans = choose(&windows, f64::from(tenths) / 10.0);
            (
                spans[0].start_s,
                spans[spans.len() - 1].start_s + spans[spans.len() - 1].length_s,
            )
        };
        for tenths in 1..4_000 {
            let ((a, b), (c, d)) = (ends(tenths), ends(tenths + 1));
            assert!(
                (a - c).abs() < 0.11 && (b - d).abs() < 0.11,
                "{tenths}: {a} {c}, {b} {d}"
            );
        }
        for tenths in 1..4_000 {
            let duration_s = f64::from(tenths) / 10.0;
            for span in choose(&windows, duration_s) {
                assert!(span.start_s >= 0.0 && span.start_s + span.length_s <= duration_s + 1e-9);
            }
        }
    }
}
