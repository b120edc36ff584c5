-- Who deployed a version of an agent; the code of agents to take away; what agents may do; and the order of what was made
-- within the same millisecond.

-- The sources come last, so that nobody passes over megabytes on the way to the other columns.
ALTER TABLE agent_versions RENAME TO agent_versions_before;
CREATE TABLE agent_versions (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    version INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    config TEXT NOT NULL,
    -- Empty where nobody knows any more.
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    source BLOB NOT NULL,
    source_map BLOB NOT NULL,
    UNIQUE (agent_id, version)
) STRICT;
INSERT INTO agent_versions (id, agent_id, version, origin, config, created_by, created_at, source, source_map)
SELECT v.id, v.agent_id, v.version, v.origin, v.config, CASE WHEN v.version = 1 THEN a.created_by ELSE '' END,
    v.created_at, v.source, v.source_map
FROM agent_versions_before v JOIN agents a ON a.id = v.agent_id;
DROP TABLE agent_versions_before;

CREATE TABLE agent_exports (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    kind TEXT NOT NULL,
    -- How the file is called.
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    archive BLOB NOT NULL
) STRICT;
CREATE INDEX agent_exports_by_agent ON agent_exports (agent_id, number);
CREATE INDEX agent_exports_by_environment ON agent_exports (environment_id, number);

-- As those that are deployed from now on: all that a secret key of their environment may.
INSERT INTO actor_roles (id, account_id, actor_id, role, environment_id, created_at)
SELECT 'us_acr_' || substr(id, 7), account_id, id, 'admin', environment_id, created_at FROM agents
WHERE deleted_at IS NULL;

ALTER TABLE users ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE access_tokens ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE users SET number = rowid;
UPDATE api_keys SET number = rowid;
UPDATE access_tokens SET number = rowid;
UPDATE agents SET number = rowid;
CREATE TRIGGER users_numbered AFTER INSERT ON users
BEGIN UPDATE users SET number = NEW.rowid WHERE rowid = NEW.rowid; END;
CREATE TRIGGER api_keys_numbered AFTER INSERT ON api_keys
BEGIN UPDATE api_keys SET number = NEW.rowid WHERE rowid = NEW.rowid; END;
CREATE TRIGGER access_tokens_numbered AFTER INSERT ON access_tokens
BEGIN UPDATE access_tokens SET number = NEW.rowid WHERE rowid = NEW.rowid; END;
CREATE TRIGGER agents_numbered AFTER INSERT ON agents
BEGIN UPDATE agents SET number = NEW.rowid WHERE rowid = NEW.rowid; END;
