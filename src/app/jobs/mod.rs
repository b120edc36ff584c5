//! Jobs as a person sees them: cards while they run, a pill, a panel, and what they tell at the end.

mod card;
mod history;
mod outcome;
mod state;

pub use card::{ForegroundJob, JobPill, RunningCards};
pub use history::{JobHistory, JobsPanel, clock, curve, log, parts, sign_of};
pub use outcome::{OutcomeDialog, outcome_body};
pub use state::Jobs;
