//! The rule that songs of one artist keep a distance, and the check that it can be kept to the end of the list.

use crate::catalogue::Catalogue;

/// Other songs between two songs that share an artist.
pub(crate) const ARTIST_GAP: i64 = 5;

/// Who played when, and whether the rule can still be kept.
pub(super) struct Spacing<'a> {
    catalogue: &'a Catalogue,
    items: Vec<usize>,
    /// The pick being chosen; the first is 1, seeds and recent songs stand at 0 and before.
    now: i64,
    /// By artist: where last heard.
    last: Vec<i64>,
    /// By artist: songs left of which they are the first artist.
    left: Vec<usize>,
    /// Artists with songs left.
    artists_left: usize,
    /// Songs left of no known artist.
    free_left: usize,
}

/// Long enough ago.
const NEVER: i64 = i64::MIN / 2;

impl<'a> Spacing<'a> {
    /// Over the `items` of a pool, by their place in it. What sounded before stands in a list, the latest last.
    pub(super) fn new(catalogue: &'a Catalogue, before: &[usize], items: Vec<usize>) -> Self {
        let artists = catalogue.artist_names().len();
        let mut spacing = Self {
            catalogue,
            items,
            now: 1,
            last: vec![NEVER; artists],
            left: vec![0; artists],
            artists_left: 0,
            free_left: 0,
        };
        for (ago, position) in before.iter().rev().take(ARTIST_GAP as usize).enumerate() {
            for artist in catalogue.artist_numbers(*position) {
                let last = &mut spacing.last[*artist as usize];
                *last = (*last).max(-(ago as i64));
            }
        }
        for item in &spacing.items {
            match catalogue.artist_numbers(*item).first() {
                Some(artist) => spacing.left[*artist as usize] += 1,
                None => spacing.free_left += 1,
            }
        }
        spacing.artists_left = spacing.left.iter().filter(|left| **left > 0).count();
        spacing
    }

    /// Positions since one of the song's artists was last heard.
    pub(super) fn distance(&self, at: usize) -> i64 {
        let artists = self.catalogue.artist_numbers(self.items[at]).iter();
        artists
            .map(|artist| self.now - self.last[*artist as usize])
            .min()
            .unwrap_or(i64::MAX)
    }

    /// Songs left of the song's first artist.
    pub(super) fn left(&self, at: usize) -> usize {
        self.catalogue
            .artist_numbers(self.items[at])
            .first()
            .map_or(0, |artist| self.left[*artist as usize])
    }

    pub(super) fn take(&mut self, at: usize) {
        let artists = self.catalogue.artist_numbers(self.items[at]);
        match artists.first() {
            Some(first) => {
                self.left[*first as usize] -= 1;
                self.artists_left -= usize::from(self.left[*first as usize] == 0);
            }
            None => self.free_left -= 1,
        }
        artists
            .iter()
            .for_each(|artist| self.last[*artist as usize] = self.now);
        self.now += 1;
    }

    /// Whether `count` more songs can be laid out with the gap kept, by first artists.
    ///
    /// Plainly so if there are that many artists besides those who must wait. Otherwise the layout is tried:
    /// always the artist with the most songs left among those who may play, as a scheduler with a cooling time
    /// does; songs of no artist fill the holes.
    pub(super) fn possible(&self, count: usize) -> bool {
        if self.artists_left + self.free_left >= count + ARTIST_GAP as usize {
            return true;
        }
        let mut open: Vec<(usize, i64)> = self
            .left
            .iter()
            .zip(&self.last)
            .filter(|(left, _)| **left > 0)
            .map(|(left, last)| (*left, *last))
            .collect();
        let mut free = self.free_left;
        for now in self.now..self.now + count as i64 {
            let may_play = open
                .iter_mut()
                .filter(|(left, last)| *left > 0 && now - last > ARTIST_GAP);
            match may_play.reduce(|a, b| if b.0 > a.0 { b } else { a }) {
                Some((left, last)) => {
                    *left -= 1;
                    *last = now;
                }
                None if free > 0 => free -= 1,
                None => return false,
            }
        }
        true
    }

    /// The same after the song at `at` of the pool.
    pub(super) fn possible_after(&mut self, at: usize, count: usize) -> bool {
        let artists = self.catalogue.artist_numbers(self.items[at]);
        let before: Vec<i64> = artists
            .iter()
            .map(|artist| self.last[*artist as usize])
            .collect();
        self.take(at);
        let possible = self.possible(count);
        self.now -= 1;
        for (artist, last) in artists.iter().zip(before) {
            self.last[*artist as usize] = last;
        }
        match artists.first() {
            Some(first) => {
                self.artists_left += usize::from(self.left[*first as usize] == 0);
                self.left[*first as usize] += 1;
            }
            None => self.free_left += 1,
        }
        possible
    }
}
