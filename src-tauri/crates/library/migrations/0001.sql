-- Frozen with release 0.1: changes go into 0002.sql.

-- Counts every change of content, so that another process sees that there is something new.
CREATE TABLE revision (n INTEGER NOT NULL) STRICT;
INSERT INTO revision VALUES (1);

-- Folders that are watched. Paths are bytes: file names on Unix need not be UTF-8.
CREATE TABLE roots (
    id       INTEGER PRIMARY KEY,
    path     BLOB NOT NULL UNIQUE,
    added_at INTEGER NOT NULL
) STRICT;

-- What was recorded, whatever file it lies in. Rows are never deleted: vectors, plays and ratings hang on them.
-- plays, skips, rating and rated_at are a fold over the logs below.
CREATE TABLE recordings (
    id            INTEGER PRIMARY KEY,
    audio         BLOB NOT NULL UNIQUE CHECK (length(audio) = 16),
    plays         INTEGER NOT NULL DEFAULT 0,
    skips         INTEGER NOT NULL DEFAULT 0,
    rating        TEXT CHECK (rating IN ('like', 'dislike')),
    rated_at      INTEGER,
    bpm           REAL,
    musical_key   TEXT,
    loudness_lufs REAL
) STRICT;
CREATE INDEX recordings_by_plays ON recordings (plays);

-- Albums, keyed by title and album artist, or by title and folder. Everything but the key is derived from the tracks.
CREATE TABLE albums (
    id          INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    artist      TEXT,
    year        INTEGER,
    tracks      INTEGER NOT NULL DEFAULT 0,
    duration_s  REAL NOT NULL DEFAULT 0,
    cover_track INTEGER,
    added_at    INTEGER NOT NULL DEFAULT 0,
    title_sort  TEXT NOT NULL,
    artist_sort TEXT NOT NULL
) STRICT;
CREATE INDEX albums_by_title ON albums (title_sort, artist_sort);
CREATE INDEX albums_by_artist ON albums (artist_sort, year, title_sort);
CREATE INDEX albums_by_year ON albums (year, artist_sort, title_sort);
CREATE INDEX albums_by_added ON albums (added_at);

-- One row per file. AUTOINCREMENT: the id of a removed track is never given to another.
-- Lists are joined with U+001F, which no cleaned tag holds. Instants are microseconds since 1970.
CREATE TABLE tracks (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id   INTEGER NOT NULL REFERENCES recordings (id),
    album_id       INTEGER REFERENCES albums (id),
    path           BLOB NOT NULL UNIQUE,
    size           INTEGER NOT NULL,
    mtime_ns       INTEGER NOT NULL,
    ctime_ns       INTEGER NOT NULL,
    missing        INTEGER NOT NULL DEFAULT 0,
    added_at       INTEGER NOT NULL,
    title          TEXT NOT NULL,
    artists        TEXT NOT NULL,
    album          TEXT,
    album_artist   TEXT,
    genres         TEXT NOT NULL,
    composer       TEXT,
    year           INTEGER,
    track          INTEGER,
    disc           INTEGER,
    compilation    INTEGER NOT NULL DEFAULT 0,
    bpm            REAL,
    musical_key    TEXT,
    duration_s     REAL NOT NULL,
    codec          TEXT NOT NULL,
    sample_rate_hz INTEGER,
    bitrate_kbps   INTEGER,
    track_gain_db  REAL,
    track_peak     REAL,
    album_gain_db  REAL,
    album_peak     REAL,
    cover_hash     BLOB,
    sidecar        INTEGER NOT NULL DEFAULT 0,
    warning        TEXT,
    title_sort     TEXT NOT NULL,
    artist_sort    TEXT NOT NULL,
    album_sort     TEXT NOT NULL,
    title_match    TEXT NOT NULL
) STRICT;
CREATE INDEX tracks_by_recording ON tracks (recording_id, size, mtime_ns);
CREATE INDEX tracks_gone ON tracks (recording_id) WHERE missing = 1;
CREATE INDEX tracks_by_album ON tracks (album_id, disc, track);
CREATE INDEX tracks_by_title ON tracks (title_sort, artist_sort);
CREATE INDEX tracks_by_artist ON tracks (artist_sort, album_sort, disc, track);
CREATE INDEX tracks_by_album_title ON tracks (album_sort, album_id, disc, track);
CREATE INDEX tracks_by_year ON tracks (year, artist_sort, album_sort, disc, track);
CREATE INDEX tracks_by_duration ON tracks (duration_s);
CREATE INDEX tracks_by_added ON tracks (added_at);
CREATE INDEX tracks_by_match ON tracks (title_match);

-- Words of every track, folded. detail=column: words and the fields they stand in, no positions.
CREATE VIRTUAL TABLE search USING fts5 (
    title, artists, album, album_artist, genres, file,
    content = '', contentless_delete = 1, detail = column, prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

-- Files that could not be read, until they can.
CREATE TABLE failures (
    path   BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE models (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- One vector per recording and model: IEEE half precision, little endian.
CREATE TABLE vectors (
    model_id     INTEGER NOT NULL REFERENCES models (id),
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    value        BLOB NOT NULL,
    tags         BLOB NOT NULL,
    PRIMARY KEY (model_id, recording_id)
) STRICT, WITHOUT ROWID;

-- Names of heard tags; `vectors.tags` is pairs of (id as u16, probability as half), little endian.
CREATE TABLE tag_names (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE analysis_failures (
    model_id     INTEGER NOT NULL REFERENCES models (id),
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    reason       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (model_id, recording_id)
) STRICT, WITHOUT ROWID;

-- The play log: append-only. recording_id is derived, the other columns are what was known at the time.
-- identity: the audio hash, else the path, else the folded names; with the second it makes a play unique.
CREATE TABLE plays (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    at_s         INTEGER NOT NULL,
    identity     BLOB NOT NULL,
    recording_id INTEGER REFERENCES recordings (id),
    path         BLOB,
    artist       TEXT,
    title        TEXT,
    album        TEXT,
    duration_s   REAL,
    listened_s   REAL NOT NULL,
    source       TEXT NOT NULL,
    skipped      INTEGER NOT NULL,
    rating       TEXT CHECK (rating IN ('like', 'dislike')),
    UNIQUE (at_s, identity)
) STRICT;
CREATE INDEX plays_by_time ON plays (at);
CREATE INDEX plays_by_recording ON plays (recording_id, at_s);
CREATE INDEX plays_unresolved ON plays (id) WHERE recording_id IS NULL;

-- Opinions, append-only; the latest holds. NULL takes an opinion back.
CREATE TABLE ratings (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    rating       TEXT CHECK (rating IN ('like', 'dislike'))
) STRICT;
CREATE INDEX ratings_by_recording ON ratings (recording_id, at);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
