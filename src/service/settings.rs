//! Time-outs, limits and addresses that the service works with.

/// When a job is given up or handed to another worker, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// A listener must acknowledge a ready job within this.
    pub acknowledge: i64,
    /// A listener must give a sign of life within this: any call that carries the job's id.
    pub silence: i64,
    /// A worker of ours holds a job for this long after each heartbeat.
    pub lease: i64,
    /// How often time-outs are looked for.
    pub sweep: i64,
}

impl Timeouts {
    /// For real work.
    pub const NORMAL: Self = Self { acknowledge: 300_000, silence: 900_000, lease: 30_000, sweep: 5_000 };
    /// For tests: everything happens within five seconds.
    pub const FAST: Self = Self { acknowledge: 3_000, silence: 4_000, lease: 3_000, sweep: 250 };
}

/// What the service is told when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How browsers and clients reach the server, without a slash at the end.
    pub public_url: String,
    /// When jobs are given up.
    pub timeouts: Timeouts,
}
