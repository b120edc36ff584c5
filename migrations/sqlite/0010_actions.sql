-- Actions that stand on their own, and when actions run by themselves.

CREATE TABLE actions (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    space_id TEXT NOT NULL REFERENCES spaces (id),
    target_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    -- The kind of its mount, and what that is restricted to.
    place TEXT NOT NULL,
    config TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX actions_once ON actions (target_id, operation, place) WHERE deleted_at IS NULL;
CREATE INDEX actions_by_space ON actions (space_id) WHERE deleted_at IS NULL;

CREATE TABLE action_schedules (
    action_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    space_id TEXT NOT NULL REFERENCES spaces (id),
    -- The thing in whose list the action is written; its own id for one that stands on its own.
    owner_id TEXT NOT NULL,
    period TEXT NOT NULL,
    due_at INTEGER NOT NULL
) STRICT;

CREATE INDEX action_schedules_due ON action_schedules (due_at);
CREATE INDEX action_schedules_by_owner ON action_schedules (owner_id);
