//! The tokens of the person who is signed in.

use super::{Asker, id};
use crate::domain::tenant::{AccessToken, AccessTokenKind};
use crate::rpc::RpcError;
use crate::rpc::tokens::{TokenList, TokenRow};
use crate::service::Page;
use crate::store::now;

/// Tokens that the page lists: all that a person may have.
const MOST: u64 = 100;

pub async fn tokens() -> Result<TokenList, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let found = service.access_tokens(actor, AccessTokenKind::Personal, Page::first(MOST)).await?;
    let row = |token: AccessToken| TokenRow {
        id: token.id.to_string(),
        name: token.name,
        created_at: token.created_at.0,
        last_used_at: token.last_used_at.map(|at| at.0),
    };
    Ok(TokenList { tokens: found.items.into_iter().map(row).collect(), now: now().0 })
}

pub async fn make_token(name: String) -> Result<String, RpcError> {
    let asker = Asker::of_request()?;
    let made = asker.service.create_access_token(&asker.actor, AccessTokenKind::Personal, &name).await?;
    Ok(made.0)
}

pub async fn revoke_token(token_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_access_token(&asker.actor, &id(&token_id)?).await?)
}
