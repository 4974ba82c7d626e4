//! From the queue into the ring: which file is decoded, and what is opened and joined ahead of its turn. Files are opened, sought
//! in and decoded by the loader and its threads; nothing here waits for them, so that commands are answered and what plays is fed.

use std::sync::Arc;

use segue_core::{Crossfade, FailedFile};

use super::Transport;
use super::ahead::Ahead;
use super::track::{TrackAccount, TrackRange};
use crate::deck::Deck;
use crate::loader::{Brought, Wanted};
use crate::protocol::{End, Event, Status};
use crate::queue::{Entry, EntryId};

/// The next file is opened so long before the current one ends, for disks that must spin up.
const AHEAD_S: f64 = 10.0;
/// Of very short tracks so many are joined before commands are looked at again.
const JOINS: usize = 4;
/// Frames that are decoded at a time where each may be one too many.
const FEW: usize = 64;
/// A fade that is left with less than this is none.
const FADE_LEAST_S: f64 = 0.02;
/// While a file opens slowly, what a resampler holds back is let out when so little is ready.
const DRY_S: f64 = 0.05;

impl Transport {
    /// The first entry that follows one that is joined, or the current one, and has not failed.
    pub(super) fn next_after(&self, entry: Option<EntryId>, natural: bool) -> Option<Entry> {
        self.queue
            .following_after(entry, natural)
            .find(|e| !self.failed.contains(&e.entry))
            .cloned()
    }

    /// The queue has changed: what is opened or even written ahead may not be what follows.
    pub(super) fn reconsider_next(&mut self) {
        let mut last = None;
        let mut kept = 0;
        for track in &self.coming {
            let next = self.follows(last).map(|entry| entry.entry);
            if next != Some(track.entry.entry) {
                break;
            }
            (last, kept) = (next, kept + 1);
        }
        if kept == self.coming.len() {
            let next = self.follows(last).map(|entry| entry.entry);
            if self.ahead.entry() != next {
                self.forget_ahead();
            }
            return;
        }
        let before = kept.checked_sub(1).and_then(|at| self.coming.get(at));
        let end = before
            .or(self.sounding.as_ref())
            .and_then(TrackAccount::end);
        let (Some(end), Some(feed)) = (end, &self.feed) else {
            return;
        };
        // What has faded in cannot be taken out again. Else the tap steps from `end` to what is written from now on.
        if !self.join.is_limited()
            && !self.is_faded_into(kept)
            && (end >= feed.written() || feed.withdraw(end))
        {
            self.join.cut(end);
            self.coming.truncate(kept);
            self.deck = None;
            self.forget_ahead();
        } else {
            self.unload();
            if self.status == Status::Playing {
                self.load();
            }
        }
    }

    /// Whether that one of the coming overlaps what is before it.
    fn is_faded_into(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.coming.get(at));
        let end = before
            .or(self.sounding.as_ref())
            .and_then(TrackAccount::end);
        let from = self.coming.get(at).and_then(TrackAccount::from);
        from.zip(end).is_some_and(|(from, end)| from < end)
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.sounding.as_ref().is_some_and(|t| t.range.is_some())
    }

    /// Drops what is on its way to the output, keeping the place in the track.
    pub(super) fn unload(&mut self) {
        self.end_leaving();
        self.cue_s = self.position_s();
        if let Some(number) = self.awaited.take() {
            self.loader.forget(number);
        }
        let deck = self.deck.take();
        (self.held, self.fading_deck) = (None, None);
        if !self.coming.is_empty() {
            self.coming.clear();
            self.forget_ahead();
        } else if deck.is_some() {
            self.spare = deck;
        }
        self.join.reset(self.feed.as_ref());
        let Some(feed) = &self.feed else { return };
        feed.flush();
        if let Some(track) = &mut self.sounding
            && let Some(range) = track.range.take()
        {
            track.listened_s += range.sounded_s(feed.consumed(), feed.rate_hz());
        }
    }

    /// Closes files that are kept open for later: whoever writes tags may want to replace them.
    pub(super) fn let_go(&mut self) {
        self.spare = None;
        self.forget_ahead();
    }

    pub(super) fn forget_ahead(&mut self) {
        if let Ahead::Opening(_, number) = std::mem::replace(&mut self.ahead, Ahead::Unknown) {
            self.loader.forget(number);
        }
    }

    /// Has the current entry sound from the cue on, or, where it does not play, the first one after it that does. Until its
    /// file is brought nothing sounds, and commands are answered.
    pub(super) fn load(&mut self) {
        self.want_current();
        self.receive();
    }

    fn want_current(&mut self) {
        let Some(entry) = self.queue.current().cloned() else {
            return self.run_out(false);
        };
        let cue_s = self.cue_s;
        let of_entry = |deck: &Deck| *deck.entry() == entry;
        let spare = self.spare.take();
        let spare = spare.filter(|deck| of_entry(deck) && self.sounding.is_some());
        match std::mem::replace(&mut self.ahead, Ahead::Unknown) {
            Ahead::Ready(deck) if spare.is_none() && of_entry(&deck) && cue_s == 0.0 => {
                self.begin(Ok(deck));
            }
            Ahead::Opening(opening, number) if opening == entry && cue_s == 0.0 => {
                self.awaited = Some(number);
            }
            ahead => {
                self.ahead = ahead;
                // Within a play, what follows stays what follows.
                if self.sounding.is_none() {
                    self.forget_ahead();
                }
                self.awaited = Some(self.ask(entry, cue_s, spare, None));
            }
        }
    }

    fn ask(
        &mut self,
        entry: Entry,
        at_s: f64,
        deck: Option<Box<Deck>>,
        after: Option<Entry>,
    ) -> u64 {
        self.asked += 1;
        let entries = self.queue.entries();
        let place = entries.iter().position(|other| other.entry == entry.entry);
        let item_at = |place: Option<usize>| place.and_then(|place| entries.get(place));
        let beside = [
            item_at(place.and_then(|place| place.checked_sub(1))),
            item_at(place.map(|place| place + 1)),
        ];
        self.loader.ask(Wanted {
            number: self.asked,
            entry,
            at_s,
            deck,
            beside: beside.map(|entry| entry.map(|entry| Arc::clone(&entry.item))),
            after: after.map(|before| (before.item, self.crossfade)),
        });
        self.asked
    }

    /// Takes what the loader has brought. What is not wanted any more is let go.
    pub(super) fn receive(&mut self) {
        while let Some((number, brought)) = self.loader.answer() {
            if self.awaited == Some(number) {
                self.awaited = None;
                self.begin(brought);
                continue;
            }
            let ahead = match &self.ahead {
                Ahead::Opening(entry, wanted) if *wanted == number => entry.clone(),
                _ => continue,
            };
            match brought {
                Ok(deck) => self.ahead = Ahead::Ready(deck),
                Err(error) => {
                    self.ahead = Ahead::Unknown;
                    self.fail(&ahead, &error);
                }
            }
        }
    }

    /// Begins with the current entry, or wants the first one after it that plays.
    fn begin(&mut self, brought: Brought) {
        let Err(error) = brought.and_then(|deck| self.take_up(deck)) else {
            return;
        };
        let Some(entry) = self.queue.current().cloned() else {
            return;
        };
        self.fail(&entry, &error);
        let heard = self.finish(End::Failed);
        self.cue_s = 0.0;
        let next = self.next_after(None, false).map(|e| e.entry);
        self.queue.advance(next, heard);
        self.want_current();
    }

    /// Lets a deck of the current entry sound, if there is an output.
    fn take_up(&mut self, mut deck: Box<Deck>) -> Result<(), FailedFile> {
        if self.output.reopens_for(deck.format())
            && let Some(feed) = &self.feed
        {
            // What the card still holds would be cut off.
            if feed.heard(self.now) < feed.consumed() {
                self.held = Some(deck);
                return Ok(());
            }
            self.feed = None;
        }
        if self.status == Status::Playing && self.output.wake().is_err() {
            self.output.lost();
            self.feed = None;
        }
        if self.feed.is_none() && !self.open_output(deck.format()) {
            return Ok(());
        }
        let Some(feed) = &self.feed else {
            return Ok(());
        };
        let path = &deck.entry().item.path;
        let (from, _) = self.join.begin(path, deck.rate_hz(), feed)?;
        let fresh = TrackAccount::new(&deck, from, self.gain_of(deck.loudness(), None));
        match &mut self.sounding {
            // Within a play the gain stays.
            Some(track) if track.entry == fresh.entry => {
                track.range = fresh.range;
                track.duration_s = fresh.duration_s;
                deck.set_gain(track.gain.factor());
            }
            _ => {
                deck.set_gain(fresh.gain.factor());
                self.sounding = Some(fresh);
            }
        }
        self.deck = Some(deck);
        feed.expect_more(true);
        // It may have been paused while its file was brought.
        feed.run(self.status == Status::Playing);
        self.watch.1 = None;
        Ok(())
    }

    /// Goes on with what waits for the card, once that is through with what it has.
    pub(super) fn take_up_held(&mut self) {
        if let Some(deck) = self.held.take() {
            self.begin(Ok(deck));
        }
    }

    /// Decodes into the ring: the mixing stage. Tracks meet here, one frame after the other without a seam, or one fades into the
    /// other: then two decks are read.
    pub(super) fn fill(&mut self) {
        let mut joins = 0;
        let ahead_s = match self.crossfade {
            Crossfade::Off => AHEAD_S,
            _ => AHEAD_S + Crossfade::RANGE_S[1],
        };
        loop {
            let Some(feed) = &mut self.feed else { return };
            let room = feed.room().min(self.block.len());
            if room == 0 {
                return;
            }
            if self.join.drain(feed) {
                continue;
            }
            if self.fading_deck.is_some() && !self.join.is_fading() {
                self.fading_deck = None;
            }
            if self.join.lacks_fading() {
                match self.read_fading(room) {
                    true => continue,
                    false => return,
                }
            }
            let left_s = self.deck.as_ref().and_then(|deck| {
                let duration_s = deck.duration_s()?;
                Some(duration_s - deck.position_s())
            });
            if left_s.is_some_and(|left_s| left_s < ahead_s) {
                self.look_ahead();
            }
            let whole = match self.blends_in() {
                // The fade before wants the rest of what a resampler holds back.
                Some(0) if self.join.is_fading() => room.min(FEW),
                Some(0) if joins < JOINS && self.fade_next() => {
                    joins += 1;
                    continue;
                }
                Some(0) | None => room,
                Some(frames) => room.min(frames),
            };
            let Some(deck) = &mut self.deck else {
                if joins < JOINS && self.join_next() {
                    joins += 1;
                    continue;
                }
                if joins < JOINS && self.let_out() {
                    continue;
                }
                return;
            };
            match deck.read(&mut self.block[..whole]) {
                Ok(None) => return,
                Ok(Some(0)) => self.end_deck(None),
                Ok(Some(count)) => {
                    self.join.push(&self.block[..count]);
                }
                Err(error) => self.end_deck(Some(error)),
            }
        }
    }

    /// The track being decoded has no more to give.
    fn end_deck(&mut self, failure: Option<FailedFile>) {
        self.deck = None;
        let head = self.feed.as_ref().map(|feed| self.join.head(feed));
        if let Some(head) = head.filter(|_| self.join.is_fading()) {
            self.join.cut_fade(head);
            if let Some(range) = self.fading_range() {
                range.end = range.end.map(|end| end.min(head.max(range.from)));
            }
        }
        let joined = !self.coming.is_empty();
        let Some(track) = self.coming.back_mut().or(self.sounding.as_mut()) else {
            return;
        };
        if failure.is_some() && !joined {
            self.failed.insert(track.entry.entry);
        }
        if let Some(range) = &mut track.range {
            (range.end, range.failure) = (head, failure);
        }
    }

    /// Nothing joins on now: lets out what a resampler holds back, unless what follows is only late. Whether there was
    /// something.
    fn let_out(&mut self) -> bool {
        let Some(feed) = &self.feed else { return false };
        let late = self.awaited.is_some() || matches!(self.ahead, Ahead::Opening(..));
        feed.expect_more(late);
        let ready_s = (feed.written() - feed.consumed()) as f64 / f64::from(feed.rate_hz());
        if (late && ready_s > DRY_S) || !self.join.finish() {
            return false;
        }
        let head = self.join.head(feed);
        self.end_at(head);
        true
    }

    /// The last track joined ends at this ring index.
    fn end_at(&mut self, head: u64) {
        let last = self.coming.back_mut().or(self.sounding.as_mut());
        if let Some(range) = last.and_then(|track| track.range.as_mut()) {
            range.end = Some(head);
        }
    }

    /// Has what follows the last track joined opened.
    fn look_ahead(&mut self) {
        // Once more where it could not be opened.
        while matches!(self.ahead, Ahead::Unknown) {
            let last = self.coming.back().or(self.sounding.as_ref());
            let last = last.map(|track| track.entry.clone());
            let joined = self.coming.back().map(|track| track.entry.entry);
            self.ahead = match self.follows(joined) {
                Some(entry) => {
                    // What repeats does not fade into itself.
                    let fades = self.crossfade != Crossfade::Off;
                    let after = last.filter(|last| fades && last.entry != entry.entry);
                    let number = self.ask(entry.clone(), 0.0, None, after);
                    Ahead::Opening(entry, number)
                }
                None => Ahead::Nothing,
            };
            self.receive();
        }
    }

    /// Once the last track is decoded, lets what follows it join on. Whether something did.
    fn join_next(&mut self) -> bool {
        let last = self.coming.back().or(self.sounding.as_ref());
        let Some(last) = last.filter(|last| last.end().is_some()) else {
            return false;
        };
        // What follows a file that breaks off is known once that is told.
        if last.broke_off() && !self.coming.is_empty() {
            return false;
        }
        self.look_ahead();
        let Some(feed) = &self.feed else { return false };
        let mut deck = match std::mem::replace(&mut self.ahead, Ahead::Unknown) {
            Ahead::Ready(deck) if !self.output.reopens_for(deck.format()) => deck,
            other => {
                self.ahead = other;
                return false;
            }
        };
        let begun = self
            .join
            .begin(&deck.entry().item.path, deck.rate_hz(), feed);
        match begun {
            Ok((from, let_out)) => {
                feed.expect_more(true);
                if let_out {
                    self.end_at(from);
                }
                let before = self.coming.back().or(self.sounding.as_ref());
                let gain = self.gain_of(deck.loudness(), before);
                deck.set_gain(gain.factor());
                self.coming.push_back(TrackAccount::new(&deck, from, gain));
                self.deck = Some(deck);
                true
            }
            Err(error) => {
                self.fail(&deck.entry().clone(), &error);
                // Perhaps the one after.
                self.join_next()
            }
        }
    }

    /// Frames of the track being decoded until what follows it fades in, where that is known and can be.
    fn blends_in(&self) -> Option<usize> {
        let (Ahead::Ready(next), Some(deck)) = (&self.ahead, &self.deck) else {
            return None;
        };
        let blend = next.blend()?;
        if self.output.reopens_for(next.format()) {
            return None;
        }
        let left_s = blend.out_from_s - deck.position_s();
        Some((left_s.max(0.0) * f64::from(deck.rate_hz())).round() as usize)
    }

    /// Lets what follows the track being decoded fade in over it from here on. Whether it does.
    fn fade_next(&mut self) -> bool {
        let (Some(feed), Some(old)) = (&self.feed, &self.deck) else {
            return false;
        };
        let mut next = match std::mem::replace(&mut self.ahead, Ahead::Unknown) {
            Ahead::Ready(next) => next,
            other => {
                self.ahead = other;
                return false;
            }
        };
        // Of what was brought late the rest is left.
        let left_s = next
            .blend()
            .map_or(0.0, |blend| blend.out_to_s - old.position_s());
        if left_s < FADE_LEAST_S {
            next.forget_blend();
            self.ahead = Ahead::Ready(next);
            return false;
        }
        let frames = (left_s * f64::from(feed.rate_hz())).round() as u64;
        let path = &next.entry().item.path;
        match self.join.fade(path, next.rate_hz(), frames, feed) {
            Ok((from, to)) => {
                self.end_at(to);
                let before = self.coming.back().or(self.sounding.as_ref());
                let gain = self.gain_of(next.loudness(), before);
                next.set_gain(gain.factor());
                self.coming.push_back(TrackAccount::new(&next, from, gain));
                self.fading_deck = self.deck.replace(next);
                true
            }
            Err(error) => {
                self.fail(&next.entry().clone(), &error);
                false
            }
        }
    }

    /// Decodes of the track that fades out. Whether it is worth to go on.
    fn read_fading(&mut self, room: usize) -> bool {
        let read = match &mut self.fading_deck {
            Some(deck) => deck.read(&mut self.block[..room]),
            None => Ok(Some(0)),
        };
        let failure = match read {
            Ok(None) => return false,
            Ok(Some(count @ 1..)) => {
                self.join.push_fading(&self.block[..count]);
                return true;
            }
            Ok(Some(0)) => None,
            Err(error) => Some(error),
        };
        self.fading_deck = None;
        let end = self
            .feed
            .as_ref()
            .and_then(|feed| self.join.end_fading(feed));
        if let Some(range) = self.fading_range() {
            range.end = end.or(range.end);
            range.failure = failure;
        }
        true
    }

    /// The range of the track that is mixed as the one that fades out.
    fn fading_range(&mut self) -> Option<&mut TrackRange> {
        let track = match self.coming.len() {
            0 => self.leaving.as_mut(),
            1 => self.sounding.as_mut(),
            more => self.coming.get_mut(more - 2),
        };
        track.and_then(|track| track.range.as_mut())
    }

    pub(super) fn fail(&mut self, entry: &Entry, error: &FailedFile) {
        self.failed.insert(entry.entry);
        let (entry, item) = (entry.entry, Arc::clone(&entry.item));
        self.tell(Event::Failed {
            entry,
            item,
            why: error.why.clone(),
        });
    }
}
