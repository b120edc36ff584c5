-- Secrets that people gave to jobs, sealed with the key of the server. The job's input names them, and nothing else
-- has them; they go with the job.
CREATE TABLE job_secrets (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (job_id, key)
);
