-- Records that were inserted above or below another one: where they stand.
--
-- `records` many, from number `record` on, stand together in the order of their numbers, before or after the record
-- `beside`. A row is never changed: it is true of every version.
CREATE TABLE places (
    sheet BIGINT NOT NULL REFERENCES sheets (number),
    record BIGINT NOT NULL,
    records BIGINT NOT NULL,
    beside BIGINT NOT NULL,
    is_after BOOLEAN NOT NULL,
    PRIMARY KEY (sheet, record)
);
