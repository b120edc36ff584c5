-- People who are invited and deleted, the role of each actor, and mails on their way.

ALTER TABLE users ADD COLUMN name_lower TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN dashboard BIGINT;
ALTER TABLE users ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_seen_at BIGINT;
ALTER TABLE users ADD COLUMN deleted_at BIGINT;
UPDATE users SET name_lower = lower(name), updated_at = created_at;

-- An actor has one role: in the account, or in an environment or space alone. The role of a space names its
-- environment too.
CREATE TABLE actor_roles (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    actor_id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    environment_id TEXT REFERENCES environments (id),
    space_id TEXT REFERENCES spaces (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX actor_roles_by_account ON actor_roles (account_id, role);
INSERT INTO actor_roles (id, account_id, actor_id, role, created_at)
SELECT 'us_acr_' || substr(id, 8), account_id, id, role, created_at FROM users;
ALTER TABLE users DROP COLUMN role;

-- `hash` is that of the one-use token; nothing once it was exchanged, until the person has a password.
CREATE TABLE invitations (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    hash BYTEA UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A mail may hold a token in plain text, so it is sealed until it is sent.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    about TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX mails_by_time ON mails (next_at);
CREATE INDEX mails_by_subject ON mails (about);

ALTER TABLE sessions ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET created_at = expires_at - 43200000;
