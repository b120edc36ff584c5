//! Jobs as a person sees them: cards while they run, a pill, a panel, and what they tell at the end.

mod card;
mod outcome;
mod panel;
mod state;

pub use card::{ForegroundJob, JobPill, RunningCards};
pub use outcome::OutcomeDialog;
pub use panel::{JobHistory, JobsPanel};
pub use state::Jobs;
