//! The different texts of a field over all segments, and which of them each record has.

use std::collections::HashMap;

use super::bits::Bits;
use super::field_scan::FieldScan;

/// The code of a cell without a value.
pub(super) const ABSENT: u32 = u32::MAX;

/// The different texts of the chosen records; some may be of other records only.
pub(super) struct Distinct<'a> {
    pub(super) texts: Vec<&'a str>,
    /// For each position the place of its text; only those of chosen records count.
    pub(super) codes: Vec<u32>,
}

#[derive(Default)]
struct Interner<'a> {
    texts: Vec<&'a str>,
    codes: HashMap<&'a str, u32>,
}

impl<'a> Interner<'a> {
    fn code(&mut self, text: Option<&'a str>) -> u32 {
        let Some(text) = text else { return ABSENT };
        *self.codes.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u32 - 1
        })
    }
}

impl<'a> Distinct<'a> {
    /// Joins the dictionaries of the segments; cells of others are looked at one by one.
    pub(super) fn of(scan: &FieldScan<'a>, chosen: &[(u32, usize)], selected: &Bits) -> Self {
        let mut interner = Interner::default();
        let mut codes = vec![ABSENT; selected.len()];
        for (segment, _) in chosen {
            let Some((column, local)) =
                scan.column(*segment).and_then(|column| Some((column, column.codes.as_ref()?)))
            else {
                scan.each(*segment, selected, |position, text| {
                    if let Some(code) = codes.get_mut(position as usize) {
                        *code = interner.code(text);
                    }
                });
                continue;
            };
            let texts = (0..column.texts.len()).map(|place| interner.code(Some(column.texts.get(place))));
            let table: Vec<u32> = texts.collect();
            let rows = codes.iter_mut().skip(scan.start(*segment) as usize);
            for (code, local) in rows.zip(local) {
                *code = table.get(usize::from(*local)).copied().unwrap_or(ABSENT);
            }
            if let Some(present) = &column.present {
                let mut absent = present.clone();
                absent.flip();
                for row in absent.each() {
                    if let Some(code) = codes.get_mut(scan.start(*segment) as usize + row) {
                        *code = ABSENT;
                    }
                }
            }
            for (position, text) in scan.patched(*segment) {
                if let Some(code) = codes.get_mut(position as usize) {
                    *code = interner.code(text);
                }
            }
        }
        Self { texts: interner.texts, codes }
    }

    /// The code of the cell at a position.
    pub(super) fn code(&self, position: usize) -> u32 {
        self.codes.get(position).copied().unwrap_or(ABSENT)
    }
}
