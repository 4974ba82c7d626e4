//! The account of what sounded: whose frames the output has consumed, and what is told of it.

use std::sync::Arc;
use std::time::Duration;

use segue_core::Leaving;

use super::Transport;
use crate::protocol::{End, Event, PlayId, Status};
use crate::queue::EntryId;

/// Positions are told so many times a second.
const POSITIONS_PER_S: u64 = 4;

impl Transport {
    /// Seconds from the start of the current track.
    pub(super) fn position_s(&self) -> f64 {
        match (
            self.sounding.as_ref().and_then(|t| t.stretch.as_ref()),
            &self.feed,
        ) {
            (Some(stretch), Some(feed)) => {
                stretch.from_s + stretch.sounded_s(feed.consumed(), feed.rate_hz())
            }
            _ => self.cue_s,
        }
    }

    /// Follows the output's index: tells what has begun, come along and ended since.
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
            let Some(stretch) = &mut track.stretch else {
                return;
            };
            let entry = track.entry.entry;
            let position_s = stretch.from_s + stretch.sounded_s(consumed, rate_hz);
            let due = consumed >= stretch.told + u64::from(rate_hz) / POSITIONS_PER_S;
            let from_at = sounded_at(stretch.from);
            let ended_at = stretch.end.filter(|end| consumed >= *end).map(sounded_at);
            let sounds = consumed > stretch.from && stretch.end != Some(stretch.from);
            if track.play.is_none() && sounds {
                self.plays += 1;
                let play = PlayId(self.plays);
                track.play = Some(play);
                stretch.told = consumed;
                let (item, duration_s, from_s, notice) = (
                    Arc::clone(&track.entry.item),
                    track.duration_s,
                    track.from_s,
                    track.notice.take(),
                );
                self.pass_to(from_at);
                self.tell(Event::Started {
                    play,
                    entry,
                    item,
                    duration_s,
                    from_s,
                    notice,
                });
                if self.status == Status::Paused {
                    self.tell_paused();
                }
                continue;
            }
            if let Some(ended_at) = ended_at {
                self.pass_to(ended_at);
                self.pass_end();
                continue;
            }
            if let Some(play) = track.play.filter(|_| due) {
                stretch.told = consumed;
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

    /// The sounding track's last frame has sounded.
    fn pass_end(&mut self) {
        let failure = self
            .sounding
            .as_mut()
            .and_then(|t| t.stretch.as_mut())
            .and_then(|s| s.failure.take());
        let failed = failure.is_some();
        if let (Some(error), Some(entry)) =
            (failure, self.sounding.as_ref().map(|t| t.entry.clone()))
        {
            self.fail(&entry, &error);
        }
        let coming = self.coming.pop_front();
        // Looked for while it is known what failed: the end of a play clears that.
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
        // All that was decoded has sounded, and something may follow all the same: its file opens slowly, or the output
        // took several short tracks at once.
        match late {
            Some(next) => {
                self.queue.advance(Some(next), heard);
                self.cue_s = 0.0;
                if self.status == Status::Playing {
                    self.load();
                }
            }
            None => self.run_out(heard),
        }
    }

    /// Closes the account of the sounding track. Whether it sounded.
    pub(super) fn finish(&mut self, how: End) -> bool {
        let position_s = self.position_s();
        let Some(mut track) = self.sounding.take() else {
            return false;
        };
        if let (Some(stretch), Some(feed)) = (&track.stretch, &self.feed) {
            track.listened_s += stretch.sounded_s(feed.consumed(), feed.rate_hz());
        }
        if let Some(play) = track.play {
            self.failed.clear();
            let cause = match self.cause {
                Some(EndReason::Next) if self.queue.current().is_none() => Some(EndReason::ListEnded),
                cause => cause,
            };
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
        track.play.is_some()
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

    /// Tells that the play under way holds or goes on, if it was not told last.
    fn tell_held(&mut self, held: bool, event: impl FnOnce(PlayId, EntryId) -> Event) {
        let Some((play, entry)) = self.play_under_way() else {
            return;
        };
        let told = self.sounding.as_mut().map(|track| &mut track.paused_told);
        if let Some(told) = told.filter(|told| **told != held) {
            *told = held;
            self.tell(event(play, entry));
        }
    }
}
