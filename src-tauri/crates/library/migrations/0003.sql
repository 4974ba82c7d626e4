-- The tags that a model hears plainly, for searches by tag. `vectors.tags` holds every tag with its probability; since
-- this version the highest bit of an id says that the tag is heard plainly.
CREATE TABLE tagged (
    model_id     INTEGER NOT NULL REFERENCES models (id),
    tag_id       INTEGER NOT NULL REFERENCES tag_names (id),
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (model_id, tag_id, recording_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged_by_recording ON tagged (model_id, recording_id);
