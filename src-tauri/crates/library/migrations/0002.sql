-- Frozen with release 0.2: changes go into 0003.sql.

-- recordings.bpm and recordings.musical_key are what was heard; this is the version of what heard them, NULL for none.
ALTER TABLE recordings ADD COLUMN described INTEGER;

-- What was measured over the whole of a recording. recordings.loudness_lufs repeats the loudness, for lists.
-- waveform: peaks, then root mean squares, a byte each; half of its length is the number of bins.
CREATE TABLE measures (
    recording_id       INTEGER PRIMARY KEY REFERENCES recordings (id),
    version            INTEGER NOT NULL,
    loudness_lufs      REAL,
    true_peak_dbtp     REAL,
    intro_lufs         REAL,
    outro_lufs         REAL,
    leading_silence_s  REAL NOT NULL,
    trailing_silence_s REAL NOT NULL,
    waveform           BLOB NOT NULL
) STRICT;

-- Recordings that could not be measured.
CREATE TABLE measure_failures (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    version      INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
