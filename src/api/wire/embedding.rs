//! What a page sends that embeds a new space, and what it is sent (section 4.2 of the wire contract).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::document::{DocumentBody, DocumentRequest};
use super::environment::EnvironmentBody;
use super::guest::GuestBody;
use super::space::{SpaceBody, SpaceRequest};
use super::workbook::WorkbookBody;
use crate::service::Service;
use crate::service::embedding::Embedded;

/// What a page wants to embed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmbedRequest {
    /// The space.
    pub space: Option<SpaceRequest>,
    /// A blueprint of a workbook in it.
    #[schema(value_type = Option<Object>)]
    pub workbook: Option<Value>,
    /// A document in it.
    pub document: Option<DocumentRequest>,
    /// Who works in it, by the name under which the customer's program knows them: the same name is the same guest.
    pub external_actor_id: Option<String>,
}

/// What a page embeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmbeddedSpace)]
pub struct EmbedBody {
    /// The space, with its token and link.
    space: SpaceBody,
    /// The workbook, in a list.
    workbooks: Option<Vec<WorkbookBody>>,
    /// The document, in a list.
    documents: Option<Vec<DocumentBody>>,
    /// Who works in it, where the page said so.
    actor: Option<GuestBody>,
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    entitlements: [Value; 0],
    /// Where the space is.
    environment: OpenEnvironment,
}

/// An environment that the key opens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenEnvironment {
    /// The environment.
    #[serde(flatten)]
    environment: EnvironmentBody,
    /// Always `true`.
    has_access: bool,
}

impl EmbedBody {
    /// What was made, with the token that `service` makes for the page.
    pub fn new(service: &Service, made: Embedded) -> Self {
        Self {
            space: SpaceBody::new(service, &made.page, made.space),
            workbooks: made.workbook.map(|made| vec![WorkbookBody::new(made.workbook, Some(made.sheets))]),
            documents: made.document.map(|document| vec![document.into()]),
            actor: made.guest.map(GuestBody::from),
            entitlements: [],
            environment: OpenEnvironment { environment: made.environment.into(), has_access: true },
        }
    }
}
