//! How a query for tracks becomes SQL that an index can serve.

use rusqlite::{Connection, OptionalExtension, ToSql};
use segue_core::{ModelId, TrackId, fold};

use super::query::{Sort, TrackQuery};
use crate::search::{self, TagTerm};

/// A query turned into SQL.
pub(super) struct Selection {
    /// Counts what matches.
    pub(super) count: String,
    ids: String,
    words: Option<String>,
    signs: Option<String>,
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
        let search::ParsedQuery { text, tags } = search::ParsedQuery::parse(&query.text);
        let words = search::expression(&text);
        // An artist named "!!!" has no word to search for.
        let signs = (words.is_none() && !text.trim().is_empty()).then(|| fold(text.trim()));
        // What is gone is not listed; the search holds none of it.
        let mut filters = vec!["t.missing = 0".to_owned()];
        if query.album.is_some() {
            filters.push("t.album_id = :album".to_owned());
        }
        if signs.is_some() {
            filters.push("(instr(t.title_sort, :signs) OR instr(t.artist_sort, :signs) OR instr(t.album_sort, :signs))".to_owned());
        }
        for tag in &tags {
            filters.push(heard(db, query.heard_by.as_ref(), tag)?);
        }
        // The index alone counts what its words match.
        let count = match &words {
            Some(_) if filters.len() == 1 => {
                "SELECT count(*) FROM search WHERE search MATCH :words".to_owned()
            }
            Some(_) => format!(
                "SELECT count(*) FROM tracks t WHERE {} AND t.id IN (SELECT rowid FROM search WHERE search MATCH :words)",
                filters.join(" AND ")
            ),
            None => format!(
                "SELECT count(*) FROM tracks t WHERE {}",
                filters.join(" AND ")
            ),
        };
        let ranked = query.sort == Sort::Relevance && words.is_some();
        if words.is_some() {
            filters.push("t.id IN (SELECT rowid FROM search WHERE search MATCH :words)".to_owned());
        }
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
        };
        let columns: Vec<&str> = match ranked {
            true => [RELEVANCE].iter().chain(columns).copied().collect(),
            false => columns.to_vec(),
        };
        let order = order(&columns, "t.id", query.descending);
        let page = format!("ORDER BY {order} LIMIT :limit OFFSET :offset");
        let filter = filters.join(" AND ");
        let ids = match query.sort {
            // The other way round SQLite would sort all tracks for each page.
            Sort::Plays => format!(
                "SELECT t.id FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id WHERE {filter} {page}"
            ),
            _ => format!("SELECT t.id FROM tracks t WHERE {filter} {page}"),
        };
        Ok(Self {
            count,
            ids,
            signs,
            album: query.album.map(|album| album.0),
            ranked: words
                .as_ref()
                .filter(|_| ranked)
                .map(|words| RelevanceParameters::of(&text, words)),
            words,
            limit: query.limit.map_or(-1, i64::from),
            offset: query.offset,
        })
    }

    /// What the count is run with, and the page beside its limits.
    pub(super) fn parameters(&self) -> Vec<(&str, &dyn ToSql)> {
        let mut parameters: Vec<(&str, &dyn ToSql)> = Vec::new();
        if let Some(words) = &self.words {
            parameters.push((":words", words));
        }
        if let Some(signs) = &self.signs {
            parameters.push((":signs", signs));
        }
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

/// The condition that a recording was heard, or was not heard, with a tag. A name that is some tag's whole name means
/// that tag; otherwise it means every tag that begins with it.
fn heard(db: &Connection, model: Option<&ModelId>, term: &TagTerm) -> rusqlite::Result<String> {
    let mut statement = db.prepare_cached("SELECT id, name FROM tag_names")?;
    let all = statement
        .query_map([], |row| Ok((row.get(0)?, fold(&row.get::<_, String>(1)?))))?
        .collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
    let exact = all.iter().filter(|(_, name)| *name == term.name);
    let mut ids: Vec<String> = exact.map(|(id, _)| id.to_string()).collect();
    if ids.is_empty() && !term.whole {
        let begun = all.iter().filter(|(_, name)| name.starts_with(&term.name));
        ids = begun.map(|(id, _)| id.to_string()).collect();
    }
    let model: Option<i64> = match model {
        Some(model) => db
            .prepare_cached("SELECT id FROM models WHERE name = ?")?
            .query_row([&model.0], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let Some(model) = model.filter(|_| !ids.is_empty()) else {
        return Ok(if term.wanted { "0" } else { "1" }.to_owned());
    };
    Ok(format!(
        "t.recording_id {} (SELECT recording_id FROM tagged WHERE model_id = {model} AND tag_id IN ({}))",
        if term.wanted { "IN" } else { "NOT IN" },
        ids.join(", ")
    ))
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
