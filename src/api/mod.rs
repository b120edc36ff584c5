//! The REST API that the published Flatfile clients speak: `/v1`, and the subscription of their
//! listeners under `/v2`. The shapes of the JSON are in `wire`, one file a resource; what every request
//! has in common is in `extract`, `query`, `error` and `answer`.
//!
//! A handler reads the request, asks the service, and writes the answer. It decides nothing: rights
//! and rules are the service's.

mod access_tokens;
mod actions;
mod address;
mod agent_exports;
mod agent_logs;
mod agent_roles;
mod agents;
mod answer;
mod app_constraints;
mod apps;
mod bulk;
mod cells;
mod commits;
mod documents;
mod download;
mod embedding;
mod entitlements;
mod environments;
mod error;
mod event_stream;
mod events;
mod extract;
mod fields;
mod files;
mod guest_roles;
mod guests;
mod header_row;
mod history;
mod indices;
mod invitations;
mod job_log;
mod job_plans;
mod job_secrets;
mod jobs;
mod json_lines;
mod keys;
mod line_batch;
mod lines;
mod mapping;
mod mapping_rules;
mod messages;
mod not_served;
mod openapi;
mod parts;
mod query;
mod record_parts;
mod records;
mod retention_policies;
mod secrets;
mod shape;
mod sheet_commands;
mod sheets;
mod snapshots;
mod spaces;
mod subscription;
mod transport;
mod undo;
mod upload;
mod user_roles;
mod users;
mod views;
mod webhook_deliveries;
mod webhooks;
mod wire;
mod workbooks;

use std::sync::Arc;

use axum::Router;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

pub use address::{normalise_uri, tidy_addresses};
pub use error::status_of;
pub use extract::{ClientAddress, Peer, bearer};
pub use openapi::document;

use crate::service::Service;

/// Every operation under `/v1` and `/v2-alpha`, with its description.
fn operations() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(environments::routes())
        .merge(embedding::routes())
        .merge(guest_roles::routes())
        .merge(guests::routes())
        .merge(invitations::routes())
        .merge(apps::routes())
        .merge(app_constraints::routes())
        .merge(spaces::routes())
        .merge(documents::routes())
        .merge(workbooks::routes())
        .merge(sheets::routes())
        .merge(sheet_commands::routes())
        .merge(download::routes())
        .merge(fields::routes())
        .merge(records::routes())
        .merge(indices::routes())
        .merge(cells::routes())
        .merge(messages::routes())
        .merge(json_lines::routes())
        .merge(bulk::routes())
        .merge(commits::routes())
        .merge(snapshots::routes())
        .merge(views::routes())
        .merge(history::routes())
        .merge(undo::routes())
        .merge(jobs::routes())
        .merge(job_log::routes())
        .merge(job_plans::routes())
        .merge(job_secrets::routes())
        .merge(mapping::routes())
        .merge(mapping_rules::routes())
        .merge(events::routes())
        .merge(event_stream::routes())
        .merge(webhooks::routes())
        .merge(webhook_deliveries::routes())
        .merge(files::routes())
        .merge(header_row::routes())
        .merge(entitlements::routes())
        .merge(actions::routes())
        .merge(secrets::routes())
        .merge(agents::routes())
        .merge(agent_roles::routes())
        .merge(agent_logs::routes())
        .merge(agent_exports::routes())
        .merge(keys::routes())
        .merge(access_tokens::routes())
        .merge(users::routes())
        .merge(user_roles::routes())
        .merge(retention_policies::routes())
}

/// Answers everything under `/v1`, `/v2`, `/v2-alpha` and `/time`, and nothing else. Long polls end when
/// `stopping` is cancelled.
///
/// Put [`tidy_addresses`] around the finished router: clients write untidy ones.
pub fn router(service: Arc<Service>, stopping: CancellationToken) -> Router {
    let (operations, document) = operations().split_for_parts();
    let described = openapi::routes(&openapi::finished(document));
    let operations = operations.layer(axum::Extension(stopping.clone()));
    transport::wrap(operations.merge(described).merge(not_served::routes()).with_state(service.clone()))
        .merge(subscription::routes(service, stopping))
}
