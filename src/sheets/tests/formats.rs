//! The stored formats: everything is read back, and damaged bytes are an error and nothing worse.

use proptest::prelude::*;

use crate::domain::blueprint::Level;
use crate::domain::record::{FieldNumber, Message, MessageSource, RecordNumber};
use crate::sheets::bits::Bits;
use crate::sheets::bytes::{seal, unseal};
use crate::sheets::chunk::{Chunk, Part};
use crate::sheets::column::ColumnBuilder;
use crate::sheets::extras::{Extra, Extras};
use crate::sheets::messages::MessagesBuilder;
use crate::sheets::patch::{self, RecordPatch};

fn column(values: &[Option<String>]) -> Chunk {
    let mut builder = ColumnBuilder::default();
    values.iter().for_each(|value| _ = builder.push(value.as_deref()));
    Chunk::Values(builder.finish())
}

fn bad(text: &str) -> Message {
    let path = text.contains('x').then(|| "$.value[1]".to_string());
    Message {
        level: Level::Error,
        source: MessageSource::CustomLogic,
        derived: true,
        text: text.to_string(),
        path,
    }
}

/// One chunk of each kind, columns in each of their shapes.
fn samples() -> Vec<(Part, Chunk)> {
    let mut messages = MessagesBuilder::default();
    for row in [3, 1, 700] {
        messages.push(row, FieldNumber(2), &bad("no address"));
        messages.push(row, FieldNumber(1), &bad("missing"));
    }
    let mut extras = Extras::default();
    extras.push(4, Extra { metadata: Some(serde_json::json!({"a": [1, "ü"]})), config: None });
    let mut deleted = Bits::zeros(70);
    deleted.set(69);
    let values = |count: usize, text: &dyn Fn(usize) -> Option<String>| -> Vec<Option<String>> {
        (0..count).map(text).collect()
    };
    let field = Part::field(FieldNumber(7));
    vec![
        (field, column(&values(0, &|_| None))),
        (field, column(&values(100, &|row| (row % 3 > 0).then(|| format!("Grüße {}", row % 5))))),
        (field, column(&values(2000, &|row| Some(format!("city {}", row % 300))))),
        (field, column(&values(500, &|row| (row % 7 > 0).then(|| format!("name {row}"))))),
        (field, column(&values(3, &|row| Some("x".repeat(row * 70_000))))),
        (Part::NUMBERS, Chunk::Numbers([1, 2, 9, 4000].map(RecordNumber).to_vec())),
        (Part::MESSAGES, Chunk::Messages(messages.finish())),
        (Part::EXTRAS, Chunk::Extras(extras)),
        (Part::DELETED, Chunk::Deleted(deleted)),
    ]
}

#[test]
fn every_kind_of_chunk_is_read_back() {
    for (part, chunk) in samples() {
        assert_eq!(Chunk::decode(part, &chunk.encode()), Ok(chunk));
    }
}

#[test]
fn a_column_that_repeats_itself_is_stored_by_its_distinct_texts() {
    let (_, Chunk::Values(column)) = &samples()[2] else { panic!("not a column") };
    assert_eq!(column.texts.len(), 300);
    assert_eq!(column.get(301), Some("city 1"));
}

#[test]
fn a_chunk_of_another_kind_is_refused() {
    for (part, chunk) in samples() {
        let other = if part == Part::DELETED { Part::NUMBERS } else { Part::DELETED };
        assert!(Chunk::decode(other, &chunk.encode()).is_err());
    }
}

#[test]
fn a_chunk_that_is_cut_or_changed_is_an_error() {
    for (part, chunk) in samples() {
        let bytes = chunk.encode();
        for position in 0..bytes.len() {
            assert!(Chunk::decode(part, &bytes[..position]).is_err(), "{part:?} cut at {position}");
            let mut changed = bytes.clone();
            changed[position] ^= 1 << (position % 8);
            assert!(Chunk::decode(part, &changed).is_err(), "{part:?} changed at {position}");
        }
    }
}

#[test]
fn bytes_that_were_sealed_wrongly_never_bring_the_server_down() {
    for (part, chunk) in samples() {
        let block = unseal(&chunk.encode()).unwrap();
        for position in 0..block.len().min(4_000) {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut changed = block.clone();
                changed[position] = value;
                // Whatever comes out must be safe to read.
                if let Ok(Chunk::Values(column)) = Chunk::decode(part, &seal(&changed)) {
                    (0..column.count + 2).for_each(|row| _ = column.get(row));
                }
            }
            let _ = Chunk::decode(part, &seal(&block[..position]));
        }
    }
}

proptest! {
    #[test]
    fn any_column_is_read_back(values in prop::collection::vec(prop::option::of("(a|b|ä|[a-z]{0,12})"), 0..300)) {
        let chunk = column(&values);
        let read = Chunk::decode(Part::field(FieldNumber(1)), &chunk.encode()).unwrap();
        let Chunk::Values(read) = read else { panic!("not a column") };
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(read.get(row), value.as_deref());
        }
        prop_assert_eq!(read.get(values.len()), None);
    }

    #[test]
    fn any_patch_is_read_back(
        cells in prop::collection::btree_map(0u32..9, prop::option::of("[a-zä]{0,9}"), 0..5),
        flags in any::<[bool; 5]>(),
    ) {
        let cells = cells.into_iter().map(|(field, text)| (FieldNumber(field), text.map(String::into_boxed_str)));
        let value = serde_json::json!({"k": [true, null]});
        let patch = RecordPatch {
            inserted: flags[0],
            deleted: flags[1],
            cells: cells.collect(),
            messages: flags[2].then(|| vec![(FieldNumber(3), bad("odd"))]),
            metadata: flags[3].then(|| flags[0].then(|| value.clone())),
            config: flags[4].then(|| flags[1].then(|| value.clone())),
        };
        let patches = [(RecordNumber(3), patch.clone()), (RecordNumber(u64::MAX), patch)];
        let bytes = patch::encode(patches.iter().map(|(number, patch)| (*number, patch)));
        prop_assert_eq!(patch::decode(&bytes), Ok(patches.to_vec()));
        for position in 0..bytes.len() {
            prop_assert!(patch::decode(&bytes[..position]).is_err());
        }
    }
}
