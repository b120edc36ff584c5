//! Jobs: starting them, watching them, closing their outcomes.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;
use crate::domain::export::ExportFormat;
use crate::domain::job::{JobMode, JobStatus};
use crate::domain::said::Said;

/// A job as the page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobCard {
    /// Its id.
    pub id: String,
    /// What people read.
    pub label: Said,
    /// `type:operation`.
    pub name: String,
    /// Where it stands.
    pub status: JobStatus,
    /// 0 to 100.
    pub progress: u8,
    /// What it is doing, in words of whoever does it.
    pub info: Option<String>,
    /// What the page does meanwhile.
    pub mode: JobMode,
    /// The id of the thing it is about.
    pub source: String,
    /// The sheet it is about.
    pub sheet_id: Option<String>,
    /// The workbook it is about.
    pub workbook_id: Option<String>,
    /// What the person filled in, by the labels of the form.
    pub input: Vec<(String, String)>,
    /// What it tells, once it has ended.
    pub told: Option<Told>,
    /// Who made it.
    pub created_by: String,
    /// The person who looks made it, or no person did.
    pub mine: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// When somebody began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// When it should end, as its worker thinks.
    pub estimated_at: Option<i64>,
    /// Whether somebody closed its outcome.
    pub acknowledged: bool,
}

/// What a job tells at its end, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The title.
    pub heading: Said,
    /// The text.
    pub message: Option<Said>,
    /// It waits to be closed.
    pub acknowledge: bool,
    /// What the closing button says; nothing for no such button.
    pub button: Option<Said>,
    /// What it offers.
    pub offers: Vec<Offer>,
    /// Its first offer is taken by itself, and how.
    pub automatic: Option<Automatic>,
    /// It rests on a page of its own.
    pub rest: Option<Rest>,
}

/// How the first offer of an outcome is taken without a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// Nothing is shown.
    pub silent: bool,
    /// In the browsers of all who look at the space, not of the one alone who made the job.
    pub everybody: bool,
}

/// How an outcome rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// The page fades behind it.
    pub fade: bool,
    /// It is celebrated.
    pub confetti: bool,
}

/// One thing that an outcome offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it says. A foreign address names its host here.
    pub label: Said,
    /// What it does.
    pub deed: Deed,
}

/// What an offer does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Leads to an address.
    Go(String),
    /// Opens an address beside this page.
    Open(String),
    /// Fetches a file from an address, under a name.
    Download(String, String),
    /// Runs the job again.
    Retry,
    /// Shows all records of these sheets again, of all when there are none, here or on the sheet's page.
    ClearFilters {
        /// The sheets' ids.
        sheet_ids: Vec<String>,
        /// The page of the first of them.
        address: Option<String>,
    },
    /// Hides columns of a sheet.
    HideColumns {
        /// The sheet's page.
        address: String,
        /// Its id.
        sheet_id: String,
        /// The keys of their fields.
        keys: Vec<String>,
    },
    /// Takes back what the job did to a sheet.
    Undo,
}

/// One job.
///
/// # Errors
/// When there is no such job for this person.
#[server(input = Packed, output = Packed)]
pub async fn job(job_id: String) -> Result<JobCard, RpcError> {
    super::bodies::jobs::job(job_id).await
}

/// Writes records into a file.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn start_export(
    sheet_id: String,
    choosing: Choosing,
    format: ExportFormat,
) -> Result<JobCard, RpcError> {
    super::bodies::jobs::start_export(sheet_id, choosing, format).await
}

/// Deletes records.
///
/// # Errors
/// When the sheet is not there or its records may not be deleted.
#[server(input = Packed, output = Packed)]
pub async fn delete_records(sheet_id: String, choosing: Choosing) -> Result<JobCard, RpcError> {
    super::bodies::jobs::delete_records(sheet_id, choosing).await
}

/// Stops a job.
///
/// # Errors
/// When there is no such job for this person.
#[server(input = Packed, output = Packed)]
pub async fn cancel(job_id: String) -> Result<JobCard, RpcError> {
    super::bodies::jobs::cancel(job_id).await
}

/// Runs a job that has ended once more.
///
/// # Errors
/// When there is no such job for this person, or it still runs.
#[server(input = Packed, output = Packed)]
pub async fn retry(job_id: String) -> Result<JobCard, RpcError> {
    super::bodies::jobs::retry(job_id).await
}

/// Takes back what a job did to a sheet; what was changed again since stays.
///
/// # Errors
/// When there is no such job for this person, it changed nothing, or it was taken back already.
#[server(input = Packed, output = Packed)]
pub async fn undo(job_id: String) -> Result<(), RpcError> {
    super::bodies::jobs::undo(job_id).await
}

/// Notes that the person closed the outcome.
///
/// # Errors
/// When there is no such job for this person.
#[server(input = Packed, output = Packed)]
pub async fn acknowledge(job_id: String) -> Result<(), RpcError> {
    super::bodies::jobs::acknowledge(job_id).await
}
