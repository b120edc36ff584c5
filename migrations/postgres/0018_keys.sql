-- Keys that are shown again, and tokens of people.
--
-- `sealed` is the key itself, sealed with the server's own; keys from before have none. What a token was exchanged
-- for ends with it.

ALTER TABLE api_keys ADD COLUMN sealed BYTEA;
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;

CREATE TABLE access_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    deleted_at BIGINT
);
CREATE INDEX access_tokens_by_user ON access_tokens (user_id, created_at) WHERE deleted_at IS NULL;

ALTER TABLE sessions ADD COLUMN access_token_id TEXT REFERENCES access_tokens (id);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_token ON sessions (access_token_id) WHERE access_token_id IS NOT NULL;
