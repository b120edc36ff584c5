//! The values of a field.

use super::records::query;
use super::{Asker, id};
use crate::rpc::RpcError;
use crate::rpc::facets::{ValueCount, ValueList};
use crate::rpc::records::Choosing;
use crate::sheets::ValuesWanted;

/// Values that a list shows at once.
const MOST_VALUES: usize = 100;

pub async fn field_values(
    sheet_id: String,
    field: String,
    choosing: Choosing,
    search: String,
) -> Result<ValueList, RpcError> {
    let asker = Asker::of_request()?;
    let wanted = ValuesWanted {
        field,
        query: query(&choosing),
        search: Some(search).filter(|search| !search.is_empty()),
        limit: MOST_VALUES,
        ..ValuesWanted::default()
    };
    let (_, found) = asker.service.field_values(&asker.actor, &id(&sheet_id)?, wanted).await?;
    let value = |value: crate::sheets::FieldValue| ValueCount {
        text: value.text.unwrap_or_default(),
        count: value.count,
    };
    Ok(ValueList { values: found.items.into_iter().map(value).collect(), total: found.total })
}
