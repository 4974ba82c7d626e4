-- Lists, totals, albums and the search hold what is there. A file that is gone stands in `tracks` alone, with missing = 1.
DELETE FROM search WHERE rowid IN (SELECT id FROM tracks WHERE missing);
DROP INDEX tracks_by_title;
DROP INDEX tracks_by_artist;
DROP INDEX tracks_by_album_title;
DROP INDEX tracks_by_year;
DROP INDEX tracks_by_duration;
DROP INDEX tracks_by_added;
DROP INDEX tracks_by_recording;
CREATE INDEX tracks_by_title ON tracks (title_sort, artist_sort) WHERE missing = 0;
CREATE INDEX tracks_by_artist ON tracks (artist_sort, album_sort, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_album_title ON tracks (album_sort, album_id, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_year ON tracks (year, artist_sort, album_sort, disc, track) WHERE missing = 0;
CREATE INDEX tracks_by_duration ON tracks (duration_s) WHERE missing = 0;
CREATE INDEX tracks_by_added ON tracks (added_at) WHERE missing = 0;
CREATE INDEX tracks_by_recording ON tracks (recording_id, size, mtime_ns, missing);
CREATE INDEX tracks_gone_by_match ON tracks (title_match) WHERE missing = 1;

-- An album whose files are all gone keeps its row, with tracks = 0, as long as theirs are kept.
DROP INDEX albums_by_title;
DROP INDEX albums_by_artist;
DROP INDEX albums_by_year;
DROP INDEX albums_by_added;
UPDATE albums SET
    (tracks, duration_s) = (SELECT count(*), total(duration_s) FROM tracks t WHERE t.album_id = albums.id AND t.missing = 0),
    cover_track = (SELECT id FROM tracks t WHERE t.album_id = albums.id AND t.missing = 0 AND (cover_hash NOTNULL OR sidecar)
                   ORDER BY disc, track LIMIT 1)
WHERE id IN (SELECT album_id FROM tracks WHERE missing);
CREATE INDEX albums_by_title ON albums (title_sort, artist_sort) WHERE tracks > 0;
CREATE INDEX albums_by_artist ON albums (artist_sort, year, title_sort) WHERE tracks > 0;
CREATE INDEX albums_by_year ON albums (year, artist_sort, title_sort) WHERE tracks > 0;
CREATE INDEX albums_by_added ON albums (added_at) WHERE tracks > 0;

-- The recording that took the place of one that has no file any more. Logs stay as they are; plays, skips and rating of
-- the newer one count those of the older ones too, as long as this stands.
ALTER TABLE recordings ADD COLUMN superseded_by INTEGER REFERENCES recordings (id);
CREATE INDEX recordings_superseded ON recordings (superseded_by) WHERE superseded_by NOTNULL;

-- The title's key of plays and counts whose recording is not known, so that a new track finds those that may be its own.
ALTER TABLE plays ADD COLUMN title_match TEXT;
ALTER TABLE tallies ADD COLUMN title_match TEXT;
UPDATE plays SET title_match = title_key(title) WHERE recording_id IS NULL AND title NOTNULL;
UPDATE tallies SET title_match = title_key(title) WHERE recording_id IS NULL AND title NOTNULL;
DROP INDEX plays_unresolved;
DROP INDEX tallies_unresolved;
CREATE INDEX plays_waiting_by_title ON plays (title_match) WHERE recording_id IS NULL;
CREATE INDEX plays_waiting_by_path ON plays (path) WHERE recording_id IS NULL;
CREATE INDEX tallies_waiting_by_title ON tallies (title_match) WHERE recording_id IS NULL;
CREATE INDEX tallies_waiting_by_path ON tallies (path) WHERE recording_id IS NULL;
