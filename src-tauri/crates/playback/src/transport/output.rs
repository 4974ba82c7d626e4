//! The output as the engine's middle deals with it: opened for what plays, let go, lost, and watched for sound that came too late.

use std::time::{Duration, Instant};

use segue_core::{OutputFault, OutputSettings};
use segue_decode::AudioFormat;

use super::Transport;
use super::underruns::{BURST, Underruns};
use crate::protocol::{Event, Status};

/// A card that takes nothing for this long is treated as lost: some drivers stop without reporting an error.
const STALLED: Duration = Duration::from_secs(3);
impl Transport {
    pub(super) fn open_output(&mut self, first: &AudioFormat) -> bool {
        match self.output.open(first) {
            Ok(feed) => {
                feed.set_level(self.level());
                self.join.reset(Some(&feed));
                self.underruns.seen = 0;
                self.feed = Some(feed);
                self.equalize();
                if std::mem::take(&mut self.output_lost) {
                    self.tell(Event::OutputChanged);
                }
                true
            }
            Err(error) => {
                self.status = Status::Paused;
                self.output_lost = true;
                self.tell(Event::OutputLost { why: error });
                self.tell_paused();
                false
            }
        }
    }

    /// The run of sound is over.
    pub(super) fn close_output(&mut self) {
        if let Some(feed) = &self.feed {
            feed.run(false);
        }
        match self.output.finish() {
            Ok(None) => {}
            Ok(Some(written)) => {
                self.feed = None;
                self.tell(Event::Written {
                    path: written.path,
                    frames: written.frames,
                    sample_rate_hz: written.rate_hz,
                    bits: written.bits,
                });
            }
            Err(why) => {
                if let OutputFault::File { .. } = why {
                    self.feed = None;
                    self.output_lost = true;
                }
                self.tell(Event::OutputLost { why });
            }
        }
    }

    /// Goes to another card by the listener's choice.
    pub(super) fn use_output(&mut self, settings: OutputSettings) {
        if self.output.choose(settings) {
            self.output.lost();
            self.reopen_output();
        }
    }

    /// What plays goes on through another opening of the output; what does not finds it when it plays.
    pub(super) fn reopen_output(&mut self) {
        self.unload();
        if self.feed.take().is_some() {
            self.output_lost = true;
        }
        if self.status == Status::Playing {
            self.load();
        }
    }

    pub(super) fn lose_output(&mut self, why: OutputFault) {
        self.unload();
        self.feed = None;
        self.let_go();
        self.output_lost = true;
        self.tell(Event::OutputLost { why });
        if self.status == Status::Playing {
            self.status = Status::Paused;
            self.tell_paused();
        }
        self.tell_state();
    }

    /// Counts the times that the output came away short, and logs them, but not each: they come in bursts.
    pub(super) fn watch_underruns(&mut self, now: Instant) {
        let Some((count, short_s)) = self
            .feed
            .as_ref()
            .map(|feed| (feed.underruns(), feed.short_s()))
        else {
            return;
        };
        let Underruns {
            counted,
            seen,
            burst,
        } = &mut self.underruns;
        let new = count.saturating_sub(*seen);
        if new == 0 {
            return;
        }
        (*counted, *seen) = (*counted + new, count);
        let quiet = |last: Instant| now.saturating_duration_since(last) > BURST;
        if burst.is_none_or(quiet) {
            tracing::warn!(
                underruns = *counted,
                silence_ms = (short_s * 1000.0).round(),
                "sound was not ready in time: the disk or the processor was busy"
            );
        }
        *burst = Some(now);
    }

    pub(super) fn watch_for_a_stall(&mut self, now: Instant) {
        let Some(feed) = self
            .feed
            .as_ref()
            .filter(|f| self.status == Status::Playing && f.written() > 0)
        else {
            self.watch.1 = None;
            return;
        };
        let consumed = feed.consumed();
        match self.watch {
            (seen, Some(since)) if seen == consumed && feed.written() > consumed => {
                if now.saturating_duration_since(since) > STALLED {
                    self.watch.1 = None;
                    self.lose_output(OutputFault::Stalled);
                }
            }
            _ => self.watch = (consumed, Some(now)),
        }
    }
}
