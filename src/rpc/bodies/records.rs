//! A sheet's shape, counts and edits.

use std::collections::BTreeMap;

use super::{Asker, id};
use crate::domain::blueprint::{Constraint, Field, FieldType, SheetAccess};
use crate::domain::ids::SheetId;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{Counts, Record};
use crate::domain::workbook::Sheet;
use crate::rpc::RpcError;
use crate::rpc::records::{
    CellEdit, Choice, Choosing, ColumnKind, ColumnView, Permits, SheetView, Standing, Standings,
};
use crate::service::read_records::RecordRead;
use crate::service::records::{Audience, RecordInput, ValueInput, Written};
use crate::service::{ErrorKind, Page};

/// Rows that the server sends with the page.
const FIRST_ROWS: u64 = 48;

pub async fn sheet(sheet_id: String) -> Result<SheetView, RpcError> {
    let asker = Asker::of_request()?;
    let sheet = asker.service.sheet(&asker.actor, &id(&sheet_id)?).await?;
    let workbook = asker.service.workbook(&asker.actor, &sheet.workbook_id).await?;
    Ok(view(sheet, workbook.workbook.name))
}

fn view(sheet: Sheet, workbook_name: String) -> SheetView {
    let permits = Permits {
        add: sheet.config.permits(SheetAccess::Add),
        edit: sheet.config.permits(SheetAccess::Edit),
        delete: sheet.config.permits(SheetAccess::Delete),
        import: sheet.config.permits(SheetAccess::Import),
    };
    SheetView {
        id: sheet.id.to_string(),
        space_id: sheet.space_id.to_string(),
        workbook_id: sheet.workbook_id.to_string(),
        workbook_name,
        version: sheet.version,
        counts: sheet.counts,
        columns: sheet.columns().map(|(_, field)| column(field, permits.edit)).collect(),
        actions: sheet.config.actions.iter().filter_map(super::actions::view).collect(),
        name: sheet.config.name.clone(),
        permits,
    }
}

fn column(field: &Field, may_edit: bool) -> ColumnView {
    let (kind, choices) = match &field.field_type {
        FieldType::String => (ColumnKind::Text, Vec::new()),
        FieldType::Number => (ColumnKind::Number, Vec::new()),
        FieldType::Boolean { .. } => (ColumnKind::Boolean, Vec::new()),
        FieldType::Date => (ColumnKind::Date, Vec::new()),
        FieldType::Reference(_) => (ColumnKind::Reference, Vec::new()),
        FieldType::StringList | FieldType::EnumList(_) | FieldType::ReferenceList(_) => {
            (ColumnKind::List, Vec::new())
        }
        FieldType::Enum(config) => {
            let choice = |option: &crate::domain::blueprint::EnumOption| {
                let value = option.value.to_string();
                Choice { label: option.label.clone().unwrap_or_else(|| value.clone()), value }
            };
            (ColumnKind::Enum, config.options.iter().map(choice).collect())
        }
    };
    let computed = field.constraints.contains(&Constraint::Computed);
    let locked = match (field.readonly, may_edit, computed) {
        (true, ..) => Some(format!("{} is read-only", field.label)),
        (_, false, _) => Some("Cells of this sheet may not be changed here".to_string()),
        (.., true) => Some(format!("{} is computed", field.label)),
        _ => None,
    };
    ColumnView {
        key: field.key.to_string(),
        label: field.label.clone(),
        kind,
        required: field.is_required(),
        locked,
        choices,
    }
}

/// The query behind what the page shows or has selected.
pub fn query(choosing: &Choosing) -> RecordQuery {
    let mut query = RecordQuery::default();
    if let Some(sort) = &choosing.sort {
        query.sort_field = Some(sort.field.clone());
        query.sort_direction = sort.descending.then_some(SortDirection::Desc);
    }
    if !choosing.selected.is_empty() {
        return RecordQuery { ids: choosing.selected.clone(), ..query };
    }
    query.filter = match choosing.filter {
        Standing::All => None,
        Standing::Valid => Some(Filter::Valid),
        Standing::Invalid => Some(Filter::Error),
    };
    query.search(&choosing.search);
    query
}

pub async fn count_records(sheet_id: String, search: String) -> Result<Standings, RpcError> {
    let asker = Asker::of_request()?;
    let id: SheetId = id(&sheet_id)?;
    // The version is read first: a count that is newer than its version is only asked for once more.
    let sheet = asker.service.sheet(&asker.actor, &id).await?;
    if search.is_empty() {
        return Ok(Standings { version: sheet.version, counts: sheet.counts });
    }
    let query = query(&Choosing { search, ..Choosing::default() });
    let counts = match asker.service.record_counts(&asker.actor, &id, &query).await {
        // A condition that cannot be read finds nothing; the grid says what is wrong with it.
        Err(error) if error.kind == ErrorKind::BadRequest => Counts::default(),
        counts => counts?,
    };
    Ok(Standings { version: sheet.version, counts })
}

/// The first rows of a sheet, for the page that the server sends.
///
/// # Errors
/// When there is no such sheet for this person.
pub async fn first_window(sheet_id: &str) -> Result<Vec<Record>, RpcError> {
    let asker = Asker::of_request()?;
    let read = RecordRead { page: Some(Page::first(FIRST_ROWS)), ..RecordRead::default() };
    Ok(asker.service.records(&asker.actor, &id(sheet_id)?, read).await?.records)
}

pub async fn edit_cells(sheet_id: String, edits: Vec<CellEdit>) -> Result<Standings, RpcError> {
    let asker = Asker::of_request()?;
    let id: SheetId = id(&sheet_id)?;
    let (service, actor) = (&asker.service, &asker.actor);
    if let [edit] = edits.as_slice() {
        let written = service.edit_cell(actor, &id, &edit.record, &edit.field, edit.text.clone()).await?;
        return Ok(standings(written));
    }
    let mut records: BTreeMap<String, RecordInput> = BTreeMap::new();
    for edit in edits {
        let value =
            ValueInput { value: Some(edit.text.map_or(serde_json::Value::Null, Into::into)), messages: None };
        records.entry(edit.record).or_default().values.push((edit.field, value));
    }
    let records = records.into_iter().collect();
    Ok(standings(service.update_records(actor, &id, records, Audience::Everybody).await?))
}

pub async fn add_record(sheet_id: String) -> Result<Standings, RpcError> {
    let asker = Asker::of_request()?;
    let records = vec![RecordInput::default()];
    Ok(standings(
        asker.service.insert_records(&asker.actor, &id(&sheet_id)?, records, &Audience::Everybody).await?,
    ))
}

fn standings(written: Written) -> Standings {
    Standings { version: written.version, counts: written.counts }
}
