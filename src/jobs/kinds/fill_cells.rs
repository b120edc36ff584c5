//! `sheet:fill-cells`: writes into a block of cells of any number of rows, as one change that can be undone.

use serde::Deserialize;

use super::bulk_change::{Start, TOGETHER, go_on, prepare};
use crate::domain::fill::Fill;
use crate::domain::outcome::Outcome;
use crate::jobs::work::{Work, WorkError};
use crate::service::cells::Block;

#[derive(Deserialize)]
struct Config {
    block: Block,
    fill: Fill,
}

/// Changes the cells.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let Config { block, fill } = work.config()?;
    let (id, change) = match prepare(&work).await? {
        Start::Done(outcome) => return Ok(outcome),
        Start::With(id, change) => (id, change),
    };
    let named = (change.clone(), TOGETHER);
    let begun = work.service.begin_fill(&work.bound(), &id, &block, &fill, 0, named).await;
    go_on(&work, (&id, &change), begun.map_err(WorkError::from)).await
}
