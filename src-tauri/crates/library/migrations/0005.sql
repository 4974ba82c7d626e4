-- Plays of guest sessions: heard, counted, but teaching nothing.
ALTER TABLE plays ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;

-- What a recording begins and ends with: the vectors of the first and the last window that a model heard, in half
-- precision, little endian, one after the other. Apart from `vectors`, which are read all at once.
CREATE TABLE ends (
    model_id     INTEGER NOT NULL REFERENCES models (id),
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    value        BLOB NOT NULL,
    PRIMARY KEY (model_id, recording_id)
) STRICT, WITHOUT ROWID;

-- Feedback knows "less because of this" and "more of this": `term` names what was turned.
CREATE TABLE feedback_5 (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('not-now', 'never', 'wrong-after', 'less', 'more', 'undo')),
    recording_id INTEGER REFERENCES recordings (id),
    artist       TEXT,
    earlier_id   INTEGER REFERENCES recordings (id),
    term         TEXT,
    undoes       INTEGER UNIQUE REFERENCES feedback_5 (id)
) STRICT;
INSERT INTO feedback_5 (id, at, kind, recording_id, artist, earlier_id, undoes)
    SELECT id, at, kind, recording_id, artist, earlier_id, undoes FROM feedback ORDER BY id;
DROP TABLE feedback;
ALTER TABLE feedback_5 RENAME TO feedback;

-- Stretches of time whose plays teach nothing any more, append-only. since: NULL for all before `at`. `undoes` takes an
-- earlier one back.
CREATE TABLE forgotten (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    since  INTEGER,
    undoes INTEGER UNIQUE REFERENCES forgotten (id)
) STRICT;

-- Playlists. source: JSON, what a living one is made from, NULL for one that stays as it is; made_at: when it was made
-- last. A deleted one can be brought back.
CREATE TABLE playlists (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    source     TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    made_at    INTEGER,
    deleted_at INTEGER
) STRICT;

-- Places in playlists, in the order of `place`, whose numbers have gaps. audio to duration_s are what was known of the
-- song when it was put there, and stay; recording_id is derived: what that means today, NULL while nothing is.
-- reasons: JSON, why Segue put it there.
CREATE TABLE playlist_entries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    playlist_id  INTEGER NOT NULL REFERENCES playlists (id),
    place        INTEGER NOT NULL,
    recording_id INTEGER REFERENCES recordings (id),
    audio        BLOB CHECK (length(audio) = 16),
    path         BLOB,
    artist       TEXT,
    title        TEXT,
    album        TEXT,
    duration_s   REAL,
    reasons      TEXT
) STRICT;
CREATE INDEX playlist_entries_in_order ON playlist_entries (playlist_id, place);
