//! An import that runs while its file is still arriving: only when nobody needs to be asked anything.

use super::files::Upload;
use super::imports::{ImportConfig, import_job};
use super::{Result, Service};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::ids::SheetId;
use crate::domain::job::Job;
use crate::domain::mapping::match_columns;
use crate::files::{DialectChoice, preview_of};

/// Where a file is to be imported while it arrives, and about how many bytes it has.
pub struct Destination {
    /// The sheet.
    pub sheet: SheetId,
    /// What the request says of its length.
    pub size: u64,
}

impl Service {
    /// Starts the import of a file that has come so far that it can be judged, or to its `end`. A destination is
    /// taken once, whatever comes of it.
    ///
    /// # Errors
    /// When the sheet is not there, or takes no import now.
    pub async fn offer_arriving(
        &self,
        actor: &Actor,
        upload: &Upload,
        name: &str,
        destination: &mut Option<Destination>,
        end: bool,
    ) -> Result<Option<Job>> {
        match destination.take_if(|_| end || upload.can_be_judged()) {
            Some(Destination { sheet, size }) => {
                self.import_arriving(actor, upload, name, &sheet, size).await
            }
            None => Ok(None),
        }
    }

    /// Starts to import a file of about `size` bytes while it arrives. Nothing when the person has to be asked
    /// first: a column matches no field, the text is not certainly UTF-8, or it is no table.
    async fn import_arriving(
        &self,
        actor: &Actor,
        upload: &Upload,
        name: &str,
        sheet: &SheetId,
        size: u64,
    ) -> Result<Option<Job>> {
        let sheet = self.writable(actor, sheet, SheetAccess::Import).await?;
        let size = size.max(upload.size());
        let Ok(beginning) = preview_of(&upload.beginning, size, &DialectChoice::default(), 1) else {
            return Ok(None);
        };
        let matched = match_columns(&beginning.headers, &sheet.config.fields);
        let is_plain = beginning.dialect.certain && beginning.dialect.encoding == encoding_rs::UTF_8;
        let all_match = matched.unmatched_headers.is_empty() && matched.unmatched_required.is_empty();
        if !is_plain || !all_match || beginning.rows.is_empty() {
            return Ok(None);
        }
        let key = |index: usize| sheet.config.fields.get(index).map(|field| field.key.to_string());
        let mapping = matched.columns.into_iter().map(|target| target.and_then(key)).collect();
        let config = ImportConfig {
            file_id: upload.id.clone(),
            mapping,
            dialect: beginning.dialect,
            arriving: Some(size),
            exact: false,
        };
        Ok(Some(self.create_job(actor, import_job(&sheet, name, config)).await?))
    }
}
