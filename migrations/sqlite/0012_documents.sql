-- Markdown pages of a space: what people should know, and buttons.
CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    space_id TEXT NOT NULL REFERENCES spaces (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    treatments TEXT NOT NULL,
    actions TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE INDEX documents_by_space ON documents (space_id, created_at) WHERE deleted_at IS NULL;
