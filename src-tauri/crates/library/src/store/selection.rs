//! How a query for tracks becomes SQL that an index can serve.

use rusqlite::{Connection, ToSql};
use segue_core::{TrackId, fold};

use super::tracks::{Sort, TrackQuery};
use crate::search;

/// A query turned into SQL.
pub(super) struct Selection {
    /// Counts what matches.
    pub(super) count: String,
    ids: String,
    words: Option<String>,
    signs: Option<String>,
    album: Option<i64>,
}

impl Selection {
    pub(super) fn of(query: &TrackQuery) -> Self {
        let words = search::expression(&query.text);
        // An artist named "!!!" has no word to search for.
        let signs =
            (words.is_none() && !query.text.trim().is_empty()).then(|| fold(query.text.trim()));
        let mut filters = Vec::new();
        if query.album.is_some() {
            filters.push("t.album_id = :album");
        }
        if signs.is_some() {
            filters.push("(instr(t.title_sort, :signs) OR instr(t.artist_sort, :signs) OR instr(t.album_sort, :signs))");
        }
        let ranked = query.sort == Sort::Relevance && words.is_some();
        let mut from = "tracks t";
        if ranked {
            from = "search s CROSS JOIN tracks t ON t.id = s.rowid";
            filters
                .push("search MATCH :words AND s.rank MATCH 'bm25(8.0, 6.0, 4.0, 2.0, 1.0, 0.5)'");
        } else if words.is_some() {
            filters.push("t.id IN (SELECT rowid FROM search WHERE search MATCH :words)");
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
            Sort::Path => &["t.path"],
        };
        let order = match ranked {
            true if query.descending => "s.rank DESC, t.id DESC".to_owned(),
            true => "s.rank, t.id".to_owned(),
            false => order(columns, "t.id", query.descending),
        };
        let limit = query.limit.map_or(-1, i64::from);
        let page = format!("ORDER BY {order} LIMIT {limit} OFFSET {}", query.offset);
        let filter = if filters.is_empty() {
            "1".to_owned()
        } else {
            filters.join(" AND ")
        };
        let ids = match query.sort {
            // The other way round SQLite would sort all tracks for each page.
            Sort::Plays => format!(
                "SELECT t.id FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id WHERE {filter} {page}"
            ),
            _ => format!("SELECT t.id FROM {from} WHERE {filter} {page}"),
        };
        let count = match (&words, query.album, &signs) {
            (Some(_), None, None) => {
                "SELECT count(*) FROM search WHERE search MATCH :words".to_owned()
            }
            (Some(_), ..) => format!(
                "SELECT count(*) FROM tracks t WHERE {} AND t.id IN (SELECT rowid FROM search WHERE search MATCH :words)",
                "t.album_id = :album"
            ),
            (None, ..) => format!("SELECT count(*) FROM tracks t WHERE {filter}"),
        };
        Self {
            count,
            ids,
            words,
            signs,
            album: query.album.map(|album| album.0),
        }
    }

    /// What both statements are run with.
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
        statement
            .query_map(&*self.parameters(), |row| row.get(0).map(TrackId))?
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
