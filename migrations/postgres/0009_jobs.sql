-- Jobs that come in parts or after one another, their plans, and what is written down while they run.

-- Its place among the parts of its parent, from 0; nothing for a job that is no part.
ALTER TABLE jobs ADD COLUMN part BIGINT;
ALTER TABLE jobs ADD COLUMN part_data TEXT;
-- 'sequential' or 'parallel'; on each part.
ALTER TABLE jobs ADD COLUMN part_execution TEXT;
-- The attempt of the parent that made the part: parts of earlier attempts no longer count.
ALTER TABLE jobs ADD COLUMN parent_attempt BIGINT;
-- When the last part of a parent had ended; it ends itself unless its listener does.
ALTER TABLE jobs ADD COLUMN parts_ended_at BIGINT;
-- All that it was to come after, as a list of ids.
ALTER TABLE jobs ADD COLUMN predecessor_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE jobs ADD COLUMN result TEXT;
-- What a mapping job means to do.
ALTER TABLE jobs ADD COLUMN plan TEXT;

-- Those of its predecessors that a job still waits for.
CREATE TABLE job_predecessors (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    predecessor_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, predecessor_id)
);
CREATE INDEX job_predecessors_by_predecessor ON job_predecessors (predecessor_id);

-- What happened to a job, in order: its statuses, its progress, and the lines of its listener.
CREATE TABLE job_log (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    -- 'status', 'progress' or 'line'.
    kind TEXT NOT NULL,
    -- 'info', 'warn' or 'error'.
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    progress BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, number)
);
