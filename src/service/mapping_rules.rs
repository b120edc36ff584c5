//! The rules of a mapping program, one by one.

use std::collections::HashSet;

use serde_json::Value;

use super::mapping_programs::{counted, find_for_change, new_rule, tell};
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::event::Topic;
use crate::domain::ids::{MappingRuleId, ProgramId};
use crate::domain::mapping_program::{MappingRule, Program, RuleConfig};
use crate::domain::time::Timestamp;
use crate::store::{Tx, mapping_programs, now};

/// What changes in a rule; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleChange {
    /// What people read.
    pub name: Option<String>,
    /// `assign` and others.
    pub rule_type: Option<String>,
    /// What it says beside its type.
    pub config: Option<Option<Value>>,
    /// The customer's own data.
    pub metadata: Option<Option<Value>>,
    /// When somebody accepted it.
    pub accepted_at: Option<Option<Timestamp>>,
    /// Who did.
    pub accepted_by: Option<Option<String>>,
}

impl RuleChange {
    fn apply(self, rule: &mut MappingRule) {
        let before = rule.clone();
        let given = &mut rule.given;
        given.name = self.name.unwrap_or(std::mem::take(&mut given.name));
        given.rule_type = self.rule_type.unwrap_or(std::mem::take(&mut given.rule_type));
        given.config = self.config.unwrap_or(given.config.take());
        given.metadata = self.metadata.unwrap_or(given.metadata.take());
        given.accepted_at = self.accepted_at.unwrap_or(given.accepted_at);
        given.accepted_by = self.accepted_by.unwrap_or(given.accepted_by.take());
        if *rule != before {
            rule.updated_at = now();
        }
    }
}

impl Service {
    /// Adds rules to a program, after those that it has.
    pub async fn add_rules(
        &self,
        actor: &Actor,
        id: &ProgramId,
        rules: Vec<RuleConfig>,
    ) -> Result<Vec<MappingRule>> {
        let mut tx = self.db.write().await?;
        let before = find_for_change(&mut tx, actor, id).await?;
        let (mut program, moment) = (before.clone(), now());
        let added: Vec<_> = rules.into_iter().map(|rule| new_rule(actor, rule, moment)).collect();
        program.added_rules = program.added_rules.saturating_add(counted(added.len()));
        program.rules.extend(added.iter().cloned());
        self.save_rules(tx, actor, &before, program).await?;
        Ok(added)
    }

    /// One rule of a program.
    pub async fn rule(&self, actor: &Actor, id: &ProgramId, rule: &MappingRuleId) -> Result<MappingRule> {
        let program = self.program(actor, id).await?;
        let found = program.rules.into_iter().find(|one| one.id == *rule);
        found.ok_or_else(|| ServiceError::not_found("mapping rule", rule))
    }

    /// Changes rules of a program: all that are named, or none when one is not there. As they are then, in the order in
    /// which they are named.
    pub async fn change_rules(
        &self,
        actor: &Actor,
        id: &ProgramId,
        changes: Vec<(MappingRuleId, RuleChange)>,
    ) -> Result<Vec<MappingRule>> {
        let mut tx = self.db.write().await?;
        let before = find_for_change(&mut tx, actor, id).await?;
        let (mut program, mut changed) = (before.clone(), Vec::new());
        for (id, change) in changes {
            let rule = program.rules.iter_mut().find(|one| one.id == id);
            let rule = rule.ok_or_else(|| ServiceError::not_found("mapping rule", &id))?;
            change.apply(rule);
            changed.push(rule.clone());
        }
        self.save_rules(tx, actor, &before, program).await?;
        Ok(changed)
    }

    /// Deletes rules of a program: all that are named, or none when one is not there.
    pub async fn delete_rules(&self, actor: &Actor, id: &ProgramId, rules: &[MappingRuleId]) -> Result<()> {
        let mut tx = self.db.write().await?;
        let before = find_for_change(&mut tx, actor, id).await?;
        let gone: HashSet<&MappingRuleId> = rules.iter().collect();
        if gone.is_empty() {
            return Err(ServiceError::bad_request("ruleIds: name the rules to delete"));
        }
        if let Some(missing) = gone.iter().find(|id| before.rules.iter().all(|rule| rule.id != ***id)) {
            return Err(ServiceError::not_found("mapping rule", missing));
        }
        let mut program = before.clone();
        program.rules.retain(|rule| !gone.contains(&rule.id));
        program.deleted_rules = program.deleted_rules.saturating_add(counted(gone.len()));
        self.save_rules(tx, actor, &before, program).await
    }

    async fn save_rules(
        &self,
        mut tx: Tx,
        actor: &Actor,
        before: &Program,
        mut program: Program,
    ) -> Result<()> {
        program.check()?;
        if program == *before {
            return Ok(());
        }
        program.updated_at = now();
        mapping_programs::update(&mut tx, &program).await?;
        tell(&mut tx, actor, &program, &[Topic::ProgramUpdated]).await?;
        self.follow_program(&mut tx, actor, &program).await?;
        Ok(tx.commit().await?)
    }
}
