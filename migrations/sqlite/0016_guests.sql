-- People who come into spaces without being users of the account. An address is stored in lower case and is one guest of an
-- environment, as is the name under which the customer's own program knows them (`external_id`).
CREATE TABLE guests (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    email TEXT,
    external_id TEXT,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX guests_by_email ON guests (environment_id, email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX guests_by_external_id ON guests (environment_id, external_id) WHERE deleted_at IS NULL;

-- Which spaces a guest may enter.
CREATE TABLE guest_spaces (
    space_id TEXT NOT NULL REFERENCES spaces (id),
    guest_id TEXT NOT NULL REFERENCES guests (id),
    created_at INTEGER NOT NULL,
    last_accessed_at INTEGER,
    PRIMARY KEY (space_id, guest_id)
) STRICT;
CREATE INDEX guest_spaces_by_guest ON guest_spaces (guest_id, created_at);
