-- How each person has the columns of a sheet, and views that were deleted but can be brought back.

CREATE TABLE sheet_layouts (
    person TEXT NOT NULL,
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    layout TEXT NOT NULL,
    PRIMARY KEY (person, sheet)
);

ALTER TABLE views ADD COLUMN deleted_at BIGINT;
