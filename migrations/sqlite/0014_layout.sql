-- Moves by one when the records of a sheet are stored otherwise without another version: when the patch log is folded.
-- Another server that holds that version in memory sees by it that its chunks are no longer those of the head.
ALTER TABLE sheets ADD COLUMN layout INTEGER NOT NULL DEFAULT 0;
