//! Sheets that refer to others. When what they refer to changes, their references are checked again:
//! soon after the change and apart from it, many changes together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::bootstrap::server_actor;
use super::{ErrorKind, Result, Service};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{ImportBuilder, Stale};
use crate::store::{new_id, sheets};

/// Changes of so long are followed together.
const GATHERED: Duration = Duration::from_millis(50);
/// A sheet that a file is being imported into is looked at again after this time.
const AGAIN: Duration = Duration::from_secs(1);

impl Service {
    /// Makes segments of the rows of a file, checked by the rules of the sheet.
    pub async fn import_builder(
        &self,
        sheet: &Sheet,
        mapping: &[Option<FieldNumber>],
    ) -> Result<ImportBuilder> {
        let mut tx = self.db.read().await?;
        Ok(self.sheets.import_builder(&mut tx, sheet, mapping).await?)
    }

    /// Checks references again whenever what they lead to was changed, until `stopping`; at first those
    /// of every sheet, for what an earlier process left.
    pub async fn follow_references(&self, stopping: CancellationToken) {
        let mut checked = HashMap::new();
        let mut waiting = match self.all_referring().await {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(%error, "the sheets that refer to others could not be found");
                BTreeMap::new()
            }
        };
        loop {
            for sheet in std::mem::take(&mut waiting).into_values() {
                match self.check_references(&sheet, &mut checked).await {
                    Ok(()) => {}
                    Err(error) if error.kind == ErrorKind::NotFound => {}
                    Err(error) if error.kind == ErrorKind::Conflict => {
                        waiting.insert(sheet.number, sheet);
                    }
                    Err(error) => {
                        tracing::warn!(%error, sheet = %sheet.id, "references could not be checked again");
                    }
                }
            }
            let pause = if waiting.is_empty() { Duration::MAX } else { AGAIN };
            let numbers = tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(pause) => BTreeSet::new(),
                numbers = self.sheets.moved().take() => numbers,
            };
            if !numbers.is_empty() {
                tokio::time::sleep(GATHERED).await;
            }
            for number in numbers {
                match self.referring_to(number).await {
                    Ok(found) => waiting.extend(found),
                    Err(error) => tracing::warn!(%error, number, "who refers to a sheet could not be found"),
                }
            }
        }
    }

    async fn all_referring(&self) -> Result<BTreeMap<i64, Sheet>> {
        let mut tx = self.db.read().await?;
        let found = sheets::with_references(&mut tx).await?;
        Ok(found.into_iter().map(|sheet| (sheet.number, sheet)).collect())
    }

    /// The sheets of the same workbook with a field that refers to this one.
    async fn referring_to(&self, number: i64) -> Result<BTreeMap<i64, Sheet>> {
        let mut tx = self.db.read().await?;
        let neighbours = sheets::neighbours(&mut tx, number).await?;
        let Some(slug) =
            neighbours.iter().find(|sheet| sheet.number == number).map(|sheet| sheet.slug.clone())
        else {
            return Ok(BTreeMap::new());
        };
        let refers = |sheet: &Sheet| {
            let mut references = sheet.config.fields.iter().filter_map(|field| field.field_type.reference());
            references.any(|config| config.sheet == slug)
        };
        Ok(neighbours.into_iter().filter(refers).map(|sheet| (sheet.number, sheet)).collect())
    }

    /// Checks the references of a sheet, unless what they lead to is as it was the last time.
    async fn check_references(&self, sheet: &Sheet, checked: &mut HashMap<i64, Vec<u64>>) -> Result<()> {
        let mut tx = self.db.read().await?;
        let stamps = self.sheets.link_stamps(&mut tx, sheet).await?;
        drop(tx);
        if checked.get(&sheet.number) == Some(&stamps) {
            return Ok(());
        }
        let actor = server_actor(&sheet.account_id, &sheet.environment_id)?;
        let stale = Stale::links(sheet);
        let (change, mut from) = (new_id(), Some(RecordNumber(0)));
        while let Some(begin) = from {
            from = self.validate_records(&actor, &sheet.id, &change, Some(&stale), begin).await?.rest;
        }
        checked.insert(sheet.number, stamps);
        Ok(())
    }
}
