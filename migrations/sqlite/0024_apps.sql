-- Apps, which group spaces, and the constraints that are stored with them.

CREATE TABLE apps (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    -- The one environment where it is; in all of the account when absent.
    environment_id TEXT REFERENCES environments (id),
    name TEXT NOT NULL,
    namespace TEXT NOT NULL,
    type TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_plural TEXT NOT NULL,
    icon TEXT,
    metadata TEXT,
    environment_filters TEXT,
    blueprint TEXT,
    activated_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX apps_by_creation ON apps (account_id, created_at);

CREATE TABLE app_constraints (
    id TEXT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id),
    validator TEXT NOT NULL,
    -- The version that holds.
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX app_constraints_by_validator ON app_constraints (app_id, validator);

CREATE TABLE app_constraint_versions (
    constraint_id TEXT NOT NULL REFERENCES app_constraints (id),
    version INTEGER NOT NULL,
    label TEXT,
    description TEXT,
    source TEXT NOT NULL,
    options TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (constraint_id, version)
) STRICT;

ALTER TABLE spaces ADD COLUMN app_id TEXT;
ALTER TABLE spaces ADD COLUMN is_app_template INTEGER NOT NULL DEFAULT 0;
CREATE INDEX spaces_by_app ON spaces (app_id) WHERE app_id IS NOT NULL;

-- Both stood among the members that nobody read. An app that was named there cannot be: there were none.
UPDATE spaces SET is_app_template = 1 WHERE extra LIKE '%"isAppTemplate":true%';
UPDATE spaces SET extra = json_remove(extra, '$.appId', '$.isAppTemplate')
    WHERE extra LIKE '%"appId"%' OR extra LIKE '%"isAppTemplate"%';
