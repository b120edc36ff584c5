-- How long an environment keeps its data, and when a thing went because its time was up.

CREATE TABLE data_retention_policies (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- `lastActivity` or `sinceCreated`, and how many days from there.
    type TEXT NOT NULL,
    period INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX data_retention_policies_by_environment ON data_retention_policies (environment_id, created_at);

-- What expired is deleted, too.
ALTER TABLE spaces ADD COLUMN expired_at INTEGER;
ALTER TABLE workbooks ADD COLUMN expired_at INTEGER;
ALTER TABLE files ADD COLUMN expired_at INTEGER;

-- Lists of the API go on showing spaces that expired; what is overdue is looked for by itself.
DROP INDEX spaces_by_activity;
CREATE INDEX spaces_by_activity ON spaces (account_id, environment_id, last_activity_at)
    WHERE (deleted_at IS NULL OR expired_at IS NOT NULL);
CREATE INDEX spaces_overdue ON spaces (environment_id, last_activity_at) WHERE deleted_at IS NULL;
