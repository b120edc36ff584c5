//! How a person has the columns of a sheet.

use super::{Asker, id};
use crate::domain::layout::SheetLayout;
use crate::rpc::RpcError;

pub async fn keep_layout(sheet_id: String, layout: SheetLayout) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.keep_layout(&asker.actor, &id(&sheet_id)?, layout).await?)
}

pub async fn hide_columns(sheet_id: String, keys: Vec<String>) -> Result<SheetLayout, RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.hide_columns(&asker.actor, &id(&sheet_id)?, &keys).await?)
}
