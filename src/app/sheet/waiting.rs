//! The edits that wait to be sent, in their order; those that met another person's change; those that were refused.
//!
//! No browser in it: [`super::outbox`] does the sending.

use std::collections::VecDeque;

use crate::rpc::records::{CellEdit, Edited};

/// The id of the choice about a cell that somebody else changed.
pub const CLASH_ID: &str = "clash";
/// Edits that are sent together.
const MOST_TOGETHER: usize = 32;
/// How long to wait before the next try, by how often it failed.
const PAUSES: [u32; 5] = [1_000, 2_000, 4_000, 8_000, 15_000];

/// An edit on its way.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    sheet: String,
    edit: CellEdit,
    /// It may have reached the server: it must stay as it is.
    tried: bool,
}

/// What somebody else did to a cell that a person was typing into.
#[derive(Debug, Clone, PartialEq)]
pub enum Theirs {
    /// They wrote this.
    Changed {
        /// What the cell holds.
        now: Option<String>,
        /// Who wrote it.
        who: String,
    },
    /// They deleted the record.
    Gone,
}

/// An edit that was not written because of somebody else.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// The sheet's id.
    pub sheet: String,
    /// What the person wrote.
    pub mine: CellEdit,
    /// What the other did.
    pub theirs: Theirs,
}

/// An edit that the server refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The sheet's id.
    pub sheet: String,
    /// What the person wrote.
    pub edit: CellEdit,
    /// Why it was refused.
    pub reason: String,
}

/// How it stands with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Its text is on its way.
    Sent,
    /// Its text waits for the server.
    Waiting,
    /// Somebody else changed it, and the person has to choose.
    Clash,
}

/// A cell whose text is not on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingCell {
    /// The record's id.
    pub record: String,
    /// The field's key.
    pub field: String,
    /// What is to be seen in place of what the server told, if anything.
    pub text: Option<Option<String>>,
    /// How it stands with it.
    pub sign: Sign,
}

/// The edits of a browser page, whatever the sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waiting {
    entries: VecDeque<Entry>,
    /// How many of the first ones are being sent.
    under_way: usize,
    /// The server cannot be reached.
    away: bool,
    failures: usize,
    clashes: Vec<Clash>,
    refusals: Vec<Refusal>,
}

fn is_same_cell(one: &CellEdit, other: &CellEdit) -> bool {
    one.record == other.record && one.field == other.field
}

impl Waiting {
    /// Takes an edit. While the server is away, it takes the place of an earlier one of the same cell that was never
    /// sent. A choice about the cell that was still open is made by it.
    pub fn write(&mut self, sheet: &str, edit: CellEdit) {
        self.clashes.retain(|clash| clash.sheet != sheet || !is_same_cell(&clash.mine, &edit));
        let is_earlier =
            |entry: &&mut Entry| entry.sheet == sheet && !entry.tried && is_same_cell(&entry.edit, &edit);
        if self.away
            && let Some(earlier) = self.entries.iter_mut().find(is_earlier)
        {
            earlier.edit.text = edit.text;
            return;
        }
        self.entries.push_back(Entry { sheet: sheet.to_string(), edit, tried: false });
    }

    /// The edits to send next, all of one sheet; nothing while others are under way.
    pub fn next(&mut self) -> Option<(String, Vec<CellEdit>)> {
        if self.under_way > 0 {
            return None;
        }
        let sheet = self.entries.front()?.sheet.clone();
        // While the server is away one edit finds out whether it still is: the others can change until then.
        let most = if self.away { 1 } else { MOST_TOGETHER };
        let mut edits = Vec::new();
        for entry in self.entries.iter_mut().take(most).take_while(|entry| entry.sheet == sheet) {
            entry.tried = true;
            edits.push(entry.edit.clone());
        }
        self.under_way = edits.len();
        Some((sheet, edits))
    }

    /// The server answered what was under way; what it did not come to is sent again. Each edit with its answer.
    pub fn answered(&mut self, answers: Vec<Edited>) -> Vec<(CellEdit, Edited)> {
        self.under_way = 0;
        self.away = false;
        self.failures = 0;
        let mut told = Vec::with_capacity(answers.len());
        for answer in answers {
            let Some(Entry { sheet, edit, .. }) = self.entries.pop_front() else { break };
            let theirs = match &answer {
                Edited::Saved(_) => None,
                Edited::Changed { now, who } => Some(Theirs::Changed { now: now.clone(), who: who.clone() }),
                Edited::Gone => Some(Theirs::Gone),
                Edited::Refused(error) => {
                    let reason = error.message.clone();
                    self.refusals.push(Refusal { sheet: sheet.clone(), edit: edit.clone(), reason });
                    None
                }
            };
            // What the person wrote over it later meets the same change.
            let is_later = |entry: &Entry| entry.sheet == sheet && is_same_cell(&entry.edit, &edit);
            if let Some(theirs) = theirs.filter(|_| !self.entries.iter().any(is_later)) {
                self.clashes.retain(|clash| clash.sheet != sheet || !is_same_cell(&clash.mine, &edit));
                self.clashes.push(Clash { sheet, mine: edit.clone(), theirs });
            }
            told.push((edit, answer));
        }
        told
    }

    /// The server was not reached; how many milliseconds to wait before the next try.
    pub fn failed(&mut self) -> u32 {
        self.under_way = 0;
        self.away = true;
        self.failures += 1;
        PAUSES[(self.failures - 1).min(PAUSES.len() - 1)]
    }

    /// The browser says whether it is connected. True when something is to be sent now.
    #[cfg(any(feature = "hydrate", test))]
    pub fn connected(&mut self, is_connected: bool) -> bool {
        self.away = !is_connected || (self.away && !self.entries.is_empty());
        is_connected && !self.entries.is_empty()
    }

    /// What is under way takes longer than it should: it looks as if the server were away.
    pub fn takes_long(&mut self) {
        self.away |= self.under_way > 0;
    }

    /// Whether the server cannot be reached.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// Whether a try is under way or will be made without being asked for.
    pub fn tries_itself(&self) -> bool {
        self.under_way > 0 || self.failures > 0
    }

    /// How many edits wait, of one sheet or of all.
    pub fn count(&self, sheet: Option<&str>) -> usize {
        self.entries.iter().filter(|entry| sheet.is_none_or(|sheet| entry.sheet == sheet)).count()
    }

    /// Whether something would be lost with the page.
    #[cfg(any(feature = "hydrate", test))]
    pub fn is_at_risk(&self) -> bool {
        (self.away && !self.entries.is_empty()) || !self.clashes.is_empty()
    }

    /// The cells of a sheet whose texts are not on the server, each once.
    pub fn cells(&self, sheet: &str) -> Vec<PendingCell> {
        let sign = if self.away { Sign::Waiting } else { Sign::Sent };
        let mut cells: Vec<PendingCell> = Vec::new();
        let waiting = self.entries.iter().filter(|entry| entry.sheet == sheet);
        for CellEdit { record, field, text, .. } in waiting.map(|entry| &entry.edit) {
            cells.retain(|cell| (&cell.record, &cell.field) != (record, field));
            let (record, field, text) = (record.clone(), field.clone(), Some(text.clone()));
            cells.push(PendingCell { record, field, text, sign });
        }
        for clash in self.clashes.iter().filter(|clash| clash.sheet == sheet) {
            let (record, field) = (clash.mine.record.clone(), clash.mine.field.clone());
            if cells.iter().all(|cell| (&cell.record, &cell.field) != (&record, &field)) {
                cells.push(PendingCell { record, field, text: None, sign: Sign::Clash });
            }
        }
        cells
    }

    /// The first choice to be made in a sheet, and how many come after it.
    pub fn clash(&self, sheet: &str) -> Option<(Clash, usize)> {
        let mut of_sheet = self.clashes.iter().filter(|clash| clash.sheet == sheet);
        let first = of_sheet.next()?.clone();
        Some((first, of_sheet.count()))
    }

    /// A choice is made: the other's text stays, or the person's is written over what they know of now.
    pub fn choose(&mut self, clash: &Clash, is_mine: bool) {
        self.clashes.retain(|other| other != clash);
        if let (true, Theirs::Changed { now, .. }) = (is_mine, &clash.theirs) {
            let edit = CellEdit { seen: now.clone(), ..clash.mine.clone() };
            self.write(&clash.sheet, edit);
        }
    }

    /// The refused edits of a sheet.
    pub fn refusals(&self, sheet: &str) -> Vec<Refusal> {
        self.refusals.iter().filter(|refusal| refusal.sheet == sheet).cloned().collect()
    }

    /// A refused edit is put away, and tried once more if the person wants that.
    pub fn settle(&mut self, refusal: &Refusal, again: bool) {
        let Some(place) = self.refusals.iter().position(|other| other == refusal) else { return };
        let Refusal { sheet, edit, .. } = self.refusals.remove(place);
        if again {
            self.write(&sheet, edit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Counts;
    use crate::rpc::records::Standings;
    use crate::rpc::{ErrorKind, RpcError};

    fn edit(record: &str, seen: &str, text: &str) -> CellEdit {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        CellEdit { record: record.to_string(), field: "f".to_string(), text: some(text), seen: some(seen) }
    }

    fn saved() -> Edited {
        Edited::Saved(Standings { version: 1, counts: Counts::default(), selected_invalid: 0 })
    }

    fn changed(now: &str) -> Edited {
        Edited::Changed { now: Some(now.to_string()), who: "Ada".to_string() }
    }

    fn texts(waiting: &Waiting) -> Vec<&str> {
        waiting.entries.iter().map(|entry| entry.edit.text.as_deref().unwrap_or_default()).collect()
    }

    #[test]
    fn edits_go_in_order_one_lot_at_a_time() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "", "a"));
        assert_eq!(waiting.next(), Some(("s".to_string(), vec![edit("1", "", "a")])));
        waiting.write("s", edit("1", "a", "b"));
        waiting.write("t", edit("1", "", "c"));
        waiting.write("s", edit("2", "", "d"));
        assert_eq!(waiting.next(), None, "one lot is under way");
        assert_eq!(waiting.answered(vec![saved()]).len(), 1);
        assert_eq!(waiting.next(), Some(("s".to_string(), vec![edit("1", "a", "b")])), "up to another sheet");
        waiting.answered(vec![saved()]);
        assert_eq!(waiting.next().map(|(sheet, _)| sheet).as_deref(), Some("t"));
        assert_eq!((waiting.count(None), waiting.count(Some("s"))), (2, 1));
    }

    #[test]
    fn what_was_not_answered_is_sent_again_as_it_was() {
        let mut waiting = Waiting::default();
        for text in ["a", "b", "c"] {
            waiting.write("s", edit(text, "", text));
        }
        let first = waiting.next();
        assert_eq!(waiting.failed(), 1_000);
        assert!(waiting.is_away() && waiting.is_at_risk() && waiting.tries_itself());
        assert_eq!(waiting.next(), Some(("s".to_string(), vec![edit("a", "", "a")])), "one finds out");
        assert_eq!(waiting.failed(), 2_000);
        waiting.next();
        assert_eq!(waiting.answered(vec![saved()]).len(), 1);
        assert_eq!(texts(&waiting), ["b", "c"]);
        assert!(!waiting.is_away() && !waiting.is_at_risk());
        assert_eq!(waiting.next().map(|(_, edits)| edits), first.map(|(_, edits)| edits[1..].to_vec()));
        assert_eq!((0..9).map(|_| waiting.failed()).last(), Some(15_000));
    }

    #[test]
    fn a_cell_that_is_typed_into_again_waits_once_but_never_changes_what_was_tried() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "a", "b"));
        waiting.next();
        waiting.failed();
        // The first edit may have reached the server: taking it for unsent would make its text a stranger's.
        waiting.write("s", edit("1", "b", "c"));
        waiting.write("s", edit("2", "", "x"));
        waiting.write("s", edit("1", "c", "a"));
        assert_eq!(texts(&waiting), ["b", "a", "x"]);
        assert_eq!(waiting.entries[1].edit.seen.as_deref(), Some("b"));
        let cells = waiting.cells("s");
        assert_eq!(cells.len(), 2);
        assert_eq!((&cells[0].text, cells[0].sign), (&Some(Some("a".to_string())), Sign::Waiting));
    }

    #[test]
    fn a_clash_waits_for_a_choice() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "a", "b"));
        waiting.next();
        waiting.answered(vec![changed("x")]);
        let (clash, more) = waiting.clash("s").unwrap();
        assert_eq!((more, waiting.clash("t")), (0, None));
        assert_eq!((waiting.cells("s")[0].sign, waiting.cells("s")[0].text.clone()), (Sign::Clash, None));
        assert!(waiting.is_at_risk());
        let mut other = waiting.clone();
        waiting.choose(&clash, false);
        assert_eq!((waiting.clash("s"), waiting.count(None)), (None, 0));
        other.choose(&clash, true);
        assert_eq!(other.next(), Some(("s".to_string(), vec![edit("1", "x", "b")])), "over what they wrote");
        other.answered(vec![changed("y")]);
        assert!(other.clash("s").is_some(), "they changed it once more");
        other.write("s", edit("1", "y", "z"));
        assert_eq!(other.clash("s"), None, "typing into the cell is a choice, too");
    }

    #[test]
    fn edits_of_one_cell_that_meet_a_change_make_one_clash() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "a", "b"));
        waiting.write("s", edit("1", "b", "c"));
        waiting.next();
        waiting.answered(vec![changed("x"), changed("x")]);
        let (clash, more) = waiting.clash("s").unwrap();
        assert_eq!((clash.mine.text.as_deref(), more), (Some("c"), 0));
    }

    #[test]
    fn a_record_that_is_gone_keeps_the_text() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "a", "b"));
        waiting.next();
        waiting.answered(vec![Edited::Gone]);
        let (clash, _) = waiting.clash("s").unwrap();
        assert_eq!((&clash.theirs, clash.mine.text.as_deref()), (&Theirs::Gone, Some("b")));
        waiting.choose(&clash, true);
        assert_eq!((waiting.count(None), waiting.clash("s")), (0, None), "there is nothing to write it into");
    }

    #[test]
    fn refusals_are_kept_until_they_are_settled() {
        let mut waiting = Waiting::default();
        waiting.write("s", edit("1", "a", "b"));
        waiting.write("s", edit("2", "a", "b"));
        waiting.next();
        let no = |words: &str| Edited::Refused(RpcError::new(ErrorKind::Forbidden, words));
        waiting.answered(vec![no("one"), no("two")]);
        let list = waiting.refusals("s");
        assert_eq!(list.iter().map(|refusal| refusal.reason.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        waiting.settle(&list[0], true);
        waiting.settle(&list[1], false);
        assert_eq!((waiting.refusals("s").len(), waiting.count(Some("s"))), (0, 1));
    }

    #[test]
    fn a_lost_connection_is_known_before_anything_fails() {
        let mut waiting = Waiting::default();
        assert!(!waiting.connected(false));
        assert!(waiting.is_away() && !waiting.is_at_risk() && !waiting.tries_itself());
        assert!(!waiting.connected(true));
        assert!(!waiting.is_away());
        waiting.connected(false);
        waiting.write("s", edit("1", "a", "b"));
        assert!(waiting.connected(true), "there is something to send");
        assert!(waiting.is_away(), "until it is sent");
        waiting.next();
        waiting.answered(vec![saved()]);
        assert!(!waiting.is_away());
        waiting.write("s", edit("1", "b", "c"));
        waiting.next();
        waiting.takes_long();
        assert!(waiting.is_away());
    }
}
