//! The account of what sounded: which track's frames the output has consumed, and the events that follow from it.

use std::sync::Arc;
use std::time::Duration;

use segue_core::EndReason;

use super::Transport;
use super::track::TrackAccount;
use crate::protocol::{End, Event, PlayId, Status};
use crate::queue::EntryId;
use crate::ring::Feed;

/// `Position` events per second of sound.
const POSITIONS_PER_S: u64 = 4;

impl Transport {
    /// Seconds from the start of the current track, by what the output has taken.
    pub(super) fn position_s(&self) -> f64 {
        self.position_at(Feed::consumed)
    }

    /// The same, by what is heard now.
    pub(super) fn heard_s(&self) -> f64 {
        self.position_at(|feed| feed.heard(self.now))
    }

    fn position_at(&self, index: impl Fn(&Feed) -> u64) -> f64 {
        match (
            self.sounding.as_ref().and_then(|t| t.range.as_ref()),
            &self.feed,
        ) {
            (Some(range), Some(feed)) => {
                range.from_s + range.sounded_s(index(feed), feed.rate_hz())
            }
            _ => self.cue_s,
        }
    }

    /// Follows the output's index: emits the events of what has started, advanced and ended since the last call.
    pub(super) fn observe(&mut self) {
        loop {
            let Some(feed) = &self.feed else { return };
            let ((consumed, taken_at), rate_hz) = (feed.taken(), feed.rate_hz());
            let sounded_at = |index: u64| {
                let since = consumed.saturating_sub(index) as f64 / f64::from(rate_hz);
                let since = Duration::from_secs_f64(since);
                taken_at.checked_sub(since).unwrap_or(taken_at)
            };
            let Some(track) = &mut self.sounding else {
                return;
            };
            let Some(range) = &mut track.range else {
                return;
            };
            let entry = track.entry.entry;
            let heard = feed.heard(taken_at.max(self.now));
            let position_s = range.from_s + range.sounded_s(heard, rate_hz);
            let due = consumed >= range.told + u64::from(rate_hz) / POSITIONS_PER_S;
            let from_at = sounded_at(range.from);
            let ended_at = range.end.filter(|end| consumed >= *end).map(sounded_at);
            let sounds = consumed > range.from && range.end != Some(range.from);
            if track.play.is_none() && sounds {
                self.plays += 1;
                let play = PlayId(self.plays);
                track.play = Some(play);
                range.told = consumed;
                let (item, duration_s, from_s, notice) = (
                    Arc::clone(&track.entry.item),
                    track.duration_s,
                    track.from_s,
                    track.notice.take(),
                );
                let path = self.sounding.as_ref().and_then(|track| self.path_of(track));
                self.pass_to(from_at);
                self.tell(Event::Started {
                    play,
                    entry,
                    item,
                    duration_s,
                    from_s,
                    notice,
                    path,
                });
                if self.status == Status::Paused {
                    self.tell_paused();
                }
                continue;
            }
            let left = |end: &u64| consumed >= *end;
            let leaving_end = self.leaving.as_ref().and_then(TrackAccount::end);
            if let Some(left_at) = leaving_end.filter(left).map(sounded_at) {
                self.pass_to(left_at);
                self.end_leaving();
                continue;
            }
            let begins = self.coming.front().and_then(TrackAccount::from);
            let overlaps = |from: &u64| range.end.is_some_and(|end| *from < end);
            let begun = begins.filter(|from| overlaps(from) && consumed > *from);
            if let Some(begun_at) = begun.map(sounded_at).filter(|_| self.leaving.is_none()) {
                self.pass_to(begun_at);
                self.leave_for_next();
                continue;
            }
            if let Some(ended_at) = ended_at {
                self.pass_to(ended_at);
                self.pass_end();
                continue;
            }
            if let Some(play) = track.play.filter(|_| due) {
                range.told = consumed;
                self.pass_to(taken_at);
                self.tell(Event::Position {
                    play,
                    entry,
                    position_s,
                });
            }
            return;
        }
    }

    /// What follows the sounding track fades in over it from here on, and is current.
    fn leave_for_next(&mut self) {
        let Some(next) = self.coming.pop_front() else {
            return;
        };
        self.failed.clear();
        if next.broke_off() {
            self.failed.insert(next.entry.entry);
        }
        let heard = self.play_under_way().is_some();
        self.queue.advance(Some(next.entry.entry), heard);
        self.leaving = self.sounding.replace(next);
    }

    /// Closes the account of the track that fades out. Where the fade was cut short it was at its end all the same.
    pub(super) fn end_leaving(&mut self) {
        let Some(mut track) = self.leaving.take() else {
            return;
        };
        let failure = track.range.as_mut().and_then(|range| range.failure.take());
        let how = match failure {
            Some(error) => {
                self.fail(&track.entry.clone(), &error);
                End::Failed
            }
            None => End::Finished,
        };
        self.tell_end(track, how, None);
    }

    /// The sounding track's last frame has sounded.
    fn pass_end(&mut self) {
        if self.goes_round() {
            return;
        }
        let failure = self
            .sounding
            .as_mut()
            .and_then(|t| t.range.as_mut())
            .and_then(|s| s.failure.take());
        let failed = failure.is_some();
        if let (Some(error), Some(entry)) =
            (failure, self.sounding.as_ref().map(|t| t.entry.clone()))
        {
            self.fail(&entry, &error);
        }
        let coming = self.coming.pop_front();
        let current = self.queue.current().map(|entry| entry.entry);
        let stops = self.until.stop_after.is_some() && self.until.stop_after == current;
        // This must come before the play is closed, because closing clears which entry failed.
        let late = match coming {
            Some(_) => None,
            None => self.next_after(None, true).map(|next| next.entry),
        };
        let heard = self.finish(if failed { End::Failed } else { End::Finished });
        if let Some(next) = coming {
            if next.broke_off() {
                self.failed.insert(next.entry.entry);
            }
            self.queue.advance(Some(next.entry.entry), heard);
            self.sounding = Some(next);
            return;
        }
        // Everything decoded has sounded, but more tracks may follow: their file may still be opening, or the output
        // may have consumed several short tracks at once.
        match late {
            Some(next) if stops => self.stop_before(next, heard),
            Some(next) => {
                self.queue.advance(Some(next), heard);
                self.cue_s = 0.0;
                if self.status == Status::Playing {
                    self.load();
                }
            }
            None => {
                self.until.stop_after = None;
                self.run_out(heard);
            }
        }
    }

    /// Closes the account of the sounding track. Whether it sounded.
    pub(super) fn finish(&mut self, how: End) -> bool {
        self.end_leaving();
        let Some(track) = self.sounding.take() else {
            return false;
        };
        let heard = track.play.is_some();
        if heard {
            self.failed.clear();
        }
        let cause = match self.cause {
            Some(EndReason::Next) if self.queue.current().is_none() => Some(EndReason::ListEnded),
            cause => cause,
        };
        self.tell_end(track, how, cause);
        heard
    }

    /// Tells of the end of a track's play, if it has sounded.
    fn tell_end(&mut self, mut track: TrackAccount, how: End, cause: Option<EndReason>) {
        let mut position_s = self.cue_s;
        if let (Some(range), Some(feed)) = (&track.range, &self.feed) {
            let sounded_s = range.sounded_s(feed.consumed(), feed.rate_hz());
            track.listened_s += sounded_s;
            position_s = range.from_s + sounded_s;
        }
        if let Some(play) = track.play {
            self.tell(Event::Ended {
                play,
                entry: track.entry.entry,
                item: track.entry.item,
                from_s: track.from_s,
                position_s,
                listened_s: track.listened_s,
                duration_s: track.duration_s,
                how,
                cause,
            });
        }
    }

    /// The play that has started and not ended, and its entry.
    pub(super) fn play_under_way(&self) -> Option<(PlayId, EntryId)> {
        let track = self.sounding.as_ref()?;
        Some((track.play?, track.entry.entry))
    }

    pub(super) fn tell_paused(&mut self) {
        self.tell_held(true, |play, entry| Event::Paused { play, entry });
    }

    pub(super) fn tell_resumed(&mut self) {
        self.tell_held(false, |play, entry| Event::Resumed { play, entry });
    }

    /// Emits `Paused` or `Resumed` for the plays under way, unless the last event said the same: the grammar wants them to
    /// alternate.
    fn tell_held(&mut self, held: bool, event: impl Fn(PlayId, EntryId) -> Event) {
        let mut due = Vec::new();
        for track in self.leaving.iter_mut().chain(&mut self.sounding) {
            if let Some(play) = track.play
                && std::mem::replace(&mut track.paused_told, held) != held
            {
                due.push(event(play, track.entry.entry));
            }
        }
        for event in due {
            self.tell(event);
        }
    }
}
