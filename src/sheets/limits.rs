//! The measures of the record store; tests take smaller ones so that few records meet every case.

/// How large things may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Records in a sheet.
    pub(super) sheet_records: u64,
    /// Records in a segment.
    pub(super) segment_records: u32,
    /// Bytes of text after which a segment is closed.
    pub(super) segment_bytes: usize,
    /// A commit that touches more records writes chunks and no patches.
    pub(super) patched_records: usize,
    /// The patch log is folded when it touches more records.
    pub(super) logged_records: usize,
    /// Times that records can be inserted beside another one.
    pub(super) places: usize,
    /// A change of more records is several commits.
    pub(super) commit_records: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sheet_records: crate::domain::limits::Limits::default().rows,
            segment_records: 4_096,
            segment_bytes: 8 << 20,
            patched_records: 512,
            logged_records: 8_192,
            places: 100_000,
            commit_records: 10_000,
        }
    }
}
