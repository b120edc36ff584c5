//! Writes that are killed: what was acknowledged is there, what was not is there as a whole or not at all.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::home::Home;
use super::process::Server;
use super::{counts, events, records, space_with_sheet};

/// What a client knows of the records that it sent.
#[derive(Debug, Default)]
pub struct Known {
    /// For each key what its note must be; two notes when the last edit was never answered.
    pub notes: BTreeMap<String, Vec<String>>,
    /// Keys that were sent and never answered.
    pub unanswered: Vec<String>,
    /// Deleted for sure.
    pub deleted: Vec<String>,
    /// Deletions that were never answered.
    pub perhaps_deleted: Vec<String>,
}

impl Known {
    /// Adds what another client knows.
    pub fn join(&mut self, other: Self) {
        self.notes.extend(other.notes);
        self.unanswered.extend(other.unanswered);
        self.deleted.extend(other.deleted);
        self.perhaps_deleted.extend(other.perhaps_deleted);
    }

    /// Compares it with what a sheet holds.
    pub fn check(&self, server: &Server, sheet: &str) {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (_, mut cells) in records(server, sheet) {
            found.entry(cells.remove("id").unwrap()).or_default().push(cells.remove("note").unwrap());
        }
        assert!(found.values().all(|notes| notes.len() == 1), "a record is there twice: {found:?}");
        for (key, notes) in &self.notes {
            let is_gone = !found.contains_key(key) && self.perhaps_deleted.contains(key);
            let is_kept = found.get(key).is_some_and(|found| notes.contains(&found[0]));
            assert!(is_gone || is_kept, "{key} must be one of {notes:?} and is {:?}", found.get(key));
        }
        for key in &self.deleted {
            assert!(!found.contains_key(key), "{key} was deleted and is back");
        }
        for key in found.keys() {
            assert!(self.notes.contains_key(key) || self.unanswered.contains(key), "nobody sent {key}");
        }
        assert_eq!(counts(server, sheet).0, found.len() as u64);
    }
}

/// Inserts, edits and deletes until the server is gone or `most` rounds are over. Every client has keys of its own.
pub fn write_until_death(server: &Server, sheet: &str, first: u64, most: u64) -> Known {
    let mut known = Known::default();
    let path = format!("/v1/sheets/{sheet}/records");
    for key in first..first + most {
        let name = key.to_string();
        let cells =
            json!([{ "id": { "value": key }, "name": { "value": "Ada" }, "note": { "value": "new" } }]);
        let Some(answer) = server.attempt("POST", &path, &cells) else {
            known.unanswered.push(name);
            return known;
        };
        let id = accepted(answer)["records"][0]["id"].as_str().unwrap().to_string();
        known.notes.insert(name.clone(), vec!["new".to_string()]);
        let edited = format!("edited {key}");
        let change = json!([{ "id": id, "values": { "note": { "value": edited } } }]);
        let Some(answer) = server.attempt("PUT", &path, &change) else {
            known.notes.get_mut(&name).unwrap().push(edited);
            return known;
        };
        accepted(answer);
        known.notes.insert(name.clone(), vec![edited]);
        if key % 4 == 0 {
            let Some(answer) = server.attempt("DELETE", &format!("{path}?ids={id}"), &Value::Null) else {
                known.perhaps_deleted.push(name);
                return known;
            };
            accepted(answer);
            known.notes.remove(&name);
            known.deleted.push(name);
        }
    }
    known
}

fn accepted((status, answer): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

/// Several clients at once.
pub fn clients(server: &Server, sheet: &str, first: u64, most: u64) -> Known {
    let mut known = Known::default();
    std::thread::scope(|scope| {
        let client = |number: u64| {
            scope.spawn(move || write_until_death(server, sheet, first + number * 1_000_000, most))
        };
        let clients: Vec<_> = (0..3).map(client).collect();
        clients.into_iter().for_each(|client| known.join(client.join().unwrap()));
    });
    known
}

/// A starting server commits a few times; the rest are the clients' commits.
const COMMITS: [&str; 4] = ["commit-before:23", "commit-after:24", "commit-before:61", "commit-after:60"];

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_commit() {
    killed_at(&COMMITS, &Home::on_sqlite("killed-writes"));
    Home::on_postgres("killed-writes").into_iter().for_each(|home| killed_at(&COMMITS[..2], &home));
}

#[test]
#[ignore = "takes long; `make test-all` runs it"]
fn so_it_does_on_postgres() {
    Home::on_postgres("killed-writes").into_iter().for_each(|home| killed_at(&COMMITS, &home));
    Home::on_postgres("killed-fold").into_iter().for_each(|home| killed_while_folding(&home));
}

fn killed_at(places: &[&str], home: &Home) {
    let server = home.start();
    let (_, space, _, sheet) = space_with_sheet(&server);
    server.kill();
    let mut known = Known::default();
    for (turn, place) in (1..).zip(places) {
        let server = home.armed(place);
        known.join(clients(&server, &sheet, turn * 10_000_000, 400));
        server.wait_for_death();
        let server = home.start();
        known.check(&server, &sheet);
        // A record and the event that tells of it are one commit.
        let inserted = counts(&server, &sheet).0 as usize + events(&server, &space, "records:deleted");
        assert_eq!(events(&server, &space, "records:created"), inserted, "{place}");
        server.kill();
    }
    assert!(known.notes.len() > 5 * places.len(), "{known:?}");
}

/// A change of so many records that the patch log is folded in its commit.
#[test]
fn a_fold_that_is_killed_is_as_if_it_never_was() {
    killed_while_folding(&Home::on_sqlite("killed-fold"));
}

fn killed_while_folding(home: &Home) {
    let server = home.start();
    let (_, _, _, sheet) = space_with_sheet(&server);
    let path = format!("/v1/sheets/{sheet}/records");
    let row =
        |key: u64| json!({ "id": { "value": key }, "name": { "value": "Ada" }, "note": { "value": "old" } });
    server.post(&path, (0..1_000).map(row).collect());
    server.post(&path, (1_000..1_300).map(row).collect());
    let ids: Vec<String> = records(&server, &sheet).into_iter().map(|(id, _)| id).collect();
    server.kill();
    let changed = |note: &str| -> Value {
        ids.iter().map(|id| json!({ "id": id, "values": { "note": { "value": note } } })).collect()
    };
    let notes = |server: &Server| -> Vec<String> {
        let mut notes: Vec<String> =
            records(server, &sheet).into_iter().map(|(_, mut cells)| cells.remove("note").unwrap()).collect();
        assert_eq!(notes.len(), 1_300);
        notes.dedup();
        notes
    };
    let mut before = "old".to_string();
    for (turn, place) in ["fold-chunks", "fold-chunks", "none"].into_iter().enumerate() {
        let note = format!("turn {turn}");
        let server = home.armed(place);
        match server.attempt("PUT", &path, &changed(&note)) {
            None => server.wait_for_death(),
            Some((status, answer)) => {
                assert_eq!((status, place), (200, "none"), "{answer}");
                before = note;
                server.kill();
            }
        }
        let server = home.start();
        assert_eq!(notes(&server), [before.clone()], "{place}");
        server.kill();
    }
    assert_eq!(before, "turn 2");
}
