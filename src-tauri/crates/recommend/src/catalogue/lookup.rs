//! What a name that was typed or shown means here: names that hold a text, an artist's recordings, an album by its term.

use std::collections::{HashMap, HashSet};

use segue_core::{Term, fold, similar_key};

use super::Catalogue;

impl Catalogue {
    /// The recordings that an artist plays on.
    pub fn songs_by(&self, artist: &str) -> Vec<usize> {
        let Some(artist) = self.artist_names.find(artist) else {
            return Vec::new();
        };
        (0..self.len())
            .filter(|position| self.artists.get(*position).contains(&artist))
            .collect()
    }

    /// Whether the title, the album's title or a genre is `so`.
    pub(crate) fn bears(&self, position: usize, so: impl Fn(&str) -> bool) -> bool {
        let album = self.album(position).map(|album| self.album_title(album));
        let mut genres = self.genre_numbers(position).iter();
        so(self.title(position))
            || album.is_some_and(&so)
            || genres.any(|genre| so(self.genre_names.show(*genre)))
    }

    /// What the first of some names that means an artist, an album or a song is: which of the names, as it is shown, its
    /// recordings, and whether they are an artist's.
    pub(crate) fn meant_by(&self, names: &[String]) -> Option<(usize, String, Vec<usize>, bool)> {
        let keys: Vec<String> = names.iter().map(|name| similar_key(name)).collect();
        let mut found: Vec<Option<(String, Vec<usize>, bool)>> = vec![None; names.len()];
        // Titles are many, and looked through once for all names.
        let which: HashMap<&str, usize> = keys.iter().map(String::as_str).zip(0..).collect();
        for position in 0..self.len() {
            if let Some(at) = which.get(similar_key(self.title(position)).as_str()) {
                let (_, songs, _) =
                    found[*at].get_or_insert_with(|| (self.title(position).into(), vec![], false));
                songs.push(position);
            }
        }
        for album in 0..self.albums() as u32 {
            let title = self.album_title(album);
            if let Some(at) = which
                .get(similar_key(title).as_str())
                .filter(|_| !title.is_empty())
            {
                let songs = (0..self.len()).filter(|at| self.album(*at) == Some(album));
                found[*at] = Some((title.to_owned(), songs.collect(), false));
            }
        }
        for (name, found) in names.iter().zip(&mut found) {
            if let Some(artist) = self.artist_names.find(name) {
                let shown = self.artist_names.show(artist).to_owned();
                *found = Some((shown, self.songs_by(name), true));
            }
        }
        found.into_iter().enumerate().find_map(|(at, found)| {
            let (name, songs, may_come) = found?;
            Some((at, name, songs, may_come))
        })
    }

    /// Up to `limit` names of artists, genres and heard tags that hold `text`: those that begin with it first, then the
    /// commonest. Each with its kind: `artist`, `genre` or `tag`.
    pub fn names_with(&self, text: &str, limit: usize) -> Vec<(&'static str, String)> {
        let wanted = fold(text.trim());
        // AC/DC is found as acdc too, and P!nk as pink.
        let bare = similar_key(text);
        let kinds = [
            ("artist", &self.artist_names),
            ("genre", &self.genre_names),
            ("tag", &self.tag_names),
        ];
        let mut found: Vec<(bool, u32, &'static str, &str)> = Vec::new();
        for (kind, names) in kinds {
            for (key, number) in &names.numbers {
                let name = names.show(*number);
                // Who types a tag's name may have it; who types nothing is offered what can be trusted.
                if kind == "tag" && wanted.is_empty() && !self.is_tag_shown(*number) {
                    continue;
                }
                let plainly = fold(name).find(&wanted);
                let barely = || key.find(&bare).filter(|_| !bare.is_empty());
                if let Some(at) = plainly.or_else(barely) {
                    found.push((at > 0, names.count(*number), kind, name));
                }
            }
        }
        found.sort_by(|a, b| {
            (a.0, std::cmp::Reverse(a.1), a.2, a.3).cmp(&(b.0, std::cmp::Reverse(b.1), b.2, b.3))
        });
        found.truncate(limit);
        found
            .into_iter()
            .map(|(_, _, kind, name)| (kind, name.to_owned()))
            .collect()
    }

    /// The albums that a term means. With an artist: those that are all theirs; if there are none, those of several artists
    /// that they are on. Without one: those of several artists; if there are none, any of that title.
    pub(crate) fn albums_of(&self, term: &Term) -> Vec<u32> {
        let Term::Album { title, artist } = term else {
            return Vec::new();
        };
        let title = similar_key(title);
        let titled: Vec<u32> = (0..self.albums() as u32)
            .filter(|album| similar_key(self.album_title(*album)) == title)
            .collect();
        let by = |artist: Option<u32>| -> Vec<u32> {
            let theirs = titled.iter().copied();
            theirs
                .filter(|album| self.album_artist(*album) == artist)
                .collect()
        };
        match artist {
            None => Some(by(None))
                .filter(|albums| !albums.is_empty())
                .unwrap_or(titled),
            Some(name) => {
                let Some(artist) = self.artist_names.find(name) else {
                    return Vec::new();
                };
                let theirs = by(Some(artist));
                if !theirs.is_empty() {
                    return theirs;
                }
                let mut shared = by(None);
                let on: HashSet<u32> = (0..self.len())
                    .filter(|position| self.artist_numbers(*position).contains(&artist))
                    .filter_map(|position| self.album(position))
                    .collect();
                shared.retain(|album| on.contains(album));
                shared
            }
        }
    }

    /// The album of a recording, by the name under which it can be turned up and down.
    pub(crate) fn album_term(&self, album: u32) -> Term {
        let artist = self.album_artist(album);
        Term::Album {
            title: self.album_title(album).to_owned(),
            artist: artist.map(|artist| self.artist_names.show(artist).to_owned()),
        }
    }
}
