//! Those who hear the events of an environment or a space as they happen: what they hear, and the tokens by which the
//! published listeners ask for it (section 1.4 of the wire contract).
//!
//! A token is for an hour and names who fetched it. Each time it is shown it is looked whether they still may hear, and
//! what of it: a right ends at once where it is taken.

use super::agents::roles::actor_of;
use super::authentication::actor_of_user;
use super::secrets::SUBSCRIPTION_TOKEN_LIFE;
use super::spaces::find_space;
use super::{ErrorKind, Result, Service, ServiceError, allow, environments, grants};
use crate::domain::access::{Actor, Operation, Role};
use crate::domain::event::Event;
use crate::domain::ids::{AccessTokenId, AgentId, EnvironmentId, GuestId, Id, KeyId, SpaceId, UserId};
use crate::store::events::{self, Sequence};
use crate::store::{self, EventSignal, Tx, access_tokens, accounts, keys, now, spaces};

/// What a subscriber of events hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscription {
    /// Everything in an environment.
    Environment(EnvironmentId),
    /// Everything in a space.
    Space(SpaceId),
}

impl Subscription {
    /// Reads the id of an environment or a space.
    fn parse(scope: &str) -> Result<Self> {
        match SpaceId::parse(scope) {
            Ok(id) => Ok(Self::Space(id)),
            Err(_) => Ok(Self::Environment(EnvironmentId::parse(scope)?)),
        }
    }

    /// The word before its id in the name of its channel.
    fn kind(&self) -> &'static str {
        match self {
            Self::Environment(_) => "environment",
            Self::Space(_) => "space",
        }
    }

    /// Whether something that was said of the log may be of interest.
    pub fn concerns(&self, signal: &EventSignal) -> bool {
        match self {
            Self::Environment(id) => signal.environment_id == *id,
            Self::Space(id) => signal.space_id.as_ref() == Some(id),
        }
    }

    /// The place of an event among all that is heard.
    pub fn place(&self, event: &Event) -> i64 {
        match self {
            Self::Environment(_) => event.environment_sequence,
            Self::Space(_) => event.space_sequence.unwrap_or_default(),
        }
    }
}

impl Service {
    /// A token to hear the events of an environment or a space, with its life in minutes.
    pub async fn subscription_token(&self, actor: &Actor, scope: &str) -> Result<(String, u64)> {
        let subscription = Subscription::parse(scope)?;
        let mut tx = self.db.read().await?;
        check(&mut tx, actor, &subscription).await?;
        let expires = now().plus(SUBSCRIPTION_TOKEN_LIFE.as_millis() as i64);
        let subject = format!("{scope}.{}", actor.id);
        Ok((self.secrets.sign("events", &subject, expires), SUBSCRIPTION_TOKEN_LIFE.as_secs() / 60))
    }

    /// What a subscription's token opens; `channel` is `environment.<id>` or `space.<id>`. And the guest who hears only
    /// of what was granted to them, where it is one.
    ///
    /// # Errors
    /// The token is of another channel or too old, or who fetched it may not hear it any more.
    pub async fn check_subscription(
        &self,
        token: &str,
        channel: &str,
    ) -> Result<(Subscription, Option<GuestId>)> {
        let refused = || {
            let message = "this token does not open this channel, or it is too old; fetch a new one";
            ServiceError::new(ErrorKind::Forbidden, message)
        };
        let subject = self.secrets.verify("events", token, now()).ok_or_else(refused)?;
        let (scope, listener) = subject.split_once('.').ok_or_else(refused)?;
        let subscription = Subscription::parse(scope)?;
        if channel.split_once('.') != Some((subscription.kind(), scope)) {
            return Err(refused());
        }
        let mut tx = self.db.read().await?;
        let actor = actor_of_id(&mut tx, listener, &subscription).await?.ok_or_else(refused)?;
        check(&mut tx, &actor, &subscription).await?;
        Ok((subscription, actor.scope.granted_to))
    }

    /// The newest place in what an actor may hear.
    pub async fn event_place(&self, actor: &Actor, subscription: &Subscription) -> Result<i64> {
        let mut tx = self.db.read().await?;
        check(&mut tx, actor, subscription).await?;
        drop(tx);
        self.event_position(subscription).await
    }

    /// The newest place in what a subscriber hears.
    pub async fn event_position(&self, subscription: &Subscription) -> Result<i64> {
        let mut tx = self.db.read().await?;
        Ok(match subscription {
            Subscription::Environment(id) => {
                events::last_sequence(&mut tx, &Sequence::Environment(id.clone())).await?
            }
            Subscription::Space(id) => events::last_sequence(&mut tx, &Sequence::Space(id.clone())).await?,
        })
    }

    /// The events after a place that a subscriber hears, oldest first, and the place up to which that is all. A guest
    /// to whom single workbooks or sheets of the space were granted does not hear of the others.
    pub async fn hear(
        &self,
        subscription: &Subscription,
        granted_to: Option<&GuestId>,
        after: i64,
        limit: u64,
    ) -> Result<(Vec<Event>, i64)> {
        let (Subscription::Space(space), Some(guest)) = (subscription, granted_to) else {
            let heard = self.events_after(subscription, after, limit).await?;
            let place = heard.last().map_or(after, |event| subscription.place(event));
            return Ok((heard, place));
        };
        let mut tx = self.db.read().await?;
        let until = events::last_sequence(&mut tx, &Sequence::Space(space.clone())).await?;
        let heard = events::granted_in_space(&mut tx, guest, (space, after, until), limit).await?;
        let is_all = (heard.len() as u64) < limit;
        let last = heard.last().map_or(after, |event| subscription.place(event));
        Ok((heard, if is_all { until.max(last) } else { last }))
    }

    /// The events after a place, oldest first.
    pub async fn events_after(
        &self,
        subscription: &Subscription,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Event>> {
        let mut tx = self.db.read().await?;
        Ok(match subscription {
            Subscription::Environment(id) => events::after_environment(&mut tx, id, after, limit).await?,
            Subscription::Space(id) => events::after_space(&mut tx, id, after, limit).await?,
        })
    }
}

/// Refuses who may not hear that.
async fn check(tx: &mut Tx, actor: &Actor, subscription: &Subscription) -> Result<()> {
    allow(actor, Operation::ReadEvents)?;
    match subscription {
        Subscription::Space(id) => {
            allow(actor, Operation::ReadSpace)?;
            find_space(tx, actor, id).await.map(drop)
        }
        Subscription::Environment(id) => {
            allow(actor, Operation::ReadEnvironment)?;
            environments::find(tx, actor, id).await.map(drop)
        }
    }
}

/// Who an id is now that stood for somebody when a token was made; nothing for who is gone.
async fn actor_of_id(tx: &mut Tx, id: &str, subscription: &Subscription) -> Result<Option<Actor>> {
    if let Ok(id) = KeyId::parse(id) {
        return Ok(keys::find(tx, &id).await?.map(Actor::from));
    }
    if let Ok(id) = AgentId::parse(id) {
        return actor_of(tx, &id).await;
    }
    if let Ok(id) = UserId::parse(id) {
        return Ok(accounts::user(tx, &id).await?.as_ref().map(actor_of_user));
    }
    if let Ok(id) = AccessTokenId::parse(id) {
        let Some(token) = access_tokens::find(tx, &id).await? else { return Ok(None) };
        return Ok(accounts::user(tx, &token.user_id).await?.as_ref().map(actor_of_user));
    }
    let Subscription::Space(space) = subscription else { return Ok(None) };
    let Some(space) = spaces::find_anywhere(tx, space).await? else { return Ok(None) };
    if let Ok(guest) = GuestId::parse(id) {
        let Some(grant) = store::grants::find(tx, &guest, &space.id).await? else { return Ok(None) };
        return grants::came_in(tx, &space, Some((&guest, &grant)), Role::Guest).await.map(Some);
    }
    match id == space.id.as_str() {
        true => grants::came_in(tx, &space, None, Role::Embed).await.map(Some),
        false => Ok(None),
    }
}
