//! Mapping programs: saved, found, changed, deleted (section 2.16 of the wire contract). Their rules one by one are in
//! [`super::mapping_rules`], the plans of jobs that follow them in [`super::mapping_plan`].

use super::environments::named_or_own;
use super::{ErrorKind, Page, Paged, Result, Service, ServiceError, allow, announce, workbooks};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::SheetConfig;
use crate::domain::event::Topic;
use crate::domain::ids::{EnvironmentId, FamilyId, ProgramId};
use crate::domain::mapping_program::{self, MappingRule, Program, RuleConfig};
use crate::domain::time::Timestamp;
use crate::domain::whereabouts::Whereabouts;
use crate::store::mapping_programs::{self, ProgramFilter};
use crate::store::{Tx, new_id, now};

/// What a new program is given, or what changes in one; what is absent is made, or stays.
#[derive(Debug, Clone, Default)]
pub struct ProgramChange {
    /// Where values come from.
    pub source: Option<SheetConfig>,
    /// Where they go.
    pub destination: Option<SheetConfig>,
    /// Programs that belong together.
    pub family_id: Option<FamilyId>,
    /// The customer's own mark.
    pub namespace: Option<String>,
    /// Replaces the rules; guessed where both sheets are given and no rules are.
    pub rules: Option<Vec<RuleConfig>>,
}

impl ProgramChange {
    /// Takes what is named. Whether the rules were guessed anew.
    fn apply(self, actor: &Actor, program: &mut Program) -> Result<bool> {
        let guesses = self.rules.is_none() && self.source.is_some() && self.destination.is_some();
        let rules = match (&self.source, &self.destination, self.rules) {
            (Some(source), Some(destination), None) => Some(mapping_program::guessed(source, destination)),
            (_, _, rules) => rules,
        };
        if let Some(source) = &self.source {
            program.source_keys = keys(source);
        }
        if let Some(destination) = &self.destination {
            program.destination_keys = keys(destination);
        }
        program.family_id = self.family_id.or(program.family_id.take());
        program.namespace = self.namespace.or(program.namespace.take());
        if let Some(rules) = rules {
            replace_rules(actor, program, rules);
        }
        program.check()?;
        Ok(guesses)
    }
}

impl Service {
    /// How the fields of one sheet go into those of another, by rules that are given or guessed; kept when it is to be
    /// saved. Says whether it was.
    pub async fn create_program(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        new: ProgramChange,
        save: bool,
    ) -> Result<(Program, bool)> {
        allow(actor, Operation::ManageMappings)?;
        let mut tx = if save { self.db.write().await? } else { self.db.read().await? };
        let environment = named_or_own(&mut tx, actor, environment).await?;
        let moment = now();
        let mut program = Program {
            id: new_id(),
            account_id: environment.account_id,
            environment_id: environment.id,
            job: None,
            space_id: actor.scope.space_id.clone(),
            family_id: None,
            namespace: None,
            source_keys: Vec::new(),
            destination_keys: Vec::new(),
            rules: Vec::new(),
            added_rules: 0,
            deleted_rules: 0,
            created_by: actor.id.clone(),
            created_at: moment,
            updated_at: moment,
        };
        new.apply(actor, &mut program)?;
        program.added_rules = 0;
        if save {
            mapping_programs::insert(&mut tx, &program).await?;
            tell(&mut tx, actor, &program, &[Topic::ProgramCreated]).await?;
            tx.commit().await?;
        }
        Ok((program, save))
    }

    /// The programs that the actor sees, the newest first.
    pub async fn programs(
        &self,
        actor: &Actor,
        filter: &ProgramFilter,
        page: Page,
    ) -> Result<Paged<Program>> {
        allow(actor, Operation::ManageMappings)?;
        let mut tx = self.db.read().await?;
        let (items, total) =
            mapping_programs::list(&mut tx, &actor.scope, filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One program.
    pub async fn program(&self, actor: &Actor, id: &ProgramId) -> Result<Program> {
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Changes a program. Where both sheets are given and no rules are, these are guessed anew.
    pub async fn update_program(
        &self,
        actor: &Actor,
        id: &ProgramId,
        change: ProgramChange,
    ) -> Result<Program> {
        let mut tx = self.db.write().await?;
        let before = find_for_change(&mut tx, actor, id).await?;
        let mut program = before.clone();
        let anew: &[Topic] = match change.apply(actor, &mut program)? {
            true => &[Topic::ProgramRecomputing, Topic::ProgramRecomputed],
            false => &[Topic::ProgramUpdated],
        };
        if program == before {
            return Ok(program);
        }
        program.updated_at = now();
        mapping_programs::update(&mut tx, &program).await?;
        tell(&mut tx, actor, &program, anew).await?;
        self.follow_program(&mut tx, actor, &program).await?;
        tx.commit().await?;
        Ok(program)
    }

    /// Deletes a program. The plan of its job stays.
    pub async fn delete_program(&self, actor: &Actor, id: &ProgramId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        mapping_programs::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes every program that the actor made and sees, in one environment or in all.
    pub async fn delete_own_programs(&self, actor: &Actor, environment: Option<EnvironmentId>) -> Result<()> {
        allow(actor, Operation::ManageMappings)?;
        let mut tx = self.db.write().await?;
        if environment.is_some() {
            named_or_own(&mut tx, actor, environment.clone()).await?;
        }
        mapping_programs::delete_of_maker(&mut tx, &actor.scope, environment.as_ref(), &actor.id).await?;
        Ok(tx.commit().await?)
    }
}

/// The program of that id, to change it. Its job is locked before it, as where the plan of the job is changed.
pub(super) async fn find_for_change(tx: &mut Tx, actor: &Actor, id: &ProgramId) -> Result<Program> {
    allow(actor, Operation::ManageMappings)?;
    if let Some(job) = mapping_programs::job_of(tx, &actor.scope, id).await? {
        match super::jobs::find_for_change(tx, actor, &job).await {
            Err(error) if error.kind != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    find_to_follow(tx, actor, id).await
}

/// The program of that id.
///
/// # Errors
/// There is none for this actor.
async fn find(tx: &mut Tx, actor: &Actor, id: &ProgramId) -> Result<Program> {
    allow(actor, Operation::ManageMappings)?;
    find_to_follow(tx, actor, id).await
}

/// The program of that id, for who may run jobs by it.
pub(super) async fn find_to_follow(tx: &mut Tx, actor: &Actor, id: &ProgramId) -> Result<Program> {
    let program = mapping_programs::find(tx, &actor.scope, id).await?;
    program.ok_or_else(|| ServiceError::not_found("mapping program", id))
}

/// Tells of a program, with what is around it.
pub(super) async fn tell(tx: &mut Tx, actor: &Actor, program: &Program, topics: &[Topic]) -> Result<()> {
    let workbook = program.job.as_ref().and_then(|job| job.workbook_id.as_ref());
    let around = match &program.space_id {
        Some(space) => workbooks::whereabouts(tx, actor, space, workbook).await?,
        None => Whereabouts::default(),
    };
    for topic in topics {
        tx.emit(announce::of_program(*topic, actor, program, &around));
    }
    Ok(())
}

/// Gives a program other rules, and counts them.
pub(super) fn replace_rules(actor: &Actor, program: &mut Program, rules: Vec<RuleConfig>) {
    program.deleted_rules = program.deleted_rules.saturating_add(counted(program.rules.len()));
    program.added_rules = program.added_rules.saturating_add(counted(rules.len()));
    let moment = now();
    program.rules = rules.into_iter().map(|rule| new_rule(actor, rule, moment)).collect();
}

/// A rule that somebody makes.
pub(super) fn new_rule(actor: &Actor, rule: RuleConfig, moment: Timestamp) -> MappingRule {
    MappingRule {
        id: new_id(),
        given: rule,
        created_by: actor.id.clone(),
        created_at: moment,
        updated_at: moment,
    }
}

/// A number of rules as programs count them.
pub(super) fn counted(rules: usize) -> i64 {
    i64::try_from(rules).unwrap_or(i64::MAX)
}

fn keys(sheet: &SheetConfig) -> Vec<String> {
    sheet.fields.iter().map(|field| field.key.to_string()).collect()
}
