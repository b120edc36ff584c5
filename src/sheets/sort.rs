//! Bringing records into the order of one field.

use std::cmp::Ordering;

use super::rows::Rows;
use crate::domain::query::SortDirection;
use crate::domain::record::FieldNumber;
use crate::domain::value::{number_sort_key, read_number};

/// A record on its way to its place: empty cells last, then by number, then by text.
#[derive(Debug, Clone, Copy)]
struct Key<'a> {
    rank: u8,
    prefix: u64,
    text: &'a str,
    position: u32,
}

const READABLE: u8 = 0;
const TEXT: u8 = 1;
const EMPTY: u8 = 2;

/// Sorts positions by a field. Records with equal values stay in the order they come in, also downwards;
/// empty cells come last in both directions. In a field of numbers, what is no number comes after them.
pub(super) fn sort(
    rows: &Rows,
    field: FieldNumber,
    is_number: bool,
    direction: SortDirection,
    positions: &mut [u32],
) {
    let mut keys: Vec<Key<'_>> =
        positions.iter().map(|position| key(rows, field, is_number, *position)).collect();
    keys.sort_by(|one, other| {
        let by_value = (one.rank, one.prefix).cmp(&(other.rank, other.prefix));
        let by_value =
            by_value.then_with(|| if one.rank == TEXT { one.text.cmp(other.text) } else { Ordering::Equal });
        match (direction, one.rank == EMPTY, other.rank == EMPTY) {
            (SortDirection::Desc, false, false) => by_value.reverse(),
            _ => by_value,
        }
    });
    for (position, key) in positions.iter_mut().zip(keys) {
        *position = key.position;
    }
}

fn key(rows: &Rows, field: FieldNumber, is_number: bool, position: u32) -> Key<'_> {
    let text = rows.place_at(position).and_then(|place| rows.text(place, field));
    let Some(text) = text else { return Key { rank: EMPTY, prefix: 0, text: "", position } };
    match is_number.then(|| read_number(text)).flatten() {
        Some(number) => Key { rank: READABLE, prefix: number_sort_key(number), text: "", position },
        None => Key { rank: TEXT, prefix: prefix(text), text, position },
    }
}

/// The first 8 bytes, so that most comparisons need not look at the text.
fn prefix(text: &str) -> u64 {
    let mut first = [0; 8];
    let length = text.len().min(8);
    first[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(first)
}
