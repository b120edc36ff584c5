-- Who deployed a version of an agent; the code of agents to take away; what agents may do; and the order of what was made
-- within the same millisecond.

-- Empty where nobody knows any more.
ALTER TABLE agent_versions ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE agent_versions ALTER COLUMN created_by DROP DEFAULT;
UPDATE agent_versions SET created_by = a.created_by FROM agents a
WHERE a.id = agent_versions.agent_id AND agent_versions.version = 1;

CREATE TABLE agent_exports (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    kind TEXT NOT NULL,
    -- How the file is called.
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archive BYTEA NOT NULL
);
CREATE INDEX agent_exports_by_agent ON agent_exports (agent_id, number);
CREATE INDEX agent_exports_by_environment ON agent_exports (environment_id, number);

-- As those that are deployed from now on: all that a secret key of their environment may.
INSERT INTO actor_roles (id, account_id, actor_id, role, environment_id, created_at)
SELECT 'us_acr_' || substr(id, 7), account_id, id, 'admin', environment_id, created_at FROM agents
WHERE deleted_at IS NULL;

ALTER TABLE users ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;
ALTER TABLE api_keys ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;
ALTER TABLE access_tokens ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;
ALTER TABLE agents ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;
