//! Everything at once, killed at random again and again. `INLET_TEST_SEED` repeats a run.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::process::{Folder, Server};
use super::writes::{Known, clients};
use super::{counts, csv, import_job, is_terminal, space_with_sheet, until};

/// Small and good enough: xorshift of 64 bits.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// Where the server dies; `None` is a kill after some milliseconds.
const PLACES: [Option<&str>; 8] = [
    None,
    None,
    Some("commit-before"),
    Some("commit-after"),
    Some("fold-chunks"),
    Some("import-segments"),
    Some("import-between"),
    Some("import-ended"),
];

#[test]
#[ignore = "takes minutes; `make test-all` runs it"]
fn a_storm_of_kills_loses_and_doubles_nothing() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let now =
        || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64);
    let seed = number("INLET_TEST_SEED").unwrap_or_else(now).max(1);
    eprintln!("INLET_TEST_SEED={seed}");
    let mut dice = Dice(seed);
    let folder = Folder::new("storm");
    let server = Server::start(&folder.0, None);
    let (_, _, _, written) = space_with_sheet(&server);
    let (environment, space, _, imported) = space_with_sheet(&server);
    let rows = 6_000;
    let file = server.upload(&space, &environment, "people.txt", &csv(rows));
    server.kill();
    let mut known = Known::default();
    for turn in 1..=number("INLET_TEST_ROUNDS").unwrap_or(30) {
        let place = PLACES[dice.below(PLACES.len() as u64) as usize];
        let nth = 20 + dice.below(120);
        let server = match place {
            Some(place) if place.starts_with("commit") => Server::armed(&folder.0, &format!("{place}:{nth}")),
            Some(place) => Server::armed(&folder.0, &format!("{place}:{}", 1 + dice.below(3))),
            None => Server::start(&folder.0, None),
        };
        let pause = Duration::from_millis(50 + dice.below(1_500));
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| clients(&server, &written, turn * 10_000_000, 60));
            // Whether it is answered or not: the list of jobs says what came of it.
            let _ = server.attempt("POST", "/v1/jobs", &import_job(&imported, &file));
            if place.is_none() {
                std::thread::sleep(pause);
                server.signal("-KILL");
            }
            known.join(writing.join().unwrap());
        });
        server.kill();
        let server = Server::start(&folder.0, None);
        known.check(&server, &written);
        let path = format!("/v1/jobs?spaceId={space}&pageSize=1000");
        let mut jobs = Value::Null;
        until("the end of every job", || {
            jobs = server.get(&path);
            jobs.as_array().unwrap().iter().all(is_terminal)
        });
        let complete = jobs.as_array().unwrap().iter().filter(|job| job["status"] == "complete").count();
        assert_eq!(counts(&server, &imported).0, (complete * rows) as u64, "turn {turn}: {place:?}");
        server.kill();
    }
}
