//! Which built-in actions stand at a sheet and at its columns, for this actor and in this space.

use super::spaces::find_space;
use super::{Result, Service};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::blueprint::SheetAccess;
use crate::domain::built_in_actions::{Around, BUILT_IN_ACTIONS, BuiltInAction, Need, OtherSheet, find};
use crate::domain::mount::MountKind;
use crate::domain::space::Space;
use crate::domain::workbook::Sheet;
use crate::store::{Tx, sheets, workbooks};

impl Service {
    /// The built-in actions in the menu of a sheet, and those in the menus of its columns.
    pub async fn built_in_actions(&self, actor: &Actor, sheet: &Sheet) -> Result<(Vec<Action>, Vec<Action>)> {
        if !actor.may_in(Operation::RunJobs, &sheet.workbook_id) {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut tx = self.db.read().await?;
        let space = find_space(&mut tx, actor, &sheet.space_id).await?;
        let others = others(&mut tx, actor, sheet).await?;
        let at = |place: MountKind| {
            let there = BUILT_IN_ACTIONS.iter().filter(|built_in| built_in.place == place);
            let column = sheet.config.fields.first().filter(|_| place == MountKind::Field);
            let around = Around { sheet, column, others: &others };
            let there = there.filter(|built_in| stands(actor, &space, built_in));
            there.map(|built_in| built_in.action(&around)).collect()
        };
        Ok((at(MountKind::Sheet), at(MountKind::Field)))
    }
}

/// The built-in action of an operation at a sheet, or in the menu of one of its columns.
pub(super) async fn at(
    tx: &mut Tx,
    actor: &Actor,
    (space, sheet, column): (&Space, &Sheet, Option<&str>),
    operation: &str,
) -> Result<Option<(Action, &'static BuiltInAction)>> {
    let place = if column.is_some() { MountKind::Field } else { MountKind::Sheet };
    let Some(built_in) = find(place, operation).filter(|built_in| stands(actor, space, built_in)) else {
        return Ok(None);
    };
    let column = match column {
        Some(key) => match sheet.config.field(key) {
            Some(field) => Some(field),
            None => return Ok(None),
        },
        None => None,
    };
    let others = if built_in.goes_elsewhere() { others(tx, actor, sheet).await? } else { Vec::new() };
    Ok(Some((built_in.action(&Around { sheet, column, others: &others }), built_in)))
}

/// Whether the space has it and the actor may do what it does, whatever the sheet says.
fn stands(actor: &Actor, space: &Space, built_in: &BuiltInAction) -> bool {
    let may = match built_in.need {
        Need::Fields => actor.may(Operation::ManageWorkbook),
        Need::Nothing | Need::Records(_) => true,
    };
    may && !space.omits(built_in.name)
}

/// The other sheets of the space to which people may add records.
async fn others(tx: &mut Tx, actor: &Actor, sheet: &Sheet) -> Result<Vec<OtherSheet>> {
    let scope = &actor.scope;
    let mut others = Vec::new();
    for workbook in workbooks::list(tx, scope, &sheet.space_id).await? {
        let is_here = workbook.id == sheet.workbook_id;
        for other in sheets::list(tx, scope, &workbook.id).await? {
            let takes = other.permits(SheetAccess::Add);
            if other.id == sheet.id || !takes {
                continue;
            }
            let own = other.config.name.clone();
            let name = if is_here { own } else { format!("{} / {own}", workbook.name) };
            others.push((!is_here, OtherSheet { id: other.id, name }));
        }
    }
    // Those of the same workbook first.
    others.sort_by_key(|(is_elsewhere, _)| *is_elsewhere);
    Ok(others.into_iter().map(|(_, other)| other).collect())
}
