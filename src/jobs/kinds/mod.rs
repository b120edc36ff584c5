//! The server's own kinds of jobs, one file each, and the table that finds them by name.

mod bulk_change;
mod change_fields;
mod delete_records;
mod export_agent;
mod export_sheet;
mod extract_file;
mod fill_cells;
mod import_file;
mod remove_duplicates;
mod transfer_records;
mod validate_sheet;

use futures::future::BoxFuture;

use super::work::{Work, WorkError};
use crate::domain::job::JobType;
use crate::domain::outcome::Outcome;

/// What every kind is.
pub struct Kind {
    /// The name of its jobs.
    pub name: (JobType, &'static str),
    /// Does the work. It may be run again after a crash, and then starts over cleanly.
    pub run: fn(Work) -> BoxFuture<'static, Result<Outcome, WorkError>>,
}

/// All kinds.
pub const KINDS: [Kind; 19] = [
    Kind { name: (JobType::Sheet, "import"), run: |work| Box::pin(import_file::run(work)) },
    Kind { name: (JobType::Sheet, "export"), run: |work| Box::pin(export_sheet::run(work)) },
    Kind { name: (JobType::Sheet, "find-replace"), run: |work| Box::pin(bulk_change::run(work)) },
    Kind { name: (JobType::Sheet, "bulk-update"), run: |work| Box::pin(bulk_change::run(work)) },
    Kind { name: (JobType::Sheet, "fill"), run: |work| Box::pin(bulk_change::run(work)) },
    Kind { name: (JobType::Sheet, "fill-cells"), run: |work| Box::pin(fill_cells::run(work)) },
    Kind { name: (JobType::Workbook, "delete-records"), run: |work| Box::pin(delete_records::run(work)) },
    Kind { name: (JobType::Sheet, "validate"), run: |work| Box::pin(validate_sheet::run(work)) },
    Kind { name: (JobType::Sheet, "clear-column"), run: |work| Box::pin(bulk_change::run(work)) },
    Kind { name: (JobType::Sheet, "fill-column"), run: |work| Box::pin(bulk_change::run(work)) },
    Kind { name: (JobType::Sheet, "remove-duplicates"), run: |work| Box::pin(remove_duplicates::run(work)) },
    Kind { name: (JobType::Sheet, "copy-records"), run: |work| Box::pin(transfer_records::run(work)) },
    Kind { name: (JobType::Sheet, "move-records"), run: |work| Box::pin(transfer_records::run(work)) },
    Kind { name: (JobType::Sheet, "add-field"), run: |work| Box::pin(change_fields::run(work)) },
    Kind { name: (JobType::Sheet, "rename-field"), run: |work| Box::pin(change_fields::run(work)) },
    Kind { name: (JobType::Sheet, "remove-field"), run: |work| Box::pin(change_fields::run(work)) },
    Kind { name: (JobType::Workbook, "map"), run: |work| Box::pin(transfer_records::run(work)) },
    Kind { name: (JobType::File, "extract"), run: |work| Box::pin(extract_file::run(work)) },
    Kind { name: (JobType::Agent, "agent-export"), run: |work| Box::pin(export_agent::run(work)) },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::BUILT_IN;

    #[test]
    fn every_built_in_job_has_its_kind() {
        let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names, BUILT_IN);
    }
}
