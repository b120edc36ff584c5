-- Listeners that run inside the server: what was deployed, how far each has run, and what came of it.

CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    slug TEXT NOT NULL,
    is_system BOOLEAN NOT NULL,
    -- The version that runs, and what it was deployed with beside its source.
    version BIGINT NOT NULL,
    config TEXT NOT NULL,
    -- The place in the log of the environment up to which it has run, how often it died of the next event, and the
    -- server that runs it.
    position BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE UNIQUE INDEX agents_by_slug ON agents (environment_id, slug) WHERE deleted_at IS NULL;

-- The newest versions; their sources are packed, a source map that is empty is none.
CREATE TABLE agent_versions (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    version BIGINT NOT NULL,
    origin BIGINT NOT NULL,
    config TEXT NOT NULL,
    source BYTEA NOT NULL,
    source_map BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (agent_id, version)
);

CREATE TABLE agent_logs (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    space_id TEXT,
    event_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    context TEXT NOT NULL,
    namespaces TEXT NOT NULL,
    success BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT NOT NULL,
    queue_lag BIGINT NOT NULL,
    memory BIGINT,
    log TEXT NOT NULL
);

CREATE INDEX agent_logs_by_agent ON agent_logs (agent_id, created_at);
CREATE INDEX agent_logs_by_environment ON agent_logs (environment_id, created_at);
CREATE INDEX agent_logs_by_event ON agent_logs (event_id);

-- Which environments hear of the timer, and when next.
CREATE TABLE agent_crons (
    environment_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (environment_id, topic)
);
