-- Endpoints of others that are told of events, and the deliveries to them.

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- The one space that it hears of; of all when absent.
    space_id TEXT,
    name TEXT,
    url TEXT NOT NULL,
    choice TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    failing_since INTEGER,
    hold_until INTEGER,
    -- Its secret is made of this and the key of the server: it stands nowhere.
    salt TEXT NOT NULL,
    previous_salt TEXT,
    previous_until INTEGER,
    -- The place in the log up to which deliveries were made, and the server that sends them.
    position INTEGER NOT NULL,
    worker TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE INDEX webhook_endpoints_by_space ON webhook_endpoints (environment_id, space_id);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    event_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    -- What is sent in place of an event of the log: a test.
    body TEXT,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_try_at INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_at INTEGER,
    last_duration INTEGER,
    last_status INTEGER,
    last_answer TEXT,
    last_note TEXT,
    UNIQUE (endpoint_id, event_id)
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, state, next_try_at, sequence);
CREATE INDEX webhook_deliveries_listed ON webhook_deliveries (endpoint_id, created_at);
