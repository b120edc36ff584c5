//! What a job tells at its end, put into words and addresses.

use super::{Asker, jobs};
use crate::domain::ids::{DocumentId, FileId, Id, SheetId, WorkbookId};
use crate::domain::job::{Job, JobStatus};
use crate::domain::outcome::{Next, OutcomeFile};
use crate::domain::route::Route;
use crate::domain::said::Said;
use crate::domain::workbook::Sheet;
use crate::rpc::jobs::{Automatic, Deed, Offer, Rest, Told};
use crate::service::plugin_words::in_words;

/// The words and offers of a job that has ended.
pub(super) async fn told(asker: &Asker, job: &Job) -> Told {
    let outcome = job.outcome.clone().unwrap_or_default();
    let hosts = !job.is_built_in();
    let given = |words: String| Said { words: in_words(&words), hosts };
    let label = jobs::label(job);
    let message = outcome.message.filter(|text| !text.is_empty()).map(given);
    let (heading, silent) = match job.status {
        JobStatus::Complete => (label, Some("Done.".into())),
        JobStatus::Canceled => (format!("{}: canceled", label.words).into(), canceled(job).map(Said::from)),
        _ => {
            let info = job.info.clone().map_or_else(|| "It ended without saying why.".into(), given);
            (format!("{}: failed", label.words).into(), Some(info))
        }
    };
    let mut offers = match &outcome.next {
        Some(next) => offers(asker, job, next).await,
        None => Vec::new(),
    };
    if job.status == JobStatus::Failed && !offers.iter().any(|offer| offer.deed == Deed::Retry) {
        offers.push(offer(None, "Retry", Deed::Retry));
    }
    if asker.service.can_undo_job(&asker.actor, job).await.unwrap_or(false) {
        offers.push(offer(None, "Undo", Deed::Undo));
    }
    let rest = match outcome.next {
        Some(Next::Wait { fade, confetti }) => {
            Some(Rest { fade: fade == Some(true), confetti: confetti == Some(true) })
        }
        _ => None,
    };
    let hidden = outcome.hide_default_button == Some(true) && !offers.is_empty();
    let trigger = outcome.trigger.unwrap_or_default();
    let automatic =
        trigger.automatic.then_some(Automatic { silent: trigger.silent, everybody: trigger.everybody });
    Told {
        automatic: automatic.filter(|_| may_be_taken(offers.first())),
        rest,
        heading: outcome.heading.map_or(heading, given),
        message: message.or(silent),
        acknowledge: outcome.acknowledge == Some(true),
        button: (!hidden).then(|| outcome.button_text.map_or_else(|| "Close".into(), given)),
        offers,
    }
}

/// What a person should know of a job that was stopped.
fn canceled(job: &Job) -> Option<String> {
    let takes_back = job.is_built_in() && job.operation == "import";
    takes_back.then(|| {
        "The records that it had written are taken out again; the sheet can be edited when that is done."
            .to_string()
    })
}

/// Whether an offer may be taken without a press: a foreign address may not, it shows its host first.
fn may_be_taken(offer: Option<&Offer>) -> bool {
    match offer.map(|offer| &offer.deed) {
        Some(Deed::Go(address) | Deed::Open(address) | Deed::Download(address, _)) => {
            address.starts_with('/')
        }
        Some(_) => true,
        None => false,
    }
}

fn offer(label: Option<&String>, standard: &str, deed: Deed) -> Offer {
    Offer { label: label.map_or_else(|| standard.into(), Said::by_host), deed }
}

async fn offers(asker: &Asker, job: &Job, next: &Next) -> Vec<Offer> {
    match next {
        Next::Files { files, .. } => downloads(asker, files).await,
        Next::Download { url, label, file_name } => {
            let label = leading(label.as_deref(), "Download", url);
            let name = file_name.clone().unwrap_or_default();
            vec![Offer { label, deed: Deed::Download(url.clone(), name) }]
        }
        Next::Url { url, label, replace } => {
            let label = leading(label.as_deref(), "Open", url);
            let deed = if *replace == Some(true) { Deed::Go } else { Deed::Open };
            vec![Offer { label, deed: deed(url.clone()) }]
        }
        Next::Id { id, label, path, query } => {
            let address = address(asker, job, id).await.map(|address| extended(address, path, query));
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
        Next::Snapshot { sheet_id, snapshot_id } => {
            let address = address(asker, job, sheet_id).await;
            let compare = |address| Deed::Go(format!("{address}?compare={snapshot_id}"));
            address.map(|address| offer(None, "See what changed", compare(address))).into_iter().collect()
        }
        Next::Retry { label } => vec![offer(label.as_ref(), "Retry", Deed::Retry)],
        Next::ClearFilters { label, sheet_ids } => {
            let sheet_ids = sheet_ids.clone().unwrap_or_default();
            let address = match sheet_ids.first() {
                Some(id) => address(asker, job, id).await,
                None => None,
            };
            vec![offer(label.as_ref(), "Show all records", Deed::ClearFilters { sheet_ids, address })]
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
            label: format!("Download {name}").into(),
            deed: Deed::Download(format!("/files/{id}/download"), String::new()),
        });
    }
    offers
}

/// An address with what an outcome adds to it: a path under it and a query.
fn extended(address: String, path: &Option<String>, query: &Option<String>) -> String {
    let path = path.as_deref().map_or("", |path| path.trim_matches('/'));
    let query = query.as_deref().map_or("", |query| query.trim_start_matches('?'));
    let slash = if path.is_empty() { "" } else { "/" };
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{address}{slash}{path}{mark}{query}")
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
        "us_dc_" => {
            let found =
                asker.service.document(&asker.actor, space, &DocumentId::parse(id).ok()?).await.ok()?;
            Route::Document { space: space.to_string(), document: found.id.to_string() }
        }
        "us_sp_" => Route::Space { space: id.to_string() },
        "us_fl_" => Route::Files { space: space.to_string() },
        _ => return None,
    };
    Some(route.path())
}

/// What leads to an address, which names its host where it is a foreign one.
fn leading(label: Option<&str>, standard: &str, url: &str) -> Said {
    Said { words: format!("{}{}", label.unwrap_or(standard), host(url)), hosts: label.is_some() }
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
    use super::*;

    #[test]
    fn an_address_is_extended_by_path_and_query() {
        let some = |text: &str| Some(text.to_string());
        for (path, query, expected) in [
            (None, None, "/s/a"),
            (some("files"), None, "/s/a/files"),
            (some("/files/"), some("?x=1"), "/s/a/files?x=1"),
            (None, some("x=1"), "/s/a?x=1"),
        ] {
            assert_eq!(extended("/s/a".to_string(), &path, &query), expected);
        }
    }

    #[test]
    fn a_foreign_address_is_never_taken_by_itself() {
        let offer = |deed| Offer { label: Said::default(), deed };
        for (deed, taken) in [
            (Deed::Go("/space/a".into()), true),
            (Deed::Open("https://evil.test".into()), false),
            (Deed::Go("mailto:a@b.c".into()), false),
            (Deed::Download("https://evil.test/x".into(), String::new()), false),
            (Deed::Retry, true),
        ] {
            assert_eq!(may_be_taken(Some(&offer(deed.clone()))), taken, "{deed:?}");
        }
        assert!(!may_be_taken(None));
    }

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
