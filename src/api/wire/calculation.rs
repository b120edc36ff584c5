//! What columns come to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::blueprint::FieldType;
use crate::domain::ids::{Id, SheetId};
use crate::domain::workbook::Sheet;
use crate::sheets::Calculated;

/// What the cells of one field come to in one way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Calculation)]
pub struct CalculationBody {
    /// Its id: always the same for the same field and type.
    id: String,
    /// The workbook of the sheet.
    workbook_id: String,
    /// The sheet.
    sheet_id: String,
    /// The key of the field.
    field_key: String,
    /// `COUNT_EMPTY`, `COUNT_NON_EMPTY`, `PERCENT_EMPTY`, `PERCENT_NON_EMPTY`; of numbers also `SUM`, `AVERAGE`, `MIN`
    /// and `MAX`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The number; nothing where there is none, as of the average of no numbers.
    value: Option<f64>,
}

type Way = (&'static str, fn(&Calculated) -> Option<f64>);

const OF_CELLS: [Way; 4] = [
    ("COUNT_EMPTY", |cells| Some(cells.empty as f64)),
    ("COUNT_NON_EMPTY", |cells| Some(filled(cells))),
    ("PERCENT_EMPTY", |cells| percent(cells.empty as f64, cells)),
    ("PERCENT_NON_EMPTY", |cells| percent(filled(cells), cells)),
];

const OF_NUMBERS: [Way; 4] = [
    ("SUM", |cells| Some(cells.numbers?.total())),
    ("AVERAGE", |cells| cells.numbers.map(|numbers| numbers.total() / numbers.count as f64)),
    ("MIN", |cells| Some(cells.numbers?.least)),
    ("MAX", |cells| Some(cells.numbers?.most)),
];

fn filled(cells: &Calculated) -> f64 {
    cells.cells.saturating_sub(cells.empty) as f64
}

fn percent(part: f64, cells: &Calculated) -> Option<f64> {
    (cells.cells > 0).then(|| part * 100.0 / cells.cells as f64)
}

/// What the fields of a sheet come to, in the order of the columns.
pub fn calculations_of(sheet: &Sheet, calculated: &[Calculated]) -> Vec<CalculationBody> {
    let mut bodies = Vec::new();
    for ((number, field), cells) in sheet.columns().zip(calculated) {
        let of_numbers: &[Way] =
            if matches!(field.field_type, FieldType::Number) { &OF_NUMBERS } else { &[] };
        for (place, (kind, value)) in OF_CELLS.iter().chain(of_numbers).enumerate() {
            let tail = sheet.id.as_str().trim_start_matches(SheetId::PREFIX);
            bodies.push(CalculationBody {
                id: format!("us_calc_{tail}{:04}{place}", number.0),
                workbook_id: sheet.workbook_id.to_string(),
                sheet_id: sheet.id.to_string(),
                field_key: field.key.to_string(),
                kind,
                value: value(cells),
            });
        }
    }
    bodies
}
