//! Who may do what: one table of operation × role. Nothing else decides about rights.
//!
//! A right is always within a [`Scope`]: look-ups by (scope, id) make the things of another tenant
//! look as if they did not exist.

use super::ids::{AccountId, EnvironmentId, SpaceId};

/// How much of the world an actor can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Always one account.
    pub account_id: AccountId,
    /// One environment of it, or all.
    pub environment_id: Option<EnvironmentId>,
    /// One space of it, or all.
    pub space_id: Option<SpaceId>,
}

/// What kind of actor somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A signed-in person with all rights in the account.
    Admin,
    /// A signed-in person who works with spaces but not with keys and environments.
    Member,
    /// The holder of a space's token: a guest of that space.
    Guest,
    /// A program with a secret key of one environment.
    SecretKey,
    /// A web page with a publishable key: it may make spaces.
    PublishableKey,
    /// The server's own work.
    System,
}

impl Role {
    /// The words for such an actor in a message.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "an admin",
            Self::Member => "a member",
            Self::Guest => "a guest",
            Self::SecretKey => "a secret key",
            Self::PublishableKey => "a publishable key",
            Self::System => "the server",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `us_usr_…`, `us_key_…`, `us_ag_…` or the space's id for a guest.
    pub id: String,
    /// What kind of actor it is.
    pub role: Role,
    /// How much it can see.
    pub scope: Scope,
}

/// Everything that can be asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// See environments.
    ReadEnvironment,
    /// Make, change and delete environments, keys and users.
    ManageEnvironment,
    /// See spaces and what is in them.
    ReadSpace,
    /// Make spaces.
    CreateSpace,
    /// Change, archive and delete spaces.
    ManageSpace,
    /// Make, change and delete workbooks and sheets.
    ManageWorkbook,
    /// Insert, change and delete records.
    WriteRecords,
    /// Upload, change and delete files.
    WriteFiles,
    /// Start, cancel and retry jobs.
    RunJobs,
    /// Work on jobs as a listener does: acknowledge, complete, fail.
    WorkJobs,
    /// Read the event log and subscribe to it.
    ReadEvents,
    /// Put events of one's own into the log.
    WriteEvents,
}

use Operation as O;
use Role::{Admin, Guest, Member, PublishableKey, SecretKey, System};

/// The policy: who may do what. A role that is not listed may not.
pub const POLICY: &[(Operation, &[Role])] = &[
    (O::ReadEnvironment, &[Admin, Member, SecretKey, System]),
    (O::ManageEnvironment, &[Admin, SecretKey, System]),
    (O::ReadSpace, &[Admin, Member, Guest, SecretKey, System]),
    (O::CreateSpace, &[Admin, Member, SecretKey, PublishableKey, System]),
    (O::ManageSpace, &[Admin, Member, SecretKey, System]),
    (O::ManageWorkbook, &[Admin, Member, SecretKey, System]),
    (O::WriteRecords, &[Admin, Member, Guest, SecretKey, System]),
    (O::WriteFiles, &[Admin, Member, Guest, SecretKey, System]),
    (O::RunJobs, &[Admin, Member, Guest, SecretKey, System]),
    (O::WorkJobs, &[Admin, Member, SecretKey, System]),
    (O::ReadEvents, &[Admin, Member, Guest, SecretKey, System]),
    (O::WriteEvents, &[Admin, Member, SecretKey, System]),
];

impl Actor {
    /// Whether the policy lets this actor do `operation` within its scope.
    pub fn may(&self, operation: Operation) -> bool {
        POLICY.iter().any(|(row, roles)| *row == operation && roles.contains(&self.role))
    }

    /// Whether the blueprint's `access` and `readonly` bind this actor: they bind people, not programs.
    pub fn is_person(&self) -> bool {
        matches!(self.role, Admin | Member | Guest)
    }
}

impl Scope {
    /// Everything in an account.
    pub fn account(account_id: AccountId) -> Self {
        Self { account_id, environment_id: None, space_id: None }
    }

    /// One environment.
    pub fn environment(account_id: AccountId, environment_id: EnvironmentId) -> Self {
        Self { account_id, environment_id: Some(environment_id), space_id: None }
    }

    /// One space.
    pub fn space(account_id: AccountId, environment_id: EnvironmentId, space_id: SpaceId) -> Self {
        Self { account_id, environment_id: Some(environment_id), space_id: Some(space_id) }
    }

    /// Whether something in that account, environment and space can be seen.
    pub fn covers(&self, account: &AccountId, environment: &EnvironmentId, space: &SpaceId) -> bool {
        self.account_id == *account
            && self.environment_id.as_ref().is_none_or(|own| own == environment)
            && self.space_id.as_ref().is_none_or(|own| own == space)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_stands_once_in_the_policy() {
        let mut seen = std::collections::HashSet::new();
        assert!(POLICY.iter().all(|(operation, _)| seen.insert(*operation)));
        assert_eq!(seen.len(), O::WriteEvents as usize + 1);
    }

    #[test]
    fn a_publishable_key_makes_spaces_and_nothing_else() {
        let allowed: Vec<_> = POLICY.iter().filter(|(_, roles)| roles.contains(&PublishableKey)).collect();
        assert_eq!(allowed.len(), 1);
        assert_eq!(allowed[0].0, O::CreateSpace);
    }

    #[test]
    fn a_guest_manages_nothing() {
        for (operation, roles) in POLICY {
            let manages = format!("{operation:?}").starts_with("Manage");
            assert!(!(manages && roles.contains(&Guest)), "{operation:?}");
        }
    }
}
