//! Webhooks: the endpoints here, what is on its way to them in [`deliveries`].

pub mod deliveries;

use super::convert::{from_json, from_word, id, json, moment, optional_id, word};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{EnvironmentId, SpaceId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Endpoint, EndpointState};

const COLUMNS: &str =
    "id, account_id, environment_id, space_id, name, url, choice, state, reason, failing_since,
    hold_until, salt, previous_salt, previous_until, position, created_by, created_at, updated_at";

/// Keeps a new endpoint.
pub async fn insert(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    let (previous, until) = previous(endpoint);
    let statement = Statement::new(
        "INSERT INTO webhook_endpoints (id, account_id, environment_id, space_id, name, url, choice, state, reason,
            failing_since, hold_until, salt, previous_salt, previous_until, position, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(&endpoint.id)
    .bind(&endpoint.account_id)
    .bind(&endpoint.environment_id)
    .bind(&endpoint.space_id)
    .bind(&endpoint.name)
    .bind(&endpoint.url)
    .bind(json(&endpoint.choice)?)
    .bind(word(&endpoint.state)?)
    .bind(&endpoint.reason)
    .bind(endpoint.failing_since)
    .bind(endpoint.hold_until)
    .bind(&endpoint.salt)
    .bind(previous)
    .bind(until)
    .bind(endpoint.position)
    .bind(&endpoint.created_by)
    .bind(endpoint.created_at)
    .bind(endpoint.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of an endpoint that can change but its position.
pub async fn update(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    let (previous, until) = previous(endpoint);
    let statement = Statement::new(
        "UPDATE webhook_endpoints SET name = $2, url = $3, choice = $4, state = $5, reason = $6, failing_since = $7,
            hold_until = $8, salt = $9, previous_salt = $10, previous_until = $11, updated_at = $12
        WHERE id = $1",
    )
    .bind(&endpoint.id)
    .bind(&endpoint.name)
    .bind(&endpoint.url)
    .bind(json(&endpoint.choice)?)
    .bind(word(&endpoint.state)?)
    .bind(&endpoint.reason)
    .bind(endpoint.failing_since)
    .bind(endpoint.hold_until)
    .bind(&endpoint.salt)
    .bind(previous)
    .bind(until)
    .bind(endpoint.updated_at);
    tx.execute(statement).await.map(|_| ())
}

fn previous(endpoint: &Endpoint) -> (Option<&str>, Option<Timestamp>) {
    let previous = endpoint.previous_salt.as_ref();
    (previous.map(|(salt, _)| salt.as_str()), previous.map(|(_, until)| *until))
}

/// The endpoint of that id; it stays so until a transaction that writes has ended.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &WebhookId) -> Result<Option<Endpoint>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM webhook_endpoints WHERE deleted_at IS NULL AND id = ", id)
        .within(scope)
        .push(keep);
    tx.optional::<EndpointRow>(statement).await?.map(Endpoint::try_from).transpose()
}

/// The endpoint of that id, wherever it is; it stays so until the transaction has ended. For the sender.
pub async fn find_anywhere(tx: &mut Tx, id: &WebhookId) -> Result<Option<Endpoint>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM webhook_endpoints WHERE deleted_at IS NULL AND id = ", id)
        .push(tx.for_update());
    tx.optional::<EndpointRow>(statement).await?.map(Endpoint::try_from).transpose()
}

/// One page of the endpoints, in the order in which they were made, and how many there are. Those of one space when
/// it is named; without those of spaces when they are not wanted.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    environment: Option<&EnvironmentId>,
    space: Option<&SpaceId>,
    of_spaces: bool,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Endpoint>, u64), StoreError> {
    let rest = Statement::new("FROM webhook_endpoints WHERE deleted_at IS NULL")
        .within(scope)
        .filter(" AND environment_id = ", environment)
        .filter(" AND space_id = ", space)
        .push(if of_spaces { "" } else { " AND space_id IS NULL" });
    let (rows, total) =
        tx.page::<EndpointRow>(COLUMNS, rest, " ORDER BY created_at, id", offset, limit).await?;
    Ok((rows.into_iter().map(Endpoint::try_from).collect::<Result<_, _>>()?, total))
}

/// The endpoints of an environment and of its spaces.
pub async fn of_environment(tx: &mut Tx, environment: &EnvironmentId) -> Result<Vec<Endpoint>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM webhook_endpoints WHERE deleted_at IS NULL AND environment_id = ", environment);
    tx.all::<EndpointRow>(statement).await?.into_iter().map(Endpoint::try_from).collect()
}

/// Deletes an endpoint and what is on its way to it.
pub async fn delete(tx: &mut Tx, id: &WebhookId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM webhook_deliveries WHERE endpoint_id = $1").bind(id)).await?;
    let statement = Statement::new("UPDATE webhook_endpoints SET deleted_at = $2 WHERE id = $1");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

/// The endpoints that are sent something, wherever they are: for the sender.
pub async fn active(tx: &mut Tx) -> Result<Vec<WebhookId>, StoreError> {
    let text = "SELECT id FROM webhook_endpoints WHERE deleted_at IS NULL AND state = 'active' ORDER BY id";
    let rows: Vec<(String,)> = tx.all(Statement::new(text)).await?;
    rows.iter().map(|(found,)| id("webhook_endpoints.id", found)).collect()
}

/// An endpoint that is sent something, and how long it is this server's alone: for the sender.
pub async fn held(
    tx: &mut Tx,
    id: &WebhookId,
    worker: &str,
) -> Result<Option<(Endpoint, Timestamp)>, StoreError> {
    let select = Statement::select(COLUMNS)
        .push_bind(" FROM webhook_endpoints WHERE deleted_at IS NULL AND state = 'active' AND id = ", id);
    let Some(row) = tx.optional::<EndpointRow>(select).await? else { return Ok(None) };
    let lease = Statement::new("SELECT lease_until FROM webhook_endpoints WHERE id = $1 AND worker = $2");
    let lease: Option<(i64,)> = tx.optional(lease.bind(id).bind(worker)).await?;
    Ok(Some((row.try_into()?, Timestamp(lease.map_or(0, |(until,)| until)))))
}

/// Takes an endpoint for this server alone, or keeps it; `false` while another server has it.
pub async fn take(
    tx: &mut Tx,
    id: &WebhookId,
    worker: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE webhook_endpoints SET worker = $2, lease_until = $3
        WHERE id = $1 AND (worker = $2 OR lease_until <= $4)",
    );
    Ok(tx.execute(statement.bind(id).bind(worker).bind(until).bind(now)).await? == 1)
}

/// Ends every lease: for a process that is the only one, when it starts.
pub async fn release_leases(tx: &mut Tx) -> Result<(), StoreError> {
    let text = "UPDATE webhook_endpoints SET lease_until = 0 WHERE lease_until > 0";
    tx.execute(Statement::new(text)).await.map(|_| ())
}

/// Moves an endpoint on in the log; `false` when somebody else did so before.
pub async fn advance(tx: &mut Tx, id: &WebhookId, from: i64, to: i64) -> Result<bool, StoreError> {
    let statement =
        Statement::new("UPDATE webhook_endpoints SET position = $3 WHERE id = $1 AND position = $2");
    Ok(tx.execute(statement.bind(id).bind(from).bind(to)).await? == 1)
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: Option<String>,
    name: Option<String>,
    url: String,
    choice: String,
    state: String,
    reason: Option<String>,
    failing_since: Option<i64>,
    hold_until: Option<i64>,
    salt: String,
    previous_salt: Option<String>,
    previous_until: Option<i64>,
    position: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<EndpointRow> for Endpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> Result<Self, StoreError> {
        let state: EndpointState = from_word("webhook_endpoints.state", row.state)?;
        Ok(Self {
            id: id("webhook_endpoints.id", &row.id)?,
            account_id: id("webhook_endpoints.account_id", &row.account_id)?,
            environment_id: id("webhook_endpoints.environment_id", &row.environment_id)?,
            space_id: optional_id("webhook_endpoints.space_id", row.space_id)?,
            name: row.name,
            url: row.url,
            choice: from_json("webhook_endpoints.choice", &row.choice)?,
            state,
            reason: row.reason,
            failing_since: moment(row.failing_since),
            hold_until: moment(row.hold_until),
            salt: row.salt,
            previous_salt: row.previous_salt.zip(moment(row.previous_until)),
            position: row.position,
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
