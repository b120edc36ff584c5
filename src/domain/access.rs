//! Who may do what: one table of operation × role. Nothing else decides about rights.
//!
//! A right is always within a [`Scope`]: look-ups by (scope, id) make the things of another tenant
//! look as if they did not exist.

use super::ids::{AccountId, EnvironmentId, GuestId, SpaceId, WorkbookId};

/// How much of the world an actor can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Always one account.
    pub account_id: AccountId,
    /// One environment of it, or all.
    pub environment_id: Option<EnvironmentId>,
    /// One space of it, or all.
    pub space_id: Option<SpaceId>,
    /// Of that space only the workbooks and sheets that were granted to this guest, or all.
    pub granted_to: Option<GuestId>,
    /// In these workbooks another role holds than the actor's.
    pub workbook_roles: Vec<(WorkbookId, Role)>,
}

/// What kind of actor somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A signed-in person with all rights in the account.
    Admin,
    /// A signed-in person who works with spaces but not with keys and environments.
    Member,
    /// A person who came into one space by a link or an invitation.
    Guest,
    /// Such a person who only looks on.
    Viewer,
    /// A web page that embeds one space and holds its token: it sets the space up and answers its events.
    Embed,
    /// Such a page whose space was put away: it looks on and closes what it was told.
    ArchivedEmbed,
    /// A program with a secret key of one environment.
    SecretKey,
    /// An agent with the role of a member: a program that works with spaces but not with keys and environments.
    MemberAgent,
    /// A web page with a publishable key: it may make spaces.
    PublishableKey,
    /// The server's own work.
    System,
}

impl Role {
    /// Whether the policy lets somebody of this role do it anywhere.
    fn may(self, operation: Operation) -> bool {
        POLICY.iter().any(|(row, roles)| *row == operation && roles.contains(&self))
    }

    /// The words for such an actor in a message.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "an admin",
            Self::Member => "a member",
            Self::Guest => "a guest",
            Self::Viewer => "a guest who looks on",
            Self::Embed => "a space's token",
            Self::ArchivedEmbed => "the token of an archived space",
            Self::SecretKey => "a secret key",
            Self::MemberAgent => "an agent with the role of a member",
            Self::PublishableKey => "a publishable key",
            Self::System => "the server",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `us_usr_…`, `us_key_…`, `us_pat_…`, `us_ag_…`, `us_g_…`, or the space's id for a token of it that names nobody.
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
    /// Make, change and delete environments, their keys, apps and rules of retention.
    ManageEnvironment,
    /// See apps and what is stored with them.
    ReadApps,
    /// See who works in the account.
    ReadUsers,
    /// Invite, change and delete users, and give them roles.
    ManageUsers,
    /// Have tokens of one's own, which do what one may do, and a name.
    OwnTokens,
    /// Invite, change and delete guests of spaces.
    ManageGuests,
    /// Read secrets in plain text.
    ReadSecrets,
    /// Store and delete secrets.
    ManageSecrets,
    /// Deploy and delete agents, read their logs and take their code away.
    ManageAgents,
    /// Have events of a space sent to addresses elsewhere.
    ManageWebhooks,
    /// See spaces and what is in them.
    ReadSpace,
    /// Make spaces.
    CreateSpace,
    /// Change and archive spaces, and what stands in them beside workbooks.
    ManageSpace,
    /// Delete spaces with everything in them.
    DeleteSpace,
    /// Make, change and delete workbooks and sheets.
    ManageWorkbook,
    /// Insert, change and delete records.
    WriteRecords,
    /// Upload, change and delete files.
    WriteFiles,
    /// Start, cancel and retry jobs.
    RunJobs,
    /// Close what the page tells of a job that has ended.
    CloseOutcomes,
    /// Work on jobs as a listener does: acknowledge, complete, fail.
    WorkJobs,
    /// Save and change how columns are mapped.
    ManageMappings,
    /// Read the event log and subscribe to it.
    ReadEvents,
    /// Put events of one's own into the log.
    WriteEvents,
}

/// Operations on the whole account: who sees a part of it may not, whatever the role.
const OF_ACCOUNT: &[Operation] = &[O::ManageUsers];

/// Operations on what stands around spaces: who sees one space alone may not, whatever the role.
const OF_ENVIRONMENT: &[Operation] =
    &[O::ReadEnvironment, O::ManageEnvironment, O::ManageSecrets, O::ManageAgents, O::CreateSpace];

/// Operations on a whole space: who sees single workbooks or sheets of it may not, whatever the role.
const OF_SPACE: &[Operation] = &[
    O::ManageGuests,
    O::ManageWebhooks,
    O::ManageSpace,
    O::DeleteSpace,
    O::ManageWorkbook,
    O::WorkJobs,
    O::ManageMappings,
];

use Operation as O;
use Role::{
    Admin, ArchivedEmbed, Embed, Guest, Member, MemberAgent, PublishableKey, SecretKey, System, Viewer,
};

/// The policy: who may do what. A role that is not listed may not.
pub const POLICY: &[(Operation, &[Role])] = &[
    (O::ReadEnvironment, &[Admin, Member, SecretKey, MemberAgent, System]),
    (O::ManageEnvironment, &[Admin, SecretKey, System]),
    (O::ReadApps, &[Admin, Member, Embed, SecretKey, MemberAgent, System]),
    (O::ReadUsers, &[Admin, Member, SecretKey, MemberAgent, System]),
    (O::ManageUsers, &[Admin, System]),
    (O::OwnTokens, &[Admin, Member]),
    (O::ManageGuests, &[Admin, Member, SecretKey, MemberAgent, System]),
    (O::ReadSecrets, &[SecretKey, MemberAgent, System]),
    (O::ManageSecrets, &[Admin, SecretKey, System]),
    (O::ManageAgents, &[Admin, SecretKey, System]),
    (O::ManageWebhooks, &[Admin, Member, SecretKey, MemberAgent, System]),
    (O::ReadSpace, &[Admin, Member, Guest, Viewer, Embed, ArchivedEmbed, SecretKey, MemberAgent, System]),
    (O::CreateSpace, &[Admin, Member, SecretKey, MemberAgent, PublishableKey, System]),
    (O::ManageSpace, &[Admin, Member, Embed, SecretKey, MemberAgent, System]),
    (O::DeleteSpace, &[Admin, Member, SecretKey, MemberAgent, System]),
    (O::ManageWorkbook, &[Admin, Member, Embed, SecretKey, MemberAgent, System]),
    (O::WriteRecords, &[Admin, Member, Guest, Embed, SecretKey, MemberAgent, System]),
    (O::WriteFiles, &[Admin, Member, Guest, Embed, SecretKey, MemberAgent, System]),
    (O::RunJobs, &[Admin, Member, Guest, Embed, SecretKey, MemberAgent, System]),
    (O::CloseOutcomes, &[Admin, Member, Guest, Embed, ArchivedEmbed, SecretKey, MemberAgent, System]),
    (O::WorkJobs, &[Admin, Member, Embed, SecretKey, MemberAgent, System]),
    (O::ManageMappings, &[Admin, Member, Embed, SecretKey, MemberAgent, System]),
    (O::ReadEvents, &[Admin, Member, Guest, Viewer, Embed, ArchivedEmbed, SecretKey, MemberAgent, System]),
    (O::WriteEvents, &[Admin, Member, SecretKey, MemberAgent, System]),
];

impl Actor {
    /// Whether the policy lets this actor do `operation` within its scope, or in a workbook of it at least.
    pub fn may(&self, operation: Operation) -> bool {
        let elsewhere = self.scope.workbook_roles.iter().map(|(_, role)| *role);
        self.scope.holds(operation)
            && std::iter::once(self.role).chain(elsewhere).any(|role| role.may(operation))
    }

    /// Whether the policy lets this actor do `operation` to what is in that workbook, or in none.
    pub fn may_in<'a>(&self, operation: Operation, workbook: impl Into<Option<&'a WorkbookId>>) -> bool {
        let workbook = workbook.into();
        let own = self.scope.workbook_roles.iter().find(|(id, _)| Some(id) == workbook);
        self.scope.holds(operation) && own.map_or(self.role, |(_, role)| *role).may(operation)
    }

    /// Whether the blueprint's `access` and `readonly` bind this actor: they bind people, not programs.
    pub fn is_person(&self) -> bool {
        matches!(self.role, Admin | Member | Guest | Viewer)
    }
}

impl Scope {
    /// Everything in an account.
    pub fn account(account_id: AccountId) -> Self {
        Self {
            account_id,
            environment_id: None,
            space_id: None,
            granted_to: None,
            workbook_roles: Vec::new(),
        }
    }

    /// One environment.
    pub fn environment(account_id: AccountId, environment_id: EnvironmentId) -> Self {
        Self { environment_id: Some(environment_id), ..Self::account(account_id) }
    }

    /// One space.
    pub fn space(account_id: AccountId, environment_id: EnvironmentId, space_id: SpaceId) -> Self {
        Self { space_id: Some(space_id), ..Self::environment(account_id, environment_id) }
    }

    /// The same, but of its space only what was granted to a guest.
    #[must_use]
    pub fn only_granted_to(self, guest: GuestId) -> Self {
        Self { granted_to: Some(guest), ..self }
    }

    /// Whether what the operation is about lies within it.
    fn holds(&self, operation: Operation) -> bool {
        if self.granted_to.is_some() && OF_SPACE.contains(&operation) {
            return false;
        }
        match (&self.environment_id, &self.space_id) {
            (_, Some(_)) => !OF_ACCOUNT.contains(&operation) && !OF_ENVIRONMENT.contains(&operation),
            (Some(_), None) => !OF_ACCOUNT.contains(&operation),
            (None, None) => true,
        }
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
    fn the_token_of_a_space_reaches_nothing_but_what_is_in_the_space() {
        let beyond = [
            O::ReadEnvironment,
            O::ManageEnvironment,
            O::ReadUsers,
            O::ManageUsers,
            O::OwnTokens,
            O::ManageGuests,
            O::ReadSecrets,
            O::ManageSecrets,
            O::ManageAgents,
            O::ManageWebhooks,
            O::CreateSpace,
            O::DeleteSpace,
            O::WriteEvents,
        ];
        for (operation, roles) in POLICY {
            assert_eq!(roles.contains(&Embed), !beyond.contains(operation), "{operation:?}");
        }
    }

    #[test]
    fn an_agent_with_the_role_of_a_member_is_one_that_reads_secrets() {
        for (operation, roles) in POLICY {
            let as_member = match operation {
                O::ReadSecrets => true,
                O::OwnTokens => false,
                _ => roles.contains(&Member),
            };
            assert_eq!(roles.contains(&MemberAgent), as_member, "{operation:?}");
        }
    }

    /// Somebody of that role who sees the account, an environment of it and a space of that.
    fn actors(role: Role) -> [Actor; 3] {
        use crate::domain::ids::Id;
        let account = AccountId::parse("us_acc_00000000").unwrap();
        let environment = EnvironmentId::parse("us_env_00000000").unwrap();
        let space = SpaceId::parse("us_sp_00000000").unwrap();
        let scopes = [
            Scope::account(account.clone()),
            Scope::environment(account.clone(), environment.clone()),
            Scope::space(account, environment, space),
        ];
        scopes.map(|scope| Actor { id: "us_usr_00000000".to_string(), role, scope })
    }

    #[test]
    fn who_sees_a_part_manages_nothing_around_it() {
        let [of_account, of_environment, of_space] = actors(Admin);
        for (operation, _) in POLICY.iter().filter(|(_, roles)| roles.contains(&Admin)) {
            assert!(of_account.may(*operation), "{operation:?}");
            assert_eq!(of_environment.may(*operation), *operation != O::ManageUsers, "{operation:?}");
            let around = [
                O::ReadEnvironment,
                O::ManageEnvironment,
                O::ManageUsers,
                O::ManageSecrets,
                O::ManageAgents,
                O::CreateSpace,
            ];
            assert_eq!(of_space.may(*operation), !around.contains(operation), "{operation:?}");
        }
        assert!(actors(Member).iter().all(|member| !member.may(O::ManageEnvironment)));
    }

    #[test]
    fn who_sees_a_part_of_a_space_manages_nothing_of_the_whole() {
        use crate::domain::ids::Id;
        let [.., of_space] = actors(Embed);
        let narrowed = of_space.scope.clone().only_granted_to(GuestId::parse("us_g_00000000").unwrap());
        let of_part = Actor { scope: narrowed, ..of_space.clone() };
        for (operation, _) in POLICY {
            let still = of_space.may(*operation) && !OF_SPACE.contains(operation);
            assert_eq!(of_part.may(*operation), still, "{operation:?}");
            let manages = format!("{operation:?}").starts_with("Manage");
            assert!(!(manages && of_part.may(*operation)), "{operation:?}");
        }
        assert!(of_part.may(O::WriteRecords) && of_part.may(O::ReadEvents));
    }

    #[test]
    fn the_token_of_an_archived_space_looks_on() {
        let allowed: Vec<_> = POLICY.iter().filter(|(_, roles)| roles.contains(&ArchivedEmbed)).collect();
        assert_eq!(
            allowed.iter().map(|row| row.0).collect::<Vec<_>>(),
            [O::ReadSpace, O::CloseOutcomes, O::ReadEvents]
        );
    }

    #[test]
    fn a_viewer_only_looks_on_and_a_role_in_a_workbook_goes_before_that_of_the_space() {
        use crate::domain::ids::Id;
        let allowed: Vec<_> = POLICY.iter().filter(|(_, roles)| roles.contains(&Viewer)).collect();
        assert_eq!(allowed.iter().map(|row| row.0).collect::<Vec<_>>(), [O::ReadSpace, O::ReadEvents]);
        let [here, there] = ["us_wb_00000001", "us_wb_00000002"].map(|id| WorkbookId::parse(id).unwrap());
        let [.., mut viewer] = actors(Viewer);
        assert!(!viewer.may(O::WriteRecords) && !viewer.may_in(O::WriteRecords, &here));
        viewer.scope.workbook_roles.push((here.clone(), Guest));
        assert!(viewer.may(O::WriteRecords) && viewer.may_in(O::WriteRecords, &here));
        assert!(!viewer.may_in(O::WriteRecords, &there) && viewer.may_in(O::ReadSpace, &there));
        let [.., mut editor] = actors(Guest);
        editor.scope.workbook_roles.push((here.clone(), Viewer));
        assert!(!editor.may_in(O::WriteRecords, &here) && editor.may_in(O::WriteRecords, &there));
    }

    #[test]
    fn a_guest_manages_nothing() {
        for (operation, roles) in POLICY {
            let manages = format!("{operation:?}").starts_with("Manage");
            assert!(!(manages && roles.contains(&Guest)), "{operation:?}");
        }
    }
}
