//! Clocks, medians, and the one line of a figure.

use std::fmt;

/// Ticks of `/proc/PID/stat` in a second.
const TICKS: f64 = 100.0;
/// With fewer values a hundredth of them is not a value.
const FEWEST_FOR_P99: usize = 400;

/// What a program and its ended children took of the processors, in seconds; 0 where there is no `/proc`.
pub struct Processor {
    /// The program itself.
    pub own: f64,
    /// Its children that have ended and were waited for.
    pub children: f64,
}

/// Reads the clocks of the program with that number, or of this one: `self`.
pub fn processor(program: &str) -> Processor {
    let stat = std::fs::read_to_string(format!("/proc/{program}/stat")).unwrap_or_default();
    // The name of the program may have spaces in it; what follows the bracket has none.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11);
    let mut ticks = fields.map(|field| field.parse::<f64>().unwrap_or_default() / TICKS);
    let mut two = || ticks.next().unwrap_or_default() + ticks.next().unwrap_or_default();
    Processor { own: two(), children: two() }
}

/// The load average of the last minute: above 2, trust the processor's seconds more than the clock's.
pub fn load_average() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_string()
}

/// The value that half of them do not exceed.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value that 99 of a hundred do not exceed; nothing when there are too few to say.
pub fn p99(values: &[f64]) -> Option<f64> {
    (values.len() >= FEWEST_FOR_P99).then(|| quantile(values, 0.99))
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// The mean: for seconds of the processor, whose ticks are coarse.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// What a ratio must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Must {
    /// Not more.
    AtMost(f64),
    /// Not less.
    AtLeast(f64),
    /// Whatever it is: the figure is for information.
    Nothing,
}

impl Must {
    fn is_met_by(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(most) => ratio <= most,
            Self::AtLeast(least) => ratio >= least,
            Self::Nothing => true,
        }
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::Nothing => f.write_str("-"),
        }
    }
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    Seconds,
    /// Given in seconds.
    Milliseconds,
    ProcessorSeconds,
    /// Given in bytes.
    Mebibytes,
    Bytes,
    RecordsPerSecond,
    RecordsPerProcessorSecond,
    EditsPerSecond,
    Share,
}

impl Unit {
    fn write(self, value: f64) -> String {
        match self {
            Self::Seconds => format!("{value:.3} s"),
            Self::Milliseconds => format!("{:.2} ms", value * 1e3),
            Self::ProcessorSeconds => format!("{value:.3} CPU s"),
            Self::Mebibytes => format!("{:.0} MiB", value / f64::from(1 << 20)),
            Self::Bytes => format!("{value:.0} bytes"),
            Self::RecordsPerSecond => format!("{value:.0} records/s"),
            Self::RecordsPerProcessorSecond => format!("{value:.0} records/CPU s"),
            Self::EditsPerSecond => format!("{value:.0} edits/s"),
            Self::Share => format!("{value:.3}"),
        }
    }
}

/// A line of the table.
pub struct Line {
    name: String,
    text: String,
    verdict: Verdict,
}

/// How a line is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// As good as it must be, or only for information.
    Good,
    /// Not as good, or not there to be measured.
    Short,
    /// This machine lacks the program beside which it is measured.
    NotMeasured,
}

impl Line {
    /// A value beside its denominator.
    pub fn new(name: impl Into<String>, unit: Unit, value: f64, denominator: f64, must: Must) -> Self {
        let ratio = value / denominator;
        let text = format!("{} · {} · {ratio:.3} · {must}", unit.write(value), unit.write(denominator));
        let verdict = if must.is_met_by(ratio) { Verdict::Good } else { Verdict::Short };
        Self { name: name.into(), text, verdict }
    }

    /// A value that stands for itself.
    pub fn only(name: impl Into<String>, unit: Unit, value: f64) -> Self {
        let text = format!("{} · - · - · {}", unit.write(value), Must::Nothing);
        Self { name: name.into(), text, verdict: Verdict::Good }
    }

    /// A value that could not be measured, and why.
    pub fn missing(name: impl Into<String>, verdict: Verdict, why: impl fmt::Display) -> Self {
        Self { name: name.into(), text: why.to_string(), verdict }
    }

    /// How it is judged.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}

impl fmt::Display for Line {
    /// `name · value · denominator · ratio · must · ok|SHORT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "ok",
            Verdict::Short => "SHORT",
            Verdict::NotMeasured => "not measured",
        };
        write!(f, "{} · {} · {verdict}", self.name, self.text)
    }
}
