//! The keys of an environment.

use super::{Asker, id};
use crate::domain::tenant::KeyKind;
use crate::rpc::RpcError;
use crate::rpc::keys::{KeyList, KeyRow};
use crate::service::keys::ApiKey;
use crate::store::now;

/// Characters of a key that tell it from others and open nothing.
const SHOWN: usize = 8;

pub async fn keys(environment_id: String) -> Result<KeyList, RpcError> {
    let asker = Asker::of_request()?;
    let keys = asker.service.api_keys(&asker.actor, &id(&environment_id)?).await?;
    let row = |key: ApiKey| KeyRow {
        id: key.id.to_string(),
        is_secret: key.kind == KeyKind::Secret,
        begins: key.text.as_deref().and_then(|text| text.get(..SHOWN)).unwrap_or_default().to_string(),
        created_at: key.created_at.0,
        last_used_at: key.last_used_at.map(|at| at.0),
    };
    Ok(KeyList { keys: keys.into_iter().map(row).collect(), now: now().0 })
}

pub async fn make_key(environment_id: String, is_secret: bool) -> Result<String, RpcError> {
    let asker = Asker::of_request()?;
    let kind = if is_secret { KeyKind::Secret } else { KeyKind::Publishable };
    let (new, keys) = asker.service.create_api_key(&asker.actor, &id(&environment_id)?, kind).await?;
    Ok(keys.into_iter().find(|key| key.id == new).and_then(|key| key.text).unwrap_or_default())
}

pub async fn revoke_key(environment_id: String, key_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_api_key(&asker.actor, &id(&environment_id)?, &key_id).await?)
}
