//! Accounts, environments, people, keys and sessions.

use crate::domain::agent::{Agent, AgentConfig};
use crate::domain::tenant::{AccessToken, AccessTokenKind, KeyKind, User, UserRole};
use crate::store::accounts::*;
use crate::store::agents::AgentFilter;
use crate::store::keys::{KeyRow, KnownKey, by_hash, delete_key, insert_key, key_used, keys};
use crate::store::sessions::*;
use crate::store::testing::{databases, samples};
use crate::store::users::{UserFilter, UserOrder, list};
use crate::store::{StoreError, access_tokens, agents, keys, new_id, sheets, spaces};

#[tokio::test]
async fn what_is_kept_is_found_again() {
    for database in databases().await {
        let mut tx = database.read().await.unwrap();
        assert_eq!(first_account(&mut tx).await.unwrap(), None);
        drop(tx);
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        assert_eq!(first_account(&mut tx).await.unwrap().as_ref(), Some(&tenant.account));
        assert_eq!(account(&mut tx, &tenant.account.id).await.unwrap().as_ref(), Some(&tenant.account));

        let mut changed = tenant.environment.clone();
        changed.name = "production".to_string();
        changed.is_prod = true;
        changed.namespaces.clear();
        changed.translations_path = None;
        changed.language_override = Some("pl".to_string());
        changed.embed_origins.clear();
        update_environment(&mut tx, &changed).await.unwrap();
        assert_eq!(environment(&mut tx, &tenant.scope(), &changed.id).await.unwrap(), Some(changed.clone()));
        let listed = environments(&mut tx, &tenant.account.id, 0, 10).await.unwrap();
        assert_eq!(listed, (vec![changed.clone()], 1));
        assert_eq!(environments(&mut tx, &tenant.account.id, 1, 10).await.unwrap(), (vec![], 1));
        let mut named = tenant.account.clone();
        (named.name, named.updated_at) = ("Other".to_string(), samples::THEN.plus(1));
        named.default_app_id = Some(new_id());
        update_account(&mut tx, &named).await.unwrap();
        assert_eq!(account(&mut tx, &named.id).await.unwrap(), Some(named));

        delete_environment(&mut tx, &changed.id, samples::THEN).await.unwrap();
        assert_eq!(environments(&mut tx, &tenant.account.id, 0, 10).await.unwrap(), (vec![], 0));
        assert_eq!(spaces::find(&mut tx, &tenant.scope(), &tenant.space.id).await.unwrap(), None);
        assert_eq!(sheets::find(&mut tx, &tenant.scope(), &tenant.sheet.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_person_signs_in_whatever_the_case_of_the_address() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let ann = User {
            id: new_id(),
            account_id: tenant.account.id.clone(),
            email: "ann@example.com".to_string(),
            name: "Ann".to_string(),
            role: UserRole::Admin,
            environment_id: None,
            space_id: None,
            created_at: samples::THEN,
        };
        insert_user(&mut tx, &ann, Some("hash")).await.unwrap();
        let found = user_by_email(&mut tx, " Ann@Example.COM").await.unwrap();
        assert_eq!(found, Some((ann.clone(), Some("hash".to_string()))));
        set_password(&mut tx, &ann.id, "other", true).await.unwrap();
        assert_eq!(user_by_email(&mut tx, &ann.email).await.unwrap().unwrap().1.as_deref(), Some("other"));
        assert_eq!(user(&mut tx, &ann.id).await.unwrap(), Some(ann.clone()));
        let (listed, total) = list(&mut tx, &tenant.account.id, &UserFilter::default(), 0, 10).await.unwrap();
        assert_eq!((listed[0].id.clone(), total), (ann.id.clone(), 1));
        let again = insert_user(&mut tx, &User { id: new_id(), ..ann.clone() }, None).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{}: {again:?}", database.name);
    }
}

/// How many are made within one millisecond: that chance puts them in order is not to be expected.
const AT_ONCE: u64 = 12;

#[tokio::test]
async fn what_is_made_within_a_millisecond_is_listed_in_the_order_of_making() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let (account, environment) = (&tenant.account.id, &tenant.environment.id);
        let (mut people, mut made_keys, mut tokens, mut deployed) = (vec![], vec![], vec![], vec![]);
        for number in 0..AT_ONCE {
            let mut tx = database.write().await.unwrap();
            let user = User {
                id: new_id(),
                account_id: account.clone(),
                email: format!("{}@example.com", AT_ONCE - number),
                name: "Ann".to_string(),
                role: UserRole::Member,
                environment_id: None,
                space_id: None,
                created_at: samples::THEN,
            };
            insert_user(&mut tx, &user, None).await.unwrap();
            people.push(user.id.clone());
            let key = KeyRow {
                id: new_id(),
                environment_id: environment.clone(),
                kind: KeyKind::Secret,
                hash: vec![number as u8],
                sealed: None,
                created_at: samples::THEN,
                last_used_at: None,
            };
            insert_key(&mut tx, &key).await.unwrap();
            made_keys.push(key.id);
            let token = AccessToken {
                id: new_id(),
                user_id: people[0].clone(),
                kind: AccessTokenKind::Personal,
                name: "Token".to_string(),
                created_at: samples::THEN,
                last_used_at: None,
            };
            access_tokens::insert(&mut tx, &token, &[number as u8]).await.unwrap();
            tokens.push(token.id);
            let agent = Agent {
                id: new_id(),
                account_id: account.clone(),
                environment_id: environment.clone(),
                slug: (AT_ONCE - number).to_string(),
                is_system: false,
                version: 1,
                config: AgentConfig::default(),
                position: 0,
                tries: 0,
                created_at: samples::THEN,
                updated_at: samples::THEN,
            };
            agents::insert(&mut tx, &agent, "us_usr_00000000").await.unwrap();
            deployed.push(agent.id);
            tx.commit().await.unwrap();
        }
        let mut tx = database.read().await.unwrap();
        let mut order = UserOrder::default();
        for descending in [false, true] {
            order.descending = descending;
            let filter = UserFilter { order, ..UserFilter::default() };
            let (listed, _) = list(&mut tx, account, &filter, 0, AT_ONCE).await.unwrap();
            let listed: Vec<_> = listed.into_iter().map(|user| user.id).collect();
            assert_eq!(listed, people, "{}", database.name);
            people.reverse();
        }
        let listed: Vec<_> =
            keys(&mut tx, environment).await.unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(listed, made_keys, "{}", database.name);
        let found = access_tokens::list(&mut tx, &people[0], AccessTokenKind::Personal, 0, AT_ONCE).await;
        let listed: Vec<_> = found.unwrap().0.into_iter().map(|token| token.id).collect();
        assert_eq!(listed, tokens, "{}", database.name);
        let found = agents::list(&mut tx, environment, &AgentFilter::default(), 0, AT_ONCE).await.unwrap();
        let listed: Vec<_> = found.0.into_iter().map(|agent| agent.id).collect();
        assert_eq!(listed, deployed, "{}", database.name);
        let found = agents::standing::list(&mut tx, environment, AT_ONCE).await.unwrap();
        let listed: Vec<_> = found.into_iter().map(|standing| standing.agent.id).collect();
        assert_eq!(listed, deployed, "{}", database.name);
    }
}

#[tokio::test]
async fn a_session_ends_at_its_time_or_before() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let bob = User {
            id: new_id(),
            account_id: tenant.account.id.clone(),
            email: "bob@example.com".to_string(),
            name: "Bob".to_string(),
            role: UserRole::Member,
            environment_id: None,
            space_id: None,
            created_at: samples::THEN,
        };
        insert_user(&mut tx, &bob, None).await.unwrap();
        let end = samples::THEN.plus(1000);
        let session =
            SessionRow { user_id: bob.id.clone(), client: None, created_at: samples::THEN, expires_at: end };
        for hash in [b"one", b"two", b"six"] {
            insert_session(&mut tx, hash, &session).await.unwrap();
        }
        assert_eq!(crate::store::sessions::session(&mut tx, b"one").await.unwrap(), Some(session.clone()));
        for (until, ends) in [(99, 0), (100, 100), (150, 100), (9_000, 4_000)] {
            prolong_session(&mut tx, b"six", end.plus(until), 100, 5_000).await.unwrap();
            let now = crate::store::sessions::session(&mut tx, b"six").await.unwrap().unwrap();
            assert_eq!(now.expires_at, end.plus(ends), "{until}");
        }
        assert_eq!(session_user(&mut tx, b"one", end.plus(-1)).await.unwrap(), Some(bob));
        assert_eq!(session_user(&mut tx, b"one", end).await.unwrap(), None);
        delete_session(&mut tx, b"one").await.unwrap();
        assert_eq!(session_user(&mut tx, b"one", samples::THEN).await.unwrap(), None);
        assert_eq!(delete_ended_sessions(&mut tx, end.plus(-1)).await.unwrap(), 0);
        assert_eq!(delete_ended_sessions(&mut tx, end).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_key_opens_its_environment_until_it_is_revoked() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let key = KeyRow {
            id: new_id(),
            environment_id: tenant.environment.id.clone(),
            kind: KeyKind::Publishable,
            hash: vec![0, 255, 7],
            sealed: Some(vec![1, 0]),
            created_at: samples::THEN,
            last_used_at: None,
        };
        insert_key(&mut tx, &key).await.unwrap();
        let listed = keys(&mut tx, &tenant.environment.id).await.unwrap();
        assert_eq!(listed.as_slice(), std::slice::from_ref(&key));
        for (at, kept) in [(9, 9), (8, 9), (10, 10)] {
            key_used(&mut tx, &key.id, samples::THEN.plus(at)).await.unwrap();
            let listed = keys(&mut tx, &tenant.environment.id).await.unwrap();
            assert_eq!(listed[0].last_used_at, Some(samples::THEN.plus(kept)));
        }
        let found = by_hash(&mut tx, &key.hash).await.unwrap();
        let wanted = KnownKey {
            id: key.id.clone(),
            kind: key.kind,
            account_id: tenant.account.id.clone(),
            environment_id: tenant.environment.id.clone(),
        };
        assert_eq!(found.as_ref(), Some(&wanted));
        assert_eq!(keys::find(&mut tx, &key.id).await.unwrap(), Some(wanted));
        assert_eq!(by_hash(&mut tx, &[0, 255]).await.unwrap(), None);
        delete_key(&mut tx, &key.id, samples::THEN).await.unwrap();
        assert_eq!(keys::find(&mut tx, &key.id).await.unwrap(), None);
        assert_eq!(keys(&mut tx, &tenant.environment.id).await.unwrap(), []);
        assert_eq!(by_hash(&mut tx, &key.hash).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_keys_of_a_deleted_environment_open_nothing() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let environment_id = tenant.environment.id.clone();
        let key = KeyRow {
            id: new_id(),
            environment_id,
            kind: KeyKind::Secret,
            hash: vec![1],
            sealed: None,
            created_at: samples::THEN,
            last_used_at: None,
        };
        insert_key(&mut tx, &key).await.unwrap();
        delete_environment(&mut tx, &tenant.environment.id, samples::THEN).await.unwrap();
        assert_eq!(by_hash(&mut tx, &key.hash).await.unwrap(), None);
    }
}
