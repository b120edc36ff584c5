//! What something took.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// Clocks that were started.
pub struct Cost {
    clock: Instant,
    cpu: f64,
}

impl Cost {
    /// Starts the clocks.
    pub fn start() -> Self {
        Self { clock: Instant::now(), cpu: cpu_seconds() }
    }

    /// Prints the line of an answer: rows, seconds, seconds of the processor, value.
    pub fn print(&self, rows: u64, value: i64) {
        let seconds = self.clock.elapsed().as_secs_f64();
        println!("{rows} {seconds} {} {value}", cpu_seconds() - self.cpu);
    }
}

/// CPU time of this process so far, in all its threads.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
