//! How a person has the columns of a sheet: in which order, how wide, which are pinned or hidden, how tall rows are.

use serde::{Deserialize, Serialize};

/// The narrowest a column may be, in CSS pixels.
pub const NARROWEST: u16 = 48;
/// The widest.
pub const WIDEST: u16 = 1_200;
/// More columns than a sheet can have are not kept.
#[cfg(feature = "ssr")]
pub const MOST_COLUMNS: usize = 5_000;

/// How tall rows are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowHeight {
    /// As many rows as can be read.
    Compact,
    /// As ever.
    #[default]
    Normal,
    /// Room around each value.
    Tall,
}

impl RowHeight {
    /// Each with its word and its height in CSS pixels.
    pub const ALL: [(Self, &str, f64); 3] =
        [(Self::Compact, "Compact", 26.0), (Self::Normal, "Normal", 32.0), (Self::Tall, "Tall", 48.0)];

    /// In CSS pixels.
    pub fn pixels(self) -> f64 {
        Self::ALL[self as usize].2
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// One column of a layout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnPlace {
    /// Key of its field.
    pub key: String,
    /// In CSS pixels; by what it holds when absent.
    #[serde(default)]
    pub width: Option<u16>,
    /// It is not shown.
    #[serde(default)]
    pub hidden: bool,
    /// It stays at the left while the others scroll.
    #[serde(default)]
    pub pinned: bool,
}

/// The columns of a sheet as a person has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SheetLayout {
    /// In order. Fields that are not named stand where the sheet has them.
    pub columns: Vec<ColumnPlace>,
    /// How tall rows are.
    pub row_height: RowHeight,
}

impl SheetLayout {
    /// The layout with every field of the sheet and no other: the pinned ones first. A field that it does not
    /// name stands behind the one that is before it in the sheet.
    pub fn complete(&self, fields: &[&str]) -> Self {
        let mut columns: Vec<ColumnPlace> = Vec::with_capacity(fields.len());
        for place in &self.columns {
            let is_new = !columns.iter().any(|known| known.key == place.key);
            if is_new && fields.contains(&place.key.as_str()) {
                columns.push(place.clone());
            }
        }
        let mut before: Option<&str> = None;
        for field in fields {
            if !columns.iter().any(|place| place.key == *field) {
                let behind = columns.iter().position(|place| Some(place.key.as_str()) == before);
                let place = ColumnPlace { key: (*field).to_string(), ..ColumnPlace::default() };
                columns.insert(behind.map_or(0, |behind| behind + 1), place);
            }
            before = Some(field);
        }
        Self { columns: pinned_first(columns), row_height: self.row_height }
    }

    /// Where a column stands.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|place| place.key == key)
    }

    /// Changes one column of a complete layout.
    pub fn change(&mut self, key: &str, change: impl FnOnce(&mut ColumnPlace)) {
        if let Some(place) = self.columns.iter_mut().find(|place| place.key == key) {
            change(place);
        }
        self.columns = pinned_first(std::mem::take(&mut self.columns));
    }

    /// Gives a column a width within the limits.
    pub fn set_width(&mut self, key: &str, width: f64) {
        let width = width.round().max(f64::from(NARROWEST)).min(f64::from(WIDEST)) as u16;
        self.change(key, |place| place.width = Some(width));
    }

    /// Puts a column before another one, or at the end. Among pinned columns it is pinned, too; behind them it
    /// is not.
    pub fn put_before(&mut self, key: &str, other: Option<&str>) {
        let Some(from) = self.find(key).filter(|_| other != Some(key)) else { return };
        let mut moved = self.columns.remove(from);
        let to = other.and_then(|other| self.find(other)).unwrap_or(self.columns.len());
        let pinned = self.columns.iter().filter(|place| place.pinned).count();
        if to != pinned {
            moved.pinned = to < pinned;
        }
        self.columns.insert(to, moved);
    }

    /// The column that a shown one changes places with when it goes one to the left or right; nothing at the
    /// end of its part, which is that of the pinned columns or that of the others.
    pub fn neighbour(&self, key: &str, to_right: bool) -> Option<&ColumnPlace> {
        let at = self.find(key)?;
        let fits = |place: &&ColumnPlace| !place.hidden && place.pinned == self.columns[at].pinned;
        match to_right {
            true => self.columns[at + 1..].iter().find(fits),
            false => self.columns[..at].iter().rev().find(fits),
        }
    }

    /// Moves a column by one place among those that are shown.
    pub fn step(&mut self, key: &str, to_right: bool) {
        let other = self.neighbour(key, to_right).and_then(|place| self.find(&place.key));
        if let (Some(from), Some(to)) = (self.find(key), other) {
            let moved = self.columns.remove(from);
            self.columns.insert(to, moved);
        }
    }

    /// Hides columns; one always stays, because a grid without columns shows nothing.
    pub fn hide(&mut self, keys: &[String]) {
        for key in keys {
            if self.columns.iter().filter(|place| !place.hidden).count() > 1 {
                self.change(key, |place| place.hidden = true);
            }
        }
    }

    /// Shows every column.
    pub fn show_all(&mut self) {
        for place in &mut self.columns {
            place.hidden = false;
        }
    }

    /// How many columns are hidden.
    pub fn hidden(&self) -> usize {
        self.columns.iter().filter(|place| place.hidden).count()
    }
}

/// The pinned columns before the others. A sort would cost the page more than all of the layout.
fn pinned_first(columns: Vec<ColumnPlace>) -> Vec<ColumnPlace> {
    let (mut first, others): (Vec<_>, Vec<_>) = columns.into_iter().partition(|place| place.pinned);
    first.extend(others);
    first
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(layout: &SheetLayout) -> Vec<&str> {
        layout.columns.iter().map(|place| place.key.as_str()).collect()
    }

    #[test]
    fn a_new_field_stands_behind_the_one_before_it() {
        let mut layout = SheetLayout::default().complete(&["a", "b", "c"]);
        layout.put_before("c", Some("a"));
        assert_eq!(keys(&layout), ["c", "a", "b"]);
        assert_eq!(keys(&layout.complete(&["new", "a", "more", "b", "c"])), ["new", "c", "a", "more", "b"]);
        assert_eq!(keys(&layout.complete(&["b", "c"])), ["c", "b"]);
    }

    #[test]
    fn pinned_columns_stand_first_and_a_move_among_them_pins() {
        let mut layout = SheetLayout::default().complete(&["a", "b", "c", "d"]);
        layout.change("c", |place| place.pinned = true);
        assert_eq!(keys(&layout), ["c", "a", "b", "d"]);
        layout.put_before("d", Some("c"));
        assert!(layout.columns[0].pinned, "before a pinned column it is pinned");
        layout.put_before("d", None);
        assert_eq!((keys(&layout), layout.columns[3].pinned), (vec!["c", "a", "b", "d"], false));
        layout.put_before("b", Some("a"));
        assert!(!layout.columns[1].pinned, "right behind the pinned ones it stays as it was");
    }

    #[test]
    fn steps_pass_over_hidden_columns_and_stay_in_their_part() {
        let mut layout = SheetLayout::default().complete(&["a", "b", "c"]);
        layout.hide(&["b".to_string()]);
        layout.step("a", true);
        assert_eq!(keys(&layout), ["b", "c", "a"]);
        layout.step("a", true);
        assert_eq!(keys(&layout), ["b", "c", "a"]);
        layout.step("a", false);
        assert_eq!(keys(&layout), ["b", "a", "c"]);
        layout.change("a", |place| place.pinned = true);
        assert_eq!(layout.neighbour("a", true), None);
    }

    #[test]
    fn the_last_column_is_not_hidden() {
        let mut layout = SheetLayout::default().complete(&["a", "b"]);
        layout.hide(&["a".to_string(), "b".to_string()]);
        assert_eq!(layout.hidden(), 1);
        layout.show_all();
        assert_eq!(layout.hidden(), 0);
    }

    const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];

    proptest! {
        #[test]
        fn whatever_is_done_every_field_is_there_once_and_pinned_ones_come_first(
            steps in prop::collection::vec((0usize..5, 0usize..6, 0usize..5), 0..24)
        ) {
            let mut layout = SheetLayout::default().complete(&FIELDS);
            for (field, other, deed) in steps {
                let key = FIELDS[field];
                match deed {
                    0 => layout.put_before(key, FIELDS.get(other).copied()),
                    1 => layout.step(key, other % 2 == 0),
                    2 => layout.hide(&[key.to_string()]),
                    3 => layout.change(key, |place| place.pinned = !place.pinned),
                    _ => layout.set_width(key, other as f64 * 900.0 - 900.0),
                }
                let mut sorted = keys(&layout);
                sorted.sort_unstable();
                prop_assert_eq!(sorted, FIELDS);
                prop_assert!(layout.columns.is_sorted_by_key(|place| !place.pinned));
                prop_assert!(layout.hidden() < FIELDS.len());
                prop_assert!(layout.columns.iter().filter_map(|place| place.width).all(|width| (NARROWEST..=WIDEST).contains(&width)));
                prop_assert_eq!(&layout.complete(&FIELDS), &layout);
            }
        }
    }
}
