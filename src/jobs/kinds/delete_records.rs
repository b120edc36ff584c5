//! `workbook:delete-records`: deletes what a query finds, as one change that can be undone.

use serde::Deserialize;
use serde_json::json;

use crate::domain::ids::SheetId;
use crate::domain::outcome::Outcome;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::wording::counted;
use crate::jobs::work::{Work, WorkError};
use crate::service::records::Audience;

#[derive(Deserialize)]
struct Config {
    sheet: SheetId,
    /// Kept by any filter but `none`, which deletes exactly these.
    #[serde(default)]
    exceptions: Option<Vec<String>>,
    #[serde(default, rename = "snapshotLabel")]
    snapshot_label: Option<String>,
    #[serde(flatten)]
    query: RecordQuery,
}

impl Config {
    /// What to delete, as queries whose finds do not overlap.
    fn queries(self) -> Vec<RecordQuery> {
        let Self { exceptions, mut query, .. } = self;
        let Some(exceptions) = exceptions.filter(|exceptions| !exceptions.is_empty()) else {
            return vec![query];
        };
        query.ids = exceptions;
        if query.filter == Some(Filter::None) {
            query.filter = None;
            return vec![query];
        }
        if query.narrows() {
            return vec![query];
        }
        // Without a filter, `ids` would name what to delete instead of what to keep.
        let each = |filter| RecordQuery { filter: Some(filter), ..query.clone() };
        vec![each(Filter::Valid), each(Filter::Error)]
    }
}

/// Deletes the records.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let mut config: Config = work.config()?;
    let (service, change) = (&work.service, work.change()?);
    let sheet = service.sheet(&work.actor, &config.sheet).await?;
    let undo = json!({ "sheetId": sheet.id, "changeId": change });
    if service.knows_change(&work.actor, &sheet.id, &change).await? {
        // An earlier attempt came as far as the deletion.
        work.note(json!({ "undo": undo })).await?;
        return Ok(Outcome::saying("The records were deleted"));
    }
    work.keep_version_as(&sheet.id, config.snapshot_label.take()).await?;
    let (queries, everybody) = (config.queries(), Audience::Everybody);
    let done = service.delete_as(change, &work.bound(), &sheet.id, &queries, &everybody).await?;
    work.note(json!({ "undo": undo })).await?;
    let deleted = done.numbers.len() as u64;
    Ok(Outcome::saying(format!("{} deleted from {}", counted(deleted, "record"), sheet.config.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;

    fn queries(config: serde_json::Value) -> Vec<RecordQuery> {
        from_value::<Config>(config).unwrap().queries()
    }

    #[test]
    fn exceptions_are_kept_but_for_the_filter_none() {
        let sheet = "us_sh_0123456789";
        let none = queries(json!({ "sheet": sheet, "filter": "none", "exceptions": ["a"] }));
        assert_eq!(none, [RecordQuery { ids: vec!["a".into()], ..RecordQuery::default() }]);
        let error = queries(json!({ "sheet": sheet, "filter": "error", "exceptions": ["a"] }));
        assert!(error.len() == 1 && error[0].narrows());
        let all = queries(json!({ "sheet": sheet, "exceptions": ["a"] }));
        assert!(all.len() == 2 && all.iter().all(RecordQuery::narrows));
        assert_eq!(queries(json!({ "sheet": sheet })), [RecordQuery::default()]);
        let asked = queries(json!({ "sheet": sheet, "q": "name eq Bob", "exceptions": ["a"] }));
        assert!(asked.len() == 1 && asked[0].narrows() && asked[0].q.as_deref() == Some("name eq Bob"));
    }
}
