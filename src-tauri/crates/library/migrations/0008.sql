-- How long a recording is, as its frames were counted: a header may only guess.
ALTER TABLE measures ADD COLUMN duration_s REAL;
