-- Undo and redo of a person: which versions have the same content.

-- The version whose records a rollback brought back; nothing for a commit that made something new.
ALTER TABLE commits ADD COLUMN restores INTEGER;
CREATE INDEX commits_by_author ON commits (sheet, created_by, version);
