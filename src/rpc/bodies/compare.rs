//! What has changed in a sheet since a version that is kept.

use super::records::query;
use super::{Asker, id, refuse};
use crate::domain::ids::SnapshotId;
use crate::domain::record::Record;
use crate::domain::snapshot::FieldDifference;
use crate::domain::workbook::Sheet;
use crate::rpc::compare::{ChangedRow, Compared};
use crate::rpc::record::Deed;
use crate::rpc::records::Choosing;
use crate::rpc::{ErrorKind, RpcError};
use crate::service::Page;
use crate::service::snapshots::ChangedRecord;
use crate::sheets::Classes;
use crate::store::now;

/// Records of a page.
const PAGE: u64 = 50;

pub async fn compare_version(version_id: String) -> Result<Compared, RpcError> {
    let asker = Asker::of_request()?;
    let id: SnapshotId = id(&version_id)?;
    let (snapshot, found) = asker.service.snapshot_summary(&asker.actor, &id).await?;
    let config = snapshot.config.clone().unwrap_or_else(|| found.sheet.config.clone());
    let label = |key: &String| {
        let field = found.sheet.config.field(key).or_else(|| config.field(key));
        field.map_or_else(|| key.clone(), |field| field.label.clone())
    };
    let named = |wanted: FieldDifference| {
        let those = found.fields.iter().filter(|(_, difference)| *difference == wanted);
        those.map(|(key, _)| label(key)).collect()
    };
    Ok(Compared {
        new_columns: named(FieldDifference::Added),
        gone_columns: named(FieldDifference::Removed),
        label: snapshot.label,
        who: asker.who(&snapshot.created_by),
        when: snapshot.created_at.0,
        now: now().0,
        created: found.created.total,
        updated: found.updated.total,
        deleted: found.deleted.total,
    })
}

pub async fn changed_rows(
    version_id: String,
    deed: Option<Deed>,
    page: u64,
) -> Result<Vec<ChangedRow>, RpcError> {
    let asker = Asker::of_request()?;
    let page = Page { number: page, size: PAGE };
    let (sheet, records) =
        asker.service.snapshot_records(&asker.actor, &id(&version_id)?, classes(deed), page).await?;
    Ok(records.into_iter().filter_map(|changed| row(&sheet, changed)).collect())
}

/// The classes of changes that are meant: all of them when none is named.
pub(super) fn classes(deed: Option<Deed>) -> Classes {
    let is = |wanted: Deed| deed.is_none_or(|deed| deed == wanted);
    Classes { created: is(Deed::Created), updated: is(Deed::Updated), deleted: is(Deed::Deleted) }
}

fn row(sheet: &Sheet, changed: ChangedRecord) -> Option<ChangedRow> {
    let deed = match (&changed.then, &changed.now) {
        (None, _) => Deed::Created,
        (_, None) => Deed::Deleted,
        _ => Deed::Updated,
    };
    let record = changed.now.as_ref().or(changed.then.as_ref())?;
    let texts = |record: &Option<Record>| -> Vec<Option<String>> {
        let cells = record.as_ref().map_or(&[][..], |record| record.cells.as_slice());
        cells.iter().map(|cell| cell.text.clone()).collect()
    };
    let (then, now) = (texts(&changed.then), texts(&changed.now));
    let fields = sheet.columns().map(|(_, field)| field.key.to_string()).enumerate();
    let at = |texts: &[Option<String>], place: usize| texts.get(place).cloned().flatten();
    let changes = fields.map(|(place, key)| (key, at(&then, place), at(&now, place)));
    Some(ChangedRow {
        id: sheet.record_key.id(record.number),
        name: record.cells.iter().find_map(|cell| cell.text.clone()),
        deed,
        changes: match deed {
            Deed::Updated => changes.filter(|(_, then, now)| then != now).collect(),
            // What a record came or went with is not a change of anything.
            Deed::Created | Deed::Deleted => Vec::new(),
        },
    })
}

pub async fn row_of_record(
    sheet_id: String,
    record_id: String,
    choosing: Choosing,
) -> Result<Option<u64>, RpcError> {
    let asker = Asker::of_request()?;
    let sheet = asker.service.sheet(&asker.actor, &id(&sheet_id)?).await?;
    let number = sheet.record_key.number(&record_id).ok().flatten();
    let number = number.ok_or_else(|| refuse(ErrorKind::NotFound, "This record is not there any more"))?;
    Ok(asker.service.row_of(&asker.actor, &sheet.id, &query(&choosing), number).await?)
}
