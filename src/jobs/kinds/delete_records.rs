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
    /// What to delete.
    fn query(self) -> RecordQuery {
        let Self { exceptions, mut query, .. } = self;
        if let Some(exceptions) = exceptions.filter(|exceptions| !exceptions.is_empty()) {
            query.ids = exceptions;
            // Without a filter, `ids` would name what to delete instead of what to keep.
            query.filter.get_or_insert(Filter::All);
        }
        query
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
    let query = config.query();
    let done = service.delete_as(change, &work.bound(), &sheet.id, &[query], &Audience::Everybody).await?;
    work.note(json!({ "undo": undo })).await?;
    let deleted = done.numbers.len() as u64;
    Ok(Outcome::saying(format!("{} deleted from {}", counted(deleted, "record"), sheet.config.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;

    fn query(config: serde_json::Value) -> RecordQuery {
        from_value::<Config>(config).unwrap().query()
    }

    #[test]
    fn exceptions_are_kept_but_for_the_filter_none() {
        let sheet = "us_sh_0123456789";
        assert_eq!(query(json!({ "sheet": sheet })), RecordQuery::default());
        for (filter, is_chosen) in [("none", true), ("error", false), ("all", false)] {
            let asked = query(json!({ "sheet": sheet, "filter": filter, "exceptions": ["a"] }));
            assert_eq!(
                (asked.ids.as_slice(), asked.chooses()),
                (&["a".to_string()][..], is_chosen),
                "{filter}"
            );
        }
        for asked in [json!({ "sheet": sheet }), json!({ "sheet": sheet, "q": "name eq Bob" })] {
            let mut without = asked.clone();
            without["exceptions"] = json!(["a"]);
            let (asked, without) = (query(asked), query(without));
            assert!(!without.chooses() && without.q == asked.q && without.ids == ["a"], "{without:?}");
        }
    }
}
