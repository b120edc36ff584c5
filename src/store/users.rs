//! People as others see them: listed, changed, deleted.

use super::convert::{containing, id, moment};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::email::as_kept;
use crate::domain::ids::{AccountId, UserId};
use crate::domain::tenant::Profile;
use crate::domain::time::Timestamp;

const COLUMNS: &str =
    "id, account_id, email, name, dashboard, created_at, updated_at, last_seen_at, deleted_at";

/// Which people a list shows, and in which order.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// The one of this address, whatever the case.
    pub email: Option<String>,
    /// Those whose name or address contains this, whatever the case.
    pub search: Option<String>,
    /// This one alone.
    pub only: Option<UserId>,
    /// In which order.
    pub order: UserOrder,
}

/// By what people are put in order, and whether from the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserOrder {
    /// By what.
    pub by: UserColumn,
    /// The last first.
    pub descending: bool,
}

/// By what people are put in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserColumn {
    /// When they were added.
    #[default]
    CreatedAt,
    /// When they or others last changed them.
    UpdatedAt,
    /// When they were last here; those who never were come first.
    LastSeenAt,
    /// Their name, whatever the case.
    Name,
    /// Their address.
    Email,
}

/// Those that are equal come in the order in which they were added.
const ORDERS: &[(UserColumn, &str, &str)] = &[
    (UserColumn::CreatedAt, " ORDER BY created_at, number", " ORDER BY created_at DESC, number DESC"),
    (UserColumn::UpdatedAt, " ORDER BY updated_at, number", " ORDER BY updated_at DESC, number DESC"),
    (
        UserColumn::LastSeenAt,
        " ORDER BY COALESCE(last_seen_at, 0), number",
        " ORDER BY COALESCE(last_seen_at, 0) DESC, number DESC",
    ),
    (UserColumn::Name, " ORDER BY name_lower, number", " ORDER BY name_lower DESC, number DESC"),
    (UserColumn::Email, " ORDER BY email, number", " ORDER BY email DESC, number DESC"),
];

impl UserOrder {
    fn sql(self) -> &'static str {
        let found = ORDERS.iter().find(|(by, ..)| *by == self.by);
        found.map_or("", |(_, up, down)| if self.descending { down } else { up })
    }
}

/// The person of that id in that account, deleted or not.
pub async fn find(tx: &mut Tx, account: &AccountId, id: &UserId) -> Result<Option<Profile>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM users WHERE id = ", id)
        .push_bind(" AND account_id = ", account);
    tx.optional::<ProfileRow>(statement).await?.map(Profile::try_from).transpose()
}

/// The person with that address, whatever the case of its letters, in any account, deleted or not.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Profile>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" FROM users WHERE email = ", as_kept(email));
    tx.optional::<ProfileRow>(statement).await?.map(Profile::try_from).transpose()
}

/// One page of the people of an account who were not deleted, and how many there are.
pub async fn list(
    tx: &mut Tx,
    account: &AccountId,
    filter: &UserFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Profile>, u64), StoreError> {
    let search = filter.search.as_ref().map(|text| containing(&text.to_lowercase()));
    let mut rest = Statement::new("FROM users WHERE deleted_at IS NULL AND account_id = $1")
        .bind(account)
        .filter(" AND email = ", filter.email.as_deref().map(as_kept))
        .filter(" AND id = ", filter.only.as_ref());
    if let Some(search) = search {
        rest = rest
            .push_bind(" AND (name_lower LIKE ", &search)
            .push_bind(" ESCAPE '\\' OR email LIKE ", &search)
            .push(" ESCAPE '\\')");
    }
    let (rows, total) = tx.page::<ProfileRow>(COLUMNS, rest, filter.order.sql(), offset, limit).await?;
    Ok((rows.into_iter().map(Profile::try_from).collect::<Result<_, _>>()?, total))
}

/// Keeps a new person. They can do nothing before they have a role.
pub async fn insert(tx: &mut Tx, profile: &Profile) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO users (id, account_id, email, name, name_lower, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&profile.id)
    .bind(&profile.account_id)
    .bind(&profile.email)
    .bind(&profile.name)
    .bind(profile.name.to_lowercase())
    .bind(profile.created_at)
    .bind(profile.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a person that can change.
pub async fn update(tx: &mut Tx, profile: &Profile) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "UPDATE users SET name = $2, name_lower = $3, dashboard = $4, updated_at = $5, deleted_at = $6
        WHERE id = $1",
    )
    .bind(&profile.id)
    .bind(&profile.name)
    .bind(profile.name.to_lowercase())
    .bind(profile.dashboard)
    .bind(profile.updated_at)
    .bind(profile.deleted_at);
    tx.execute(statement).await.map(|_| ())
}

/// Notes when a person was last here.
pub async fn seen(tx: &mut Tx, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE users SET last_seen_at = $1 WHERE id = $2 AND (last_seen_at IS NULL OR last_seen_at < $1)",
    );
    tx.execute(statement.bind(at).bind(id)).await.map(|_| ())
}

/// Takes everything from a person by which they get in: password, sessions, tokens, role, invitation and mails.
pub async fn shut_out(tx: &mut Tx, id: &UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.rights_changed();
    for text in [
        "DELETE FROM sessions WHERE user_id = $1",
        "DELETE FROM actor_roles WHERE actor_id = $1",
        "DELETE FROM invitations WHERE user_id = $1",
        "DELETE FROM one_time_links WHERE subject = $1",
        "DELETE FROM mails WHERE about = $1 OR about = $1 || ' password'",
        "UPDATE users SET password_hash = NULL WHERE id = $1",
    ] {
        tx.execute(Statement::new(text).bind(id)).await?;
    }
    let tokens =
        Statement::new("UPDATE access_tokens SET deleted_at = $2 WHERE user_id = $1 AND deleted_at IS NULL");
    tx.execute(tokens.bind(id).bind(now)).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    id: String,
    account_id: String,
    email: String,
    name: String,
    dashboard: Option<i64>,
    created_at: i64,
    updated_at: i64,
    last_seen_at: Option<i64>,
    deleted_at: Option<i64>,
}

impl TryFrom<ProfileRow> for Profile {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("users.id", &row.id)?,
            account_id: id("users.account_id", &row.account_id)?,
            email: row.email,
            name: row.name,
            dashboard: row.dashboard,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            last_seen_at: moment(row.last_seen_at),
            deleted_at: moment(row.deleted_at),
        })
    }
}
