//! What a person does to many cells or records at once, as the grid asks for it.

use super::ranges::Ranges;
use crate::domain::fill::Fill;
use crate::rpc::cells::{Adding, Block, Rows};

/// Why such a change is not made while the server is away: what it is about may be something else by then.
pub const AWAY: &str = "The server cannot be reached. Until it can, only single cells can be changed: \
                        what is typed into them is sent later";

/// A change of many cells or records.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Texts into a block of cells, and into so many new records.
    Fill {
        /// The cells that are there.
        block: Block,
        /// What they get.
        fill: Fill,
        /// Records after the last one.
        added: u32,
        /// Of several ranges, which all get the one text: those, and the columns of the block as they count them.
        several: Option<(Ranges, Vec<usize>)>,
    },
    /// Records go, so many.
    Delete(Rows, u64),
    /// Records come.
    Add(Adding),
    /// The last change is taken back, or with `true` made again.
    Step(bool),
}
