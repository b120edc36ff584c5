//! The files of a space.

use super::{Asker, id};
use crate::domain::built_in_actions::omitted;
use crate::domain::file::{File, FileMode};
use crate::domain::mount::Spot;
use crate::rpc::RpcError;
use crate::rpc::files::{FileList, FileRow};
use crate::service::Page;
use crate::service::actions::Around;
use crate::store::now;

/// Files that the page lists.
const MOST: u64 = 200;

pub async fn files(space_id: String) -> Result<FileList, RpcError> {
    let asker = Asker::of_request()?;
    let space = asker.service.space(&asker.actor, &id(&space_id)?).await?;
    let alone = asker.service.actions_alone(&asker.actor, &space.id).await?;
    let found = asker.service.files(&asker.actor, Some(&space.id), None, Page::first(MOST)).await?;
    let actions = |file: &File| {
        let around = Around { file: Some(file), ..Around::space(&space, &alone) };
        super::actions::views(&around.at(&Spot::File(file)))
    };
    let row = |file: File| FileRow {
        id: file.id.to_string(),
        actions: actions(&file),
        name: file.name,
        status: file.status,
        size: file.size,
        generated: file.mode == FileMode::Export,
        created_by: asker.who(&file.created_by),
        created_at: file.created_at.0,
    };
    Ok(FileList {
        files: found.items.into_iter().map(row).collect(),
        total: found.total,
        now: now().0,
        omits_download: space.omits(omitted::DOWNLOAD_FILE),
        omits_delete: space.omits(omitted::DELETE_FILE),
    })
}

pub async fn delete_file(file_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_file(&asker.actor, &id(&file_id)?).await?)
}
