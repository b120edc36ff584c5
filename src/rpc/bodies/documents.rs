//! Documents.

use super::{Asker, id};
use crate::rpc::RpcError;
use crate::rpc::documents::{DocumentView, Part};
use crate::service::documents::Shown;

pub async fn document(space_id: String, document_id: String) -> Result<DocumentView, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let found = service.document(actor, &id(&space_id)?, &id(&document_id)?).await?;
    let part = |shown| match shown {
        Shown::Html(html) => Part::Html(html),
        Shown::Sheet(sheet, name) => Part::Sheet(sheet.to_string(), name),
    };
    Ok(DocumentView {
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
    })
}
