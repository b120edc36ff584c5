//! What a job did is taken back: its steps one after the other, each where it can be taken back still.

use super::{ErrorKind, Result, Service, ServiceError};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::job::undo::{UndoStep, steps};

impl Service {
    /// Whether something that a job did can be taken back by the actor.
    pub async fn can_undo_job(&self, actor: &Actor, job: &Job) -> Result<bool> {
        for step in steps(job) {
            if self.can_step_back(actor, &step).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes back what a job did. What was taken back before stays so: asked again, it goes on where it was cut off.
    pub async fn undo_job(&self, actor: &Actor, id: &JobId) -> Result<()> {
        let job = self.job(actor, id).await?;
        let mut is_undone = false;
        for step in steps(&job) {
            if self.can_step_back(actor, &step).await? {
                self.step_back(actor, step).await?;
                is_undone = true;
            }
        }
        if is_undone {
            return Ok(());
        }
        let message = "this job changed nothing that could still be taken back";
        Err(ServiceError::new(ErrorKind::Conflict, message))
    }

    async fn can_step_back(&self, actor: &Actor, step: &UndoStep) -> Result<bool> {
        let (sheet_id, key) = match step {
            UndoStep::Change { sheet_id, change_id } => {
                return self.can_undo(actor, sheet_id, change_id).await;
            }
            UndoStep::AddedField { sheet_id, added_field: key }
            | UndoStep::RenamedField { sheet_id, renamed_field: key, .. } => (sheet_id, key.as_str()),
            UndoStep::RemovedField { sheet_id, removed_field, .. } => (sheet_id, removed_field.key.as_str()),
        };
        let Ok(sheet) = self.sheet(actor, sheet_id).await else { return Ok(false) };
        let stands = match (step, sheet.config.field(key)) {
            (UndoStep::RemovedField { .. }, field) => field.is_none(),
            (UndoStep::RenamedField { after, .. }, Some(field)) => field.label == *after,
            (_, field) => field.is_some(),
        };
        Ok(actor.may(Operation::ManageWorkbook) && stands)
    }

    async fn step_back(&self, actor: &Actor, step: UndoStep) -> Result<()> {
        match step {
            UndoStep::Change { sheet_id, change_id } => {
                self.undo_change(actor, &sheet_id, &change_id).await.map(|_| ())
            }
            UndoStep::AddedField { sheet_id, added_field } => {
                self.remove_field(actor, &sheet_id, &added_field).await
            }
            UndoStep::RenamedField { sheet_id, renamed_field, before, .. } => {
                self.rename_field(actor, &sheet_id, &renamed_field, &before).await
            }
            UndoStep::RemovedField { sheet_id, removed_field, place } => {
                let fields = self.sheet(actor, &sheet_id).await?.config.fields.len();
                self.add_field(actor, &sheet_id, *removed_field, Some(place.min(fields))).await.map(|_| ())
            }
        }
    }
}
