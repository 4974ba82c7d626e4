-- A track is a stretch of a file: all of it, or, from `span_start_ns` to `span_end_ns`, what a cue sheet or a chapter names.
-- `tracks` is made anew because a path was unique by itself. The other new columns are what tags say beside:
-- dates as in ISO 8601, as much as is known; release_types as a list.
CREATE TABLE tracks_10 (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id     INTEGER NOT NULL REFERENCES recordings (id),
    album_id         INTEGER REFERENCES albums (id),
    path             BLOB NOT NULL,
    span_start_ns    INTEGER NOT NULL DEFAULT 0,
    span_end_ns      INTEGER,
    size             INTEGER NOT NULL,
    mtime_ns         INTEGER NOT NULL,
    ctime_ns         INTEGER NOT NULL,
    missing          INTEGER NOT NULL DEFAULT 0,
    added_at         INTEGER NOT NULL,
    title            TEXT NOT NULL,
    artists          TEXT NOT NULL,
    album            TEXT,
    album_artist     TEXT,
    genres           TEXT NOT NULL,
    composer         TEXT,
    year             INTEGER,
    track            INTEGER,
    disc             INTEGER,
    compilation      INTEGER NOT NULL DEFAULT 0,
    bpm              REAL,
    musical_key      TEXT,
    duration_s       REAL NOT NULL,
    codec            TEXT NOT NULL,
    sample_rate_hz   INTEGER,
    bitrate_kbps     INTEGER,
    track_gain_db    REAL,
    track_peak       REAL,
    album_gain_db    REAL,
    album_peak       REAL,
    cover_hash       BLOB,
    sidecar          INTEGER NOT NULL DEFAULT 0,
    warning          TEXT,
    title_sort       TEXT NOT NULL,
    artist_sort      TEXT NOT NULL,
    album_sort       TEXT NOT NULL,
    title_match      TEXT NOT NULL,
    release_id       TEXT,
    release_group_id TEXT,
    release_types    TEXT NOT NULL DEFAULT '',
    date             TEXT,
    original_date    TEXT,
    track_total      INTEGER,
    disc_total       INTEGER,
    disc_subtitle    TEXT,
    label            TEXT,
    comment          TEXT,
    UNIQUE (path, span_start_ns)
) STRICT;

-- What the new columns and tables hold is read with the next scan: no file looks as it did (`ctime_ns`).
INSERT INTO tracks_10 (id, recording_id, album_id, path, size, mtime_ns, ctime_ns, missing, added_at, title, artists, album,
        album_artist, genres, composer, year, track, disc, compilation, bpm, musical_key, duration_s, codec, sample_rate_hz,
        bitrate_kbps, track_gain_db, track_peak, album_gain_db, album_peak, cover_hash, sidecar, warning, title_sort,
        artist_sort, album_sort, title_match, release_id)
    SELECT id, recording_id, album_id, path, size, mtime_ns, -1, missing, added_at, title, artists, album,
        album_artist, genres, composer, year, track, disc, compilation, bpm, musical_key, duration_s, codec, sample_rate_hz,
        bitrate_kbps, track_gain_db, track_peak, album_gain_db, album_peak, cover_hash, sidecar, warning, title_sort,
        artist_sort, album_sort, title_match, release_id
    FROM tracks ORDER BY id;
-- The number of a track that was removed is given to no other.
DELETE FROM sqlite_sequence WHERE name = 'tracks_10';
INSERT INTO sqlite_sequence (name, seq) SELECT 'tracks_10', seq FROM sqlite_sequence WHERE name = 'tracks';
DROP TABLE tracks;
ALTER TABLE tracks_10 RENAME TO tracks;

CREATE INDEX tracks_gone ON tracks (recording_id) WHERE missing = 1;
CREATE INDEX tracks_by_album ON tracks (album_id, disc, track);
CREATE INDEX tracks_by_match ON tracks (title_match);
CREATE INDEX tracks_by_title ON tracks (title_sort, artist_sort) WHERE missing = 0;
CREATE INDEX tracks_by_artist ON tracks (artist_sort, album_sort, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_album_title ON tracks (album_sort, album_id, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_year ON tracks (year, artist_sort, album_sort, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_duration ON tracks (duration_s) WHERE missing = 0;
CREATE INDEX tracks_by_added ON tracks (added_at) WHERE missing = 0;
CREATE INDEX tracks_by_recording ON tracks (recording_id, size, mtime_ns, missing);
CREATE INDEX tracks_gone_by_match ON tracks (title_match) WHERE missing = 1;

-- Everybody that tags credit. key: the name, folded; two of one name are two where MusicBrainz' numbers differ.
CREATE TABLE artists (
    id             INTEGER PRIMARY KEY,
    key            TEXT NOT NULL,
    musicbrainz_id TEXT NOT NULL DEFAULT '',
    name           TEXT NOT NULL,
    sort_name      TEXT,
    UNIQUE (key, musicbrainz_id)
) STRICT;

-- Who did what for a track: `artist`, `album-artist`, `composer` …; place: in the tag's order, from 0.
CREATE TABLE credits (
    track_id  INTEGER NOT NULL,
    role      TEXT NOT NULL,
    place     INTEGER NOT NULL,
    artist_id INTEGER NOT NULL REFERENCES artists (id),
    PRIMARY KEY (track_id, role, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_by_artist ON credits (artist_id, role);

-- Words that are sung, with their lines, and times in LRC where they have them.
CREATE TABLE lyrics (
    track_id INTEGER PRIMARY KEY,
    text     TEXT NOT NULL
) STRICT;

CREATE TRIGGER track_removed AFTER DELETE ON tracks BEGIN
    DELETE FROM credits WHERE track_id = old.id;
    DELETE FROM lyrics WHERE track_id = old.id;
END;

-- Halves of a star, from 1 to 10, beside like and dislike; append-only, the latest holds. NULL takes a rating back.
CREATE TABLE star_ratings (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    half_stars   INTEGER CHECK (half_stars BETWEEN 1 AND 10)
) STRICT;
CREATE INDEX star_ratings_by_recording ON star_ratings (recording_id, at);
ALTER TABLE recordings ADD COLUMN half_stars INTEGER CHECK (half_stars BETWEEN 1 AND 10);
