//! Messages grouped by field and text.

use super::records::query;
use super::{Asker, id};
use crate::rpc::RpcError;
use crate::rpc::messages::{MessageGroup, MessageGroups};
use crate::rpc::records::Choosing;
use crate::service::Page;
use crate::sheets::MessageCount;

/// Groups that are sent.
const MOST_GROUPS: u64 = 100;

pub async fn count_messages(sheet_id: String, choosing: Choosing) -> Result<MessageGroups, RpcError> {
    let asker = Asker::of_request()?;
    let (query, page) = (query(&choosing), Page::first(MOST_GROUPS));
    let found = asker.service.message_counts(&asker.actor, &id(&sheet_id)?, &query, page).await?;
    Ok(MessageGroups { groups: found.items.into_iter().map(group).collect(), total: found.total })
}

fn group(counted: MessageCount) -> MessageGroup {
    let MessageCount { field, message, count } = counted;
    MessageGroup { field, level: message.level, text: message.text, count }
}
