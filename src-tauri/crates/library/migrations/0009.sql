-- The queue as it was left: what stands in it, as it was known when it was put there, and apart from that its order, so
-- that moving a song or shuffling writes numbers and no names. A song may have left `tracks` since.
CREATE TABLE queue_songs (
    entry INTEGER PRIMARY KEY,
    track_id INTEGER NOT NULL,
    audio BLOB,
    path BLOB,
    artist TEXT,
    title TEXT,
    album TEXT,
    duration_s REAL,
    placed TEXT NOT NULL
);
CREATE TABLE queue_order (
    entry INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    unshuffled INTEGER
);
