//! What can go wrong with the records of a sheet: a question that cannot be answered, a version that is
//! not there, stored bytes that cannot be read, a race with another server; the rest is the database's.

use crate::store::StoreError;

/// An error of the record store.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The database's own.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The query cannot be answered; the text says why and what to do.
    #[error("{0}")]
    Query(String),
    /// The sheet has no such version.
    #[error("the sheet has no version {0} any more; take one of its later commits")]
    UnknownVersion(i64),
    /// The sheet would have more records than a sheet may have.
    #[error("a sheet has at most {0} records, and this would be more: delete some, or take another sheet")]
    TooManyRecords(u64),
    /// The sheet would have more inserted records than it can place.
    #[error(
        "records were inserted above or below others {0} times in this sheet, and it holds no more of that: \
         add records at the end, or download the records and import them into a new sheet"
    )]
    TooManyPlaces(usize),
    /// Records are read-only and a person wanted to delete them.
    #[error(
        "records among them are read-only ({0}): nothing was deleted; leave them out, or let a program do it"
    )]
    ReadOnly(u64),
    /// Another server changed the sheet in the same moment: read it again and repeat the change.
    #[error("the sheet was changed by another server in the same moment; try again")]
    Conflict,
    /// A stored chunk or patch is not what was written.
    #[error("stored records cannot be read: {0}; restore the database from a backup")]
    Damaged(String),
    /// Work that was handed to another thread did not come back; a mistake of ours.
    #[error("a computation over records was broken off")]
    BrokenOff,
}

/// Bytes that are not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage(pub &'static str);

impl From<Damage> for SheetError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage.0.to_string())
    }
}

/// Runs heavy work on a thread that may block.
pub(super) async fn blocking<T, F>(work: F) -> Result<T, SheetError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, SheetError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| SheetError::BrokenOff)?
}
