//! What of a space a guest sees to whom single workbooks or sheets of it were granted: one condition for each table.

use super::statement::Statement;
use crate::domain::access::Scope;
use crate::domain::ids::GuestId;

/// Where the condition that somebody sees a workbook, sheet, file, job or event is the same in several tables, it is
/// written once. Each `?` is the guest.
macro_rules! seen {
    (workbooks) => {
        "EXISTS (SELECT 1 FROM guest_parts p WHERE p.guest_id = ? AND p.space_id = workbooks.space_id
            AND p.workbook_id = workbooks.id)"
    };
    (sheets) => {
        "EXISTS (SELECT 1 FROM guest_parts p WHERE p.guest_id = ? AND p.space_id = sheets.space_id
            AND p.workbook_id = sheets.workbook_id AND (p.whole OR p.sheet_id = sheets.id))"
    };
    // A job of a sheet belongs to the sheet. What is not about one is for whoever started it, or sees the workbook.
    (jobs) => {
        "EXISTS (SELECT 1 FROM guest_parts p LEFT JOIN sheets s ON s.id = jobs.sheet_id
            WHERE p.guest_id = ? AND p.space_id = jobs.space_id
                AND ((jobs.sheet_id IS NULL AND jobs.workbook_id IS NULL AND jobs.created_by = p.guest_id)
                    OR (p.workbook_id = COALESCE(s.workbook_id, jobs.workbook_id)
                        AND (p.whole OR p.sheet_id = jobs.sheet_id
                            OR (jobs.sheet_id IS NULL AND jobs.created_by = p.guest_id)))))"
    };
}

macro_rules! seen_files {
    () => {
        concat!(
            "(files.created_by = ? OR EXISTS (SELECT 1 FROM guest_parts p WHERE p.guest_id = ?
                AND p.space_id = files.space_id AND p.workbook_id = files.workbook_id
                AND (p.whole OR p.sheet_id = files.sheet_id))
            OR EXISTS (SELECT 1 FROM jobs WHERE jobs.id = files.created_by AND ",
            seen!(jobs),
            "))"
        )
    };
}

macro_rules! seen_events {
    ($context:literal) => {
        concat!(
            " AND CASE WHEN domain = 'job' THEN EXISTS (SELECT 1 FROM jobs WHERE jobs.id = ",
            $context,
            "->>'jobId' AND ",
            seen!(jobs),
            ") WHEN domain = 'file' THEN EXISTS (SELECT 1 FROM files WHERE files.id = ",
            $context,
            "->>'fileId' AND ",
            seen_files!(),
            ") WHEN ",
            $context,
            "->>'sheetId' IS NOT NULL THEN EXISTS (SELECT 1 FROM sheets WHERE sheets.id = ",
            $context,
            "->>'sheetId' AND ",
            seen!(sheets),
            ") WHEN ",
            $context,
            "->>'workbookId' IS NOT NULL THEN EXISTS (SELECT 1 FROM guest_parts p WHERE p.guest_id = ?
                AND p.space_id = events.space_id AND p.workbook_id = ",
            $context,
            "->>'workbookId' AND p.whole) ELSE domain IN ('space', 'document') END"
        )
    };
}

/// Which rows are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Workbooks of which anything was granted.
    Workbooks,
    /// Sheets that were granted, or whose whole workbooks were.
    Sheets,
    /// Jobs about them, and the guest's own that are about no others.
    Jobs,
    /// The guest's own files, those that belong to what was granted, and those that jobs made that the guest sees.
    Files,
    /// Actions that stand on their own at a place that the guest sees.
    Actions,
}

impl Kind {
    fn condition(self) -> &'static str {
        match self {
            Self::Workbooks => concat!(" AND ", seen!(workbooks)),
            Self::Sheets => concat!(" AND ", seen!(sheets)),
            Self::Jobs => concat!(" AND ", seen!(jobs)),
            Self::Files => concat!(" AND ", seen_files!()),
            Self::Actions => concat!(
                " AND (target_id = actions.space_id
                    OR EXISTS (SELECT 1 FROM documents WHERE documents.id = target_id)
                    OR EXISTS (SELECT 1 FROM workbooks WHERE workbooks.id = target_id AND ",
                seen!(workbooks),
                ") OR EXISTS (SELECT 1 FROM sheets WHERE sheets.id = target_id AND ",
                seen!(sheets),
                ") OR EXISTS (SELECT 1 FROM files WHERE files.id = target_id AND ",
                seen_files!(),
                "))"
            ),
        }
    }
}

impl Statement {
    /// Finds only what lies in the scope, and of a space of which parts were granted only those.
    pub(super) fn within_parts(self, scope: &Scope, kind: Kind) -> Self {
        self.within(scope).granted(scope.granted_to.as_ref(), kind.condition())
    }

    /// Of events only those about what was granted; of the space itself and its documents all. An event of a job or
    /// file is for whoever sees the job or file.
    pub(super) fn granted_events(self, guest: Option<&GuestId>, is_postgres: bool) -> Self {
        let condition = match is_postgres {
            true => seen_events!("events.context::jsonb"),
            false => seen_events!("events.context"),
        };
        self.granted(guest, condition)
    }

    /// Adds a condition of what was granted; nothing for whoever sees all.
    fn granted(self, guest: Option<&GuestId>, condition: &'static str) -> Self {
        let Some(guest) = guest else { return self };
        let mut parts = condition.split('?');
        let first = self.push(parts.next().unwrap_or_default());
        parts.fold(first, |statement, part| statement.push_bind("", guest).push(part))
    }
}
