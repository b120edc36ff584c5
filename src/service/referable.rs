//! The values that a reference may have: those of the field it refers to, narrowed as the blueprint says.

use super::{Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::FieldType;
use crate::domain::ids::SheetId;
use crate::domain::query::{RecordQuery, SortDirection};
use crate::sheets::ValuesWanted;

/// Values of an answer.
const MOST: usize = 50;

impl Service {
    /// The first values, in their order, that contain a text. `record` is the one whose cell refers.
    pub async fn referable(
        &self,
        actor: &Actor,
        id: &SheetId,
        (record, key): (&str, &str),
        search: &str,
    ) -> Result<Vec<String>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let field = sheet.config.field(key).map(|field| &field.field_type);
        let Some(FieldType::Reference(config) | FieldType::ReferenceList(config)) = field else {
            return Err(ServiceError::not_found("reference", key));
        };
        let target =
            crate::store::sheets::find_by_slug(&mut tx, &actor.scope, &sheet.workbook_id, &config.sheet)
                .await?;
        let Some(target) = target.filter(|target| target.field_number(&config.key).is_some()) else {
            return Ok(Vec::new());
        };
        let mut query = RecordQuery::default();
        if let Some(filter) = &config.filter {
            let view = self.sheets.view(&mut tx, &sheet).await?;
            let number = sheet.record_key.number(record)?;
            let number = number.ok_or_else(|| ServiceError::not_found("record", record))?;
            let found = view
                .records_with(&mut tx, &[number], Some(std::slice::from_ref(&filter.record_field)))
                .await?;
            let text = found.into_iter().flat_map(|record| record.cells).find_map(|cell| cell.text);
            query.search_field = Some(filter.ref_field.clone());
            query.search_value = Some(format!("\"{}\"", text.unwrap_or_default().trim()));
        }
        let view = self.sheets.view(&mut tx, &target).await?;
        let wanted = ValuesWanted {
            field: config.key.clone(),
            query,
            search: Some(search.to_string()),
            by_value: Some(SortDirection::Asc),
            offset: 0,
            limit: MOST,
        };
        let (values, _) = view.values(&mut tx, wanted).await?;
        Ok(values.into_iter().filter_map(|value| value.text).collect())
    }
}
