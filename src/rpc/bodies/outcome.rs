//! What a job tells at its end, put into words and addresses.

use super::Asker;
use super::jobs::changed;
use crate::domain::ids::{FileId, Id, SheetId, WorkbookId};
use crate::domain::job::{Job, JobStatus};
use crate::domain::outcome::{Next, OutcomeFile};
use crate::domain::route::Route;
use crate::domain::workbook::Sheet;
use crate::rpc::jobs::{Deed, Offer, Told};

/// The words and offers of a job that has ended.
pub(super) async fn told(asker: &Asker, job: &Job) -> Told {
    let outcome = job.outcome.clone().unwrap_or_default();
    let label = job.label.clone().unwrap_or_else(|| job.name());
    let message = outcome.message.filter(|text| !text.is_empty());
    let (heading, silent) = match job.status {
        JobStatus::Complete => (label, Some("Done.".to_string())),
        JobStatus::Canceled => (format!("{label}: canceled"), None),
        _ => {
            let info = job.info.clone().unwrap_or_else(|| "It ended without saying why.".to_string());
            (format!("{label}: failed"), Some(info))
        }
    };
    let mut offers = match &outcome.next {
        Some(next) => offers(asker, job, next).await,
        None => Vec::new(),
    };
    if job.status == JobStatus::Failed && !offers.iter().any(|offer| offer.deed == Deed::Retry) {
        offers.push(offer(None, "Retry", Deed::Retry));
    }
    if let Some((sheet, change)) = changed(job)
        && asker.service.can_undo(&asker.actor, &sheet, &change).await.unwrap_or(false)
    {
        offers.push(offer(None, "Undo", Deed::Undo));
    }
    let hidden = outcome.hide_default_button == Some(true) && !offers.is_empty();
    Told {
        heading: outcome.heading.unwrap_or(heading),
        message: message.or(silent),
        acknowledge: outcome.acknowledge == Some(true),
        button: (!hidden).then(|| outcome.button_text.unwrap_or_else(|| "Close".to_string())),
        offers,
    }
}

fn offer(label: Option<&String>, standard: &str, deed: Deed) -> Offer {
    Offer { label: label.cloned().unwrap_or_else(|| standard.to_string()), deed }
}

async fn offers(asker: &Asker, job: &Job, next: &Next) -> Vec<Offer> {
    match next {
        Next::Files { files, .. } => downloads(asker, files).await,
        Next::Download { url, label, .. } => {
            let label = format!("{}{}", label.as_deref().unwrap_or("Download"), host(url));
            vec![Offer { label, deed: Deed::Download(url.clone()) }]
        }
        Next::Url { url, label, .. } => {
            let label = format!("{}{}", label.as_deref().unwrap_or("Open"), host(url));
            vec![Offer { label, deed: Deed::Go(url.clone()) }]
        }
        Next::Id { id, label, .. } => {
            let address = address(asker, job, id).await;
            address.map(|address| offer(label.as_ref(), "Open", Deed::Go(address))).into_iter().collect()
        }
        Next::View { sheet_id, hidden_columns, label } => {
            let deed = |address| Deed::HideColumns {
                address,
                sheet_id: sheet_id.clone(),
                keys: hidden_columns.clone(),
            };
            let address = address(asker, job, sheet_id).await;
            address
                .map(|address| offer(label.as_ref(), "Update the view", deed(address)))
                .into_iter()
                .collect()
        }
        Next::Snapshot { sheet_id, .. } => {
            let address = address(asker, job, sheet_id).await;
            address.map(|address| offer(None, "Open the sheet", Deed::Go(address))).into_iter().collect()
        }
        Next::Retry { label } => vec![offer(label.as_ref(), "Retry", Deed::Retry)],
        Next::ClearFilters { label, .. } => {
            vec![offer(label.as_ref(), "Show all records", Deed::ClearFilters)]
        }
        Next::Wait { .. } => Vec::new(),
    }
}

async fn downloads(asker: &Asker, files: &[OutcomeFile]) -> Vec<Offer> {
    let mut offers = Vec::with_capacity(files.len());
    for file in files {
        let Ok(id) = FileId::parse(&file.file_id) else { continue };
        let Ok(found) = asker.service.file(&asker.actor, &id).await else { continue };
        let name = file.label.as_deref().unwrap_or(&found.name);
        offers.push(Offer {
            label: format!("Download {name}"),
            deed: Deed::Download(format!("/files/{id}/download")),
        });
    }
    offers
}

/// The page of whatever has that id: a sheet, a workbook, a space, a file.
async fn address(asker: &Asker, job: &Job, id: &str) -> Option<String> {
    let space = job.space_id.as_ref()?;
    let of_sheet = |sheet: &Sheet| {
        let (space, workbook) = (sheet.space_id.to_string(), sheet.workbook_id.to_string());
        Route::Sheet { space, workbook, sheet: sheet.id.to_string() }
    };
    let route = match id.get(..6)? {
        "us_sh_" => of_sheet(&asker.service.sheet(&asker.actor, &SheetId::parse(id).ok()?).await.ok()?),
        "us_wb_" => {
            let found = asker.service.workbook(&asker.actor, &WorkbookId::parse(id).ok()?).await.ok()?;
            of_sheet(found.sheets.first()?)
        }
        "us_sp_" => Route::Space { space: id.to_string() },
        "us_fl_" => Route::Files { space: space.to_string() },
        _ => return None,
    };
    Some(route.path())
}

/// Where a foreign address leads: ` (example.com)`. Nothing for this server.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or("");
    if host.is_empty() { String::new() } else { format!(" ({host})") }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_foreign_address_shows_its_host() {
        for (url, shown) in [
            ("https://example.com/a?b", " (example.com)"),
            ("https://inlet.example@evil.test/x", " (evil.test)"),
            ("/files/x", ""),
            ("mailto:a@b.c", ""),
        ] {
            assert_eq!(host(url), shown, "{url}");
        }
    }
}
