//! One record and its history.

use serde_json::Value;

use super::{Asker, id, refuse};
use crate::domain::blueprint::Level;
use crate::domain::ids::SheetId;
use crate::domain::query::RecordQuery;
use crate::domain::record::{Cell, Message};
use crate::domain::said::Said;
use crate::rpc::record::{CellView, Deed, History, HistoryEntry, RecordView};
use crate::rpc::{ErrorKind, RpcError};
use crate::service::Page;
use crate::service::history::{Deed as ServiceDeed, HistoryEntry as ServiceEntry};
use crate::service::read_records::RecordRead;
use crate::store::now;

/// Changes that are listed.
const MOST: u64 = 50;

pub async fn record(sheet_id: String, record_id: String) -> Result<RecordView, RpcError> {
    let asker = Asker::of_request()?;
    let id: SheetId = id(&sheet_id)?;
    let query = RecordQuery { ids: vec![record_id.clone()], ..RecordQuery::default() };
    let read = RecordRead { query, page: Some(Page::first(1)), ..RecordRead::default() };
    let page = asker.service.records(&asker.actor, &id, read).await?;
    let Some(record) = page.records.into_iter().next() else {
        return Err(refuse(ErrorKind::NotFound, "This record is not there any more"));
    };
    let config = record.config.clone().unwrap_or_default();
    let cells = page.fields.into_iter().zip(record.cells);
    let cell = |(field, cell): (String, Cell)| CellView {
        locked: locked(&config, &field),
        field,
        text: cell.text,
        remarks: cell.messages.into_iter().map(remark).collect(),
    };
    Ok(RecordView { id: record_id, version: page.sheet.version, cells: cells.map(cell).collect() })
}

fn remark(message: Message) -> (Level, Said) {
    (message.level, Said { words: message.text, hosts: !message.derived })
}

/// Why a record itself forbids a change of a cell.
fn locked(config: &Value, field: &str) -> Option<String> {
    let is = |value: &Value| value == &Value::Bool(true);
    if is(&config["readonly"]) {
        return Some("This record is read-only".to_string());
    }
    is(&config["fields"][field]["readonly"]).then(|| "This cell is read-only".to_string())
}

pub async fn record_history(sheet_id: String, record_id: String) -> Result<History, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let page = service.record_history(actor, &id(&sheet_id)?, &record_id, Page::first(MOST)).await?;
    let entry = |entry: ServiceEntry| HistoryEntry {
        who: asker.who(&entry.created_by),
        when: entry.created_at.0,
        deed: match entry.deed {
            ServiceDeed::Created => Deed::Created,
            ServiceDeed::Updated => Deed::Updated,
            ServiceDeed::Deleted => Deed::Deleted,
        },
        changes: entry
            .changes
            .into_iter()
            .map(|change| (change.field_key, change.before, change.after))
            .collect(),
    };
    let entries = page.items.into_iter().map(entry).collect();
    Ok(History { entries, total: page.total, now: now().0 })
}
