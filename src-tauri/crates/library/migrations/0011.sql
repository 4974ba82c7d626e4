-- What a cue sheet beside a file says of it, as a number of the sheet's content; 0 where there is none. A file is read anew when
-- its sheet comes, changes or goes; and all are read with the next scan, for sheets and chapters within them.
ALTER TABLE tracks ADD COLUMN sheet INTEGER NOT NULL DEFAULT 0;
UPDATE tracks SET ctime_ns = -1;

-- Which stretch of its file a song of the queue is, as that of a track.
ALTER TABLE queue_songs ADD COLUMN span_start_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_songs ADD COLUMN span_end_ns INTEGER;
