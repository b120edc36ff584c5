-- The records of the sheets: immutable chunks, which of them serve which version, and the patch log.
--
-- A row with from_version and to_version serves the versions from `from_version` up to, but without,
-- `to_version`; the head has no `to_version`. Nothing here is changed but `to_version` and `folded_at`.

CREATE TABLE chunks (
    id BIGINT NOT NULL PRIMARY KEY,
    data BYTEA NOT NULL
);

-- `number` orders the segments of a sheet. `live` and `invalid` count without the patch log.
CREATE TABLE segments (
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    number BIGINT NOT NULL,
    from_version BIGINT NOT NULL,
    to_version BIGINT,
    records BIGINT NOT NULL,
    live BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    first_record BIGINT NOT NULL,
    last_record BIGINT NOT NULL,
    PRIMARY KEY (sheet, number, from_version)
);
CREATE INDEX segments_of_head ON segments (sheet, number) WHERE to_version IS NULL;

-- `part` is the number of a field, or below zero one of the segment's own lists.
CREATE TABLE segment_columns (
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    segment BIGINT NOT NULL,
    part BIGINT NOT NULL,
    from_version BIGINT NOT NULL,
    to_version BIGINT,
    chunk BIGINT NOT NULL REFERENCES chunks (id),
    PRIMARY KEY (sheet, segment, part, from_version)
);
CREATE INDEX segment_columns_of_head ON segment_columns (sheet, segment, part, chunk) WHERE to_version IS NULL;

-- One row a commit of few records. It holds from `version` until it is folded into chunks.
CREATE TABLE patches (
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    version BIGINT NOT NULL,
    folded_at BIGINT,
    data BYTEA NOT NULL,
    PRIMARY KEY (sheet, version)
);
CREATE INDEX patches_of_head ON patches (sheet, version) WHERE folded_at IS NULL;

-- `numbers` are the records that the commit touched; `live` and `invalid` count after it.
CREATE TABLE commits (
    id TEXT NOT NULL PRIMARY KEY,
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    version BIGINT NOT NULL,
    change_id TEXT,
    kind TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    inserted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    live BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    numbers BYTEA NOT NULL,
    UNIQUE (sheet, version)
);
CREATE INDEX commits_by_change ON commits (change_id, version) WHERE change_id IS NOT NULL;

-- Chunks are compressed already.
ALTER TABLE chunks ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE patches ALTER COLUMN data SET STORAGE EXTERNAL;
