//! Whether agents can be run at all.

use std::path::PathBuf;
use std::sync::PoisonError;

use crate::service::Service;

/// What runs agents on this server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AgentRuntime {
    /// Nobody has looked for it.
    #[default]
    Unknown,
    /// Agents are run.
    Ready {
        /// The program.
        node: PathBuf,
        /// What it calls itself, such as `v20.20.2`.
        version: String,
        /// Whether it keeps agents from files and from other programs.
        confined: bool,
    },
    /// Agents are kept but not run, for this reason.
    Missing(String),
}

impl Service {
    /// What runs agents on this server.
    pub fn agent_runtime(&self) -> AgentRuntime {
        self.agent_runtime.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes note of what runs agents on this server.
    pub fn set_agent_runtime(&self, runtime: AgentRuntime) {
        *self.agent_runtime.lock().unwrap_or_else(PoisonError::into_inner) = runtime;
    }
}
