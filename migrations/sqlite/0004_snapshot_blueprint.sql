-- The blueprint that a sheet had when a snapshot of it was made; NULL when nobody knows any more.
ALTER TABLE snapshots ADD COLUMN config TEXT;

-- Of older snapshots it is known where the sheet has not been changed since.
UPDATE snapshots SET config = (
    SELECT sheets.config FROM sheets
    WHERE sheets.number = snapshots.sheet AND sheets.updated_at <= snapshots.created_at
);
