//! Documents: made, changed, shown, deleted.

use super::actions::{Around, of_document};
use super::markdown::{self, Part};
use super::spaces::find_space;
use super::{Result, Service, ServiceError, allow, announce, schedules};
use crate::domain::access::{Actor, Operation};
use crate::domain::action::Action;
use crate::domain::document::{self, Document, DocumentError};
use crate::domain::event::Topic;
use crate::domain::ids::{DocumentId, Id, SheetId, SpaceId};
use crate::domain::mount::{self, MountKind, Spot};
use crate::domain::space::Space;
use crate::store::{self, Tx, documents, new_id, now, sheets, spaces};

/// What a document is given, or what changes in it: then what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct DocumentChange {
    /// What people read over it.
    pub title: Option<String>,
    /// Its text in markdown.
    pub body: Option<String>,
    /// How it is shown; replaces the list.
    pub treatments: Option<Vec<String>>,
    /// Its buttons; replaces the list.
    pub actions: Option<Vec<Action>>,
}

/// A part of a document as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// HTML that is safe to show.
    Html(String),
    /// A sheet of the space, and what the text calls it.
    Sheet(SheetId, Option<String>),
}

impl From<DocumentError> for ServiceError {
    fn from(error: DocumentError) -> Self {
        let kind = match error {
            DocumentError::LongBody(_) => super::ErrorKind::TooLarge,
            _ => super::ErrorKind::BadRequest,
        };
        Self::new(kind, error.to_string())
    }
}

impl Service {
    /// The documents of a space, the oldest first.
    pub async fn documents(&self, actor: &Actor, space: &SpaceId) -> Result<Vec<Document>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_space(&mut tx, actor, space).await?;
        Ok(documents::list(&mut tx, &actor.scope, space).await?)
    }

    /// The same without their texts.
    pub async fn document_titles(&self, actor: &Actor, space: &SpaceId) -> Result<Vec<Document>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_space(&mut tx, actor, space).await?;
        Ok(documents::list_titles(&mut tx, &actor.scope, space).await?)
    }

    /// One document of a space.
    pub async fn document(&self, actor: &Actor, space: &SpaceId, id: &DocumentId) -> Result<Document> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        find_in(&mut tx, actor, space, id).await
    }

    /// The text of a document as it is shown: HTML, and the sheets that it has embedded.
    pub async fn shown_document(&self, actor: &Actor, document: &Document) -> Result<Vec<Shown>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let mut shown = Vec::new();
        for part in markdown::to_parts(&document.body) {
            match part {
                Part::Html(html) => shown.push(Shown::Html(html)),
                Part::Embed(embed) if embed.kind == "embedded-sheet" => {
                    let Ok(id) = SheetId::parse(&embed.sheet_id) else { continue };
                    let sheet = sheets::find(&mut tx, &actor.scope, &id).await?;
                    if sheet.is_some_and(|sheet| sheet.space_id == document.space_id) {
                        shown.push(Shown::Sheet(id, embed.name));
                    }
                }
                Part::Embed(_) => {}
            }
        }
        Ok(shown)
    }

    /// The actions that stand at a document: its own, and those that are mounted there.
    pub async fn document_actions(&self, actor: &Actor, document: &Document) -> Result<Vec<Action>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let space = find_space(&mut tx, actor, &document.space_id).await?;
        let alone = store::actions::list(&mut tx, &actor.scope, &space.id).await?;
        let around = Around { document: Some(document), ..Around::space(&space, &alone) };
        let there = around.at(&Spot::Document(document.id.as_str()));
        Ok(there.into_iter().map(|placed| placed.action).collect())
    }

    /// Makes a document.
    pub async fn create_document(
        &self,
        actor: &Actor,
        space: &SpaceId,
        new: DocumentChange,
    ) -> Result<Document> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let space = find_space(&mut tx, actor, space).await?;
        let document = insert_document(&mut tx, actor, &space, new).await?;
        tx.commit().await?;
        Ok(document)
    }

    /// Changes a document. Nothing is told when nothing is another.
    pub async fn update_document(
        &self,
        actor: &Actor,
        space: &SpaceId,
        id: &DocumentId,
        change: DocumentChange,
    ) -> Result<Document> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let before = find_in(&mut tx, actor, space, id).await?;
        let mut document = before.clone();
        if change.title.is_some() {
            document.title = document::title(change.title)?;
        }
        if change.body.is_some() {
            document.body = document::body(change.body)?;
        }
        if let Some(actions) = change.actions {
            mount::check(MountKind::Document, &actions)?;
            document.actions = actions;
        }
        document.treatments = change.treatments.unwrap_or(document.treatments);
        if document == before {
            return Ok(document);
        }
        document.updated_at = now();
        documents::update(&mut tx, &document).await?;
        let [old, new] = [&before, &document].map(of_document);
        schedules::follow(&mut tx, actor, id.as_str(), &old, &new).await?;
        spaces::touch(&mut tx, &document.space_id, document.updated_at);
        let around = super::workbooks::whereabouts(&mut tx, actor, space, None).await?;
        tx.emit(announce::of_document(Topic::DocumentUpdated, actor, &document, &around));
        tx.commit().await?;
        Ok(document)
    }

    /// Deletes a document.
    pub async fn delete_document(&self, actor: &Actor, space: &SpaceId, id: &DocumentId) -> Result<()> {
        allow(actor, Operation::ManageSpace)?;
        let mut tx = self.db.write().await?;
        let document = find_in(&mut tx, actor, space, id).await?;
        let moment = now();
        documents::delete(&mut tx, id, moment).await?;
        schedules::follow(&mut tx, actor, id.as_str(), &of_document(&document), &[]).await?;
        spaces::touch(&mut tx, space, moment);
        let around = super::workbooks::whereabouts(&mut tx, actor, space, None).await?;
        tx.emit(announce::of_document(Topic::DocumentDeleted, actor, &document, &around));
        Ok(tx.commit().await?)
    }
}

/// Makes a document inside a transaction that also makes what is around it.
pub(super) async fn insert_document(
    tx: &mut Tx,
    actor: &Actor,
    space: &Space,
    new: DocumentChange,
) -> Result<Document> {
    let actions = new.actions.unwrap_or_default();
    mount::check(MountKind::Document, &actions)?;
    let moment = now();
    let document = Document {
        id: new_id(),
        account_id: space.account_id.clone(),
        environment_id: space.environment_id.clone(),
        space_id: space.id.clone(),
        title: document::title(new.title)?,
        body: document::body(new.body)?,
        treatments: new.treatments.unwrap_or_default(),
        actions,
        created_by: actor.id.clone(),
        created_at: moment,
        updated_at: moment,
    };
    documents::insert(tx, &document).await?;
    schedules::follow(tx, actor, document.id.as_str(), &[], &of_document(&document)).await?;
    spaces::touch(tx, &space.id, moment);
    tx.emit(announce::of_document(Topic::DocumentCreated, actor, &document, &space.whereabouts()));
    Ok(document)
}

/// The document, if it is of that space.
async fn find_in(tx: &mut Tx, actor: &Actor, space: &SpaceId, id: &DocumentId) -> Result<Document> {
    let found = documents::find(tx, &actor.scope, id).await?;
    found
        .filter(|document| document.space_id == *space)
        .ok_or_else(|| ServiceError::not_found("document", id))
}

/// The document, wherever the actor sees it.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, source: &str) -> Result<Document> {
    let id = DocumentId::parse(source)?;
    let found = documents::find(tx, &actor.scope, &id).await?;
    found.ok_or_else(|| ServiceError::not_found("document", id))
}
