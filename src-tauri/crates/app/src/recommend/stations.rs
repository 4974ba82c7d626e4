//! Stations and neighbours: what the listener named as seeds, found in the library and handed to the recommend room, and its
//! picks handed back as tracks.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Instant;

use segue_core::{
    AudioHash, Facet, SeedDetail, SeedName, StationTitle, Track, TrackId, WishPart, WishTerm,
};
use segue_library::{Album, AlbumId, Playlist, PlaylistId, Sort, TrackQuery};
use segue_recommend::{Like, Names, Pick, Seed, StationQuery, parse_prompt};

use crate::convert::reason_row;
use crate::taste::RecommenderSnapshot;
use crate::wire::{
    DjMode, PickRow, PlaylistSource, RadioFound, Scored, SeedKind, SeedRef, SeedRow, SimilarFound,
    StationRequest, WishRow, shown,
};
use crate::{AppError, Segue};

/// The dial's place where none is asked for: neither familiar nor new.
pub(crate) const DISCOVERY: f32 = 0.5;

/// Songs of an artist, an album or a playlist that a station is built around.
const SONGS_MAX: usize = 200;

/// What is wished of a radio beside its seeds.
#[derive(Clone, Debug)]
pub struct RadioRequest {
    /// What it shall keep away from, named like seeds.
    pub less: Vec<OsString>,
    /// How many tracks.
    pub count: u32,
    /// 0 familiar .. 1 new.
    pub discovery: f32,
    /// Chance, to be repeated.
    pub rng_seed: u64,
    /// Whether the seeds themselves come first.
    pub with_seed: bool,
    /// By which side of music it shall be nearer to its seeds than by the others.
    pub more: Option<Facet>,
}

/// A station that goes on.
pub(crate) struct Next<'a> {
    pub(crate) request: &'a StationRequest,
    pub(crate) count: usize,
    pub(crate) rng_seed: u64,
    /// Not again, the latest last.
    pub(crate) recent: Vec<AudioHash>,
}

/// A seed found in the library.
struct ResolvedSeed {
    seed: Seed,
    /// What words said against.
    against: Option<Names>,
    /// What they said to stay near to.
    like: Vec<Seed>,
    row: SeedRow,
}

impl Segue {
    /// The first tracks of a station around `seeds`, each with its reasons. A seed is a path or an id, or one of
    /// `artist:NAME`, `album:TITLE`, `genre:NAME`, `tag:NAME`, `playlist:NAME` and `words:WISH`.
    pub fn radio(
        &self,
        seeds: &[impl AsRef<OsStr>],
        request: &RadioRequest,
    ) -> Result<RadioFound, AppError> {
        let begun = Instant::now();
        let station = self.station_named(seeds, request)?;
        self.check_seeds(&station)?;
        let songs = self.library.tracks_by_id(&station.songs())?;
        let songs = self.track_rows(&songs)?;
        let mut opening: Vec<Track> = Vec::new();
        if request.with_seed {
            for seed in &station.seeds {
                let song = self.opening(seed)?;
                let is_new = |song: &Track| opening.iter().all(|other| other.audio != song.audio);
                opening.extend(song.filter(is_new));
            }
        }
        let picks = self.station(&Next {
            request: &station,
            count: request.count as usize,
            rng_seed: request.rng_seed,
            recent: opening.iter().map(|song| song.audio).collect(),
        })?;
        let opening = self.track_rows(&opening)?.into_iter();
        let mut tracks: Vec<PickRow> = opening
            .map(|track| PickRow {
                track,
                score: 1.0,
                reasons: Vec::new(),
            })
            .collect();
        tracks.extend(self.pick_rows(&picks)?);
        Ok(RadioFound {
            seeds: songs,
            from: self.seed_rows(&station.seeds)?,
            tracks,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// The song with which a station begins that shall begin with its seed: itself, the first of an album or a playlist,
    /// the one by an artist that was played most. Names have none: every pick bears them.
    fn opening(&self, seed: &SeedRef) -> Result<Option<Track>, AppError> {
        let there = |track: &Track| !track.missing;
        Ok(match seed {
            SeedRef::Track { id } => self.library.track(TrackId(*id))?,
            SeedRef::Album { id } => {
                let query = TrackQuery {
                    album: Some(AlbumId(*id)),
                    sort: Sort::Album,
                    ..TrackQuery::default()
                };
                self.library.tracks(&query)?.tracks.into_iter().find(there)
            }
            SeedRef::Artist { name } => {
                let known = self.known()?;
                let ids = known.tracks_at(&known.catalogue.songs_by(name));
                let songs = self.library.tracks_by_id(&ids)?.into_iter().filter(there);
                songs.reduce(|a, b| if b.plays > a.plays { b } else { a })
            }
            SeedRef::Playlist { id } => {
                let first = self.playable(*id, 0)?.1.into_iter().next();
                first.map_or(Ok(None), |id| self.library.track(id))?
            }
            SeedRef::Genre { .. } | SeedRef::Tag { .. } | SeedRef::Words { .. } => None,
        })
    }

    /// A station as what a playlist is made of.
    pub fn station_source(
        &self,
        seeds: &[impl AsRef<OsStr>],
        request: &RadioRequest,
    ) -> Result<PlaylistSource, AppError> {
        let station = self.station_named(seeds, request)?;
        self.check_seeds(&station)?;
        Ok(PlaylistSource::Station {
            request: station,
            count: request.count,
        })
    }

    fn station_named(
        &self,
        seeds: &[impl AsRef<OsStr>],
        request: &RadioRequest,
    ) -> Result<StationRequest, AppError> {
        if !(0.0..=1.0).contains(&request.discovery) {
            return Err(AppError::DiscoveryRange);
        }
        let seeds = seeds.iter().map(|name| self.seed_named(name));
        let less = request.less.iter().map(|name| self.seed_named(name));
        Ok(StationRequest {
            seeds: seeds.collect::<Result<_, _>>()?,
            less: less.collect::<Result<_, _>>()?,
            discovery: Some(request.discovery),
            more: request.more,
        })
    }

    /// The seed that a script names.
    pub(crate) fn seed_named(&self, name: impl AsRef<OsStr>) -> Result<SeedRef, AppError> {
        let name = name.as_ref();
        let text = name.to_str().filter(|_| !Path::new(name).exists());
        let kind = text.and_then(|text| text.split_once(':'));
        Ok(match kind {
            Some(("artist", name)) => SeedRef::Artist { name: name.into() },
            Some(("genre", name)) => SeedRef::Genre { name: name.into() },
            Some(("tag", name)) => SeedRef::Tag { name: name.into() },
            Some(("words", text)) => SeedRef::Words { text: text.into() },
            Some(("playlist", name)) => SeedRef::Playlist {
                id: self.find_playlist(name)?,
            },
            Some(("album", title)) => {
                let found =
                    self.library
                        .albums(title, segue_library::AlbumSort::Title, false, 0, None)?;
                let same = |album: &&segue_library::Album| {
                    segue_core::fold(&album.title) == segue_core::fold(title)
                };
                let album = found.albums.iter().find(same).or(found.albums.first());
                let album = album.ok_or_else(|| AppError::NoSuchAlbum {
                    title: title.to_owned(),
                })?;
                SeedRef::Album { id: album.id.0 }
            }
            _ => SeedRef::Track {
                id: self.find(name)?.id.0,
            },
        })
    }

    /// What is nearest to a track by one side of music alone.
    pub fn similar(
        &self,
        file: impl AsRef<OsStr>,
        by: Facet,
        count: u32,
    ) -> Result<SimilarFound, AppError> {
        let seed = self.find(file)?;
        let known = self.known()?;
        let place = known.catalogue.position(&seed.audio);
        if place.is_none_or(|place| !known.catalogue.has_vector(place)) {
            return Err(unheard(&seed));
        }
        let near = segue_recommend::similar(&known.catalogue, seed.audio, by, count as usize);
        let positions: Vec<usize> = near.iter().map(|(place, _)| *place).collect();
        let ids = known.tracks_at(&positions);
        let mut tracks = self.by_id(&ids)?;
        let (found, scores): (Vec<Track>, Vec<f64>) = near
            .iter()
            .zip(&ids)
            .filter_map(|((_, cosine), id)| Some((tracks.remove(id)?, f64::from(*cosine))))
            .unzip();
        let rows = self.track_rows(&found)?.into_iter().zip(scores);
        Ok(SimilarFound {
            seed: self.track_rows(&[seed])?.remove(0),
            tracks: rows.map(|(track, score)| Scored { track, score }).collect(),
        })
    }

    /// Whether all that a station is asked for is in the library.
    pub(crate) fn check_seeds(&self, request: &StationRequest) -> Result<(), AppError> {
        let known = self.known()?;
        let mut all = request.seeds.iter().chain(&request.less);
        all.try_for_each(|seed| self.seed(&known, seed).map(drop))
    }

    /// A station's next tracks. Seeds that have left the library are passed over, unless all have.
    pub(crate) fn station(&self, next: &Next) -> Result<Vec<(Track, Pick)>, AppError> {
        self.recommend(next.rng_seed, |known, recommender| {
            let (mut seeds, mut less, mut lost) = (Vec::new(), Vec::new(), None);
            for seed in &next.request.seeds {
                match self.seed(known, seed) {
                    Ok(found) => {
                        seeds.push(found.seed);
                        seeds.extend(found.like);
                        less.extend(found.against.map(Seed::Names));
                    }
                    Err(error) => lost = lost.or(Some(error)),
                }
            }
            if let Some(error) = lost.filter(|_| seeds.is_empty()) {
                return Err(error);
            }
            let unwanted = next.request.less.iter();
            less.extend(unwanted.filter_map(|seed| Some(self.seed(known, seed).ok()?.seed)));
            let query = StationQuery {
                seeds,
                less,
                count: next.count,
                discovery: next.request.discovery.unwrap_or(DISCOVERY).clamp(0.0, 1.0),
                recent: next.recent.clone(),
                more: next.request.more,
            };
            self.picked(known, recommender.station(&query))
        })
    }

    /// What the guest DJ threads in between two recordings of a queue; `None` where there is nothing.
    pub(crate) fn thread(
        &self,
        mode: DjMode,
        before: AudioHash,
        after: Option<AudioHash>,
        queue: &[AudioHash],
    ) -> Result<Option<(Track, Pick)>, AppError> {
        let mode = match mode {
            DjMode::Nearest => segue_recommend::DjMode::Nearest,
            DjMode::SameArtist => segue_recommend::DjMode::SameArtist,
            DjMode::Bridge => segue_recommend::DjMode::Bridge,
        };
        self.recommend(0, |known, recommender| {
            let place = |audio: &AudioHash| known.catalogue.position(audio);
            let Some(before) = place(&before) else {
                return Ok(None);
            };
            let queue: Vec<usize> = queue.iter().filter_map(place).collect();
            let pick =
                recommender.dj_insertion(mode, before, after.as_ref().and_then(place), &queue);
            Ok(self.picked(known, pick.into_iter().collect())?.pop())
        })
    }

    /// Picks as the tracks to play.
    pub(crate) fn picked(
        &self,
        known: &RecommenderSnapshot,
        picks: Vec<Pick>,
    ) -> Result<Vec<(Track, Pick)>, AppError> {
        let positions: Vec<usize> = picks.iter().map(|pick| pick.item).collect();
        let ids = known.tracks_at(&positions);
        let mut tracks = self.by_id(&ids)?;
        let mut picked = Vec::with_capacity(picks.len());
        for (pick, id) in picks.into_iter().zip(ids) {
            let track = match tracks.remove(&id) {
                Some(track) => Some(track),
                // The folder was taken out and put back since the library was read.
                None => {
                    let copies = self.library.tracks_of(known.catalogue.audio(pick.item))?;
                    copies.into_iter().next()
                }
            };
            picked.extend(track.map(|track| (track, pick)));
        }
        Ok(picked)
    }

    /// Rows for these picks.
    pub(crate) fn pick_rows(&self, picks: &[(Track, Pick)]) -> Result<Vec<PickRow>, AppError> {
        let tracks: Vec<Track> = picks.iter().map(|(track, _)| track.clone()).collect();
        let rows = self.track_rows(&tracks)?.into_iter().zip(picks);
        Ok(rows
            .map(|(track, (_, pick))| PickRow {
                track,
                score: pick.score,
                reasons: pick.reasons.iter().map(reason_row).collect(),
            })
            .collect())
    }

    pub(crate) fn by_id(&self, ids: &[TrackId]) -> Result<HashMap<TrackId, Track>, AppError> {
        Ok(self
            .library
            .tracks_by_id(ids)?
            .into_iter()
            .map(|track| (track.id, track))
            .collect())
    }

    /// Seeds as they are shown; those that are gone are left out.
    pub(crate) fn seed_rows(&self, seeds: &[SeedRef]) -> Result<Vec<SeedRow>, AppError> {
        let known = self.known()?;
        let rows = seeds.iter().filter_map(|seed| self.seed(&known, seed).ok());
        Ok(rows.map(|found| found.row).collect())
    }

    /// What a station is called after.
    pub(crate) fn station_title(&self, request: &StationRequest) -> Result<StationTitle, AppError> {
        let less = self.seed_names(&request.less)?;
        Ok(match self.seed_names(&request.seeds)? {
            seeds if !seeds.is_empty() => StationTitle::Around { seeds, less },
            _ if request.seeds.is_empty() => StationTitle::Liked { less },
            _ => StationTitle::Gone { less },
        })
    }

    /// What seeds are called; those that are gone are left out. Names need no view of the whole library.
    fn seed_names(&self, seeds: &[SeedRef]) -> Result<Vec<SeedName>, AppError> {
        let mut names = Vec::new();
        for seed in seeds {
            let name = match seed.clone() {
                SeedRef::Track { id } => {
                    let track = self.library.track(TrackId(id))?;
                    track.map(|Track { title, .. }| SeedName::Song { title })
                }
                SeedRef::Album { id } => {
                    let album = self.library.album(AlbumId(id))?;
                    album.map(|Album { title, .. }| SeedName::Album { title })
                }
                SeedRef::Playlist { id } => {
                    let playlist = self.library.playlist(PlaylistId(id))?;
                    playlist.map(|Playlist { name, .. }| SeedName::Playlist { name })
                }
                SeedRef::Artist { name } => Some(SeedName::Artist { name }),
                SeedRef::Genre { name } => Some(SeedName::Genre { name }),
                SeedRef::Tag { name } => Some(SeedName::Tag { name }),
                SeedRef::Words { text } => Some(SeedName::Words {
                    text: text.trim().to_owned(),
                }),
            };
            names.extend(name);
        }
        Ok(names)
    }

    /// Artists, genres, heard tags and playlists whose names hold `text`, the likeliest first; common ones for none.
    pub(crate) fn find_seeds(&self, text: &str, limit: usize) -> Result<Vec<SeedRow>, AppError> {
        let known = self.known()?;
        let mut found: Vec<SeedRow> = Vec::new();
        let folded = segue_core::fold(text);
        let playlists = self.library.playlists()?.into_iter();
        let matching = playlists.filter(|list| segue_core::fold(&list.name).contains(&folded));
        // Playlists are few and the listener's own; more of them than half would hide all else.
        for playlist in matching.take(limit / 2) {
            let id = playlist.id.0;
            // One may be empty, or deleted meanwhile.
            found.extend(
                self.seed(&known, &SeedRef::Playlist { id })
                    .map(|found| found.row),
            );
        }
        for (kind, name) in known.catalogue.names_with(text, limit) {
            let seed = match kind {
                "artist" => SeedRef::Artist { name },
                "genre" => SeedRef::Genre { name },
                _ => SeedRef::Tag { name },
            };
            found.push(self.seed(&known, &seed)?.row);
        }
        found.truncate(limit);
        Ok(found)
    }

    /// How a wish in words is understood.
    pub fn understand(&self, text: &str) -> Result<WishRow, AppError> {
        let prompt = parse_prompt(&self.known()?.catalogue, text);
        Ok(WishRow {
            wanted: prompt.wanted_terms,
            unwanted: prompt.unwanted_terms,
            unknown: prompt.unknown,
        })
    }

    /// Finds a seed in the library.
    fn seed(&self, known: &RecommenderSnapshot, seed: &SeedRef) -> Result<ResolvedSeed, AppError> {
        let catalogue = &known.catalogue;
        let missing = |kind, name: &str| AppError::NoSuchSeed {
            kind,
            name: name.to_owned(),
        };
        let (meant, name, about, cover) = match seed {
            SeedRef::Track { id } => {
                let track = self.library.track(TrackId(*id))?;
                let track = track.ok_or_else(|| AppError::no_track(id))?;
                let artists = track.artists;
                (
                    Seed::Songs(vec![track.audio]),
                    track.title,
                    SeedDetail::By { artists },
                    Some(*id),
                )
            }
            SeedRef::Album { id } => {
                let album = self.library.album(AlbumId(*id))?;
                let album = album.ok_or_else(|| missing(SeedKind::Album, &id.to_string()))?;
                let query = TrackQuery {
                    album: Some(album.id),
                    sort: Sort::Album,
                    ..TrackQuery::default()
                };
                let songs = self.library.tracks(&query)?.tracks;
                let audio = songs.iter().map(|track| track.audio).take(SONGS_MAX);
                let cover = album.cover_track.map(|id| id.0);
                let artists = album.artist.into_iter().collect();
                (
                    Seed::Songs(audio.collect()),
                    album.title,
                    SeedDetail::By { artists },
                    cover,
                )
            }
            SeedRef::Artist { name } => {
                let songs = catalogue.songs_by(name);
                let audio = spread(&songs)
                    .map(|position| catalogue.audio(position))
                    .collect();
                let first = songs
                    .first()
                    .ok_or_else(|| missing(SeedKind::Artist, name))?;
                let cover = known.copies[*first].0.0;
                (
                    Seed::Around(audio),
                    name.clone(),
                    songs_of(songs.len()),
                    Some(cover),
                )
            }
            SeedRef::Genre { name } => {
                let names =
                    Names::genre(catalogue, name).ok_or_else(|| missing(SeedKind::Genre, name))?;
                let (count, cover) = self.bearing(known, &names);
                (Seed::Names(names), name.clone(), songs_of(count), cover)
            }
            SeedRef::Tag { name } => {
                let names =
                    Names::tag(catalogue, name).ok_or_else(|| missing(SeedKind::Tag, name))?;
                let (count, cover) = self.bearing(known, &names);
                (Seed::Names(names), name.clone(), songs_of(count), cover)
            }
            SeedRef::Playlist { id } => {
                let (name, tracks, _) = self.playable(*id, 0)?;
                let places: Vec<usize> = (0..tracks.len()).collect();
                let some: Vec<TrackId> = spread(&places).map(|place| tracks[place]).collect();
                let songs = self.library.tracks_by_id(&some)?;
                let audio = songs.iter().map(|track| track.audio).collect();
                let cover = songs.first().map(|track| track.id.0);
                (Seed::Around(audio), name, songs_of(tracks.len()), cover)
            }
            SeedRef::Words { text } => {
                let prompt = parse_prompt(catalogue, text);
                if prompt.is_empty() {
                    return Err(AppError::NoKnownWords { text: text.clone() });
                }
                let first = prompt.like.first().and_then(|like| like.songs.first());
                let cover = match first {
                    Some(song) => Some(known.copies[*song].0.0),
                    None => self.bearing(known, &prompt.wanted).1,
                };
                let row = SeedRow {
                    seed: seed.clone(),
                    name: text.trim().to_owned(),
                    about: SeedDetail::Understood {
                        wanted: terms_of(prompt.wanted_terms),
                        unwanted: terms_of(prompt.unwanted_terms),
                        unknown: prompt.unknown,
                    },
                    cover_track: cover,
                };
                let like = prompt.like.into_iter().map(|Like { songs, may_come }| {
                    let songs = spread(&songs).map(|song| catalogue.audio(song)).collect();
                    match may_come {
                        true => Seed::Around(songs),
                        false => Seed::Songs(songs),
                    }
                });
                return Ok(ResolvedSeed {
                    seed: Seed::Names(prompt.wanted),
                    against: Some(prompt.unwanted),
                    like: like.collect(),
                    row,
                });
            }
        };
        Ok(ResolvedSeed {
            seed: meant,
            against: None,
            like: Vec::new(),
            row: SeedRow {
                seed: seed.clone(),
                name,
                about,
                cover_track: cover,
            },
        })
    }

    /// How many songs bear names plainly, and one of them.
    fn bearing(&self, known: &RecommenderSnapshot, names: &Names) -> (usize, Option<i64>) {
        let bearing = known.catalogue.matching(names);
        let first = bearing.first().map(|position| known.copies[*position].0.0);
        (bearing.len(), first)
    }
}

/// Up to [`SONGS_MAX`] of them, from all along.
fn spread(places: &[usize]) -> impl Iterator<Item = usize> {
    let step = places.len().div_ceil(SONGS_MAX).max(1);
    places.iter().copied().step_by(step)
}

fn songs_of(count: usize) -> SeedDetail {
    let count = count as u32;
    SeedDetail::Songs { count }
}

fn terms_of(parts: Vec<WishPart>) -> Vec<WishTerm> {
    parts.into_iter().map(|part| part.term).collect()
}

/// What has no vector is not near to anything.
pub(crate) fn unheard(track: &Track) -> AppError {
    AppError::NotAnalyzed {
        path: shown(&track.path),
    }
}

#[cfg(test)]
mod tests;
