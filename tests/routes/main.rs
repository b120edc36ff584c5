//! The API through its real router, on SQLite and, with INLET_TEST_POSTGRES_URL, on PostgreSQL.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../util/mod.rs"]
mod util;

mod actions;
mod agent_exports;
#[cfg(unix)]
mod agent_runs;
mod agents;
mod apps;
mod auth;
mod bad_input;
mod blueprint_changes;
mod built_in_actions;
mod bulk;
mod cells;
mod commits;
mod developers;
mod documents;
mod downloads;
mod edits;
mod embedding;
mod environments;
mod event_stream;
mod events;
mod extraction;
mod extractors;
mod files;
mod find;
mod fixtures;
mod foreign_ids;
mod forms;
mod granted_parts;
mod guest_links;
mod guest_roles;
mod guests;
mod invitations;
mod job_log;
mod job_order;
mod job_parts;
mod jobs;
mod json_lines;
mod layouts;
mod limits;
mod mapping;
mod not_served;
mod openapi;
mod panels;
mod passwords;
mod places;
mod presence;
mod queries;
mod reach;
mod reads_as_of;
mod receiver;
mod records;
mod references;
mod retention;
mod retries;
mod schedules;
mod secrets;
mod security;
mod sessions;
mod sheet_commands;
mod sheets;
mod sign_in;
mod snapshots;
mod space_stream;
mod spaces;
mod spellings;
mod subscription;
mod tenants;
mod tracked_commits;
mod transport;
mod typed_cells;
mod users;
mod views;
mod visits;
mod webhook_answers;
mod webhook_libraries;
mod webhooks;
mod whole_lists;
mod workbooks;

pub(crate) use util::test_app::{
    Answer, TestApp, on_each_database, on_each_database_with_mail, on_each_database_within,
};
