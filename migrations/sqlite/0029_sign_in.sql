-- Links that let somebody in once, known by the hashes of their tokens alone: a guest into a space (`place`), or a
-- person who chooses a password (`place` is empty).
CREATE TABLE one_time_links (
    hash BLOB NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    place TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX one_time_links_by_subject ON one_time_links (subject, place);
CREATE INDEX one_time_links_by_end ON one_time_links (expires_at);

-- The person chose the password: the settings of the server do not write over it.
ALTER TABLE users ADD COLUMN chose_password INTEGER NOT NULL DEFAULT 0;
