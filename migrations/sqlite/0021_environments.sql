-- What spaces take from their environment where they say nothing themselves, and the sites whose pages may show them: a
-- JSON list of origins, every site when it is empty.
ALTER TABLE environments ADD COLUMN translations_path TEXT;
ALTER TABLE environments ADD COLUMN language_override TEXT;
ALTER TABLE environments ADD COLUMN embed_origins TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN default_app_id TEXT;
-- When it last changed; never when absent.
ALTER TABLE accounts ADD COLUMN updated_at INTEGER;
