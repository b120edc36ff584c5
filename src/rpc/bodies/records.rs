//! A sheet's shape, counts and edits.

use super::actions::of_action;
use super::{Asker, id};
use crate::domain::access::Operation;
use crate::domain::blueprint::{Constraint, EnumConfig, Field, FieldType, SheetAccess};
use crate::domain::built_in_actions::omitted;
use crate::domain::frame::Frame;
use crate::domain::ids::{Id, SheetId, ViewId};
use crate::domain::layout::SheetLayout;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::Counts;
use crate::domain::space::Space;
use crate::domain::workbook::Sheet;
use crate::rpc::RpcError;
use crate::rpc::records::{
    CellEdit, Choice, Choosing, ColumnKind, ColumnView, Edited, Omits, Permits, SheetView, Standing,
    Standings,
};
use crate::service::ErrorKind;
use crate::service::cell_edits::{Typed, TypedCell};
use crate::service::records::Written;

/// Rows that the server sends with the page.
const FIRST_ROWS: usize = 48;
/// Edits that one request may make.
const MOST_EDITS: usize = 64;

pub async fn sheet(
    sheet_id: String,
    asked: Option<Choosing>,
    view_id: Option<String>,
) -> Result<SheetView, RpcError> {
    let asker = Asker::of_request()?;
    let sheet = asker.service.sheet(&asker.actor, &id(&sheet_id)?).await?;
    let workbook = asker.service.workbook(&asker.actor, &sheet.workbook_id).await?;
    let own = asker.service.layout(&asker.actor, &sheet).await?;
    let saved = match view_id.as_deref().map(ViewId::parse) {
        // A view that is gone, or of another sheet, leaves the sheet as it is.
        Some(Ok(id)) => {
            asker.service.view(&asker.actor, &id).await.ok().filter(|view| view.sheet_id == sheet.id)
        }
        _ => None,
    };
    let saved = saved.map(super::views::saved);
    let of_view = saved.as_ref().map(|view| view.choosing.clone());
    let mut choosing = asked.or(of_view).unwrap_or_default();
    // An old link may name a field that is gone; the sheet opens in its own order.
    choosing.sort = choosing.sort.filter(|sort| sheet.field_number(&sort.field).is_some());
    let found = counts(&asker, &sheet, &choosing.search, &choosing.filter).await?;
    let fields: Vec<&str> = sheet.columns().map(|(_, field)| field.key.as_str()).collect();
    let layout = saved.as_ref().and_then(|view| view.layout.as_ref()).map(|layout| layout.complete(&fields));
    let space = asker.service.space(&asker.actor, &sheet.space_id).await?;
    let (actions, column_actions) = asker.service.built_in_actions(&asker.actor, &sheet).await?;
    let [actions, column_actions] =
        [actions, column_actions].map(|actions| actions.iter().filter_map(of_action).collect());
    let shape = SheetView { actions, column_actions, ..view(&asker, sheet, workbook.workbook.name, &space) };
    let (layout, own_layout) = match layout {
        Some(layout) => (layout, Some(own)),
        None => (own, None),
    };
    Ok(SheetView { layout, own_layout, view: saved, choosing, found, ..shape })
}

fn view(asker: &Asker, sheet: Sheet, workbook_name: String, space: &Space) -> SheetView {
    let omits = Omits {
        import: space.omits(omitted::IMPORT),
        download: space.omits(omitted::DOWNLOAD),
        replace: space.omits(omitted::REPLACE),
        delete: space.omits(omitted::DELETE),
    };
    let writes = asker.actor.may_in(Operation::WriteRecords, &sheet.workbook_id);
    let permits = Permits {
        add: writes && sheet.permits(SheetAccess::Add),
        edit: writes && sheet.permits(SheetAccess::Edit),
        delete: writes && sheet.permits(SheetAccess::Delete) && !omits.delete,
        import: writes && sheet.permits(SheetAccess::Import) && !omits.import,
    };
    let refusal = sheet
        .lock_words()
        .or_else(|| (!permits.edit).then(|| "Cells of this sheet may not be changed here".to_string()));
    SheetView {
        id: sheet.id.to_string(),
        space_id: sheet.space_id.to_string(),
        workbook_id: sheet.workbook_id.to_string(),
        workbook_name,
        version: sheet.version,
        counts: sheet.counts,
        columns: sheet.columns().map(|(_, field)| column(field, refusal.as_deref())).collect(),
        name: sheet.config.name.clone(),
        permits,
        omits,
        actions: Vec::new(),
        column_actions: Vec::new(),
        layout: SheetLayout::default(),
        own_layout: None,
        view: None,
        choosing: Choosing::default(),
        found: sheet.counts,
    }
}

/// `refusal` says why no cell of the sheet may be changed.
fn column(field: &Field, refusal: Option<&str>) -> ColumnView {
    let choices = |config: &EnumConfig| {
        let choice = |option: &crate::domain::blueprint::EnumOption| {
            let value = option.value.to_string();
            Choice { label: option.label.clone().unwrap_or_else(|| value.clone()), value }
        };
        config.options.iter().map(choice).collect()
    };
    let (kind, choices) = match &field.field_type {
        FieldType::String => (ColumnKind::Text, Vec::new()),
        FieldType::Number => (ColumnKind::Number, Vec::new()),
        FieldType::Boolean { .. } => (ColumnKind::Boolean, Vec::new()),
        FieldType::Date => (ColumnKind::Date, Vec::new()),
        FieldType::Reference(_) => (ColumnKind::Reference, Vec::new()),
        FieldType::StringList | FieldType::ReferenceList(_) => (ColumnKind::List, Vec::new()),
        FieldType::EnumList(config) => (ColumnKind::List, choices(config)),
        FieldType::Enum(config) => (ColumnKind::Enum, choices(config)),
    };
    let computed = field.constraints.contains(&Constraint::Computed);
    let locked = match (field.readonly, refusal, computed) {
        (true, ..) => Some(format!("{} is read-only", field.label)),
        (_, Some(refusal), _) => Some(refusal.to_string()),
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
        description: field.description.clone().filter(|text| !text.is_empty()),
        width: field.appearance.as_ref().and_then(|appearance| width(appearance["size"].as_str()?)),
        refers: matches!(field.field_type, FieldType::Reference(_) | FieldType::ReferenceList(_)),
    }
}

/// How wide a column of that size is.
fn width(size: &str) -> Option<u16> {
    const SIZES: [(&str, u16); 5] = [("xs", 80), ("s", 120), ("m", 180), ("l", 260), ("xl", 360)];
    SIZES.iter().find(|(name, _)| *name == size).map(|(_, width)| *width)
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
    query.filter = match choosing.standing {
        Standing::All => None,
        Standing::Valid => Some(Filter::Valid),
        Standing::Invalid => Some(Filter::Error),
    };
    query.search(&choosing.search);
    if !choosing.filter.is_empty() {
        query.q = Some(choosing.filter.clone());
    }
    query.except.clone_from(&choosing.except);
    query
}

pub async fn count_records(sheet_id: String, choosing: Choosing) -> Result<Standings, RpcError> {
    let asker = Asker::of_request()?;
    let id: SheetId = id(&sheet_id)?;
    // The version is read first: a count that is newer than its version is only asked for once more.
    let sheet = asker.service.sheet(&asker.actor, &id).await?;
    let selected_invalid = match choosing.selected.is_empty() && choosing.except.is_empty() {
        true => 0,
        false => asker.service.record_counts(&asker.actor, &sheet.id, &query(&choosing)).await?.error,
    };
    let counts = counts(&asker, &sheet, &choosing.search, &choosing.filter).await?;
    Ok(Standings { version: sheet.version, counts, selected_invalid })
}

/// The counts of the records of a sheet that a search and a condition find.
async fn counts(asker: &Asker, sheet: &Sheet, search: &str, filter: &str) -> Result<Counts, RpcError> {
    if search.is_empty() && filter.is_empty() {
        return Ok(sheet.counts);
    }
    let choosing = Choosing { search: search.to_string(), filter: filter.to_string(), ..Choosing::default() };
    match asker.service.record_counts(&asker.actor, &sheet.id, &query(&choosing)).await {
        // A condition that cannot be read finds nothing; the grid says what is wrong with it.
        Err(error) if error.kind == ErrorKind::BadRequest => Ok(Counts::default()),
        counts => Ok(counts?),
    }
}

/// The first rows of a sheet, for the page that the server sends.
///
/// # Errors
/// When there is no such sheet for this person.
pub async fn first_window(sheet: &SheetView) -> Result<Frame, RpcError> {
    let asker = Asker::of_request()?;
    let query = query(&sheet.choosing);
    match asker.service.frame(&asker.actor, &id(&sheet.id)?, &query, 0, FIRST_ROWS).await {
        Err(error) if error.kind == ErrorKind::BadRequest => Ok(Frame::default()),
        frame => Ok(frame?),
    }
}

pub async fn edit_cells(sheet_id: String, edits: Vec<CellEdit>) -> Result<Vec<Edited>, RpcError> {
    let asker = Asker::of_request()?;
    let id: SheetId = id(&sheet_id)?;
    let mut answers = Vec::with_capacity(edits.len());
    for CellEdit { record, field, text, seen } in edits.into_iter().take(MOST_EDITS) {
        let cell = TypedCell { record, field, text, seen };
        answers.push(match asker.service.type_cell(&asker.actor, &id, cell).await {
            Ok(Typed::Written(written)) => Edited::Saved(standings(*written)),
            Ok(Typed::Changed { now, by }) => Edited::Changed { now, who: asker.who_of(by) },
            Ok(Typed::Gone) => Edited::Gone,
            // Those after it must not overtake it.
            Err(error) if error.kind == ErrorKind::Unavailable => match answers.is_empty() {
                true => return Err(error.into()),
                false => break,
            },
            Err(error) => Edited::Refused(RpcError::told(error)),
        });
    }
    Ok(answers)
}

pub(super) fn standings(written: Written) -> Standings {
    Standings { version: written.version, counts: written.counts, selected_invalid: 0 }
}
