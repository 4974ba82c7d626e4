-- Frozen with release 0.3: changes go into 0007.sql.

-- By which version of the folding the keys, words and identities in here were made; 0 for none. `store/folded.rs`.
CREATE TABLE folded (version INTEGER NOT NULL) STRICT;
INSERT INTO folded VALUES (0);

-- MusicBrainz' number of the release, which parts albums of one name.
ALTER TABLE tracks ADD COLUMN release_id TEXT;

-- Plays whose instant is known only to so many seconds, from `at` on: told better, they are told anew.
ALTER TABLE plays ADD COLUMN within_s INTEGER;
CREATE INDEX plays_coarse ON plays (at_s) WHERE within_s NOTNULL;
