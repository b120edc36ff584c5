//! The records of a sheet as those of another one: the same chunks under other names.

use super::statement::Statement;
use super::{StoreError, Tx};

/// Gives an empty sheet the chunks and places of another one as its first version. The other must be locked, and no
/// patches may lie over its chunks. The head of the copy is the caller's.
pub async fn copy_records(tx: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    for text in [
        "INSERT INTO segments (sheet, number, from_version, records, live, invalid, first_record, last_record)
        SELECT $1, number, 1, records, live, invalid, first_record, last_record
        FROM segments WHERE sheet = $2 AND to_version IS NULL",
        "INSERT INTO segment_columns (sheet, segment, part, from_version, chunk)
        SELECT $1, segment, part, 1, chunk FROM segment_columns WHERE sheet = $2 AND to_version IS NULL",
        "INSERT INTO places (sheet, record, records, beside, is_after)
        SELECT $1, record, records, beside, is_after FROM places WHERE sheet = $2",
    ] {
        tx.execute(Statement::new(text).bind(to).bind(from)).await?;
    }
    Ok(())
}
