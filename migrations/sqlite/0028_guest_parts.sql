-- What of a space a guest may see, where that is not all of it; and what guests may do in spaces and workbooks.

ALTER TABLE guest_spaces ADD COLUMN narrowed INTEGER NOT NULL DEFAULT 0;

-- A row names a workbook, or a sheet with its workbook. `whole` where the workbook is named and none of its sheets.
CREATE TABLE guest_parts (
    space_id TEXT NOT NULL REFERENCES spaces (id),
    guest_id TEXT NOT NULL REFERENCES guests (id),
    position INTEGER NOT NULL,
    workbook_id TEXT NOT NULL REFERENCES workbooks (id),
    sheet_id TEXT,
    whole INTEGER NOT NULL,
    PRIMARY KEY (space_id, guest_id, position)
) STRICT;

-- A guest has one role in a space, and one in each of its workbooks, which goes before that of the space.
CREATE TABLE guest_roles (
    id TEXT NOT NULL PRIMARY KEY,
    guest_id TEXT NOT NULL REFERENCES guests (id),
    space_id TEXT NOT NULL REFERENCES spaces (id),
    workbook_id TEXT REFERENCES workbooks (id),
    resource_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX guest_roles_of_guest ON guest_roles (guest_id, resource_id);
