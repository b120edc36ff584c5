//! Time-outs, limits and addresses that the service works with.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::limits::Limits;
use crate::domain::webhook::reach::Reach;
use crate::domain::webhook::schedule::Schedule;
use crate::store::jobs::Patience;

/// When a job is given up or handed to another worker; plain numbers are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// How long a job may take.
    pub patience: Patience,
    /// A worker of ours holds a job for this long after each heartbeat.
    pub lease: i64,
    /// How often time-outs are looked for.
    pub sweep: Duration,
    /// How long a listener may take that is asked for choices while somebody types.
    pub options: i64,
    /// How long nothing may be heard of the listeners of a commit before actions no longer wait for them.
    pub commits: i64,
}

impl Timeouts {
    /// For real work: five minutes to answer a job or a commit, a quarter of an hour of silence; a day for work of our own.
    pub const NORMAL: Self = Self {
        patience: Patience { acknowledge: 300_000, silence: 900_000, parts: 30_000, total: 86_400_000 },
        lease: 30_000,
        sweep: Duration::from_secs(5),
        options: 10_000,
        commits: 300_000,
    };
    /// For tests: a listener that does nothing is given up within five seconds.
    pub const FAST: Self = Self {
        patience: Patience { acknowledge: 3_000, silence: 4_000, parts: 1_000, total: 30_000 },
        lease: 3_000,
        sweep: Duration::from_millis(250),
        options: 3_000,
        commits: 4_000,
    };
}

/// How long the past is kept. Of the limits for versions of the records, the first that is reached counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days.
    pub days: u32,
    /// Changes of a sheet.
    pub changes: u32,
    /// Days for which jobs that have ended stay in the history.
    pub job_days: u32,
    /// Days for which events stay in the log; for ever when absent.
    pub event_days: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 30, changes: 200, job_days: 365, event_days: None }
    }
}

/// How webhooks are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Webhooks {
    /// When deliveries are tried.
    pub schedule: Schedule,
    /// Where endpoints may be.
    pub reach: Reach,
}

/// How agents are run; all times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agents {
    /// The program that runs them; looked for when absent.
    pub node: Option<PathBuf>,
    /// The heap of each, in MiB.
    pub memory_mib: u32,
    /// How long an agent may take for one event.
    pub timeout: i64,
    /// Most processes at a time.
    pub processes: usize,
    /// How long a process without events stays.
    pub idle: i64,
    /// How often is looked without a signal.
    pub look: i64,
    /// How long a server that is silent keeps an agent from others.
    pub lease: i64,
    /// The wait after a first death; each that follows doubles it.
    pub rest: i64,
}

impl Agents {
    /// For real work: five minutes an event.
    pub const NORMAL: Self = Self {
        node: None,
        memory_mib: 256,
        timeout: 300_000,
        processes: 8,
        idle: 60_000,
        look: 2_000,
        lease: 30_000,
        rest: 500,
    };
    /// For tests: three seconds an event, and one process at a time.
    pub const FAST: Self = Self {
        memory_mib: 64,
        timeout: 3_000,
        processes: 1,
        idle: 1_500,
        look: 100,
        lease: 3_000,
        rest: 50,
        ..Self::NORMAL
    };
}

/// How mails are sent.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// `smtps://user:password@host`. It must not reach a log.
    pub url: String,
    /// The sender, as `Inlet <inlet@example.com>`.
    pub from: String,
    /// Milliseconds after which a mail is tried again the first time.
    pub first_wait: i64,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MailServer").field("from", &self.from).finish_non_exhaustive()
    }
}

/// What the service is told when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How browsers and clients reach the server, without a slash at the end.
    pub public_url: String,
    /// When jobs are given up.
    pub timeouts: Timeouts,
    /// How large things may become.
    pub limits: Limits,
    /// What is kept of the records' past.
    pub retention: Retention,
    /// How webhooks are sent.
    pub webhooks: Webhooks,
    /// How agents are run.
    pub agents: Agents,
    /// How mails are sent; without it there are none, and admins hand links on themselves.
    pub mail: Option<MailServer>,
}
