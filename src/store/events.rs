//! The event log: one sequence without gaps an environment and one a space.
//!
//! Numbers are taken as the last thing before a commit, from rows that nobody else writes. The row
//! stays locked until the commit, so whoever sees number 7 sees 1 to 6 as well.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use serde_json::{Map, Value};

use super::convert::{from_json, from_optional_json, id, integer, json, moment, optional_id};
use super::rows::{Kind, Rows};
use super::statement::Statement;
use super::{EventSignal, StoreError, Tx, new_log_id, now};
use crate::domain::access::Scope;
use crate::domain::event::{Event, NewEvent};
use crate::domain::ids::{AccountId, EnvironmentId, EventId, GuestId, Id, SpaceId};
use crate::domain::time::Timestamp;

/// Events that one statement puts into the log.
const AT_ONCE: usize = 500;

/// An event, as rows have it: its numbers as they are, or how far they are from the last ones.
const ADDED: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("account_id", Kind::Text),
    ("environment_id", Kind::Text),
    ("space_id", Kind::Text),
    ("environment_number", Kind::Integer),
    ("space_number", Kind::Integer),
    ("topic", Kind::Text),
    ("domain", Kind::Text),
    ("context", Kind::Text),
    ("payload", Kind::Text),
    ("data_url", Kind::Text),
    ("namespaces", Kind::Text),
    ("extra", Kind::Text),
    ("created_at", Kind::Integer),
];

/// An event as it goes into the log: one of ours, or one that a listener made up.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDraft {
    /// The id that it will have.
    pub id: EventId,
    /// The name of what happened.
    pub topic: String,
    /// The domain of that name.
    pub domain: String,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// In which space, unless it concerns the whole environment.
    pub space_id: Option<SpaceId>,
    /// Ids of what it is about; the log adds `accountId`, `environmentId` and `spaceId`.
    pub context: Map<String, Value>,
    /// What else there is to know.
    pub payload: Map<String, Value>,
    /// Address of the data with its query.
    pub data_url: Option<String>,
    /// `space:<namespace>` and the like.
    pub namespaces: Vec<String>,
    /// Members of the wire in the place of those that it would have.
    pub extra: Map<String, Value>,
}

impl From<NewEvent> for EventDraft {
    fn from(event: NewEvent) -> Self {
        let id: EventId = new_log_id();
        let data_url = event.data_path.map(|path| {
            let separator = if path.contains('?') { '&' } else { '?' };
            format!("{path}{separator}for={id}")
        });
        Self {
            id,
            topic: event.topic.as_str().to_string(),
            domain: event.topic.domain().to_string(),
            environment_id: event.environment_id,
            space_id: event.space_id,
            context: event.context,
            payload: event.payload,
            data_url,
            namespaces: event.namespaces,
            extra: Map::new(),
        }
    }
}

/// Which events a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Those of one environment.
    pub environment_id: Option<EnvironmentId>,
    /// Those of one space.
    pub space_id: Option<SpaceId>,
    /// Those of that name.
    pub topic: Option<String>,
    /// Those whose names begin so.
    pub topic_prefix: Option<String>,
    /// Those of that domain.
    pub domain: Option<String>,
    /// Those after that moment.
    pub since: Option<Timestamp>,
    /// Those after that event.
    pub after: Option<EventId>,
    /// Also those that were acknowledged.
    pub include_acknowledged: bool,
}

/// Whose sequence is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sequence {
    /// That of an environment.
    Environment(EnvironmentId),
    /// That of a space.
    Space(SpaceId),
}

/// Events on their way into the log: the statements that put them there, and who is to hear of it then.
#[derive(Default)]
pub(super) struct Appending {
    pub(super) statements: Vec<Statement>,
    pub(super) numbers: Numbers,
    /// The last number of each environment and space. On SQLite the statements give it.
    pub(super) taken: Vec<(String, i64)>,
}

/// How many events each environment and space gets, and for each environment with a space the place of the last
/// one among those of the environment, from 1.
#[derive(Default)]
pub(super) struct Numbers {
    counted: BTreeMap<String, i64>,
    last: Vec<(EnvironmentId, Option<SpaceId>, i64)>,
}

/// An event and its place among those of its environment and of its space that are added with it, from 1.
struct Numbered {
    draft: EventDraft,
    in_environment: i64,
    in_space: Option<i64>,
}

/// Makes ready what puts events into the log, in their order. On PostgreSQL, where each statement is a trip of its own
/// and plain values are planned sooner than questions for them, their numbers are taken first.
pub(super) async fn append(tx: &mut Tx, drafts: Vec<EventDraft>) -> Result<Appending, StoreError> {
    if drafts.is_empty() {
        return Ok(Appending::default());
    }
    let created_at = now();
    let accounts = accounts_of(tx, &drafts).await?;
    let mut numbers = Numbers::default();
    let numbered: Vec<Numbered> = drafts.into_iter().map(|draft| numbers.take(draft)).collect();
    let taking = taking_numbers(&numbers.counted);
    let (mut statements, taken) = match tx.is_postgres() {
        true => (Vec::new(), tx.all::<(String, i64)>(taking).await?),
        false => (vec![taking], Vec::new()),
    };
    let last: BTreeMap<&str, i64> = taken.iter().map(|(owner, last)| (owner.as_str(), *last)).collect();
    for part in numbered.chunks(AT_ONCE) {
        statements.push(insertion(tx, part, (&numbers.counted, &last), &accounts, created_at)?);
    }
    Ok(Appending { statements, numbers, taken })
}

impl Numbers {
    fn take(&mut self, draft: EventDraft) -> Numbered {
        let (environment, space) = (&draft.environment_id, &draft.space_id);
        let mut count = |owner: &str| {
            let count = self.counted.entry(owner.to_string()).or_default();
            *count += 1;
            *count
        };
        let in_environment = count(environment.as_str());
        let in_space = space.as_ref().map(|space| count(space.as_str()));
        self.last.retain(|(other, its_space, _)| (other, its_space) != (environment, space));
        self.last.push((environment.clone(), space.clone(), in_environment));
        Numbered { draft, in_environment, in_space }
    }

    /// One signal for each environment and space, with the last number.
    pub(super) fn signals(self, last: Vec<(String, i64)>) -> Vec<EventSignal> {
        let last: BTreeMap<String, i64> = last.into_iter().collect();
        let before = |environment: &EnvironmentId| {
            let of = |numbers: &BTreeMap<String, i64>| numbers.get(environment.as_str()).copied();
            of(&last).unwrap_or_default() - of(&self.counted).unwrap_or_default()
        };
        let signal =
            |(environment_id, space_id, place): &(EnvironmentId, Option<SpaceId>, i64)| EventSignal {
                environment_id: environment_id.clone(),
                space_id: space_id.clone(),
                environment_sequence: before(environment_id) + place,
            };
        self.last.iter().map(signal).collect()
    }
}

async fn accounts_of(
    tx: &mut Tx,
    drafts: &[EventDraft],
) -> Result<BTreeMap<EnvironmentId, AccountId>, StoreError> {
    let mut accounts = BTreeMap::new();
    for draft in drafts {
        let environment = &draft.environment_id;
        if accounts.contains_key(environment) {
            continue;
        }
        let known = tx.accounts().lock().unwrap_or_else(PoisonError::into_inner).get(environment).cloned();
        let account = match known {
            Some(account) => account,
            None => {
                let statement =
                    Statement::new("SELECT account_id FROM environments WHERE id = $1").bind(environment);
                let (account,): (String,) = tx.one(statement).await?;
                let account: AccountId = id("environments.account_id", &account)?;
                let mut known = tx.accounts().lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(environment.clone(), account.clone());
                account
            }
        };
        accounts.insert(environment.clone(), account);
    }
    Ok(accounts)
}

/// Takes as many numbers as there are events; gives the last one of each owner. The rows are locked in the order
/// of their ids, so that two writers never wait for one another.
fn taking_numbers(counted: &BTreeMap<String, i64>) -> Statement {
    let mut statement = Statement::new("INSERT INTO event_sequences (owner_id, last) VALUES ");
    for (place, (owner, count)) in counted.iter().enumerate() {
        let opening = if place == 0 { "(" } else { ", (" };
        statement = statement.push_bind(opening, owner).push_bind(", ", *count).push(")");
    }
    statement.push(
        " ON CONFLICT (owner_id) DO UPDATE SET last = event_sequences.last + excluded.last RETURNING owner_id, last",
    )
}

/// Adds events whose numbers are taken already: each is so many before the last one of its owner, which is looked up
/// where it is not known.
fn insertion(
    tx: &Tx,
    numbered: &[Numbered],
    (counted, last): (&BTreeMap<String, i64>, &BTreeMap<&str, i64>),
    accounts: &BTreeMap<EnvironmentId, AccountId>,
    created_at: Timestamp,
) -> Result<Statement, StoreError> {
    let number = |owner: &str, place: i64| {
        let back = counted.get(owner).copied().unwrap_or_default() - place;
        last.get(owner).copied().unwrap_or_default() - back
    };
    let mut rows = Rows::default();
    for Numbered { draft, in_environment, in_space } in numbered {
        let (environment, space) = (draft.environment_id.as_str(), draft.space_id.as_ref().map(Id::as_str));
        let account = accounts.get(&draft.environment_id).map(Id::as_str).unwrap_or_default();
        let mut context = draft.context.clone();
        let owners = [("accountId", Some(account)), ("environmentId", Some(environment)), ("spaceId", space)];
        for (name, id) in owners {
            context.extend(id.map(|id| (name.to_string(), Value::from(id))));
        }
        let space_number = space.zip(*in_space).map(|(space, place)| number(space, place));
        rows.add(&(
            draft.id.as_str(),
            account,
            environment,
            space,
            number(environment, *in_environment),
            space_number,
            &draft.topic,
            &draft.domain,
            json(&context)?,
            json(&draft.payload)?,
            &draft.data_url,
            json(&draft.namespaces)?,
            (!draft.extra.is_empty()).then(|| json(&draft.extra)).transpose()?,
            created_at.0,
        ))?;
    }
    let statement = Statement::new(
        "INSERT INTO events (id, account_id, environment_id, space_id, environment_sequence, space_sequence, topic,
            domain, context, payload, data_url, namespaces, extra, created_at) SELECT id, account_id, environment_id, space_id, ",
    );
    let statement = statement.push(match tx.is_postgres() {
        true => "environment_number, space_number",
        false => {
            "(SELECT last FROM event_sequences WHERE owner_id = added.environment_id) + environment_number,
            (SELECT last FROM event_sequences WHERE owner_id = added.space_id) + space_number"
        }
    });
    Ok(statement
        .push(", topic, domain, context, payload, data_url, namespaces, extra, created_at FROM ")
        .push_rows(tx, ADDED, rows)
        .push(" AS added"))
}

const COLUMNS: &str = "id, environment_id, space_id, environment_sequence, space_sequence, topic, domain,
    context, payload, data_url, namespaces, extra, created_at, acknowledged_at, acknowledged_by";

/// The event of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &EventId) -> Result<Option<Event>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM events WHERE id = ", id)
        .within(scope)
        .granted_events(scope.granted_to.as_ref(), tx.is_postgres());
    tx.optional::<EventRow>(statement).await?.map(Event::try_from).transpose()
}

/// One page of the events, the oldest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &EventFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Event>, u64), StoreError> {
    let (rest, [oldest_first, _]) = filtered(tx, scope, filter);
    let (rows, total) = tx.page::<EventRow>(COLUMNS, rest, oldest_first, offset, limit).await?;
    Ok((rows.into_iter().map(Event::try_from).collect::<Result<_, _>>()?, total))
}

/// The newest of the events, the newest first. They are not counted: the log is long.
pub async fn newest(
    tx: &mut Tx,
    scope: &Scope,
    filter: &EventFilter,
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    let (rest, [_, newest_first]) = filtered(tx, scope, filter);
    let statement = rest.with_columns(COLUMNS).push(newest_first).push_bind(" LIMIT ", integer(limit));
    let rows: Vec<EventRow> = tx.all(statement).await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The events that fit, and the two orders of the log.
fn filtered(tx: &Tx, scope: &Scope, filter: &EventFilter) -> (Statement, [&'static str; 2]) {
    let mut rest = Statement::new("FROM events WHERE 1 = 1")
        .within(scope)
        .granted_events(scope.granted_to.as_ref(), tx.is_postgres())
        .filter(" AND environment_id = ", filter.environment_id.as_ref())
        .filter(" AND space_id = ", filter.space_id.as_ref())
        .filter(" AND topic = ", filter.topic.as_deref())
        .filter(" AND domain = ", filter.domain.as_deref())
        .filter(" AND created_at > ", filter.since);
    if let Some(prefix) = &filter.topic_prefix {
        rest = rest
            .push_bind(" AND substr(topic, 1, CAST(", integer(prefix.chars().count() as u64))
            .push_bind(" AS INTEGER)) = ", prefix.as_str());
    }
    if let Some(after) = &filter.after {
        rest = rest
            .push_bind(" AND environment_id = (SELECT environment_id FROM events WHERE id = ", after)
            .push_bind(
                ") AND environment_sequence > (SELECT environment_sequence FROM events WHERE id = ",
                after,
            )
            .push(")");
    }
    if !filter.include_acknowledged {
        rest = rest.push(" AND acknowledged_at IS NULL");
    }
    let of_one_space = scope.space_id.is_some() || filter.space_id.is_some();
    let orders = if of_one_space {
        [" ORDER BY space_sequence", " ORDER BY space_sequence DESC"]
    } else {
        [
            " ORDER BY environment_id, environment_sequence",
            " ORDER BY environment_id DESC, environment_sequence DESC",
        ]
    };
    (rest, orders)
}

/// The events of an environment after that number, in order.
pub async fn after_environment(
    tx: &mut Tx,
    environment_id: &EnvironmentId,
    sequence: i64,
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM events WHERE environment_id = ", environment_id)
        .push_bind(" AND environment_sequence > ", sequence)
        .push_bind(" ORDER BY environment_sequence LIMIT ", integer(limit));
    tx.all::<EventRow>(statement).await?.into_iter().map(Event::try_from).collect()
}

/// The events of a space after that number, in order.
pub async fn after_space(
    tx: &mut Tx,
    space_id: &SpaceId,
    sequence: i64,
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM events WHERE space_id = ", space_id)
        .push_bind(" AND space_sequence > ", sequence)
        .push_bind(" ORDER BY space_sequence LIMIT ", integer(limit));
    tx.all::<EventRow>(statement).await?.into_iter().map(Event::try_from).collect()
}

/// The events of a space after one number and up to another, in order, as far as a guest sees what they are about to
/// whom single workbooks or sheets were granted.
pub async fn granted_in_space(
    tx: &mut Tx,
    guest: &GuestId,
    (space_id, after, until): (&SpaceId, i64, i64),
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM events WHERE space_id = ", space_id)
        .push_bind(" AND space_sequence > ", after)
        .push_bind(" AND space_sequence <= ", until)
        .granted_events(Some(guest), tx.is_postgres())
        .push_bind(" ORDER BY space_sequence LIMIT ", integer(limit));
    tx.all::<EventRow>(statement).await?.into_iter().map(Event::try_from).collect()
}

/// The last number given; 0 before the first event.
pub async fn last_sequence(tx: &mut Tx, of: &Sequence) -> Result<i64, StoreError> {
    let owner = match of {
        Sequence::Environment(id) => id.as_str(),
        Sequence::Space(id) => id.as_str(),
    };
    let statement = Statement::new("SELECT last FROM event_sequences WHERE owner_id = $1").bind(owner);
    Ok(tx.optional::<(i64,)>(statement).await?.map_or(0, |(last,)| last))
}

/// Says that somebody has dealt with an event; the first to say so stays.
pub async fn acknowledge(tx: &mut Tx, id: &EventId, by: &str, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE events SET acknowledged_at = $2, acknowledged_by = $3 WHERE id = $1 AND acknowledged_at IS NULL",
    );
    tx.execute(statement.bind(id).bind(now).bind(by)).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: String,
    environment_id: String,
    space_id: Option<String>,
    environment_sequence: i64,
    space_sequence: Option<i64>,
    topic: String,
    domain: String,
    context: String,
    payload: String,
    data_url: Option<String>,
    namespaces: String,
    extra: Option<String>,
    created_at: i64,
    acknowledged_at: Option<i64>,
    acknowledged_by: Option<String>,
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("events.id", &row.id)?,
            environment_sequence: row.environment_sequence,
            space_sequence: row.space_sequence,
            created_at: Timestamp(row.created_at),
            acknowledged_at: moment(row.acknowledged_at),
            acknowledged_by: row.acknowledged_by,
            topic: row.topic,
            domain: row.domain,
            environment_id: id("events.environment_id", &row.environment_id)?,
            space_id: optional_id("events.space_id", row.space_id)?,
            context: from_json("events.context", &row.context)?,
            payload: from_json("events.payload", &row.payload)?,
            data_url: row.data_url,
            namespaces: from_json("events.namespaces", &row.namespaces)?,
            extra: from_optional_json("events.extra", row.extra)?.unwrap_or_default(),
        })
    }
}
