//! The secrets of an environment and of its spaces.

use super::names::spaces_of;
use super::{Asker, id, refused};
use crate::rpc::RpcError;
use crate::rpc::secrets::{SecretDraft, SecretList, SecretRow};
use crate::service::stored_secrets::{SecretPlace, ShownSecret};

pub async fn secrets(environment_id: String, space_id: String) -> Result<SecretList, RpcError> {
    let asker = Asker::of_request()?;
    let place = place(&environment_id, &space_id)?;
    let spaces = spaces_of(&asker, &id(&environment_id)?).await?;
    let found = asker.service.stored_secrets(&asker.actor, place).await?;
    let row = |shown: ShownSecret| SecretRow {
        id: shown.secret.id.to_string(),
        name: shown.secret.name,
        of_space: shown.secret.space_id.is_some(),
    };
    Ok(SecretList { secrets: found.into_iter().map(row).collect(), spaces })
}

pub async fn store_secret(draft: SecretDraft) -> Result<Option<String>, RpcError> {
    let asker = Asker::of_request()?;
    let place = place(&draft.environment_id, &draft.space_id)?;
    let name = draft.name.trim().to_string();
    match asker.service.store_secret(&asker.actor, place, name, &draft.value).await {
        Ok(_) => Ok(None),
        Err(error) => refused(error, "").map(Some),
    }
}

pub async fn delete_secret(secret_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_secret(&asker.actor, &id(&secret_id)?).await.map(drop)?)
}

fn place(environment_id: &str, space_id: &str) -> Result<SecretPlace, RpcError> {
    let space_id = (!space_id.is_empty()).then(|| id(space_id)).transpose()?;
    Ok(SecretPlace { environment_id: Some(id(environment_id)?), space_id, actor_id: None })
}
