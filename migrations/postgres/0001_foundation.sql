-- Accounts, spaces and what is in them, jobs and events. Records come in a file of their own.
--
-- Times are milliseconds since 1970, structured values JSON in a text. The folder beside this one
-- holds the same tables for the other database; a test compares them.

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    is_prod BOOLEAN NOT NULL,
    guest_authentication TEXT NOT NULL,
    namespaces TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX environments_by_account ON environments (account_id, created_at);

-- An address is stored in lower case.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX users_by_account ON users (account_id, created_at);

CREATE TABLE sessions (
    hash BYTEA NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    kind TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX api_keys_by_environment ON api_keys (environment_id, created_at);

-- `name_lower` is what a search looks into: databases differ in what lower case is.
CREATE TABLE spaces (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    name TEXT NOT NULL,
    name_lower TEXT NOT NULL,
    namespace TEXT,
    primary_workbook_id TEXT,
    metadata TEXT,
    settings TEXT,
    actions TEXT NOT NULL,
    labels TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    archived_at BIGINT,
    deleted_at BIGINT
);
CREATE INDEX spaces_by_creation ON spaces (account_id, environment_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX spaces_by_activity ON spaces (account_id, environment_id, last_activity_at) WHERE deleted_at IS NULL;

CREATE TABLE workbooks (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    space_id TEXT NOT NULL REFERENCES spaces (id),
    name TEXT NOT NULL,
    namespace TEXT,
    labels TEXT NOT NULL,
    actions TEXT NOT NULL,
    settings TEXT,
    metadata TEXT,
    extra TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX workbooks_by_space ON workbooks (space_id, created_at) WHERE deleted_at IS NULL;

-- `number` is how the tables of records know a sheet; it is never used again.
-- `live` and `invalid` count the records of the head, `next_*` are the numbers to give next.
CREATE TABLE sheets (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    space_id TEXT NOT NULL REFERENCES spaces (id),
    workbook_id TEXT NOT NULL REFERENCES workbooks (id),
    slug TEXT NOT NULL,
    position BIGINT NOT NULL,
    config TEXT NOT NULL,
    field_numbers TEXT NOT NULL,
    record_key BIGINT NOT NULL,
    metadata TEXT,
    version BIGINT NOT NULL,
    live BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    next_record BIGINT NOT NULL,
    next_segment BIGINT NOT NULL,
    importing TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX sheets_by_slug ON sheets (workbook_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX sheets_by_space ON sheets (space_id) WHERE deleted_at IS NULL;

CREATE TABLE files (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    space_id TEXT NOT NULL REFERENCES spaces (id),
    name TEXT NOT NULL,
    mimetype TEXT NOT NULL,
    encoding TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    size BIGINT NOT NULL,
    workbook_id TEXT,
    sheet_id TEXT,
    actions TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX files_by_space ON files (space_id, created_at) WHERE deleted_at IS NULL;

-- The row of a job is its place in the queue. `ready_at` is when it last became ready, `seen_at` the
-- last sign of life of whoever works on it, `lease_until` when a worker that says nothing loses it.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    space_id TEXT REFERENCES spaces (id),
    workbook_id TEXT,
    sheet_id TEXT,
    file_id TEXT,
    parent_id TEXT,
    type TEXT NOT NULL,
    operation TEXT NOT NULL,
    source TEXT NOT NULL,
    destination TEXT,
    config TEXT,
    trigger_mode TEXT NOT NULL,
    status TEXT NOT NULL,
    progress BIGINT NOT NULL,
    info TEXT,
    mode TEXT NOT NULL,
    input TEXT,
    subject TEXT,
    outcome TEXT,
    managed BOOLEAN NOT NULL,
    label TEXT,
    metadata TEXT,
    attempt BIGINT NOT NULL,
    executor TEXT NOT NULL,
    unique_key TEXT,
    worker TEXT,
    lease_until BIGINT,
    ready_at BIGINT,
    seen_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    outcome_acknowledged_at BIGINT,
    estimated_completion_at BIGINT,
    deleted_at BIGINT
);
CREATE INDEX jobs_by_environment ON jobs (environment_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_space ON jobs (space_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX jobs_by_parent ON jobs (parent_id) WHERE deleted_at IS NULL AND parent_id IS NOT NULL;
CREATE INDEX jobs_in_work ON jobs (executor, ready_at, id) WHERE deleted_at IS NULL AND status IN ('ready', 'executing');
CREATE UNIQUE INDEX jobs_one_of_a_kind ON jobs (unique_key)
    WHERE deleted_at IS NULL AND status NOT IN ('complete', 'failed', 'canceled');

CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    space_id TEXT,
    environment_sequence BIGINT NOT NULL,
    space_sequence BIGINT,
    topic TEXT NOT NULL,
    domain TEXT NOT NULL,
    context TEXT NOT NULL,
    payload TEXT NOT NULL,
    data_url TEXT,
    namespaces TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT
);
CREATE UNIQUE INDEX events_of_environment ON events (environment_id, environment_sequence);
CREATE UNIQUE INDEX events_of_space ON events (space_id, space_sequence);

-- The last number given in each environment and space. Only the log writes here, so that whoever
-- changes a space does not wait for whoever writes an event of it.
CREATE TABLE event_sequences (
    owner_id TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
