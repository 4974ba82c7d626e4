//! How a query for tracks becomes SQL that an index can serve.

use rusqlite::types::Value;
use rusqlite::{Connection, ToSql};
use segue_core::query::{Condition, NumberField, Query, Sort};
use segue_core::{TrackId, fold};

use super::conditions::{Asked, Conditions, LAST_PLAYED, number_column, value_name};
use super::query::TrackQuery;
use crate::search;

/// A query turned into SQL.
pub(super) struct Selection {
    /// Counts what matches.
    pub(super) count: String,
    ids: String,
    /// What the condition names, in its order.
    values: Vec<(String, Value)>,
    album: Option<i64>,
    ranked: Option<RelevanceParameters>,
    limit: i64,
    offset: u32,
}

/// How well a track matches: its title or its first artist is what was asked for; all words stand in its title; in its
/// artists; in its album; in several fields, the title among them. `bm25` cannot tell: without positions and without content the index knows of
/// no single occurrence, and calls all matches equal.
const RELEVANCE: &str = "CASE
    WHEN t.title_sort = :exact THEN 0
    WHEN t.artist_sort = :exact THEN 1
    WHEN t.id IN (SELECT rowid FROM search WHERE search MATCH :in_title) THEN 2
    WHEN t.id IN (SELECT rowid FROM search WHERE search MATCH :in_artists) THEN 3
    WHEN t.id IN (SELECT rowid FROM search WHERE search MATCH :in_album) THEN 4
    WHEN t.id IN (SELECT rowid FROM search WHERE search MATCH :some_in_title) THEN 5
    ELSE 6 END";

/// What [`RELEVANCE`] is bound to.
struct RelevanceParameters {
    exact: String,
    in_title: String,
    in_artists: String,
    in_album: String,
    some_in_title: String,
}

impl RelevanceParameters {
    fn of(text: &str, words: &str) -> Self {
        let some = Some(search::any_word(text)).filter(|some| !some.is_empty());
        Self {
            exact: sort_key(text.trim()),
            in_title: format!("{{title}} : ({words})"),
            in_artists: format!("{{artists album_artist}} : ({words})"),
            in_album: format!("{{album}} : ({words})"),
            some_in_title: format!("{{title}} : ({})", some.as_deref().unwrap_or(words)),
        }
    }
}

impl Selection {
    pub(super) fn of(db: &Connection, query: &TrackQuery) -> rusqlite::Result<Self> {
        let asked = Asked {
            heard_by: query.heard_by.as_ref(),
            now: &query.now,
        };
        let mut conditions = Conditions::new(db, asked);
        // What is gone is not listed; the search holds none of it.
        let mut filters = vec!["t.missing = 0".to_owned()];
        if query.album.is_some() {
            filters.push("t.album_id = :album".to_owned());
        }
        if !query.query.is_everything() {
            filters.push(conditions.sql(&query.query)?);
        }
        let filter = filters.join(" AND ");
        let words = query.query.wanted_words();
        let words = words.and_then(|text| Some((text, search::expression(text)?)));
        let count = match (&query.query, &words) {
            // The index alone counts what its words match.
            (Query::Is(Condition::Words(_)), Some(_)) if query.album.is_none() => {
                "SELECT count(*) FROM search WHERE search MATCH :v0".to_owned()
            }
            _ => format!("SELECT count(*) FROM tracks t WHERE {filter}"),
        };
        let ranked = words.filter(|_| query.sort == Sort::Relevance);
        // What no index is sorted by.
        let by = match query.sort {
            Sort::Rating => number_column(NumberField::Rating),
            Sort::Bpm => number_column(NumberField::Bpm),
            Sort::Played => LAST_PLAYED.to_owned(),
            Sort::Random => format!("shuffled(t.id, {})", query.seed),
            _ => String::new(),
        };
        let columns: &[&str] = match query.sort {
            Sort::Title => &["t.title_sort", "t.artist_sort"],
            Sort::Artist | Sort::Relevance => {
                &["t.artist_sort", "t.album_sort", "t.disc", "t.track"]
            }
            Sort::Album => &["t.album_sort", "t.album_id", "t.disc", "t.track"],
            Sort::Year => &[
                "t.year",
                "t.artist_sort",
                "t.album_sort",
                "t.disc",
                "t.track",
            ],
            Sort::Duration => &["t.duration_s"],
            Sort::Plays => &["r.plays", "r.id"],
            Sort::Added => &["t.added_at"],
            Sort::Path => &["t.path", "t.span_start_ns"],
            Sort::Rating | Sort::Played | Sort::Bpm | Sort::Random => &[&by],
        };
        let columns: Vec<&str> = match ranked.is_some() {
            true => [RELEVANCE].iter().chain(columns).copied().collect(),
            false => columns.to_vec(),
        };
        let order = order(&columns, "t.id", query.descending);
        let page = format!("ORDER BY {order} LIMIT :limit OFFSET :offset");
        let ids = match query.sort {
            // The other way round SQLite would sort all tracks for each page.
            Sort::Plays => format!(
                "SELECT t.id FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id WHERE {filter} {page}"
            ),
            _ => format!("SELECT t.id FROM tracks t WHERE {filter} {page}"),
        };
        let values = conditions.values.into_iter().enumerate();
        Ok(Self {
            count,
            ids,
            values: values.map(|(n, value)| (value_name(n), value)).collect(),
            album: query.album.map(|album| album.0),
            ranked: ranked.map(|(text, words)| RelevanceParameters::of(text, &words)),
            limit: query.limit.map_or(-1, i64::from),
            offset: query.offset,
        })
    }

    /// What the count is run with, and the page beside its limits.
    pub(super) fn parameters(&self) -> Vec<(&str, &dyn ToSql)> {
        let values = self.values.iter();
        let mut parameters: Vec<(&str, &dyn ToSql)> = values
            .map(|(name, value)| (name.as_str(), value as &dyn ToSql))
            .collect();
        if let Some(album) = &self.album {
            parameters.push((":album", album));
        }
        parameters
    }

    /// The ids of the page.
    pub(super) fn ids(&self, db: &Connection) -> rusqlite::Result<Vec<TrackId>> {
        let mut statement = db.prepare_cached(&self.ids)?;
        let mut parameters = self.parameters();
        // Bound, so that all pages of a list are one statement.
        if let Some(ranked) = &self.ranked {
            parameters.push((":exact", &ranked.exact));
            parameters.push((":in_title", &ranked.in_title));
            parameters.push((":in_artists", &ranked.in_artists));
            parameters.push((":in_album", &ranked.in_album));
            parameters.push((":some_in_title", &ranked.some_in_title));
        }
        parameters.push((":limit", &self.limit));
        parameters.push((":offset", &self.offset));
        statement
            .query_map(&*parameters, |row| row.get(0).map(TrackId))?
            .collect()
    }
}

/// An ORDER BY that an index over `columns` can serve in both directions; `id` settles ties.
pub(super) fn order(columns: &[&str], id: &str, descending: bool) -> String {
    let direction = if descending { " DESC" } else { "" };
    let all = columns.iter().chain([&id]);
    all.map(|column| format!("{column}{direction}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How a name sorts: folded, without a leading article or signs, unknown names last.
pub(super) fn sort_key(name: &str) -> String {
    let folded = fold(name);
    let trimmed = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    let key = if trimmed.is_empty() {
        folded.trim()
    } else {
        trimmed
    };
    let key = key
        .strip_prefix("the ")
        .filter(|rest| !rest.is_empty())
        .unwrap_or(key);
    if key.is_empty() {
        "\u{10ffff}".to_owned()
    } else {
        key.to_owned()
    }
}
