-- In workbooks that track changes a commit is open until a listener has answered it.

-- Who completed it; nobody when it was complete from the beginning, or when no listener answered in time.
ALTER TABLE commits ADD COLUMN completed_by TEXT;
-- The last sign of life of its listeners, as long as it is open.
ALTER TABLE commits ADD COLUMN open_since BIGINT;
CREATE INDEX commits_open ON commits (sheet, version) WHERE open_since IS NOT NULL;

-- Whether the settings of the workbook say `trackChanges`.
ALTER TABLE sheets ADD COLUMN tracks_changes BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sheets SET tracks_changes = TRUE
    WHERE workbook_id IN (SELECT id FROM workbooks WHERE settings::jsonb -> 'trackChanges' = 'true'::jsonb);
