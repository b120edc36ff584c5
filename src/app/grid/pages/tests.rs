//! What is here, what is asked for, and what is let go.

use super::*;
use crate::domain::blueprint::Level;
use crate::domain::frame::FrameColumn;

fn answer(version: i64, total: u64, page: u64, text: &str) -> Answer {
    let rows = total.saturating_sub(page * PAGE_ROWS).min(PAGE_ROWS);
    let head =
        |row| RowHead { record: RecordName::default(), position: page * PAGE_ROWS + row + 1, invalid: false };
    Answer {
        version,
        total,
        page: Page {
            heads: (0..rows).map(head).collect(),
            columns: vec![column((0..rows).map(|_| text))],
            ..Page::default()
        },
    }
}

fn column<'a>(texts: impl Iterator<Item = &'a str>) -> FrameColumn {
    let mut column = FrameColumn::new("field");
    texts.for_each(|text| column.push(Some(text)));
    column
}

fn load(pages: &mut Pages, text: &str) {
    let total = pages.total();
    while let Some(request) = pages.next_request() {
        let version = pages.version();
        assert!(pages.arrived(request, answer(version, total, request.page, text)));
    }
}

#[test]
fn what_is_seen_comes_first_and_two_at_once() {
    let mut pages = Pages::new(1, vec![0], 10_000, 1);
    pages.want(300..340);
    let order: Vec<u64> = std::iter::from_fn(|| pages.next_request()).map(|request| request.page).collect();
    assert_eq!(order, [2, 3]);
    pages.want(5_000..5_010);
    assert_eq!(pages.next_request(), None, "two are under way");
    let late = Request { page: 2, question: 0, failures: 0 };
    assert!(pages.arrived(late, answer(1, 10_000, 2, "a")));
    assert_eq!(pages.next_request().map(|request| request.page), Some(39), "the newest view is next");
    assert_eq!(pages.head(256).map(|head| head.position), Some(257));
    assert_eq!(pages.head(0), None);
}

#[test]
fn what_is_passed_over_is_asked_without_neighbours() {
    let mut pages = Pages::new(1, vec![0], 1_000_000, 1);
    pages.want(0..40);
    load(&mut pages, "a");
    for place in [5_000, 10_000] {
        pages.want(place..place + 40);
        let request = pages.next_request().unwrap();
        assert_eq!((request.page, pages.next_request()), (place / PAGE_ROWS, None));
        assert!(pages.arrived(request, answer(1, 1_000_000, request.page, "b")));
    }
    pages.want(10_040..10_080);
    assert_eq!(pages.next_request(), None);
    pages.rest();
    load(&mut pages, "c");
    assert_eq!(pages.text(79 * PAGE_ROWS, 0), Some("c"), "the neighbour");
}

#[test]
fn a_change_keeps_what_is_seen_until_its_successor_is_here() {
    let mut pages = Pages::new(1, vec![0], 1_000, 1);
    pages.want(0..10);
    load(&mut pages, "old");
    assert_eq!(pages.text(130, 0), Some("old"), "the neighbour is here too");
    pages.changed(2);
    assert_eq!((pages.text(5, 0), pages.text(130, 0)), (Some("old"), None));
    load(&mut pages, "new");
    assert_eq!(pages.text(5, 0), Some("new"));
}

#[test]
fn an_old_answer_is_passed_over() {
    let mut pages = Pages::new(1, vec![0], 1_000, 1);
    pages.want(0..10);
    let request = pages.next_request().unwrap();
    pages.changed(5);
    assert!(!pages.arrived(request, answer(4, 1_000, 0, "old")));
    assert_eq!(pages.next_request().map(|request| request.page), Some(0), "asked once more");
    let request = Request { page: 0, question: 0, failures: 0 };
    pages.ask_anew();
    assert!(!pages.arrived(request, answer(5, 1_000, 0, "other filter")));
    assert_eq!(pages.text(0, 0), None);
}

#[test]
fn a_failed_request_is_asked_again() {
    let mut pages = Pages::new(1, vec![0], 100, 1);
    pages.want(0..10);
    let request = pages.next_request().unwrap();
    assert_eq!(pages.next_request(), None);
    assert!(pages.failed(request));
    assert_eq!(pages.next_request().map(|request| (request.page, request.failures)), Some((0, 1)));
}

#[test]
fn memory_is_bounded_and_what_is_seen_stays() {
    let mut pages = Pages::new(1, vec![0], 1_000_000, 1);
    let long = "x".repeat(16 << 10);
    for screen in 0..40 {
        pages.want(screen * 500..screen * 500 + 20);
        load(&mut pages, &long);
    }
    assert!(pages.bytes <= MOST_BYTES + (4 << 20), "{}", pages.bytes);
    assert_eq!(pages.bytes, pages.slots.values().map(|slot| slot.bytes).sum::<usize>());
    assert!(pages.head(39 * 500 + 10).is_some());
    assert!(pages.head(10).is_none(), "the oldest went");
}

#[test]
fn an_empty_view_learns_of_new_rows() {
    let mut pages = Pages::new(1, vec![0], 0, 1);
    pages.want(0..0);
    let request = pages.next_request().unwrap();
    assert!(pages.arrived(request, answer(1, 0, 0, "")));
    assert_eq!(pages.next_request(), None);
    pages.changed(2);
    let request = pages.next_request().unwrap();
    assert!(pages.arrived(request, answer(2, 5, 0, "new")));
    assert_eq!((pages.total(), pages.text(4, 0)), (5, Some("new")));
}

#[test]
fn what_is_doubted_is_asked_for_anew() {
    let mut pages = Pages::new(1, vec![0], 10, 1);
    pages.want(0..10);
    load(&mut pages, "old");
    pages.overwrite(3, 0, Some("refused"));
    pages.doubt();
    load(&mut pages, "old");
    assert_eq!(pages.text(3, 0), Some("old"));
}

#[test]
fn what_waits_lies_over_what_the_server_tells() {
    let mut pages = Pages::new(1, vec![0], 10, 1);
    pages.want(0..10);
    load(&mut pages, "old");
    let record = pages.head(3).unwrap().record;
    pages.lay(vec![((record, 0), Some("mine".into()))]);
    pages.changed(2);
    load(&mut pages, "new");
    assert_eq!(pages.text(3, 0), Some("mine"), "whatever comes meanwhile");
    pages.lay(Vec::new());
    assert_eq!((pages.text(3, 0), pages.row_of(record)), (Some("new"), Some(0)));
}

#[test]
fn columns_are_counted_as_they_are_shown() {
    let mut pages = Pages::new(3, vec![0, 1, 2], 1, 1);
    pages.want(0..1);
    let request = pages.next_request().unwrap();
    let mut here = answer(1, 1, 0, "");
    here.page.columns = ["a", "b", "c"].map(|text| column([text].into_iter())).to_vec();
    assert!(pages.arrived(request, here));
    pages.arrange(vec![2, 0]);
    assert_eq!((pages.text(0, 0), pages.text(0, 1), pages.text(0, 2)), (Some("c"), Some("a"), None));
    pages.overwrite(0, 1, Some("new"));
    pages.arrange(vec![0, 1, 2]);
    assert_eq!((pages.text(0, 0), pages.text(0, 1)), (Some("new"), Some("b")));
}

#[test]
fn what_is_said_of_a_hidden_cell_is_known() {
    let mut pages = Pages::new(2, vec![0], 2, 1);
    pages.want(0..2);
    let request = pages.next_request().unwrap();
    let mut here = answer(1, 2, 0, "");
    let remark = Remark { level: Level::Error, hosts: false, text: "wrong".to_string() };
    here.page.remarks.insert((1, 1), vec![remark.clone()]);
    assert!(pages.arrived(request, here));
    assert_eq!(pages.remarks_of(1), [(1, &[remark][..])]);
    assert!(pages.remarks_of(0).is_empty() && pages.remarks_of(9).is_empty());
}

#[test]
fn what_a_person_writes_is_seen_at_once() {
    let mut pages = Pages::new(1, vec![0], 10, 1);
    pages.want(0..10);
    load(&mut pages, "old");
    pages.overwrite(3, 0, Some("new"));
    pages.overwrite(4, 0, None);
    pages.overwrite(99, 0, Some("nowhere"));
    assert_eq!((pages.text(3, 0), pages.text(4, 0)), (Some("new"), None));
}
