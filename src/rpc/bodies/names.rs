//! What people call the spaces and the people whose ids are told.

use std::collections::HashMap;

use super::Asker;
use crate::domain::ids::EnvironmentId;
use crate::rpc::RpcError;
use crate::service::Page;
use crate::store::users::UserFilter;

/// Names of one kind that are read.
const MOST: u64 = 500;

/// The spaces of an environment, for a choice of one: id and name.
pub(super) async fn spaces_of(
    asker: &Asker,
    environment: &EnvironmentId,
) -> Result<Vec<(String, String)>, RpcError> {
    Ok(asker.service.space_names(&asker.actor, environment, MOST).await?)
}

/// What the people of the account are called, by their ids.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) async fn of(asker: &Asker) -> Result<Self, RpcError> {
        let found = asker.service.users(&asker.actor, UserFilter::default(), Page::first(MOST)).await?;
        Ok(Self(found.items.into_iter().map(|user| (user.id.to_string(), user.name)).collect()))
    }

    /// What people call the one who did something; nothing for nobody.
    pub(super) fn who(&self, asker: &Asker, id: &str) -> String {
        match self.0.get(id) {
            Some(name) => name.clone(),
            None if id.is_empty() => String::new(),
            None => asker.who(id),
        }
    }
}
