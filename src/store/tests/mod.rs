//! What the store promises, told on both databases.

mod events;
mod job_log;
mod jobs;
mod migrations;
mod scope;
mod spaces;
mod tenants;
mod transactions;
mod workbooks;
