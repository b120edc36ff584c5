-- Mapping programs: how the columns of one sheet go into those of another, rule by rule.

CREATE TABLE mapping_programs (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    environment_id TEXT NOT NULL REFERENCES environments (id),
    -- The mapping job whose plan it is, and where that job is; none for those that were saved by themselves.
    space_id TEXT,
    workbook_id TEXT,
    job_id TEXT REFERENCES jobs (id) ON DELETE CASCADE,
    family_id TEXT,
    namespace TEXT,
    source_keys TEXT NOT NULL,
    destination_keys TEXT NOT NULL,
    rules TEXT NOT NULL,
    -- How many rules came and went since it was made.
    added_rules BIGINT NOT NULL,
    deleted_rules BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX mapping_programs_by_creation ON mapping_programs (account_id, environment_id, created_at);
CREATE INDEX mapping_programs_by_space ON mapping_programs (space_id) WHERE space_id IS NOT NULL;
CREATE INDEX mapping_programs_by_job ON mapping_programs (job_id) WHERE job_id IS NOT NULL;
