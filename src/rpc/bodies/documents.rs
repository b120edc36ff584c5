//! Documents.

use super::Asker;
use crate::domain::ids::{DocumentId, Id, SpaceId};
use crate::rpc::RpcError;
use crate::rpc::documents::{DocumentView, Part};
use crate::service::ErrorKind;
use crate::service::documents::Shown;

pub async fn document(space_id: String, document_id: String) -> Result<Option<DocumentView>, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let (Ok(space), Ok(document)) = (SpaceId::parse(&space_id), DocumentId::parse(&document_id)) else {
        return Ok(None);
    };
    let found = match service.document(actor, &space, &document).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        found => found?,
    };
    let part = |shown| match shown {
        Shown::Html(html) => Part::Html(html),
        Shown::Sheet(sheet, name) => Part::Sheet(sheet.to_string(), name),
    };
    Ok(Some(DocumentView {
        parts: service.shown_document(actor, &found).await?.into_iter().map(part).collect(),
        actions: service
            .document_actions(actor, &found)
            .await?
            .iter()
            .filter_map(super::actions::of_action)
            .collect(),
        ephemeral: found.is_ephemeral(),
        id: found.id.to_string(),
        title: found.title,
    }))
}
