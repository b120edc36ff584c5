//! Finding cells that hold a text: how many there are, and which comes next.

use super::records::writable_field;
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::blueprint::FieldType;
use crate::domain::cell_edit::{Find, Spelling};
use crate::domain::ids::SheetId;
use crate::domain::query::RecordQuery;
use crate::sheets::{Seek, SoughtCells};

/// What is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The text; empty for empty cells.
    pub text: String,
    /// How it is sought.
    pub spelling: Spelling,
    /// In which fields, by their keys.
    pub fields: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The version of the sheet that was looked at.
    pub version: i64,
    /// How many cells.
    pub cells: u64,
    /// How many of them would be replaced.
    pub writable: u64,
    /// How many the actor may change that would not be: only a part of what people read there is sought.
    pub partial: u64,
    /// In how many fields the actor may change some.
    pub writable_fields: u64,
    /// The one that comes next.
    pub next: Option<FoundCell>,
}

/// One cell that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCell {
    /// Which one it is of all, counted from 1.
    pub place: u64,
    /// Its row in the view, counted from 0.
    pub row: u64,
    /// The key of its field.
    pub field: String,
    /// The id of its record.
    pub record_id: String,
}

impl Service {
    /// Finds cells of the records that a query finds.
    pub async fn find_cells(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        sought: &Sought,
        seek: Seek,
    ) -> Result<Found> {
        if sought.fields.is_empty() {
            return Err(ServiceError::bad_request("fields: name at least one field to look into"));
        }
        let (mut tx, sheet, view) = self.view_of(actor, id).await?;
        let find = Find::spelled(&sought.text, sought.spelling);
        let each = |key: &String| {
            let in_field = |rule: fn(Find, &FieldType) -> Find| match sheet.config.field(key) {
                Some(field) => rule(find.clone(), &field.field_type),
                None => find.clone(),
            };
            SoughtCells {
                field: key.clone(),
                find: in_field(Find::shown),
                replaced: in_field(Find::replaced),
            }
        };
        let each: Vec<SoughtCells> = sought.fields.iter().map(each).collect();
        let found = view.find_cells(&mut tx, query, &each, seek).await?;
        let may_write =
            |key: &String| sheet.config.field(key).is_some_and(|field| writable_field(actor, field).is_ok());
        let counted = sought.fields.iter().zip(found.by_field.iter().zip(&found.replaced));
        let writable: Vec<(u64, u64)> =
            counted.filter(|(key, _)| may_write(key)).map(|(_, (all, replaced))| (*all, *replaced)).collect();
        let next = found.next.and_then(|cell| {
            let (row, place) = cell.spot;
            let (field, record_id) = (sought.fields.get(place)?.clone(), sheet.record_key.id(cell.record));
            Some(FoundCell { place: cell.place, row, field, record_id })
        });
        Ok(Found {
            version: view.version(),
            cells: found.by_field.iter().sum(),
            writable: writable.iter().map(|(_, replaced)| replaced).sum(),
            partial: writable.iter().map(|(all, replaced)| all - replaced).sum(),
            writable_fields: writable.iter().filter(|(_, replaced)| *replaced > 0).count() as u64,
            next,
        })
    }
}
