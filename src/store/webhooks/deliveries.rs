//! Deliveries: one row an event and endpoint, from the moment that it is queued.

use crate::domain::ids::{DeliveryId, EventId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, DeliveryState, LastTry};
use crate::store::convert::{damaged, from_optional_json, from_word, id, integer, moment, optional_json};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

const COLUMNS: &str =
    "id, endpoint_id, event_id, topic, sequence, body, state, tries, next_try_at, created_at,
    last_at, last_duration, last_status, last_answer, last_note";

/// Puts an event into the queue of an endpoint. One that is there already begins anew when `again`, and stays as it
/// is otherwise.
pub async fn queue(tx: &mut Tx, delivery: &Delivery, again: bool) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, topic, sequence, body, state, next_try_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (endpoint_id, event_id) DO ",
    )
    .bind(&delivery.id)
    .bind(&delivery.endpoint_id)
    .bind(&delivery.event_id)
    .bind(&delivery.topic)
    .bind(delivery.sequence)
    .bind(optional_json(&delivery.body)?)
    .bind(delivery.state.as_str())
    .bind(delivery.next_try_at)
    .bind(delivery.created_at)
    .push(if again { "UPDATE SET state = 'waiting', tries = 0, next_try_at = 0" } else { "NOTHING" });
    tx.execute(statement).await.map(|_| ())
}

/// The delivery that is next: a try that is due again, else the first event that was not tried yet.
pub async fn next(tx: &mut Tx, endpoint: &WebhookId, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
    let of_state = |state: &'static str| {
        Statement::select(COLUMNS)
            .push_bind(" FROM webhook_deliveries WHERE endpoint_id = ", endpoint)
            .push_bind(" AND state = ", state)
            .push_bind(" AND next_try_at <= ", now)
            .push(" ORDER BY next_try_at, sequence, id LIMIT 1")
    };
    let found = match tx.optional::<DeliveryRow>(of_state("retrying")).await? {
        Some(row) => Some(row),
        None => tx.optional(of_state("waiting")).await?,
    };
    found.map(Delivery::try_from).transpose()
}

/// When the next try that is not due yet is due.
pub async fn next_due(tx: &mut Tx, endpoint: &WebhookId) -> Result<Option<Timestamp>, StoreError> {
    let text =
        "SELECT MIN(next_try_at) FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'retrying'";
    let (due,): (Option<i64>,) = tx.one(Statement::new(text).bind(endpoint)).await?;
    Ok(moment(due))
}

/// Keeps what a try came to, unless a replay began the delivery anew meanwhile.
pub async fn record(tx: &mut Tx, delivery: &Delivery, tries_before: u32) -> Result<(), StoreError> {
    let last = delivery.last.clone().unwrap_or_default();
    let statement = Statement::new(
        "UPDATE webhook_deliveries SET state = $2, tries = $3, next_try_at = $4, last_at = $5, last_duration = $6,
            last_status = $7, last_answer = $8, last_note = $9
        WHERE id = $1 AND tries = $10",
    )
    .bind(&delivery.id)
    .bind(delivery.state.as_str())
    .bind(i64::from(delivery.tries))
    .bind(delivery.next_try_at)
    .bind(last.at)
    .bind(last.duration)
    .bind(last.status.map(i64::from))
    .bind(last.answer)
    .bind(last.note)
    .bind(i64::from(tries_before));
    tx.execute(statement).await.map(|_| ())
}

/// A delivery of an endpoint that the caller may see.
pub async fn find(
    tx: &mut Tx,
    endpoint: &WebhookId,
    id: &DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM webhook_deliveries WHERE id = ", id)
        .push_bind(" AND endpoint_id = ", endpoint);
    tx.optional::<DeliveryRow>(statement).await?.map(Delivery::try_from).transpose()
}

/// One page of the deliveries of an endpoint, the latest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    endpoint: &WebhookId,
    state: Option<DeliveryState>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Delivery>, u64), StoreError> {
    let rest = Statement::new("FROM webhook_deliveries")
        .push_bind(" WHERE endpoint_id = ", endpoint)
        .filter(" AND state = ", state.map(DeliveryState::as_str));
    let order = " ORDER BY created_at DESC, sequence DESC, id";
    let (rows, total) = tx.page::<DeliveryRow>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(Delivery::try_from).collect::<Result<_, _>>()?, total))
}

/// Begins one delivery anew, or with no id all that were given up; how many.
pub async fn again(tx: &mut Tx, endpoint: &WebhookId, id: Option<&DeliveryId>) -> Result<u64, StoreError> {
    let statement =
        Statement::new("UPDATE webhook_deliveries SET state = 'waiting', tries = 0, next_try_at = 0")
            .push_bind(" WHERE endpoint_id = ", endpoint)
            .filter(" AND id = ", id);
    let all = if id.is_none() { " AND state = 'failed'" } else { "" };
    tx.execute(statement.push(all)).await
}

/// How many deliveries of an endpoint wait or were given up: waiting, retrying, failed.
pub async fn counts(tx: &mut Tx, endpoint: &WebhookId) -> Result<[u64; 3], StoreError> {
    let text = "SELECT state, COUNT(*) FROM webhook_deliveries
        WHERE endpoint_id = $1 AND state <> 'delivered' GROUP BY state";
    let rows: Vec<(String, i64)> = tx.all(Statement::new(text).bind(endpoint)).await?;
    let of = |state: DeliveryState| {
        let found = rows.iter().find(|(name, _)| name == state.as_str());
        found.map_or(0, |(_, count)| count.unsigned_abs())
    };
    Ok([of(DeliveryState::Waiting), of(DeliveryState::Retrying), of(DeliveryState::Failed)])
}

/// Forgets deliveries that ended before that moment, so many at most; how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    let statement = Statement::new(
        "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries
            WHERE state IN ('delivered', 'failed') AND created_at < $1 AND last_at < $1 LIMIT $2)",
    );
    tx.execute(statement.bind(before).bind(integer(most))).await
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    id: String,
    endpoint_id: String,
    event_id: String,
    topic: String,
    sequence: i64,
    body: Option<String>,
    state: String,
    tries: i64,
    next_try_at: i64,
    created_at: i64,
    last_at: Option<i64>,
    last_duration: Option<i64>,
    last_status: Option<i64>,
    last_answer: Option<String>,
    last_note: Option<String>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let status = |status: i64| {
            u16::try_from(status).map_err(|error| damaged("webhook_deliveries.last_status", error))
        };
        let last = match row.last_at {
            None => None,
            Some(at) => Some(LastTry {
                at: Timestamp(at),
                duration: row.last_duration.unwrap_or_default(),
                status: row.last_status.map(status).transpose()?,
                answer: row.last_answer,
                note: row.last_note,
            }),
        };
        let event: EventId = id("webhook_deliveries.event_id", &row.event_id)?;
        Ok(Self {
            id: id("webhook_deliveries.id", &row.id)?,
            endpoint_id: id("webhook_deliveries.endpoint_id", &row.endpoint_id)?,
            event_id: event,
            topic: row.topic,
            sequence: row.sequence,
            body: from_optional_json("webhook_deliveries.body", row.body)?,
            state: from_word("webhook_deliveries.state", row.state)?,
            tries: u32::try_from(row.tries).map_err(|error| damaged("webhook_deliveries.tries", error))?,
            next_try_at: Timestamp(row.next_try_at),
            created_at: Timestamp(row.created_at),
            last,
        })
    }
}
