-- A sheet that is locked refuses people, whatever its blueprint says. `created_from` is the sheet that it is a copy of.
ALTER TABLE sheets ADD COLUMN namespace TEXT;
ALTER TABLE sheets ADD COLUMN locked_by TEXT;
ALTER TABLE sheets ADD COLUMN locked_at INTEGER;
ALTER TABLE sheets ADD COLUMN created_from TEXT;
