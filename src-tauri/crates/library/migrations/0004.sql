-- The circumstances of a play, each NULL where it is not known. Times in microseconds since 1970.
-- from_list: JSON, `{"list": "album", "title": …}` and so on; place: from 0; leaving: why it ended.
ALTER TABLE plays ADD COLUMN ended_at INTEGER;
ALTER TABLE plays ADD COLUMN completion REAL;
ALTER TABLE plays ADD COLUMN silent_s REAL;
ALTER TABLE plays ADD COLUMN paused_s REAL;
ALTER TABLE plays ADD COLUMN from_list TEXT;
ALTER TABLE plays ADD COLUMN place INTEGER;
ALTER TABLE plays ADD COLUMN utc_offset_s INTEGER;
ALTER TABLE plays ADD COLUMN leaving TEXT;

-- What other players counted without saying when. plays and skips are what the origin told last; of these, `logged`
-- plays stand in the log of plays, and the others in recordings.plays. identity: the folded names and the length.
CREATE TABLE tallies (
    id           INTEGER PRIMARY KEY,
    origin       TEXT NOT NULL,
    identity     BLOB NOT NULL,
    recording_id INTEGER REFERENCES recordings (id),
    path         BLOB,
    artist       TEXT,
    title        TEXT,
    album        TEXT,
    duration_s   REAL,
    plays        INTEGER NOT NULL,
    skips        INTEGER NOT NULL,
    logged       INTEGER NOT NULL,
    since        INTEGER,
    last         INTEGER,
    rating       TEXT CHECK (rating IN ('like', 'dislike')),
    UNIQUE (origin, identity)
) STRICT;
CREATE INDEX tallies_unresolved ON tallies (id) WHERE recording_id IS NULL;

-- "Not now", "never again" and "wrong after that one", append-only. `undoes` takes an earlier event back.
-- recording_id, or artist, is what it was said of; earlier_id is what had sounded before.
CREATE TABLE feedback (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('not-now', 'never', 'wrong-after', 'undo')),
    recording_id INTEGER REFERENCES recordings (id),
    artist       TEXT,
    earlier_id   INTEGER REFERENCES recordings (id),
    undoes       INTEGER UNIQUE REFERENCES feedback (id)
) STRICT;

-- title_match is now a title's key without guests and without notes on its mastering, as histories tell titles.
UPDATE tracks SET title_match = title_key(title);
