//! The environments of an account.

use super::{Asker, id, refused};
use crate::domain::access::Operation;
use crate::domain::origin::Origin;
use crate::domain::parse::ParseError;
use crate::domain::tenant::Environment;
use crate::rpc::RpcError;
use crate::rpc::environments::{EnvironmentDraft, EnvironmentList, EnvironmentRow, SavedEnvironment};
use crate::service::environments::EnvironmentChange;
use crate::service::{Page, ServiceError};

/// Environments that the page lists.
const MOST: u64 = 100;

pub async fn environments() -> Result<EnvironmentList, RpcError> {
    let asker = Asker::of_request()?;
    let found = asker.service.environments(&asker.actor, Page::first(MOST)).await?;
    let row = |environment: Environment| EnvironmentRow {
        id: environment.id.to_string(),
        name: environment.name,
        is_prod: environment.is_prod,
        origins: environment.embed_origins.iter().map(|origin| origin.as_str().to_string()).collect(),
    };
    Ok(EnvironmentList {
        environments: found.items.into_iter().map(row).collect(),
        person: asker.person(),
        manages: asker.actor.may(Operation::ManageEnvironment),
    })
}

pub async fn save_environment(draft: EnvironmentDraft) -> Result<SavedEnvironment, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let saved = match change(&draft) {
        Err(error) => Err(error),
        Ok(change) if draft.id.is_empty() => service.create_environment(actor, change).await,
        Ok(change) => service.update_environment(actor, &id(&draft.id)?, change).await,
    };
    match saved {
        Ok(environment) => Ok(SavedEnvironment::Kept(environment.id.to_string())),
        Err(error) => refused(error, "name: ").map(SavedEnvironment::Refused),
    }
}

fn change(draft: &EnvironmentDraft) -> Result<EnvironmentChange, ServiceError> {
    let origin = |text: &String| Origin::parse(text).map_err(|words| ParseError::at("Sites", words));
    Ok(EnvironmentChange {
        name: Some(draft.name.trim().to_string()),
        is_prod: Some(draft.is_prod),
        embed_origins: Some(draft.origins.iter().map(origin).collect::<Result<_, _>>()?),
        ..EnvironmentChange::default()
    })
}

pub async fn delete_environment(environment_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_environment(&asker.actor, &id(&environment_id)?).await?)
}
