//! Layouts: how each person has the columns of a sheet.

use super::convert::{from_json, json};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::layout::SheetLayout;

/// The layout that a person has of the sheet of that number.
pub async fn find(tx: &mut Tx, person: &str, sheet: i64) -> Result<Option<SheetLayout>, StoreError> {
    let statement = Statement::select("layout FROM sheet_layouts")
        .push_bind(" WHERE person = ", person)
        .push_bind(" AND sheet = ", sheet);
    let found: Option<(String,)> = tx.optional(statement).await?;
    found.map(|(layout,)| from_json("sheet_layouts.layout", &layout)).transpose()
}

/// Keeps the layout of a person in place of the one before.
pub async fn keep(tx: &mut Tx, person: &str, sheet: i64, layout: &SheetLayout) -> Result<(), StoreError> {
    let text = "INSERT INTO sheet_layouts (person, sheet, layout) VALUES ($1, $2, $3)
        ON CONFLICT (person, sheet) DO UPDATE SET layout = excluded.layout";
    let statement = Statement::new(text).bind(person).bind(sheet).bind(json(layout)?);
    tx.execute(statement).await.map(|_| ())
}
