-- What people keep of a sheet (snapshots, views), and what may be forgotten of it.

-- The change that a commit took back.
ALTER TABLE commits ADD COLUMN undoes TEXT;
CREATE INDEX commits_by_undone ON commits (undoes) WHERE undoes IS NOT NULL;

-- Versions before this one can no longer be read, but for those that a snapshot pins.
ALTER TABLE sheets ADD COLUMN kept_from BIGINT NOT NULL DEFAULT 0;

CREATE TABLE snapshots (
    id TEXT NOT NULL PRIMARY KEY,
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    version BIGINT NOT NULL,
    label TEXT,
    thread_id TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX snapshots_by_sheet ON snapshots (sheet, version);

CREATE TABLE views (
    id TEXT NOT NULL PRIMARY KEY,
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    name TEXT NOT NULL,
    config TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX views_by_sheet ON views (sheet, created_at);

-- Chunks that lost a name, and when. They are taken away later, when nobody can be reading them any more.
CREATE TABLE loose_chunks (
    chunk BIGINT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX segment_columns_of_chunk ON segment_columns (chunk);
CREATE INDEX segment_columns_closed ON segment_columns (sheet, to_version) WHERE to_version IS NOT NULL;
