//! Copying all records to another sheet. Chunks never change, so the copy has the same ones, and its size is no matter.

use super::commit::{Author, Edit, told};
use super::error::SheetError;
use super::state::counts;
use super::writer::{Committed, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::query::RecordQuery;
use crate::domain::workbook::Sheet;
use crate::store::records::SheetHead;
use crate::store::{Tx, copies};

impl Writer {
    /// Copies the records to an empty sheet whose fields have the same numbers, with messages, metadata and places, as
    /// its first commit. Nothing when there are none.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn copy_to(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: &ChangeId,
        copy: &Sheet,
    ) -> Result<Option<Committed>, SheetError> {
        self.fold(tx).await?;
        let working = self.begin(tx).await?;
        let (head, original) = (working.head, working.state.sheet);
        self.end(working);
        if head.live == 0 {
            return Ok(None);
        }
        let mut numbers = self.view(tx).await?.numbers(tx, &RecordQuery::default()).await?;
        numbers.sort_unstable();
        copies::copy_records(tx, original, copy.number).await?;
        let edit = Edit { inserted: numbers.len() as u64, numbers, ..Edit::new("insert") };
        let head = SheetHead { version: 1, layout: 0, ..head };
        let author = Author { by, change: Some(change) };
        let commit = self.record(tx, author, copy.number, &head, &edit);
        let counts = counts(head.live, head.invalid);
        Ok(Some(Committed { commit: Some(commit), ..told(edit, head.version, counts) }))
    }
}
