//! What the references of records lead to, for those who want to see more of it than the value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Result, Service, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::{Field, ReferenceConfig};
use crate::domain::record::{FieldNumber, Record, RecordNumber};
use crate::domain::value;
use crate::domain::workbook::Sheet;
use crate::sheets::LinkKey;
use crate::store::{Tx, sheets};

/// The records that some cells lead to.
#[derive(Debug, Default)]
pub struct Links {
    cells: BTreeMap<(RecordNumber, FieldNumber), Vec<Arc<Record>>>,
    sheets: BTreeMap<FieldNumber, Sheet>,
}

impl Links {
    /// What the cell of a record leads to; nothing when it is no reference or leads nowhere.
    pub fn of(&self, record: RecordNumber, field: FieldNumber) -> Option<(&Sheet, &[Arc<Record>])> {
        Some((self.sheets.get(&field)?, self.cells.get(&(record, field))?))
    }
}

impl Service {
    /// What the references of records of a sheet lead to: for each value the first record that has it. The
    /// cells of the records are those of the fields of these keys.
    pub async fn links_of(
        &self,
        actor: &Actor,
        sheet: &Sheet,
        records: &[Record],
        keys: &[String],
    ) -> Result<Links> {
        allow(actor, Operation::ReadSpace)?;
        let mut links = Links::default();
        let mut tx = self.db.read().await?;
        let columns = sheet.columns_by_key();
        for (place, key) in keys.iter().enumerate() {
            let Some((number, field)) = columns.get(key.as_str()).copied() else { continue };
            let Some(config) = field.field_type.reference() else { continue };
            let target =
                sheets::find_by_slug(&mut tx, &actor.scope, &sheet.workbook_id, &config.sheet).await?;
            let Some(target) = target.filter(|target| is_whole(config, target, keys)) else { continue };
            let narrows = config.filter.as_ref();
            let narrows = narrows.and_then(|filter| keys.iter().position(|key| *key == filter.record_field));
            let wanted: Vec<_> = records.iter().map(|record| wanted(field, record, place, narrows)).collect();
            let found = self.linked(&mut tx, &target, config, &wanted).await?;
            for (record, wanted) in records.iter().zip(wanted) {
                let reached: Vec<Arc<Record>> =
                    wanted.iter().filter_map(|key| found.get(key)).cloned().collect();
                if !reached.is_empty() {
                    links.cells.insert((record.number, number), reached);
                }
            }
            links.sheets.insert(number, target);
        }
        Ok(links)
    }

    /// The first record for each of the wanted values.
    async fn linked(
        &self,
        tx: &mut Tx,
        target: &Sheet,
        config: &ReferenceConfig,
        wanted: &[Vec<LinkKey>],
    ) -> Result<BTreeMap<LinkKey, Arc<Record>>> {
        let wanted: BTreeSet<LinkKey> = wanted.iter().flatten().cloned().collect();
        let view = self.sheets.view(tx, target).await?;
        let narrows = config.filter.as_ref().map(|filter| filter.ref_field.as_str());
        let found = view.first_with(tx, &config.key, narrows, &wanted).await?;
        let numbers: BTreeSet<RecordNumber> = found.values().copied().collect();
        let records = view.records(tx, &Vec::from_iter(numbers)).await?;
        let by_number: BTreeMap<_, _> =
            records.into_iter().map(|record| (record.number, Arc::new(record))).collect();
        let record = |(key, number)| Some((key, by_number.get(&number)?.clone()));
        Ok(found.into_iter().filter_map(record).collect())
    }
}

/// Whether everything is there that the reference names.
fn is_whole(config: &ReferenceConfig, target: &Sheet, keys: &[String]) -> bool {
    target.field_number(&config.key).is_some()
        && config.filter.as_ref().is_none_or(|filter| {
            target.field_number(&filter.ref_field).is_some() && keys.contains(&filter.record_field)
        })
}

/// The values that the cell of a record refers to.
fn wanted(field: &Field, record: &Record, place: usize, narrows: Option<usize>) -> Vec<LinkKey> {
    let text =
        |place: usize| record.cells.get(place).and_then(|cell| cell.text.as_deref()).unwrap_or("").trim();
    let narrowed = narrows.map(|place| text(place).to_string());
    let given = text(place);
    if !field.field_type.is_list() {
        return if given.is_empty() { Vec::new() } else { vec![(given.to_string(), narrowed)] };
    }
    value::items(given).map(|item| (item.trim().to_string(), narrowed.clone())).collect()
}
