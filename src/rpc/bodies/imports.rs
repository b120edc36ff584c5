//! From an uploaded file to an import.

use super::{Asker, ServiceKind, id, jobs, refuse, sentence};
use crate::domain::parse::from_slice;
use crate::rpc::imports::{ImportPlan, Planned, SourceColumn};
use crate::rpc::jobs::JobCard;
use crate::rpc::{ErrorKind, RpcError};
use crate::service::imports::PlannedColumn;

pub async fn plan_import(file_id: String, sheet_id: String) -> Result<Planned, RpcError> {
    let asker = Asker::of_request()?;
    let (file, sheet) = (id(&file_id)?, id(&sheet_id)?);
    let plan = match asker.service.plan_import(&asker.actor, &file, &sheet, Default::default()).await {
        Ok(plan) => plan,
        Err(error) if error.kind == ServiceKind::BadRequest => {
            return Ok(Planned::Refused(sentence(&error.message)));
        }
        Err(error) => return Err(error.into()),
    };
    let separator = match plan.dialect.separator {
        b',' => "commas".to_string(),
        b';' => "semicolons".to_string(),
        b'\t' => "tabs".to_string(),
        other => format!("`{}`", char::from(other)),
    };
    let reading = format!("{}, separated by {separator}", plan.dialect.encoding.name());
    let column = |column: PlannedColumn| SourceColumn {
        header: column.header,
        samples: column.samples.into_iter().map(|text| text.chars().take(60).collect()).collect(),
        field: column.field,
    };
    Ok(Planned::Plan(ImportPlan {
        file_id,
        name: plan.name,
        size: plan.size.unsigned_abs(),
        rows: plan.rows_estimate,
        reading,
        dialect: serde_json::to_string(&plan.dialect).unwrap_or_default(),
        columns: plan.columns.into_iter().map(column).collect(),
    }))
}

pub async fn start_import(
    file_id: String,
    sheet_id: String,
    mapping: Vec<Option<String>>,
    dialect: String,
) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let dialect =
        from_slice(dialect.as_bytes()).map_err(|error| refuse(ErrorKind::BadRequest, error.to_string()))?;
    let job =
        asker.service.start_import(&asker.actor, &id(&file_id)?, &id(&sheet_id)?, mapping, dialect).await?;
    Ok(jobs::card(&asker, job).await)
}
