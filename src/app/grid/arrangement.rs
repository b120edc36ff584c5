//! Which columns stand where: the sheet's fields under a person's layout. No browser in it.

use crate::domain::layout::SheetLayout;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The columns that are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrangement {
    /// Each shown column's place among the fields of the sheet, in order.
    pub shown: Vec<usize>,
    /// Their widths, in CSS pixels.
    pub widths: Vec<f64>,
    /// How many of the first ones are pinned.
    pub pinned: usize,
    /// Height of a row.
    pub row_height: f64,
}

impl Arrangement {
    /// The shown columns of a complete layout.
    pub fn of(fields: &[impl AsRef<ColumnView>], layout: &SheetLayout) -> Self {
        let mut arrangement =
            Self { shown: Vec::new(), widths: Vec::new(), pinned: 0, row_height: layout.row_height.pixels() };
        for place in layout.columns.iter().filter(|place| !place.hidden) {
            let of_key = |field: &_| AsRef::<ColumnView>::as_ref(field).key == place.key;
            let Some(field) = fields.iter().position(of_key) else { continue };
            arrangement.shown.push(field);
            arrangement
                .widths
                .push(place.width.map_or_else(|| usual_width(fields[field].as_ref()), f64::from));
            arrangement.pinned += usize::from(place.pinned);
        }
        arrangement
    }
}

impl AsRef<Self> for ColumnView {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// How wide a column is that nobody has made wider: by the blueprint or by what it holds, never narrower than its
/// header.
pub fn usual_width(column: &ColumnView) -> f64 {
    let by_kind = match column.kind {
        ColumnKind::Text | ColumnKind::List => 180.0,
        ColumnKind::Reference => 170.0,
        ColumnKind::Number | ColumnKind::Date => 120.0,
        ColumnKind::Enum => 130.0,
        ColumnKind::Boolean => 96.0,
    };
    let is_mail = column.key.to_ascii_lowercase().contains("mail");
    let by_kind = if is_mail { 240.0 } else { by_kind };
    column.width.map_or_else(|| f64::max(by_kind, header_width(column).min(360.0)), f64::from).round()
}

/// How much room the header needs: sign, label, required mark.
pub fn header_width(column: &ColumnView) -> f64 {
    56.0 + 7.5 * column.label.chars().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, kind: ColumnKind) -> ColumnView {
        ColumnView {
            key: key.to_string(),
            label: key.to_string(),
            kind,
            required: false,
            locked: None,
            choices: Vec::new(),
            description: None,
            width: None,
            actions: Vec::new(),
            refers: false,
        }
    }

    #[test]
    fn hidden_columns_are_left_out_and_pinned_ones_counted() {
        let fields = ["a", "b", "c"].map(|key| field(key, ColumnKind::Text));
        let mut layout = SheetLayout::default().complete(&["a", "b", "c"]);
        layout.hide(&["b".to_string()]);
        layout.set_width("a", 77.0);
        layout.change("c", |place| place.pinned = true);
        let arrangement = Arrangement::of(&fields, &layout);
        assert_eq!((arrangement.shown, arrangement.pinned), (vec![2, 0], 1));
        assert_eq!(arrangement.widths, [180.0, 77.0]);
    }

    #[test]
    fn the_blueprint_says_how_wide_a_column_is_at_first() {
        let mut wide = field("notes", ColumnKind::Text);
        wide.width = Some(360);
        assert_eq!(usual_width(&wide), 360.0);
        assert_eq!(usual_width(&field("e-mail", ColumnKind::Text)), 240.0);
        let mut long = field("a", ColumnKind::Boolean);
        long.label = "Whether it was ever sent back".to_string();
        assert!(usual_width(&long) > 250.0);
    }
}
