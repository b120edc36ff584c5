-- Records that were inserted above or below another one: where they stand.
--
-- `records` many, from number `record` on, stand together in the order of their numbers, before or after the record
-- `beside`. A row is never changed: it is true of every version.
CREATE TABLE places (
    sheet INTEGER NOT NULL REFERENCES sheets (number),
    record INTEGER NOT NULL,
    records INTEGER NOT NULL,
    beside INTEGER NOT NULL,
    is_after INTEGER NOT NULL,
    PRIMARY KEY (sheet, record)
) STRICT, WITHOUT ROWID;
