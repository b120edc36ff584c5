//! The records of the sheets: column chunks and a patch log.
//!
//! A sheet is an ordered list of *segments* of some thousand records. Each field of a segment is one
//! immutable *chunk*; a *manifest* says which chunk serves which segment in which version. Small changes
//! go to the *patch log*, which lies over the chunks until it is folded into new ones. A version is
//! therefore its chunks with the patches of its time laid over them, it never changes, and old ones stay
//! readable.
//!
//! Reading goes through a [`View`] of one version, writing through a [`Writer`], one at a time for each
//! sheet. Records stand in the order of their numbers, which is the order in which they came, but for those that were
//! inserted above or below another one: `places` knows the order by numbers, and `arrangement` what it is by the
//! positions of one version.
//!
//! Who looks for something: `column`, `chunk` and `bytes` are the stored format; `manifest`, `overlay`
//! and `state` what a version is; `rows` reads a record, `batches` many; `plan`, `filter`, `sort` and
//! `carry` answer queries; `facets`, `tally` and `calculate` count, `find` finds cells; `commit`, `fold` and `rewrite` write; `rules` and
//! `references` say what is wrong with a cell, `stale`, `recheck` and `revalidate` say it anew.

mod append;
mod arrangement;
mod batches;
mod bits;
mod bulk;
mod bulk_segments;
mod bytes;
mod cache;
mod calculate;
mod carry;
mod cell_test;
mod chunk;
mod chunk_id;
mod column;
mod commit;
mod copy;
mod delete;
mod diff;
mod distinct;
mod draft;
mod error;
mod extras;
mod facets;
mod fetch;
mod field_scan;
mod filter;
mod find;
mod fold;
mod frame;
mod gathered;
mod history;
mod holders;
mod import;
mod insert;
mod like;
mod limits;
mod link_columns;
mod links;
mod manifest;
mod marked;
mod messages;
mod moved;
mod number_set;
mod open;
mod option_order;
mod orders;
mod overlay;
mod patch;
mod places;
mod plan;
mod positions;
mod reading;
mod recheck;
mod references;
mod restore;
mod revalidate;
mod rewrite;
mod rollback;
mod rows;
mod rules;
mod search;
mod segment_change;
mod slice;
mod sort;
mod stale;
mod state;
mod tally;
mod threads;
mod touched;
mod unique;
mod update;
mod view;
mod writer;

#[cfg(test)]
mod tests;

pub use batches::{Batch, BatchRecord, Batches, OpenBatch};
pub use bulk::{Bulk, FieldEdit};
pub use calculate::{Calculated, Calculation, Numbers};
pub use diff::{Comparison, Difference};
pub use draft::SegmentDraft;
pub use error::SheetError;
pub use facets::{FieldValue, ValuesWanted};
pub use find::{FoundCells, Seek, SoughtCells};
pub use history::RecordChange;
pub use import::ImportBuilder;
pub use insert::NewRecord;
pub use links::LinkKey;
pub use moved::Moved;
pub use open::{Sheets, Turn};
pub use orders::Positions;
pub use restore::{Classes, Restored, RestoredAs};
pub use revalidate::{Revalidated, RevalidatedAll};
pub use stale::Stale;
pub use tally::MessageCount;

pub use update::RecordUpdate;
pub use view::View;
pub use writer::{CellInput, ChangedCell, Committed, SeenCell, Writer};
