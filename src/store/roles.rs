//! The roles of actors.

use super::convert::{id, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::{AccountId, ActorRoleId};
use crate::domain::tenant::{ActorRole, Resource, UserRole};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, actor_id, role, environment_id, space_id, created_at";

/// Gives an actor a role; a conflict when it has one.
pub async fn insert(tx: &mut Tx, role: &ActorRole) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "INSERT INTO actor_roles (id, account_id, actor_id, role, environment_id, space_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&role.id)
    .bind(&role.account_id)
    .bind(&role.actor_id)
    .bind(word(role.role))
    .bind(&role.resource.environment_id)
    .bind(&role.resource.space_id)
    .bind(role.created_at);
    tx.execute(statement).await.map(|_| ())
}

/// The role of an actor; nothing when it has none.
pub async fn of_actor(tx: &mut Tx, actor: &str) -> Result<Option<ActorRole>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" FROM actor_roles WHERE actor_id = ", actor);
    tx.optional::<RoleRow>(statement).await?.map(ActorRole::try_from).transpose()
}

/// All roles that actors of an account have.
pub async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<ActorRole>, StoreError> {
    let statement = Statement::select(COLUMNS).push_bind(" FROM actor_roles WHERE account_id = ", account);
    tx.all::<RoleRow>(statement).await?.into_iter().map(ActorRole::try_from).collect()
}

/// Takes a role away.
pub async fn delete(tx: &mut Tx, id: &ActorRoleId) -> Result<(), StoreError> {
    tx.rights_changed();
    tx.execute(Statement::new("DELETE FROM actor_roles WHERE id = $1").bind(id)).await.map(|_| ())
}

/// The people who manage the whole account and can sign in. The account is this transaction's alone until it ends, so
/// that two of them do not go at once.
pub async fn admins(tx: &mut Tx, account: &AccountId) -> Result<Vec<String>, StoreError> {
    let lock = Statement::new("SELECT id FROM accounts WHERE id = $1").bind(account).push(tx.for_update());
    tx.optional::<(String,)>(lock).await?;
    let statement = Statement::new(
        "SELECT u.id FROM users u JOIN actor_roles r ON r.actor_id = u.id
        WHERE r.account_id = $1 AND r.role = 'admin' AND r.environment_id IS NULL AND u.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = u.id)",
    )
    .bind(account);
    Ok(tx.all::<(String,)>(statement).await?.into_iter().map(|(id,)| id).collect())
}

const ROLES: &[(UserRole, &str)] = &[(UserRole::Admin, "admin"), (UserRole::Member, "member")];

fn word(role: UserRole) -> &'static str {
    ROLES.iter().find(|(value, _)| *value == role).map_or("member", |(_, word)| word)
}

/// The role that a column names.
pub(super) fn role(word: &str) -> Result<UserRole, StoreError> {
    let found = ROLES.iter().find(|(_, text)| *text == word).map(|(value, _)| *value);
    found.ok_or_else(|| StoreError::Damaged(format!("actor_roles.role: `{word}` is no role")))
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    id: String,
    account_id: String,
    actor_id: String,
    role: String,
    environment_id: Option<String>,
    space_id: Option<String>,
    created_at: i64,
}

impl TryFrom<RoleRow> for ActorRole {
    type Error = StoreError;

    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("actor_roles.id", &row.id)?,
            account_id: id("actor_roles.account_id", &row.account_id)?,
            actor_id: row.actor_id,
            role: role(&row.role)?,
            resource: Resource {
                environment_id: optional_id("actor_roles.environment_id", row.environment_id)?,
                space_id: optional_id("actor_roles.space_id", row.space_id)?,
            },
            created_at: Timestamp(row.created_at),
        })
    }
}
