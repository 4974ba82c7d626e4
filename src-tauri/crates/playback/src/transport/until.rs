//! For how long it plays on by itself: until a song has ended, until it is time to sleep, or round a stretch of a song.

use std::time::{Duration, Instant};

use super::Transport;
use crate::protocol::{Event, Status};
use crate::queue::{Entry, EntryId};

/// In the last so many seconds before it is time to sleep, it becomes ever quieter.
const SLEEP_FADE_S: f64 = 20.0;
/// A stretch is at least so long, in seconds.
const STRETCH_LEAST_S: f64 = 0.1;

impl Transport {
    /// Stops once this entry has ended, or does not.
    pub(super) fn set_stop_after(&mut self, entry: Option<EntryId>) {
        self.until.stop_after = entry;
        self.reconsider_next();
    }

    /// Falls asleep after this time, or does not.
    pub(super) fn set_sleep(&mut self, after: Option<Duration>) {
        self.until.sleep_at = after.and_then(|after| self.now.checked_add(after));
        if let Some(feed) = &self.feed {
            feed.set_level(self.level());
        }
    }

    /// Plays the current entry round this stretch, or on.
    pub(super) fn set_stretch(&mut self, stretch: Option<[f64; 2]>) {
        let sensible = |[from_s, to_s]: &[f64; 2]| {
            *from_s >= 0.0 && to_s.is_finite() && to_s - from_s >= STRETCH_LEAST_S
        };
        let current = self.queue.current().map(|entry| entry.entry);
        self.until.stretch = current.zip(stretch.filter(sensible));
        self.reconsider_next();
    }

    /// Seconds until it falls asleep.
    pub(super) fn sleeps_in_s(&self) -> Option<f64> {
        let at = self.until.sleep_at?;
        Some(at.saturating_duration_since(self.now).as_secs_f64())
    }

    /// How much of the volume is left on the way to sleep.
    pub(super) fn wakefulness(&self) -> f64 {
        self.sleeps_in_s()
            .map_or(1.0, |left_s| (left_s / SLEEP_FADE_S).min(1.0))
    }

    /// The stretch that the current entry is played round.
    pub(super) fn stretch(&self) -> Option<[f64; 2]> {
        let current = self.queue.current().map(|entry| entry.entry);
        let (entry, stretch) = self.until.stretch?;
        (Some(entry) == current).then_some(stretch)
    }

    /// What follows by itself an entry that is joined, or the current one; nothing where playing does not go on.
    pub(super) fn follows(&self, joined: Option<EntryId>) -> Option<Entry> {
        let entry = joined.or(self.queue.current().map(|entry| entry.entry));
        let stops = entry.is_some() && self.until.stop_after == entry;
        let rounds = joined.is_none() && self.stretch().is_some();
        match stops || rounds {
            true => None,
            false => self.next_after(joined, true),
        }
    }

    /// What was to be stopped after is not there any more, or was left by the listener, who had been at it.
    pub(super) fn heed_departure(&mut self, before: Option<EntryId>) {
        let current = self.queue.current().map(|entry| entry.entry);
        let Some(entry) = self.until.stop_after else {
            return;
        };
        let entries = self.queue.entries();
        let there = entries.iter().any(|other| other.entry == entry);
        if !there || (before == Some(entry) && current != before) {
            self.set_stop_after(None);
        }
    }

    /// The end of the stretch was reached, or it is time to sleep.
    pub(super) fn heed_time(&mut self, now: Instant) {
        if let Some(at) = self.until.sleep_at {
            if now >= at {
                // The volume comes back when it plays again: now it would be heard.
                self.until.sleep_at = None;
                self.pause();
                self.tell_state();
            } else if let Some(feed) = &self.feed {
                feed.set_level(self.level());
            }
        }
        if let Some([from_s, to_s]) = self.stretch()
            && self.status == Status::Playing
            && self.is_loaded()
            && self.position_s() >= to_s
        {
            self.seek(from_s);
        }
    }

    /// The current entry has ended where playing was to stop: the next one is current, and does not play.
    pub(super) fn stop_before(&mut self, next: EntryId, heard: bool) {
        self.until.stop_after = None;
        self.queue.advance(Some(next), heard);
        self.status = Status::Stopped;
        self.unload();
        self.cue_s = 0.0;
        self.let_go();
        self.close_output();
        self.tell(Event::Stopped);
        self.tell_state();
    }

    /// The last frame of a track that is played round a stretch has sounded, though the stretch may reach further. Whether it
    /// goes on from the stretch's beginning.
    pub(super) fn goes_round(&mut self) -> bool {
        let Some([from_s, _]) = self.stretch() else {
            return false;
        };
        if self.status != Status::Playing {
            return false;
        }
        self.seek(from_s);
        true
    }
}
