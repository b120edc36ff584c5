//! What the records of a sheet have in common: the values of a field, messages; and where records stand in a view.

use std::collections::HashMap;

use super::read_records::RecordRead;
use super::{Page, Paged, Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::Level;
use crate::domain::ids::SheetId;
use crate::domain::message_kind;
use crate::domain::query::RecordQuery;
use crate::domain::workbook::Sheet;
use crate::sheets::{FieldValue, MessageCount, ValuesWanted, View};
use crate::store::Tx;

/// Messages of one kind on the cells of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageKind {
    /// Key of the field.
    pub field: String,
    /// How serious they are.
    pub level: Level,
    /// What they have in common; see [`message_kind`].
    pub kind: String,
    /// A listener says it; else it is one of our rules.
    pub hosts: bool,
    /// Records with one of them there.
    pub count: u64,
}

impl Service {
    /// The different values of a field with the number of their records, and the sheet.
    pub async fn field_values(
        &self,
        actor: &Actor,
        id: &SheetId,
        wanted: ValuesWanted,
    ) -> Result<(Sheet, Paged<FieldValue>)> {
        let (mut tx, sheet, view) = self.view_of(actor, id).await?;
        let (items, total) = view.values(&mut tx, wanted).await?;
        Ok((sheet, Paged { items, total }))
    }

    /// The messages on the records that a query finds, by field and text, the most frequent first.
    pub async fn message_counts(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        page: Page,
    ) -> Result<Paged<MessageCount>> {
        let (mut tx, _, view) = self.view_of(actor, id).await?;
        let counted = view.message_counts(&mut tx, query).await?;
        let total = counted.len() as u64;
        let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        Ok(Paged { items: counted.into_iter().skip(offset).take(page.size as usize).collect(), total })
    }

    /// The kinds of messages on the records that a query finds, the most serious and frequent first, and the version
    /// of the sheet that was looked at.
    pub async fn message_kinds(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
    ) -> Result<(i64, Vec<MessageKind>)> {
        let (mut tx, _, view) = self.view_of(actor, id).await?;
        let mut kinds: Vec<MessageKind> = Vec::new();
        let mut places: HashMap<(String, Level, String), usize> = HashMap::new();
        for MessageCount { field, message, count } in view.message_counts(&mut tx, query).await? {
            let kind = message_kind::kind(&message.text).into_owned();
            let place = *places.entry((field.clone(), message.level, kind.clone())).or_insert_with(|| {
                let (level, hosts) = (message.level, !message.derived);
                kinds.push(MessageKind { field, level, kind, hosts, count: 0 });
                kinds.len() - 1
            });
            kinds[place].count += count;
        }
        kinds.sort_by_key(|kind| std::cmp::Reverse((kind.level, kind.count)));
        Ok((view.version(), kinds))
    }

    /// Where in what the query finds the records come that `read` names by id or commit: their ids and places,
    /// counted from 0. Records that the query does not find are left out.
    pub async fn record_indices(
        &self,
        actor: &Actor,
        id: &SheetId,
        mut read: RecordRead,
    ) -> Result<Vec<(String, u64)>> {
        let (mut tx, sheet, view) = self.view_of(actor, id).await?;
        let ids = std::mem::take(&mut read.query.ids);
        if ids.is_empty() && read.changed_by.is_none() && read.since.is_none() {
            let message = "ids: name the records by `ids`, `commitId` or `sinceCommitId`";
            return Err(ServiceError::bad_request(message));
        }
        let named = RecordQuery { ids, ..RecordQuery::default() };
        let mut numbers = Vec::new();
        if !named.ids.is_empty() {
            numbers = view.numbers(&mut tx, &named).await?;
        }
        numbers.extend(read.restriction(&mut tx, &sheet, &view).await?.unwrap_or_default());
        numbers.sort_unstable();
        numbers.dedup();
        let found = view.indices(&mut tx, &read.query, &numbers).await?;
        let mut named: Vec<_> =
            found.into_iter().map(|(number, place)| (sheet.record_key.id(number), place as u64)).collect();
        named.sort_by_key(|(_, place)| *place);
        Ok(named)
    }

    pub(super) async fn view_of(&self, actor: &Actor, id: &SheetId) -> Result<(Tx, Sheet, View)> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        Ok((tx, sheet, view))
    }
}
