//! A query as a condition of SQL on `tracks t`, and what is bound to it.

use jiff::{Unit, Zoned};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};
use segue_core::query::{
    Age, AgeUnit, Bound, Condition, DateField, DateTest, Flag, NumberField, NumberTest, Query,
    QueryField, TextField, TextTest,
};
use segue_core::{ModelId, fold, similar_key};

use crate::search;

/// What conditions depend on beside the database.
pub(super) struct Asked<'a> {
    /// Whose heard tags are meant.
    pub(super) heard_by: Option<&'a ModelId>,
    /// The time that ages are counted from, in the listener's time zone.
    pub(super) now: &'a Zoned,
}

/// A condition, with the values that it names `:v0`, `:v1` and so on.
pub(super) struct Conditions<'a> {
    db: &'a Connection,
    asked: Asked<'a>,
    pub(super) values: Vec<Value>,
}

/// Codecs that keep every sample.
const LOSSLESS: &str = "'flac', 'alac', 'pcm', 'dsd', 'ape', 'wavpack', 'tta'";

/// When a track was last played.
pub(super) const LAST_PLAYED: &str = "(SELECT max(p.at) FROM plays p WHERE p.skipped = 0 AND p.recording_id IN
     (SELECT s.id FROM recordings s WHERE s.id = t.recording_id OR s.superseded_by = t.recording_id))";

/// A recording's column. `t.recording_id` is never NULL.
fn of_recording(column: &str) -> String {
    format!("(SELECT r.{column} FROM recordings r WHERE r.id = t.recording_id)")
}

/// What holds a number.
pub(super) fn number_column(field: NumberField) -> String {
    match field {
        NumberField::Year => "t.year".to_owned(),
        NumberField::OriginalYear => {
            "coalesce(nullif(CAST(substr(t.original_date, 1, 4) AS INTEGER), 0), t.year)".to_owned()
        }
        NumberField::Track => "t.track".to_owned(),
        NumberField::Disc => "t.disc".to_owned(),
        NumberField::Length => "t.duration_s".to_owned(),
        NumberField::Bpm => format!("coalesce(t.bpm, {})", of_recording("bpm")),
        NumberField::Plays => of_recording("plays"),
        NumberField::Skips => of_recording("skips"),
        NumberField::Rating => of_recording("half_stars / 2.0"),
        NumberField::Bitrate => "t.bitrate_kbps".to_owned(),
        NumberField::SampleRate => "t.sample_rate_hz".to_owned(),
        NumberField::Loudness => of_recording("loudness_lufs"),
    }
}

/// The name of the value at `index`.
pub(super) fn value_name(index: usize) -> String {
    format!(":v{index}")
}

impl<'a> Conditions<'a> {
    pub(super) fn new(db: &'a Connection, asked: Asked<'a>) -> Self {
        Self {
            db,
            asked,
            values: Vec::new(),
        }
    }

    /// The condition that a query means.
    pub(super) fn sql(&mut self, query: &Query) -> rusqlite::Result<String> {
        Ok(match query {
            Query::All(parts) if parts.is_empty() => "1".to_owned(),
            Query::All(parts) => self.joined(parts, " AND ")?,
            Query::Any(parts) if parts.is_empty() => "0".to_owned(),
            Query::Any(parts) => self.joined(parts, " OR ")?,
            // What is not known is not so.
            Query::Not(inner) => format!("NOT (({}) IS TRUE)", self.sql(inner)?),
            Query::Is(condition) => self.condition(condition)?,
        })
    }

    fn joined(&mut self, parts: &[Query], by: &str) -> rusqlite::Result<String> {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| self.sql(part))
            .collect::<rusqlite::Result<_>>()?;
        Ok(format!("({})", parts.join(by)))
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        value_name(self.values.len() - 1)
    }

    fn condition(&mut self, condition: &Condition) -> rusqlite::Result<String> {
        Ok(match condition {
            Condition::Words(text) => self.words("", text),
            Condition::Phrase(text) => {
                let found = self.words("", text);
                let phrase = self.bind(search::phrase(text));
                let columns = ["t.title", "t.artists", "t.album", "t.album_artist", "t.genres"];
                let held = columns.map(|column| format!("instr(phrased({column}), {phrase})"));
                format!("({found} AND ({}))", held.join(" OR "))
            }
            Condition::Text(field, test) => self.text(*field, test)?,
            Condition::Number(field, test) => self.number(*field, *test),
            Condition::Date(field, test) => self.date(*field, *test),
            Condition::Flag(flag) => match flag {
                Flag::Liked => format!("{} = 'like'", of_recording("rating")),
                Flag::Disliked => format!("{} = 'dislike'", of_recording("rating")),
                Flag::Compilation => "t.compilation".to_owned(),
                Flag::Lossless => format!("t.codec IN ({LOSSLESS})"),
                Flag::Duplicate => {
                    "EXISTS (SELECT 1 FROM tracks o WHERE o.recording_id = t.recording_id AND o.missing = 0 AND o.id <> t.id)"
                        .to_owned()
                }
                Flag::Heard => match self.model()? {
                    Some(model) => format!(
                        "EXISTS (SELECT 1 FROM vectors WHERE model_id = {model} AND recording_id = t.recording_id)"
                    ),
                    None => "0".to_owned(),
                },
                Flag::HasCover => "(t.cover_hash NOTNULL OR t.sidecar)".to_owned(),
                Flag::HasLyrics => "t.id IN (SELECT track_id FROM lyrics)".to_owned(),
            },
        })
    }

    /// Words that each begin some word of these columns of the index, or of any.
    fn words(&mut self, columns: &str, text: &str) -> String {
        match search::expression(text) {
            Some(words) => {
                let words = match columns {
                    "" => words,
                    _ => format!("{{{columns}}} : ({words})"),
                };
                let words = self.bind(words);
                format!("t.id IN (SELECT rowid FROM search WHERE search MATCH {words})")
            }
            None if text.trim().is_empty() => "1".to_owned(),
            // An artist named "!!!" has no word to search for.
            None => {
                let signs = self.bind(fold(text.trim()));
                let columns: Vec<&str> = match columns {
                    "" => vec!["title", "artists", "album"],
                    columns => columns.split(' ').collect(),
                };
                let held = columns
                    .iter()
                    .map(|column| format!("instr(folded(t.{column}), {signs})"));
                format!("({})", held.collect::<Vec<_>>().join(" OR "))
            }
        }
    }

    fn text(&mut self, field: TextField, test: &TextTest) -> rusqlite::Result<String> {
        // Their columns in the index of words, and where they are kept.
        let indexed = match field {
            TextField::Title => Some(("title", &["t.title"][..])),
            TextField::Artist => {
                Some(("artists album_artist", &["t.artists", "t.album_artist"][..]))
            }
            TextField::AlbumArtist => Some(("album_artist", &["t.album_artist"][..])),
            TextField::Album => Some(("album", &["t.album"][..])),
            TextField::Genre => Some(("genres", &["t.genres"][..])),
            _ => None,
        };
        if let Some((columns, kept)) = indexed {
            return Ok(match test {
                TextTest::Words(words) => self.words(columns, words),
                TextTest::Phrase(phrase) => {
                    let found = self.words(columns, phrase);
                    let held = self.any_of(kept, test);
                    format!("({found} AND {held})")
                }
                _ => self.any_of(kept, test),
            });
        }
        Ok(match field {
            TextField::Label => self.any_of(&["t.label"], test),
            TextField::Comment => self.any_of(&["t.comment"], test),
            TextField::Path => self.any_of(&["t.path"], test),
            TextField::Codec => self.any_of(&["t.codec"], test),
            TextField::Key => {
                let key = format!("coalesce(t.musical_key, {})", of_recording("musical_key"));
                match test {
                    TextTest::Absent => format!("{key} ISNULL"),
                    TextTest::Is(name) => {
                        let name = self.bind(name.clone());
                        format!("key_name({key}) = {name}")
                    }
                    _ => format!("{key} NOTNULL"),
                }
            }
            TextField::Lyrics => self.among("t.id", "SELECT track_id FROM lyrics WHERE", "text", test),
            TextField::Playlist => self.among(
                "t.recording_id",
                "SELECT e.recording_id FROM playlist_entries e JOIN playlists p ON p.id = e.playlist_id
                 WHERE p.deleted_at ISNULL AND e.recording_id NOTNULL AND",
                "p.name",
                test,
            ),
            TextField::Tag => self.heard(test)?,
            _ => {
                let role = self.bind(role(field).to_owned());
                let from = format!("SELECT c.track_id FROM credits c JOIN artists a ON a.id = c.artist_id WHERE c.role = {role} AND");
                self.among("t.id", &from, "a.name", test)
            }
        })
    }

    /// What is asked of a text that stands in rows of another table, found by `from`, of which any may be meant.
    fn among(&mut self, id: &str, from: &str, column: &str, test: &TextTest) -> String {
        let negated = if *test == TextTest::Absent {
            "NOT "
        } else {
            ""
        };
        let is = match test {
            TextTest::Absent | TextTest::Present => "1".to_owned(),
            _ => self.one(column, test),
        };
        format!("{id} {negated}IN ({from} {is})")
    }

    /// What is asked of columns of `tracks`, of which any may be meant.
    fn any_of(&mut self, columns: &[&str], test: &TextTest) -> String {
        let by = if *test == TextTest::Absent {
            " AND "
        } else {
            " OR "
        };
        let each: Vec<String> = columns
            .iter()
            .map(|column| self.one(column, test))
            .collect();
        format!("({})", each.join(by))
    }

    fn one(&mut self, column: &str, test: &TextTest) -> String {
        match test {
            TextTest::Words(words) => {
                let words = self.bind(words.clone());
                format!("holds_words({column}, {words})")
            }
            TextTest::Phrase(phrase) => {
                let phrase = self.bind(search::phrase(phrase));
                format!("instr(phrased({column}), {phrase})")
            }
            TextTest::Is(text) => {
                // Names are the same however they are punctuated.
                let text = self.bind(similar_key(text));
                format!("holds_name({column}, {text})")
            }
            TextTest::Begins(text) => {
                let text = self.bind(fold(text));
                format!("substr(folded({column}), 1, length({text})) = {text}")
            }
            TextTest::Ends(text) => {
                let text = self.bind(fold(text));
                format!("substr(folded({column}), -length({text})) = {text}")
            }
            TextTest::Contains(text) => {
                let text = self.bind(fold(text));
                format!("instr(folded({column}), {text})")
            }
            TextTest::Absent => format!("coalesce({column}, '') = ''"),
            TextTest::Present => format!("coalesce({column}, '') <> ''"),
        }
    }

    /// Whether a recording was heard with a tag. A name that is some tag's whole name means that tag; otherwise, unless it is
    /// complete, it means every tag that begins with it.
    fn heard(&mut self, test: &TextTest) -> rusqlite::Result<String> {
        let mut statement = self.db.prepare_cached("SELECT id, name FROM tag_names")?;
        let all = statement
            .query_map([], |row| Ok((row.get(0)?, fold(&row.get::<_, String>(1)?))))?
            .collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
        let wanted = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
            let wanted = all.iter().filter(|(_, name)| is(name));
            wanted.map(|(id, _)| id.to_string()).collect()
        };
        let ids = match test {
            TextTest::Words(name) => {
                let name = fold(name);
                match wanted(&|own| own == name) {
                    exact if !exact.is_empty() => exact,
                    _ => wanted(&|own| own.starts_with(&name)),
                }
            }
            TextTest::Phrase(name) | TextTest::Is(name) => {
                let name = fold(name);
                wanted(&|own| own == name)
            }
            TextTest::Begins(name) => {
                let name = fold(name);
                wanted(&|own| own.starts_with(&name))
            }
            TextTest::Ends(name) => {
                let name = fold(name);
                wanted(&|own| own.ends_with(&name))
            }
            TextTest::Contains(name) => {
                let name = fold(name);
                wanted(&|own| own.contains(&name))
            }
            TextTest::Absent | TextTest::Present => wanted(&|_| true),
        };
        let absent = *test == TextTest::Absent;
        let Some(model) = self.model()?.filter(|_| !ids.is_empty()) else {
            return Ok(if absent { "1" } else { "0" }.to_owned());
        };
        Ok(format!(
            "t.recording_id {} (SELECT recording_id FROM tagged WHERE model_id = {model} AND tag_id IN ({}))",
            if absent { "NOT IN" } else { "IN" },
            ids.join(", ")
        ))
    }

    /// The row of the model whose tags are meant.
    fn model(&self) -> rusqlite::Result<Option<i64>> {
        match self.asked.heard_by {
            Some(model) => self
                .db
                .prepare_cached("SELECT id FROM models WHERE name = ?")?
                .query_row([&model.0], |row| row.get(0))
                .optional(),
            None => Ok(None),
        }
    }

    fn number(&mut self, field: NumberField, test: NumberTest) -> String {
        let column = number_column(field);
        match test {
            NumberTest::Absent => format!("{column} ISNULL"),
            NumberTest::Present => format!("{column} NOTNULL"),
            NumberTest::Between(from, to) => {
                let end = |bound| match bound {
                    Bound::None => Bound::None,
                    Bound::Closed(number) => Bound::Closed(Value::Real(number)),
                    Bound::Open(number) => Bound::Open(Value::Real(number)),
                };
                self.between(&column, end(from), end(to))
            }
        }
    }

    fn date(&mut self, field: DateField, test: DateTest) -> String {
        let column = match field {
            DateField::Added => "t.added_at".to_owned(),
            DateField::Changed => "t.mtime_ns / 1000".to_owned(),
            DateField::Played => LAST_PLAYED.to_owned(),
        };
        let micros = |at: Option<Zoned>, none: Bound<Value>, of: fn(Value) -> Bound<Value>| match at
        {
            Some(at) => of(Value::Integer(at.timestamp().as_microsecond())),
            None => none,
        };
        let (from, to) = match test {
            DateTest::Absent => return format!("{column} ISNULL"),
            DateTest::Present => return format!("{column} NOTNULL"),
            DateTest::Between(from, to) => (
                from.map(|day| micros(self.day(day.first()), Bound::None, Bound::Closed)),
                to.and_then(|day| day.after())
                    .map(|day| micros(self.day(day), Bound::None, Bound::Open)),
            ),
            DateTest::Ago(from, to) => (
                // At most so long ago: not before then.
                to.map(|age| micros(self.ago(age), Bound::None, Bound::Closed)),
                from.map(|age| micros(self.end_of_ago(age), Bound::None, Bound::Open)),
            ),
        };
        let known = format!("{column} NOTNULL");
        match (from, to) {
            (None, None) => known,
            (from, to) => self.between(
                &column,
                from.unwrap_or(Bound::None),
                to.unwrap_or(Bound::None),
            ),
        }
    }

    fn day(&self, (year, month, day): (i16, i8, i8)) -> Option<Zoned> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        date.to_zoned(self.asked.now.time_zone().clone()).ok()
    }

    /// When `age` ago began: a day, and all that is counted in days, begins in its morning, so that a list is the same all day.
    fn ago(&self, Age { count, unit }: Age) -> Option<Zoned> {
        let count = i64::from(count);
        let span = jiff::Span::new();
        let span = match unit {
            AgeUnit::Hours => span.try_hours(count),
            AgeUnit::Days => span.try_days(count),
            AgeUnit::Weeks => span.try_weeks(count),
            AgeUnit::Months => span.try_months(count),
            AgeUnit::Years => span.try_years(count),
        };
        let then = self.asked.now.checked_sub(span.ok()?).ok()?;
        match unit {
            AgeUnit::Hours => Some(then),
            _ => then.start_of_day().ok(),
        }
    }

    /// When `age` ago was over.
    fn end_of_ago(&self, age: Age) -> Option<Zoned> {
        let began = self.ago(age)?;
        match age.unit {
            AgeUnit::Hours => began.round(Unit::Microsecond).ok(),
            _ => began.tomorrow().ok(),
        }
    }

    fn between(&mut self, column: &str, from: Bound<Value>, to: Bound<Value>) -> String {
        let mut ends = Vec::new();
        for (bound, closed, open) in [(from, ">=", ">"), (to, "<=", "<")] {
            let (sign, value) = match bound {
                Bound::None => continue,
                Bound::Closed(value) => (closed, value),
                Bound::Open(value) => (open, value),
            };
            let value = self.bind(value);
            ends.push(format!("{column} {sign} {value}"));
        }
        match ends.is_empty() {
            true => format!("{column} NOTNULL"),
            false => format!("({})", ends.join(" AND ")),
        }
    }
}

/// What the credits call it: as the language does.
fn role(field: TextField) -> &'static str {
    QueryField::Text(field).name()
}
