//! Accounts, environments and the people who sign in.

use super::convert::{from_json, id, json, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx, new_id, roles, users};
use crate::domain::access::Scope;
use crate::domain::email::as_kept;
use crate::domain::ids::{AccountId, EnvironmentId, UserId};
use crate::domain::tenant::{Account, ActorRole, Environment, Profile, Resource, User};
use crate::domain::time::Timestamp;

/// Keeps a new account.
pub async fn insert_account(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO accounts (id, name, default_app_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&account.id)
    .bind(&account.name)
    .bind(&account.default_app_id)
    .bind(account.created_at)
    .bind(account.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of an account that can change.
pub async fn update_account(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    let statement =
        Statement::new("UPDATE accounts SET name = $2, default_app_id = $3, updated_at = $4 WHERE id = $1")
            .bind(&account.id)
            .bind(&account.name)
            .bind(&account.default_app_id)
            .bind(account.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Lets nobody else who asks for it change which environments an account has, until the transaction ends.
pub async fn lock_account(tx: &mut Tx, id: &AccountId) -> Result<(), StoreError> {
    let lock = tx.for_update();
    let statement = Statement::new("SELECT id FROM accounts WHERE id = $1").bind(id).push(lock);
    tx.optional::<(String,)>(statement).await.map(|_| ())
}

const ACCOUNT: &str = "id, name, default_app_id, created_at, updated_at FROM accounts";

/// The oldest account; nothing before the first start.
pub async fn first_account(tx: &mut Tx) -> Result<Option<Account>, StoreError> {
    let statement = Statement::select(ACCOUNT).push(" ORDER BY created_at, id LIMIT 1");
    tx.optional::<AccountRow>(statement).await?.map(Account::try_from).transpose()
}

/// The account of that id.
pub async fn account(tx: &mut Tx, account_id: &AccountId) -> Result<Option<Account>, StoreError> {
    let statement = Statement::select(ACCOUNT).push_bind(" WHERE id = ", account_id);
    tx.optional::<AccountRow>(statement).await?.map(Account::try_from).transpose()
}

/// Keeps a new environment.
pub async fn insert_environment(tx: &mut Tx, environment: &Environment) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO environments (id, account_id, created_at, name, is_prod, guest_authentication, namespaces,
            metadata, translations_path, language_override, embed_origins, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&environment.id)
    .bind(&environment.account_id)
    .bind(environment.created_at);
    tx.execute(bind_changing(statement, environment)?).await.map(|_| ())
}

fn bind_changing(statement: Statement, environment: &Environment) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&environment.name)
        .bind(environment.is_prod)
        .bind(json(&environment.guest_authentication)?)
        .bind(json(&environment.namespaces)?)
        .bind(json(&environment.metadata)?)
        .bind(&environment.translations_path)
        .bind(&environment.language_override)
        .bind(json(&environment.embed_origins)?)
        .bind(environment.updated_at))
}

/// Keeps everything of an environment that can change.
pub async fn update_environment(tx: &mut Tx, environment: &Environment) -> Result<(), StoreError> {
    tx.rights_changed();
    let statement = Statement::new(
        "UPDATE environments SET name = $2, is_prod = $3, guest_authentication = $4, namespaces = $5,
            metadata = $6, translations_path = $7, language_override = $8, embed_origins = $9, updated_at = $10
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&environment.id);
    tx.execute(bind_changing(statement, environment)?).await.map(|_| ())
}

/// Puts an environment away with its spaces and what is in them, and its agents with their code; its keys open nothing
/// from then on. Its events stay.
pub async fn delete_environment(tx: &mut Tx, id: &EnvironmentId, now: Timestamp) -> Result<(), StoreError> {
    tx.rights_changed();
    for statement in [
        "UPDATE environments SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
        "UPDATE spaces SET deleted_at = $2 WHERE environment_id = $1 AND deleted_at IS NULL",
    ] {
        tx.execute(Statement::new(statement).bind(id).bind(now)).await?;
    }
    for agent in super::agents::of_environment(tx, id).await? {
        super::agents::delete(tx, &agent.id, now).await?;
    }
    super::spaces::delete_contents(tx, "environment_id", id, now).await
}

const ENVIRONMENT: &str = "id, account_id, name, is_prod, guest_authentication, namespaces, metadata,
    translations_path, language_override, embed_origins, created_at, updated_at";

/// The environments of an account, the oldest first, and how many there are.
pub async fn environments(
    tx: &mut Tx,
    account_id: &AccountId,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Environment>, u64), StoreError> {
    let rest =
        Statement::new("FROM environments WHERE deleted_at IS NULL AND account_id = $1").bind(account_id);
    let order = " ORDER BY created_at, name, id";
    let (rows, total) = tx.page::<EnvironmentRow>(ENVIRONMENT, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(Environment::try_from).collect::<Result<_, _>>()?, total))
}

/// The environment of that id; a space sees the one it is in.
pub async fn environment(
    tx: &mut Tx,
    scope: &Scope,
    id: &EnvironmentId,
) -> Result<Option<Environment>, StoreError> {
    let statement = Statement::select(ENVIRONMENT)
        .push_bind(" FROM environments WHERE deleted_at IS NULL AND id = ", id)
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND id = ", scope.environment_id.as_ref());
    tx.optional::<EnvironmentRow>(statement).await?.map(Environment::try_from).transpose()
}

/// Keeps a new person with their role, and with the hash of a password when they have one.
pub async fn insert_user(tx: &mut Tx, user: &User, password_hash: Option<&str>) -> Result<(), StoreError> {
    let profile = Profile {
        id: user.id.clone(),
        account_id: user.account_id.clone(),
        email: as_kept(&user.email),
        name: user.name.clone(),
        dashboard: None,
        created_at: user.created_at,
        updated_at: user.created_at,
        last_seen_at: None,
        deleted_at: None,
    };
    users::insert(tx, &profile).await?;
    if let Some(hash) = password_hash {
        set_password(tx, &user.id, hash, false).await?;
    }
    let role = ActorRole {
        id: new_id(),
        account_id: profile.account_id,
        actor_id: user.id.to_string(),
        role: user.role,
        resource: Resource { environment_id: user.environment_id.clone(), space_id: user.space_id.clone() },
        created_at: user.created_at,
    };
    roles::insert(tx, &role).await
}

/// Gives a person another password, which they chose or the settings of the server say.
pub async fn set_password(
    tx: &mut Tx,
    id: &UserId,
    password_hash: &str,
    chosen: bool,
) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE users SET password_hash = $2, chose_password = $3 WHERE id = $1");
    tx.execute(statement.bind(id).bind(password_hash).bind(chosen)).await.map(|_| ())
}

/// Whether a person has a password that they chose.
pub async fn chose_password(tx: &mut Tx, id: &UserId) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "SELECT chose_password FROM users WHERE id = $1 AND password_hash IS NOT NULL AND chose_password",
    );
    Ok(tx.optional::<(bool,)>(statement.bind(id)).await?.is_some())
}

/// The person of that id, who was not deleted and has a role.
pub async fn user(tx: &mut Tx, id: &UserId) -> Result<Option<User>, StoreError> {
    let statement = UserRow::select().push_bind(" AND u.id = ", id);
    tx.optional::<UserRow>(statement).await?.map(User::try_from).transpose()
}

/// The first who manages the account and is not only invited.
pub async fn first_admin(tx: &mut Tx) -> Result<Option<User>, StoreError> {
    let statement = UserRow::select().push(
        " AND r.role = 'admin' AND r.environment_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = u.id)
        ORDER BY u.created_at, u.id LIMIT 1",
    );
    tx.optional::<UserRow>(statement).await?.map(User::try_from).transpose()
}

/// The person with that address, whatever the case of its letters, and the hash of their password.
pub async fn user_by_email(tx: &mut Tx, email: &str) -> Result<Option<(User, Option<String>)>, StoreError> {
    let statement = UserRow::select().push_bind(" AND u.email = ", as_kept(email));
    let Some(mut row) = tx.optional::<UserRow>(statement).await? else { return Ok(None) };
    let password_hash = row.password_hash.take();
    Ok(Some((row.try_into()?, password_hash)))
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: String,
    name: String,
    default_app_id: Option<String>,
    created_at: i64,
    updated_at: Option<i64>,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("accounts.id", &row.id)?,
            name: row.name,
            default_app_id: optional_id("accounts.default_app_id", row.default_app_id)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at.unwrap_or(row.created_at)),
        })
    }
}

#[derive(sqlx::FromRow)]
struct EnvironmentRow {
    id: String,
    account_id: String,
    name: String,
    is_prod: bool,
    guest_authentication: String,
    namespaces: String,
    metadata: String,
    translations_path: Option<String>,
    language_override: Option<String>,
    embed_origins: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<EnvironmentRow> for Environment {
    type Error = StoreError;

    fn try_from(row: EnvironmentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("environments.id", &row.id)?,
            account_id: id("environments.account_id", &row.account_id)?,
            name: row.name,
            is_prod: row.is_prod,
            guest_authentication: from_json("environments.guest_authentication", &row.guest_authentication)?,
            namespaces: from_json("environments.namespaces", &row.namespaces)?,
            metadata: from_json("environments.metadata", &row.metadata)?,
            translations_path: row.translations_path,
            language_override: row.language_override,
            embed_origins: from_json("environments.embed_origins", &row.embed_origins)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct UserRow {
    id: String,
    account_id: String,
    email: String,
    name: String,
    password_hash: Option<String>,
    created_at: i64,
    role: String,
    environment_id: Option<String>,
    space_id: Option<String>,
}

impl UserRow {
    /// A query of people who were not deleted and have a role; it goes on with ` AND u.…` or ` AND r.…`.
    pub(super) fn select() -> Statement {
        Statement::new(
            "SELECT u.id, u.account_id, u.email, u.name, u.password_hash, u.created_at, r.role, r.environment_id,
                r.space_id
            FROM users u JOIN actor_roles r ON r.actor_id = u.id WHERE u.deleted_at IS NULL",
        )
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("users.id", &row.id)?,
            account_id: id("users.account_id", &row.account_id)?,
            email: row.email,
            name: row.name,
            role: roles::role(&row.role)?,
            environment_id: optional_id("actor_roles.environment_id", row.environment_id)?,
            space_id: optional_id("actor_roles.space_id", row.space_id)?,
            created_at: Timestamp(row.created_at),
        })
    }
}
