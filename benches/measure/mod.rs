//! Clocks, medians, and the one line of a figure.

use std::time::Instant;

/// Ticks of `/proc/self/stat` in a second.
const TICKS: f64 = 100.0;

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of all processors; 0 where there is no `/proc`.
    pub cpu: f64,
}

/// Runs it and says what it took.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, Cost) {
    let (clock, before) = (Instant::now(), cpu_seconds());
    let outcome = run();
    (outcome, Cost { wall: clock.elapsed().as_secs_f64(), cpu: cpu_seconds() - before })
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// The load average of the last minute: above 2, trust the processor's seconds more than the clock's.
pub fn load_average() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_string()
}

/// What several runs took: the median of the clock, and the mean of the processor, whose ticks are coarse.
pub fn typical(runs: &[Cost]) -> Cost {
    let mut walls: Vec<f64> = runs.iter().map(|cost| cost.wall).collect();
    walls.sort_by(f64::total_cmp);
    let cpu = runs.iter().map(|cost| cost.cpu).sum::<f64>() / runs.len().max(1) as f64;
    Cost { wall: walls.get(walls.len() / 2).copied().unwrap_or(f64::NAN), cpu }
}

/// A figure beside what it is measured against.
pub struct Figure<'a> {
    /// What was measured.
    pub name: &'a str,
    /// The value and the denominator, both in this unit.
    pub unit: &'a str,
    /// How many places after the point.
    pub places: usize,
    /// What was found.
    pub value: f64,
    /// What it is measured against.
    pub denominator: f64,
    /// The highest ratio that is good; nothing when the figure is only for information.
    pub must: Option<f64>,
}

impl Figure<'_> {
    /// Whether it is as good as it must be.
    pub fn is_good(&self) -> bool {
        self.must.is_none_or(|must| self.value / self.denominator <= must)
    }

    /// `name · value · denominator · ratio · must · ok|SHORT`.
    pub fn line(&self) -> String {
        let Self { name, unit, places, value, denominator, must } = self;
        let must = must.map_or("-".to_string(), |must| format!("≤ {must:.2}"));
        let verdict = if self.is_good() { "ok" } else { "SHORT" };
        format!(
            "{name} · {value:.places$} {unit} · {denominator:.places$} {unit} · {:.2} · {must} · {verdict}",
            value / denominator
        )
    }
}
