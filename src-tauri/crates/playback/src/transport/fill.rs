//! From the queue into the ring: which file is decoded, and what is opened and joined ahead of its turn. Files are opened, sought
//! in and decoded by the loader and its threads; nothing here waits for them, so that commands are answered and what plays is fed.

use std::sync::Arc;

use segue_core::FailedFile;

use super::Transport;
use super::ahead::Ahead;
use super::track::TrackAccount;
use crate::deck::Deck;
use crate::loader::{Brought, Wanted};
use crate::protocol::{End, Event, Status};
use crate::queue::{Entry, EntryId};

/// The next file is opened so long before the current one ends, for disks that must spin up.
const AHEAD_S: f64 = 10.0;
/// Of very short tracks so many are joined before commands are looked at again.
const JOINS: usize = 4;
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
            let next = self.next_after(last, true).map(|entry| entry.entry);
            if next != Some(track.entry.entry) {
                break;
            }
            (last, kept) = (next, kept + 1);
        }
        if kept == self.coming.len() {
            let next = self.next_after(last, true).map(|entry| entry.entry);
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
        // The tap steps from `end` to what is written from now on.
        if end >= feed.written() || feed.withdraw(end) {
            self.join.cut(end, feed);
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

    pub(super) fn is_loaded(&self) -> bool {
        self.sounding.as_ref().is_some_and(|t| t.range.is_some())
    }

    /// Drops what is on its way to the output, keeping the place in the track.
    pub(super) fn unload(&mut self) {
        self.cue_s = self.position_s();
        if let Some(number) = self.awaited.take() {
            self.loader.forget(number);
        }
        let deck = self.deck.take();
        self.held = None;
        if !self.coming.is_empty() {
            self.coming.clear();
            self.forget_ahead();
        } else if deck.is_some() {
            self.spare = deck;
        }
        self.join.reset();
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

    fn forget_ahead(&mut self) {
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
                self.awaited = Some(self.ask(entry, cue_s, spare));
            }
        }
    }

    fn ask(&mut self, entry: Entry, at_s: f64, deck: Option<Box<Deck>>) -> u64 {
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

    /// Decodes into the ring: the mixing stage. Tracks meet here, one frame after the other without a seam;
    /// crossfading will have two decks read at once, and the equaliser stands behind them.
    pub(super) fn fill(&mut self) {
        let mut joins = 0;
        loop {
            let Some(feed) = &mut self.feed else { return };
            let room = feed.room().min(self.block.len());
            if room == 0 {
                return;
            }
            if self.join.drain(feed) {
                continue;
            }
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
            match deck.read(&mut self.block[..room]) {
                Ok(None) => return,
                Ok(Some(0)) => self.end_deck(None),
                Ok(Some(count)) => {
                    self.join.push(&self.block[..count]);
                    let left_s = deck
                        .duration_s()
                        .map(|duration_s| duration_s - deck.position_s());
                    if left_s.is_some_and(|left_s| left_s < AHEAD_S) {
                        self.look_ahead();
                    }
                }
                Err(error) => self.end_deck(Some(error)),
            }
        }
    }

    /// The track being decoded has no more to give.
    fn end_deck(&mut self, failure: Option<FailedFile>) {
        self.deck = None;
        let head = self.feed.as_ref().map(|feed| self.join.head(feed));
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
            let last = self.coming.back().map(|track| track.entry.entry);
            self.ahead = match self.next_after(last, true) {
                Some(entry) => {
                    let number = self.ask(entry.clone(), 0.0, None);
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
