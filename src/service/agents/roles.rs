//! What agents may do: one role each, in their environment or in one space of it alone (section 2.13 of the wire contract).
//!
//! It begins as what a secret key may do. An agent without a role may do nothing, and hears of nothing.

use super::find;
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::agent::Agent;
use crate::domain::ids::{ActorRoleId, AgentId, Id};
use crate::domain::tenant::{ActorRole, Resource, UserRole};
use crate::service::roles::{Assignment, assigned, refuse_second};
use crate::service::{Result, Service, ServiceError};
use crate::store::{Tx, agents, new_id, roles};

/// The role with which an agent begins.
pub(super) fn at_first(agent: &Agent) -> ActorRole {
    ActorRole {
        id: new_id(),
        account_id: agent.account_id.clone(),
        actor_id: agent.id.to_string(),
        role: UserRole::Admin,
        resource: Resource { environment_id: Some(agent.environment_id.clone()), space_id: None },
        created_at: agent.created_at,
    }
}

/// The agent as an actor; nothing for one that is gone or has no role.
pub(in crate::service) async fn actor_of(tx: &mut Tx, id: &AgentId) -> Result<Option<Actor>> {
    let Some(agent) = agents::find_anywhere(tx, id).await? else { return Ok(None) };
    let Some(has) = roles::of_actor(tx, id.as_str()).await? else { return Ok(None) };
    let role = match has.role {
        UserRole::Admin => Role::SecretKey,
        UserRole::Member => Role::MemberAgent,
    };
    let scope = Scope {
        space_id: has.resource.space_id,
        ..Scope::environment(agent.account_id, agent.environment_id)
    };
    Ok(Some(Actor { id: agent.id.to_string(), role, scope }))
}

impl Service {
    /// The roles of an agent: one, or none.
    pub async fn agent_roles(&self, actor: &Actor, id: &AgentId) -> Result<Vec<ActorRole>> {
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await?;
        Ok(roles::of_actor(&mut tx, id.as_str()).await?.into_iter().collect())
    }

    /// Gives an agent a role.
    ///
    /// # Errors
    /// When it has one, when there is no such role, when that is for something else than its environment or a space of
    /// it, or when the actor may not.
    pub async fn assign_agent_role(
        &self,
        actor: &Actor,
        id: &AgentId,
        assignment: &Assignment,
    ) -> Result<ActorRole> {
        let mut tx = self.db.write().await?;
        let agent = find(&mut tx, actor, id).await?;
        refuse_second(&mut tx, "an agent", &format!("agents/{id}"), id.as_str()).await?;
        let role = assigned(&mut tx, actor, id, assignment).await?;
        if role.resource.environment_id.as_ref() != Some(&agent.environment_id) {
            let own = &agent.environment_id;
            let message =
                format!("resourceId: an agent has its role in its environment, `{own}`, or in a space of it");
            return Err(ServiceError::bad_request(message));
        }
        roles::insert(&mut tx, &role).await?;
        tx.commit().await?;
        self.agents_changed.notify_waiters();
        Ok(role)
    }

    /// Takes the role of an agent away: it may do nothing, and hears of nothing, until it is given another.
    ///
    /// # Errors
    /// When it does not have it, or the actor may not.
    pub async fn take_agent_role(&self, actor: &Actor, id: &AgentId, role: &ActorRoleId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        let has = roles::of_actor(&mut tx, id.as_str()).await?.filter(|has| has.id == *role);
        has.ok_or_else(|| ServiceError::not_found("role of this agent", role))?;
        roles::delete(&mut tx, role).await?;
        tx.commit().await?;
        self.agents_changed.notify_waiters();
        Ok(())
    }
}
