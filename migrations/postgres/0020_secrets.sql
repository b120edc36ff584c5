-- Named secrets of an environment, of a space or of an actor, sealed with the key of the server.

CREATE TABLE secrets (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- The one space, and the one actor, for which it holds; for all when absent.
    space_id TEXT,
    actor_id TEXT,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX secrets_by_name
    ON secrets (environment_id, COALESCE(space_id, ''), COALESCE(actor_id, ''), name);
