-- How each person has the columns of a sheet, and views that were deleted but can be brought back.

CREATE TABLE sheet_layouts (
    person TEXT NOT NULL,
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    layout TEXT NOT NULL,
    PRIMARY KEY (person, sheet)
) STRICT;

ALTER TABLE views ADD COLUMN deleted_at INTEGER;
