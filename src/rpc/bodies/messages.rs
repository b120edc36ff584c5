//! Messages by field and kind.

use super::{Asker, id};
use crate::domain::message_kind;
use crate::domain::query::RecordQuery;
use crate::rpc::RpcError;
use crate::rpc::messages::{MessageGroup, Messages};

/// Groups that are listed.
const MOST: usize = 200;

pub async fn message_groups(sheet_id: String) -> Result<Messages, RpcError> {
    let asker = Asker::of_request()?;
    let query = RecordQuery::default();
    let (version, mut kinds) = asker.service.message_kinds(&asker.actor, &id(&sheet_id)?, &query).await?;
    let more = kinds.len().saturating_sub(MOST) as u64;
    kinds.truncate(MOST);
    let group = |kind: crate::service::facets::MessageKind| MessageGroup {
        filter: message_kind::condition(&kind.field, &kind.kind).to_string(),
        field: kind.field,
        level: kind.level,
        text: kind.kind,
        hosts: kind.hosts,
        count: kind.count,
    };
    Ok(Messages { version, groups: kinds.into_iter().map(group).collect(), more })
}
