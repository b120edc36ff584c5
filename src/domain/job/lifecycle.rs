//! The life of a job as one table: what each command does to a job of each status.
//!
//! It follows section 2.8.1 of the wire contract. Nothing here knows of time, the queue or the store.

use super::words::JobStatus;

/// What may be asked of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Its plan is being worked out.
    Plan,
    /// It has a time at which it starts.
    Schedule,
    /// Other jobs come first.
    Wait,
    /// The jobs that come first have ended.
    Release,
    /// Its worker has not begun it, and others may.
    PutBack,
    /// Let it start.
    Execute,
    /// Somebody works on it; may be repeated with progress.
    Acknowledge,
    /// It goes on in parts.
    Split,
    /// Its last part has ended.
    Resume,
    /// Ended well.
    Complete,
    /// Ended badly.
    Fail,
    /// A person stops it.
    Cancel,
    /// Run it once more.
    Retry,
}

/// What a command does to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It goes to that status, or stays in it and takes what the command carries.
    To(JobStatus),
    /// Nothing changes and nobody is told; the answer is the job as it stands.
    Unchanged,
}

/// A command that the job's status does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {status} cannot be {verb}: {remedy}")]
pub struct Refusal {
    status: JobStatus,
    verb: &'static str,
    remedy: &'static str,
}

/// One cell of the table.
#[derive(Clone, Copy)]
enum Cell {
    To(JobStatus),
    Same,
    No(&'static str),
}

const COMMANDS: [(Command, &str); 13] = [
    (Command::Plan, "planned"),
    (Command::Schedule, "scheduled"),
    (Command::Wait, "made to wait"),
    (Command::Release, "released"),
    (Command::PutBack, "put back"),
    (Command::Execute, "started"),
    (Command::Acknowledge, "acknowledged"),
    (Command::Split, "split"),
    (Command::Resume, "resumed"),
    (Command::Complete, "completed"),
    (Command::Fail, "failed"),
    (Command::Cancel, "canceled"),
    (Command::Retry, "retried"),
];

const PLAN: Cell = Cell::To(JobStatus::Planning);
const SCHED: Cell = Cell::To(JobStatus::Scheduled);
const READY: Cell = Cell::To(JobStatus::Ready);
const EXEC: Cell = Cell::To(JobStatus::Executing);
const WAIT: Cell = Cell::To(JobStatus::Waiting);
const DONE: Cell = Cell::To(JobStatus::Complete);
const FAIL: Cell = Cell::To(JobStatus::Failed);
const STOP: Cell = Cell::To(JobStatus::Canceled);
const SAME: Cell = Cell::Same;
/// It has begun or will begin: too late for that.
const LATE: Cell = Cell::No("it is past its beginning");
/// It has parts that are not done.
const PARTS: Cell = Cell::No("wait until its parts have ended");
/// It runs.
const RUNS: Cell = Cell::No("wait until it has ended");
/// It has ended.
const OVER: Cell = Cell::No("retry it instead");

/// A terminal job takes any ending again without a change, because clients repeat requests.
#[rustfmt::skip]
const TABLE: [(JobStatus, [Cell; COMMANDS.len()]); 9] = [
    //                      Plan   Sched  Wait  Release PutBack Execute Ack   Split  Resume Compl. Fail  Cancel Retry
    (JobStatus::Created,   [PLAN,  SCHED, WAIT,  SAME,  SAME,   READY,  EXEC, WAIT,  SAME,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Planning,  [PLAN,  SCHED, WAIT,  SAME,  SAME,   READY,  EXEC, WAIT,  SAME,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Scheduled, [LATE,  SCHED, WAIT,  SAME,  SAME,   READY,  EXEC, WAIT,  SAME,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Ready,     [LATE,  LATE,  LATE,  SAME,  SAME,   SAME,   EXEC, WAIT,  SAME,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Executing, [LATE,  LATE,  LATE,  SAME,  READY,  SAME,   EXEC, WAIT,  SAME,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Waiting,   [LATE,  LATE,  WAIT,  READY, SAME,   SAME,   WAIT, PARTS, EXEC,  DONE,  FAIL, STOP,  RUNS]),
    (JobStatus::Complete,  [OVER,  OVER,  OVER,  SAME,  SAME,   OVER,   SAME, OVER,  SAME,  SAME,  SAME, SAME,  READY]),
    (JobStatus::Failed,    [OVER,  OVER,  OVER,  SAME,  SAME,   OVER,   SAME, OVER,  SAME,  SAME,  SAME, SAME,  READY]),
    (JobStatus::Canceled,  [OVER,  OVER,  OVER,  SAME,  SAME,   OVER,   SAME, OVER,  SAME,  SAME,  SAME, SAME,  READY]),
];

/// What a command does to a job of that status.
///
/// # Errors
/// The status does not allow the command; the words say what to do instead.
pub fn transition(status: JobStatus, command: Command) -> Result<Transition, Refusal> {
    let column = COMMANDS.iter().position(|(known, _)| *known == command).unwrap_or_default();
    let cell = TABLE.iter().find(|(row, _)| *row == status).map_or(SAME, |(_, cells)| cells[column]);
    match cell {
        Cell::To(next) => Ok(Transition::To(next)),
        Cell::Same => Ok(Transition::Unchanged),
        Cell::No(remedy) => Err(Refusal { status, verb: COMMANDS[column].1, remedy }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use JobStatus::{Canceled, Complete, Created, Executing, Failed, Planning, Ready, Scheduled, Waiting};

    /// Every pair, written down a second time: what the wire contract says of it, `=` for unchanged, `!` for refused.
    const EXPECTED: [(JobStatus, &str); 9] = [
        (Created, "planning scheduled waiting = = ready executing waiting = complete failed canceled !"),
        (Planning, "planning scheduled waiting = = ready executing waiting = complete failed canceled !"),
        (Scheduled, "! scheduled waiting = = ready executing waiting = complete failed canceled !"),
        (Ready, "! ! ! = = = executing waiting = complete failed canceled !"),
        (Executing, "! ! ! = ready = executing waiting = complete failed canceled !"),
        (Waiting, "! ! waiting ready = = waiting ! executing complete failed canceled !"),
        (Complete, "! ! ! = = ! = ! = = = = ready"),
        (Failed, "! ! ! = = ! = ! = = = = ready"),
        (Canceled, "! ! ! = = ! = ! = = = = ready"),
    ];

    #[test]
    fn every_pair_of_status_and_command_is_as_the_contract_says() {
        for (status, row) in EXPECTED {
            let words: Vec<_> = row.split(' ').collect();
            assert_eq!(words.len(), COMMANDS.len());
            for ((command, _), word) in COMMANDS.iter().zip(words) {
                let found = match transition(status, *command) {
                    Ok(Transition::To(next)) => next.as_str(),
                    Ok(Transition::Unchanged) => "=",
                    Err(_) => "!",
                };
                assert_eq!(found, word, "{status} {command:?}");
            }
        }
        assert!(JobStatus::ALL.iter().all(|status| EXPECTED.iter().any(|(row, _)| row == status)));
    }

    #[test]
    fn nothing_but_a_retry_leads_out_of_an_end() {
        for status in JobStatus::ALL.iter().copied().filter(|status| status.is_terminal()) {
            for (command, _) in COMMANDS {
                let moves = matches!(transition(status, command), Ok(Transition::To(_)));
                assert_eq!(moves, command == Command::Retry, "{status} {command:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refusal = transition(Executing, Command::Retry).unwrap_err();
        assert_eq!(refusal.to_string(), "a job that is executing cannot be retried: wait until it has ended");
        let refusal = transition(Complete, Command::Execute).unwrap_err();
        assert_eq!(refusal.to_string(), "a job that is complete cannot be started: retry it instead");
    }
}
