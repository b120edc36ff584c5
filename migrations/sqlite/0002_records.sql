-- The records of the sheets: immutable chunks, which of them serve which version, and the patch log.
--
-- A row with from_version and to_version serves the versions from `from_version` up to, but without,
-- `to_version`; the head has no `to_version`. Nothing here is changed but `to_version` and `folded_at`.

CREATE TABLE chunks (
    id INTEGER NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- `number` orders the segments of a sheet. `live` and `invalid` count without the patch log.
CREATE TABLE segments (
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    number INTEGER NOT NULL,
    from_version INTEGER NOT NULL,
    to_version INTEGER,
    records INTEGER NOT NULL,
    live INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    first_record INTEGER NOT NULL,
    last_record INTEGER NOT NULL,
    PRIMARY KEY (sheet, number, from_version)
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_of_head ON segments (sheet, number) WHERE to_version IS NULL;

-- `part` is the number of a field, or below zero one of the segment's own lists.
CREATE TABLE segment_columns (
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    segment INTEGER NOT NULL,
    part INTEGER NOT NULL,
    from_version INTEGER NOT NULL,
    to_version INTEGER,
    chunk INTEGER NOT NULL REFERENCES chunks (id),
    PRIMARY KEY (sheet, segment, part, from_version)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_columns_of_head ON segment_columns (sheet, segment, part, chunk) WHERE to_version IS NULL;

-- One row a commit of few records. It holds from `version` until it is folded into chunks.
CREATE TABLE patches (
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    version INTEGER NOT NULL,
    folded_at INTEGER,
    data BLOB NOT NULL,
    PRIMARY KEY (sheet, version)
) STRICT;
CREATE INDEX patches_of_head ON patches (sheet, version) WHERE folded_at IS NULL;

-- `numbers` are the records that the commit touched; `live` and `invalid` count after it.
CREATE TABLE commits (
    id TEXT NOT NULL PRIMARY KEY,
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    version INTEGER NOT NULL,
    change_id TEXT,
    kind TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    inserted INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    live INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    UNIQUE (sheet, version)
) STRICT;
CREATE INDEX commits_by_change ON commits (change_id, version) WHERE change_id IS NOT NULL;
