//! `sheet:remove-duplicates`: of records that are the same one stays; the others are deleted as one change.

use serde::Deserialize;
use serde_json::json;

use crate::domain::built_in_actions::LAST;
use crate::domain::outcome::Outcome;
use crate::domain::query::RecordQuery;
use crate::domain::wording::counted;
use crate::jobs::work::{Work, WorkError};
use crate::service::duplicates::Sameness;

#[derive(Deserialize)]
struct Config {
    fields: Vec<String>,
    #[serde(default)]
    keep: Option<String>,
    #[serde(default)]
    loosely: bool,
    #[serde(flatten)]
    query: RecordQuery,
}

/// Deletes the duplicates.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let Config { fields, keep, loosely, query } = work.config()?;
    let (service, id, change) = (&work.service, work.sheet()?, work.change()?);
    let undo = json!({ "sheetId": id, "changeId": change });
    if service.knows_change(&work.actor, &id, &change).await? {
        // An earlier attempt came as far as the deletion.
        work.note(json!({ "undo": undo })).await?;
        return Ok(Outcome::saying("The duplicates were removed"));
    }
    work.keep_version(&id).await?;
    let rule = Sameness { fields, keep_last: keep.as_deref() == Some(LAST), loosely };
    let mut search = service.search_duplicates(&work.bound(), &id, query, rule).await?;
    while service.search_on(&mut search).await? {
        work.progress_of_records(search.progress()).await?;
    }
    let done = service.delete_duplicates(&work.bound(), search, change).await?;
    let removed = done.numbers.len() as u64;
    if removed == 0 {
        return Ok(Outcome::saying(format!("{} has no duplicates", done.sheet.config.name)));
    }
    work.note(json!({ "undo": undo })).await?;
    let words = format!("{} removed from {}", counted(removed, "duplicate"), done.sheet.config.name);
    Ok(Outcome::saying(words))
}
