//! The space and the workbook around something, with what else is read of it or alone.

use super::convert::{from_optional_json, optional_id};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{Id, SpaceId, WorkbookId};
use crate::domain::space;
use crate::domain::whereabouts::Whereabouts;

/// What a row says of the space and the workbook around it.
#[derive(sqlx::FromRow)]
pub(super) struct WhereaboutsRow {
    space_name: Option<String>,
    space_namespace: Option<String>,
    app_id: Option<String>,
    environment_namespaces: Option<String>,
    workbook_name: Option<String>,
    workbook_namespace: Option<String>,
}

impl TryFrom<WhereaboutsRow> for Whereabouts {
    type Error = StoreError;

    fn try_from(row: WhereaboutsRow) -> Result<Self, StoreError> {
        let Some(space) = row.space_name else { return Ok(Self::default()) };
        let inherited: Option<Vec<String>> =
            from_optional_json("environments.namespaces", row.environment_namespaces)?;
        let namespaces = space::namespaces(row.space_namespace, inherited.as_deref().unwrap_or_default());
        let app = optional_id("spaces.app_id", row.app_id)?;
        let space = Self::in_space(&space, &namespaces).of_app(app);
        Ok(match row.workbook_name {
            Some(workbook) => space.in_workbook(&workbook, row.workbook_namespace.as_deref()),
            None => space,
        })
    }
}

/// A space, and a workbook of it; nothing where there is no such space.
pub async fn find(
    tx: &mut Tx,
    scope: &Scope,
    space: &SpaceId,
    workbook: Option<&WorkbookId>,
) -> Result<Option<Whereabouts>, StoreError> {
    let statement = Statement::new(
        "SELECT name AS space_name, namespace AS space_namespace, app_id,
            (SELECT e.namespaces FROM environments e WHERE e.id = spaces.environment_id)
                AS environment_namespaces,
            (SELECT w.name FROM workbooks w WHERE w.space_id = spaces.id AND w.id = $1) AS workbook_name,
            (SELECT w.namespace FROM workbooks w WHERE w.space_id = spaces.id AND w.id = $2)
                AS workbook_namespace
        FROM spaces WHERE deleted_at IS NULL",
    )
    .bind(workbook.map(Id::as_str))
    .bind(workbook.map(Id::as_str))
    .push_bind(" AND id = ", space)
    .push_bind(" AND account_id = ", &scope.account_id)
    .filter(" AND environment_id = ", scope.environment_id.as_ref())
    .filter(" AND id = ", scope.space_id.as_ref());
    tx.optional::<WhereaboutsRow>(statement).await?.map(Whereabouts::try_from).transpose()
}
