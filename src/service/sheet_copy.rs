//! A sheet made from another one, with its records.

use super::records::{counts_event, not_importing};
use super::sheets::{find, tell_workbook};
use super::workbook_sheets::{insert_sheet, new_sheet};
use super::workbooks::find_workbook;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::SheetId;
use crate::domain::workbook::Sheet;
use crate::store::{new_id, now, records, sheets, spaces};

impl Service {
    /// Makes a copy of a sheet and its records in the same workbook. Without a name it is a "Copy of" it.
    ///
    /// # Errors
    /// `Conflict` while a file is being imported into the sheet.
    pub async fn duplicate_sheet(
        &self,
        actor: &Actor,
        id: &SheetId,
        name: Option<String>,
        slug: Option<String>,
    ) -> Result<Sheet> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut writer = self.sheets.writer(&self.sheet(actor, id).await?).await?;
        let mut tx = self.db.write().await?;
        let number = sheets::number(&mut tx, id).await?;
        records::lock_head(&mut tx, number.ok_or_else(|| ServiceError::not_found("sheet", id))?).await?;
        let source = find(&mut tx, actor, id).await?;
        not_importing(&source)?;
        let workbook = find_workbook(&mut tx, actor, &source.workbook_id).await?;
        let neighbours = sheets::list(&mut tx, &actor.scope, &workbook.id).await?;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let slug = given(slug).unwrap_or_else(|| format!("{}-copy-{}", source.slug, now().0));
        if neighbours.iter().any(|other| other.slug == slug) {
            let message = format!("slug: `{slug}` is the slug of another sheet of this workbook");
            return Err(ServiceError::bad_request(message));
        }
        let mut config = (*source.config).clone();
        config.name = given(name).unwrap_or_else(|| format!("Copy of {}", source.config.name));
        config.slug = Some(slug);
        let copy = Sheet {
            field_numbers: source.field_numbers.clone(),
            metadata: source.metadata.clone(),
            namespace: source.namespace.clone(),
            created_from: Some(source.id.clone()),
            ..new_sheet(&workbook, &source.whereabouts, neighbours.len() as i64, config)?
        };
        let copy = insert_sheet(&mut tx, actor, copy).await?;
        if let Some(done) = writer.copy_to(&mut tx, &actor.id, &new_id(), &copy).await? {
            tx.emit(counts_event(&actor.id, &copy, done.version, done.counts));
        }
        tell_workbook(&mut tx, actor, "sheet_added", &copy).await?;
        spaces::touch(&mut tx, &copy.space_id, now());
        let copy = find(&mut tx, actor, &copy.id).await?;
        tx.commit().await?;
        writer.publish();
        Ok(copy)
    }
}
