//! The ring between the engine and what consumes sound: a card's callback, a paced thread, a file.
//!
//! It owns the samples on their way, and everything that must take effect at once although samples are
//! decoded ahead: pause, volume, equaliser and limiter (`dsp.rs`), and throwing stale samples away. The [`Feed`] belongs to the engine. The
//! [`Tap`] belongs to the consumer and is a clean room: no lock, allocation, log or file; it never waits,
//! and gives silence where there is nothing.
//!
//! Every frame has an index, counted from 0 as it is written. `consumed` says up to which index the tap has
//! come, and `taken_at` when it came there, so the engine knows what has sounded, to the frame, and when, however late it looks. Fades of [`FADE_S`] stand where the listener
//! interrupts; whoever lets samples flow by undisturbed gets them bit for bit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::dsp::{Chain, Design, Remote, chain};
pub(crate) use crate::frame::StereoFrame;

/// Length of the fades at pause, resume, seek and skip: above the click threshold, below notice.
pub(crate) const FADE_S: f64 = 0.005;

/// The gain of a fade that has come so far. A straight line would have corners, which click 30 dB louder.
pub(crate) fn fade_gain(share: f32) -> f32 {
    share * share * (3.0 - 2.0 * share)
}

/// The volume's factor, on its way to where it is wanted: through two low passes, so that it has neither jump nor corner however it
/// is turned.
struct VolumeRamp {
    ahead: f64,
    now: f64,
    step: f64,
}

/// How long each of them takes for most of the way.
const LEVEL_S: f64 = 0.004;
/// Nearer than this it is there.
const LEVEL_NEAR: f64 = 1e-6;

impl VolumeRamp {
    fn new(rate_hz: u32) -> Self {
        Self {
            ahead: 1.0,
            now: 1.0,
            step: 1.0 - (-1.0 / (LEVEL_S * f64::from(rate_hz))).exp(),
        }
    }

    fn jump(&mut self, to: f64) {
        (self.ahead, self.now) = (to, to);
    }

    /// One frame further.
    fn towards(&mut self, wanted: f64) -> f64 {
        if self.now == wanted && self.ahead == wanted {
            return wanted;
        }
        self.ahead += (wanted - self.ahead) * self.step;
        self.now += (self.ahead - self.now) * self.step;
        if (wanted - self.now).abs() < LEVEL_NEAR && (wanted - self.ahead).abs() < LEVEL_NEAR {
            self.jump(wanted);
        }
        self.now
    }
}

/// What both ends see. Indices are absolute frame counts.
struct Shared {
    running: AtomicBool,
    /// The volume's factor, as bits of an `f32`.
    level: AtomicU32,
    /// Frames from `stale_from` up to `stale_to` are thrown away.
    stale_from: AtomicU64,
    stale_to: AtomicU64,
    consumed: AtomicU64,
    /// When the tap came to `consumed`: nanoseconds since `made`.
    taken_ns: AtomicU64,
    /// How long after that the last of them is heard: what a card holds.
    ahead_ns: AtomicU64,
    made: Instant,
    /// Whether more follows what is written: only then is it an underrun when the ring is empty.
    more: AtomicBool,
    /// Times that sound stopped short, and the frames of silence in its place.
    underruns: AtomicU64,
    short: AtomicU64,
}

/// Makes a ring for up to `lead` frames ahead at `rate_hz`, stopped, at full level. It holds as many again, so
/// that what replaces stale frames can be there before the tap has thrown those away.
pub(crate) fn ring(rate_hz: u32, lead: usize) -> (Feed, Tap) {
    let (producer, consumer) = rtrb::RingBuffer::new(2 * lead);
    let shared = Arc::new(Shared {
        running: AtomicBool::new(false),
        level: AtomicU32::new(1.0_f32.to_bits()),
        stale_from: AtomicU64::new(0),
        stale_to: AtomicU64::new(0),
        consumed: AtomicU64::new(0),
        taken_ns: AtomicU64::new(0),
        ahead_ns: AtomicU64::new(0),
        made: Instant::now(),
        more: AtomicBool::new(false),
        underruns: AtomicU64::new(0),
        short: AtomicU64::new(0),
    });
    let (remote, chain) = chain(rate_hz);
    let feed = Feed {
        frames: producer,
        shared: Arc::clone(&shared),
        rate_hz,
        lead,
        written: 0,
        remote,
    };
    let step = (1.0 / (FADE_S * f64::from(rate_hz))).min(1.0) as f32;
    let tap = Tap {
        frames: consumer,
        shared,
        read: 0,
        open: false,
        flows: false,
        dry: false,
        fade: 1.0,
        level: VolumeRamp::new(rate_hz),
        step,
        chain,
    };
    (feed, tap)
}

/// The engine's end.
pub(crate) struct Feed {
    frames: rtrb::Producer<StereoFrame>,
    shared: Arc<Shared>,
    rate_hz: u32,
    lead: usize,
    written: u64,
    remote: Remote,
}

impl Feed {
    /// Frames per second.
    pub(crate) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// How many frames are wanted now: the lead, less what lies ready and is not stale.
    pub(crate) fn room(&self) -> usize {
        let consumed = self.consumed();
        let from = self.shared.stale_from.load(Ordering::Relaxed);
        let to = self.shared.stale_to.load(Ordering::Relaxed);
        let stale = to.saturating_sub(from.max(consumed));
        let ready = usize::try_from(self.written - consumed - stale).unwrap_or(usize::MAX);
        self.lead.saturating_sub(ready).min(self.frames.slots())
    }

    /// Writes what finds room; callers look at [`room`](Self::room) first.
    pub(crate) fn write(&mut self, frames: &[StereoFrame]) {
        let (written, _) = self.frames.push_partial_slice(frames);
        self.written += written.len() as u64;
        self.remote.send();
    }

    /// Index of the next frame to be written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Index of the next frame to be consumed. Frames thrown away count as consumed.
    pub(crate) fn consumed(&self) -> u64 {
        self.shared.consumed.load(Ordering::Acquire)
    }

    /// The same index, and when the tap came there.
    pub(crate) fn taken(&self) -> (u64, Instant) {
        // The tap writes the time first: seen in this order, it is never too early for the index.
        let consumed = self.consumed();
        let since = Duration::from_nanos(self.shared.taken_ns.load(Ordering::Relaxed));
        (consumed, self.shared.made + since)
    }

    /// Index of the next frame to be heard at this instant: a card holds some that it has taken.
    pub(crate) fn heard(&self, now: Instant) -> u64 {
        let (consumed, taken_at) = self.taken();
        let ahead = Duration::from_nanos(self.shared.ahead_ns.load(Ordering::Relaxed));
        let left = (taken_at + ahead).saturating_duration_since(now);
        consumed.saturating_sub((left.as_secs_f64() * f64::from(self.rate_hz)).round() as u64)
    }

    /// Lets sound flow, or fades it out and holds it.
    pub(crate) fn run(&self, running: bool) {
        self.shared.running.store(running, Ordering::Release);
    }

    /// Says whether more follows what is written.
    pub(crate) fn expect_more(&self, more: bool) {
        self.shared.more.store(more, Ordering::Release);
    }

    /// How often sound stopped short though more was to follow.
    pub(crate) fn underruns(&self) -> u64 {
        self.shared.underruns.load(Ordering::Relaxed)
    }

    /// Seconds of silence that stood in for sound.
    pub(crate) fn short_s(&self) -> f64 {
        self.shared.short.load(Ordering::Relaxed) as f64 / f64::from(self.rate_hz)
    }

    /// The card itself stopped short.
    pub(crate) fn count_underrun(&self) {
        self.shared.underruns.fetch_add(1, Ordering::Relaxed);
    }

    /// Has all sound filtered so, at once and without a click.
    pub(crate) fn set_equalizer(&mut self, design: Design) {
        self.remote.set(design);
    }

    /// How all sound is filtered.
    pub(crate) fn equalizer(&self) -> &Design {
        self.remote.design()
    }

    /// Sets the factor of the volume.
    pub(crate) fn set_level(&self, level: f32) {
        self.shared.level.store(level.to_bits(), Ordering::Release);
    }

    /// Throws away all that is written and not consumed, after a fade if it is sounding.
    pub(crate) fn flush(&self) {
        self.shared.stale_from.store(0, Ordering::Relaxed);
        self.shared.stale_to.store(self.written, Ordering::Release);
    }

    /// Throws away what is written from index `from` on, without a fade: what comes before it plays out, and
    /// what is written next follows it seamlessly. False, and nothing done, while an earlier flush has not
    /// reached the tap, which would then take the older samples for good.
    pub(crate) fn withdraw(&self, from: u64) -> bool {
        if self.consumed() < self.shared.stale_to.load(Ordering::Relaxed) {
            return false;
        }
        self.shared.stale_from.store(from, Ordering::Relaxed);
        self.shared.stale_to.store(self.written, Ordering::Release);
        true
    }
}

/// The consumer's end.
pub(crate) struct Tap {
    frames: rtrb::Consumer<StereoFrame>,
    shared: Arc<Shared>,
    /// Index of the next frame in the ring.
    read: u64,
    /// Whether sound flows: from the start of a run until the fade of its pause has ended.
    open: bool,
    /// Whether sound has come since it was let flow or another one began: silence before it is no underrun.
    flows: bool,
    /// Whether silence stands in for sound just now.
    dry: bool,
    fade: f32,
    level: VolumeRamp,
    /// Change of the fade from frame to frame.
    step: f32,
    chain: Chain,
}

impl Tap {
    /// Notes that what is taken next will all have been heard after this time.
    pub(crate) fn will_sound(&self, ahead: Duration) {
        let ahead_ns = u64::try_from(ahead.as_nanos()).unwrap_or(u64::MAX);
        self.shared.ahead_ns.store(ahead_ns, Ordering::Relaxed);
    }

    /// Fills `out` with what comes next, and silence where nothing does. Returns how many frames, from the
    /// first on, are sound; what an equaliser does to it may ring on behind them.
    pub(crate) fn fill(&mut self, out: &mut [StereoFrame], now: Instant) -> usize {
        let sound = self.gather(out, now);
        self.chain.process(out);
        sound
    }

    /// The same for an output without a pace: what is not there yet is no silence to it.
    pub(crate) fn take(&mut self, out: &mut [StereoFrame], now: Instant) -> usize {
        let sound = self.gather(out, now);
        self.chain.process(&mut out[..sound]);
        sound
    }

    /// Rounds what it gives out to so many bits, for an output that takes no more.
    pub(crate) fn dither_to(&mut self, bits: u32) {
        self.chain.dither_to(bits);
    }

    /// Frames by which what it gives out is late.
    pub(crate) fn latency(&mut self) -> usize {
        self.chain.latency()
    }

    /// What is still on its way within, as if silence followed.
    pub(crate) fn tail(&mut self) -> Vec<StereoFrame> {
        let mut tail = vec![[0.0; 2]; self.chain.latency()];
        self.chain.process(&mut tail);
        tail
    }

    fn gather(&mut self, out: &mut [StereoFrame], now: Instant) -> usize {
        let read = self.read;
        let run = self.shared.running.load(Ordering::Acquire);
        let level = f32::from_bits(self.shared.level.load(Ordering::Acquire));
        let stale_to = self.shared.stale_to.load(Ordering::Acquire);
        let stale_from = self.shared.stale_from.load(Ordering::Relaxed);
        let mut done = 0;
        // Where in `out` the sound begins that is to follow what was thrown away.
        let mut anew = 0;
        while done < out.len() {
            let stale = self.read < stale_to;
            if stale
                && self.read >= stale_from
                && !(self.open && stale_from == 0 && self.fade > 0.0)
            {
                self.discard(stale_to);
                anew = done;
                // A fade for a pause that meets the flush has nothing left to fade.
                self.open &= run;
                continue;
            }
            if !self.open {
                self.level.jump(f64::from(level));
                if !run {
                    break;
                }
                self.open = true;
            }
            let silence_ahead = !run || (stale && self.read >= stale_from);
            let until = match stale {
                true if self.read < stale_from => stale_from,
                true => stale_to,
                false => u64::MAX,
            };
            let wanted =
                (out.len() - done).min(usize::try_from(until - self.read).unwrap_or(usize::MAX));
            let played = self.play(&mut out[done..done + wanted], level, silence_ahead);
            done += played;
            if silence_ahead && !stale && (self.fade <= 0.0 || played == 0) {
                self.open = false;
            }
            if played == 0 {
                break;
            }
        }
        self.account_for_silence(run, done - anew, out.len() - done);
        out[done..].fill([0.0; 2]);
        // Silence that follows takes no frame and moves no time.
        if self.read > read {
            let since = now.saturating_duration_since(self.shared.made);
            let since_ns = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
            self.shared.taken_ns.store(since_ns, Ordering::Relaxed);
        }
        self.shared.consumed.store(self.read, Ordering::Release);
        done
    }

    /// Counts an underrun where sound flowed, more was to follow, and `silence` stands in for it after `sound` frames.
    fn account_for_silence(&mut self, run: bool, sound: usize, silence: usize) {
        let short = silence > 0 && run && self.shared.more.load(Ordering::Acquire);
        let flowed = self.flows || sound > 0;
        if short && flowed {
            // One that goes on is one.
            if !self.dry || sound > 0 {
                self.shared.underruns.fetch_add(1, Ordering::Relaxed);
            }
            self.dry = true;
            self.shared
                .short
                .fetch_add(silence as u64, Ordering::Relaxed);
        } else {
            self.dry = false;
        }
        self.flows = run && flowed;
    }

    /// Moves frames from the ring to `out`, fading towards silence or full. Stops at silence. Returns how
    /// many.
    fn play(&mut self, out: &mut [StereoFrame], level: f32, to_silence: bool) -> usize {
        let steps = if to_silence {
            (self.fade / self.step).ceil() as usize
        } else {
            usize::MAX
        };
        let count = self.frames.slots().min(out.len()).min(steps);
        let Ok(chunk) = self.frames.read_chunk(count) else {
            return 0;
        };
        let (first, second) = chunk.as_slices();
        for (to, from) in out.iter_mut().zip(first.iter().chain(second)) {
            self.fade = if to_silence {
                self.fade - self.step
            } else {
                self.fade + self.step
            }
            .clamp(0.0, 1.0);
            let gain = fade_gain(self.fade) * self.level.towards(f64::from(level)) as f32;
            *to = if gain == 1.0 {
                *from
            } else {
                [from[0] * gain, from[1] * gain]
            };
        }
        chunk.commit_all();
        if to_silence && count == steps {
            self.fade = 0.0;
        }
        self.read += count as u64;
        count
    }

    /// Drops all frames before index `to`. What follows is another sound, and starts at full.
    fn discard(&mut self, to: u64) {
        // Frames before `to` were all written before `to` was announced, so they are here.
        let count = usize::try_from(to - self.read)
            .unwrap_or(usize::MAX)
            .min(self.frames.slots());
        if let Ok(chunk) = self.frames.read_chunk(count) {
            chunk.commit_all();
        }
        self.read = to;
        self.fade = 1.0;
        self.flows = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 48_000;
    const FADE: usize = 240;

    fn ramp(from: usize, count: usize) -> Vec<StereoFrame> {
        (from..from + count)
            .map(|n| [n as f32, -(n as f32)])
            .collect()
    }

    fn pull(tap: &mut Tap, count: usize) -> (usize, Vec<StereoFrame>) {
        let mut out = vec![[9.0; 2]; count];
        let sound = tap.fill(&mut out, Instant::now());
        (sound, out)
    }

    #[test]
    fn an_empty_ring_gives_silence_and_what_flows_by_is_untouched() {
        let (mut feed, mut tap) = ring(RATE_HZ, 1000);
        assert_eq!(pull(&mut tap, 3), (0, vec![[0.0; 2]; 3]));
        feed.run(true);
        assert_eq!(pull(&mut tap, 3), (0, vec![[0.0; 2]; 3]));
        feed.write(&ramp(1, 5));
        let (sound, out) = pull(&mut tap, 8);
        assert_eq!((sound, &out[..5], out[5]), (5, &ramp(1, 5)[..], [0.0; 2]));
        assert_eq!((feed.consumed(), feed.written(), feed.room()), (5, 5, 1000));
    }

    #[test]
    fn nothing_sounds_before_it_is_let_flow() {
        let (mut feed, mut tap) = ring(RATE_HZ, 1000);
        feed.write(&ramp(1, 5));
        assert_eq!(pull(&mut tap, 8).0, 0);
        feed.run(true);
        assert_eq!(pull(&mut tap, 5), (5, ramp(1, 5)));
    }

    #[test]
    fn pause_fades_out_and_resume_fades_in_where_it_left() {
        let (mut feed, mut tap) = ring(RATE_HZ, 4000);
        feed.run(true);
        feed.write(&vec![[1.0; 2]; 4000]);
        pull(&mut tap, 100);
        feed.run(false);
        let (sound, out) = pull(&mut tap, 500);
        assert_eq!(sound, FADE);
        assert!(
            out[..FADE]
                .windows(2)
                .all(|w| w[1][0] < w[0][0] && w[0][0] - w[1][0] < 0.01)
        );
        assert!(out[0][0] > 0.99 && out[FADE - 1][0] < 0.01);
        assert_eq!(pull(&mut tap, 500).0, 0);
        assert_eq!(feed.consumed(), 100 + FADE as u64);
        feed.run(true);
        let (sound, out) = pull(&mut tap, 500);
        assert_eq!(sound, 500);
        assert!(out[0][0] < 0.01 && out.windows(2).all(|w| w[1][0] - w[0][0] < 0.01));
        assert_eq!(out[499], [1.0; 2]);
    }

    #[test]
    fn a_flush_fades_what_sounds_and_drops_the_rest() {
        let (mut feed, mut tap) = ring(RATE_HZ, 4000);
        feed.run(true);
        feed.write(&vec![[1.0; 2]; 2000]);
        pull(&mut tap, 100);
        feed.flush();
        feed.write(&ramp(5, 100));
        let (sound, out) = pull(&mut tap, FADE + 50);
        assert_eq!(sound, FADE + 50);
        assert!(out[..FADE].windows(2).all(|w| w[1][0] < w[0][0]));
        assert_eq!(out[FADE..], ramp(5, 50));
        assert_eq!(feed.consumed(), 2050);
    }

    #[test]
    fn a_flush_while_paused_makes_room_without_a_sound() {
        let (mut feed, mut tap) = ring(RATE_HZ, 1000);
        feed.write(&ramp(0, 1000));
        feed.flush();
        assert_eq!(pull(&mut tap, 10).0, 0);
        assert_eq!((feed.room(), feed.consumed()), (1000, 1000));
        feed.write(&ramp(3, 10));
        feed.run(true);
        assert_eq!(pull(&mut tap, 10), (10, ramp(3, 10)));
    }

    #[test]
    fn a_pause_with_a_flush_lets_nothing_of_the_next_sound_out() {
        let (mut feed, mut tap) = ring(RATE_HZ, 4000);
        feed.run(true);
        feed.write(&vec![[1.0; 2]; 1000]);
        pull(&mut tap, 100);
        feed.run(false);
        feed.flush();
        feed.write(&ramp(7, 500));
        assert_eq!(pull(&mut tap, 1000).0, FADE);
        feed.run(true);
        assert_eq!(pull(&mut tap, 500), (500, ramp(7, 500)));
    }

    #[test]
    fn what_is_withdrawn_is_replaced_without_a_seam() {
        let (mut feed, mut tap) = ring(RATE_HZ, 1000);
        feed.run(true);
        feed.write(&ramp(0, 100));
        feed.write(&ramp(700, 50));
        pull(&mut tap, 10);
        assert!(feed.withdraw(100));
        feed.write(&ramp(100, 20));
        assert_eq!(pull(&mut tap, 200).1[..110], ramp(10, 110));
        assert_eq!(feed.consumed(), 170);
        feed.flush();
        feed.write(&ramp(0, 5));
        feed.flush();
        assert!(!feed.withdraw(172), "the tap has not seen the flush");
    }

    #[test]
    fn volume_moves_without_a_jump() {
        let (mut feed, mut tap) = ring(RATE_HZ, 5000);
        feed.run(true);
        feed.write(&vec![[1.0; 2]; 5000]);
        pull(&mut tap, 100);
        feed.set_level(0.5);
        let (_, out) = pull(&mut tap, 4000);
        assert!(out.windows(2).all(|w| (w[1][0] - w[0][0]).abs() < 0.01));
        assert_eq!(out[3999], [0.5; 2]);
    }

    /// The loudest of what is above 2 kHz, of full scale, in decibels: a click, where a tone below is all there should be.
    fn click_db(sound: &[StereoFrame]) -> f64 {
        const TAPS: i32 = 1023;
        let cut = 2000.0 / f64::from(RATE_HZ);
        let taps = (0..TAPS).map(|n| {
            let (m, share) = (f64::from(n - TAPS / 2), f64::from(n) / f64::from(TAPS - 1));
            let tau = std::f64::consts::TAU;
            let window = 0.42 - 0.5 * (tau * share).cos() + 0.08 * (2.0 * tau * share).cos();
            let low = match m == 0.0 {
                true => 2.0 * cut,
                false => (tau * cut * m).sin() / (std::f64::consts::PI * m),
            };
            (if m == 0.0 { 1.0 } else { 0.0 } - low) * window
        });
        let taps: Vec<f64> = taps.collect();
        let high = sound.windows(taps.len()).map(|window| {
            let parts = window.iter().zip(&taps);
            parts
                .map(|(frame, tap)| f64::from(frame[0]) * tap)
                .sum::<f64>()
                .abs()
        });
        20.0 * high.fold(0.0, f64::max).log10()
    }

    /// Plays a tone at full scale while something is done to it.
    fn check_no_click(hz: f64, act: impl Fn(&mut Feed, usize)) {
        let (mut feed, mut tap) = ring(RATE_HZ, 40_000);
        let tone = |n: usize| (std::f64::consts::TAU * hz * n as f64 / f64::from(RATE_HZ)).sin();
        let tone: Vec<StereoFrame> = (0..40_000).map(|n| [tone(n) as f32; 2]).collect();
        feed.run(true);
        feed.write(&tone);
        let mut out = Vec::new();
        for turn in 0..30 {
            act(&mut feed, turn);
            out.extend(pull(&mut tap, 500).1);
        }
        // It begins at full, in the tone's zero, whose corner is no matter here.
        let db = click_db(&out[2000..]);
        assert!(db < -60.0, "{hz} Hz: {db} dB");
    }

    #[test]
    fn neither_volume_nor_mute_nor_pause_clicks() {
        for hz in [50.0, 110.0, 431.0] {
            check_no_click(hz, |_, _| {});
            check_no_click(hz, |feed, turn| feed.set_level([1.0, 0.0][turn / 10 % 2]));
            // A slider that is dragged.
            check_no_click(hz, |feed, turn| {
                feed.set_level(((turn * 7) % 11) as f32 / 10.0)
            });
            check_no_click(hz, |feed, turn| feed.run(turn / 10 % 2 == 0));
        }
    }

    fn equalizer(gain_db: f64) -> Design {
        let equalizer = segue_core::Equalizer::of_octaves(-6.0, [gain_db; 10]);
        Design::new(&equalizer, RATE_HZ)
    }

    #[test]
    fn an_equaliser_that_is_turned_does_not_click() {
        for hz in [50.0, 110.0, 431.0] {
            let turned = |feed: &mut Feed, turn: usize| {
                if turn % 6 == 5 {
                    let designs = [equalizer(6.0), equalizer(-4.0), Design::OFF, equalizer(1.0)];
                    feed.set_equalizer(designs[turn / 6 % 4]);
                }
            };
            check_no_click(hz, turned);
        }
    }

    #[test]
    fn an_equaliser_that_is_off_again_leaves_every_bit() {
        let (mut feed, mut tap) = ring(RATE_HZ, 20_000);
        feed.run(true);
        feed.write(&ramp(1, 20_000));
        assert_eq!(pull(&mut tap, 100), (100, ramp(1, 100)));
        feed.set_equalizer(equalizer(6.0));
        assert_ne!(pull(&mut tap, 5_000).1, ramp(101, 5_000));
        feed.set_equalizer(Design::OFF);
        pull(&mut tap, 5_000);
        assert_eq!(pull(&mut tap, 100), (100, ramp(10_101, 100)));
    }
}
