//! What the store promises, told on both databases.

mod events;
mod guests;
mod job_log;
mod job_lots;
mod jobs;
mod migrations;
mod scope;
mod spaces;
mod tenants;
mod transactions;
mod workbooks;
