//! Views as the page shows them.

use super::records::query;
use super::{Asker, id};
use crate::domain::layout::SheetLayout;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::view::{View, ViewConfig};
use crate::rpc::RpcError;
use crate::rpc::records::{Choosing, Sort, Standing};
use crate::rpc::views::SavedView;
use crate::service::Page;

/// Views that the menu lists.
const MOST_VIEWS: u64 = 200;

/// A view as the page has it.
pub(super) fn saved(view: View) -> SavedView {
    SavedView {
        id: view.id.to_string(),
        name: view.name,
        choosing: choosing(view.config.query()),
        layout: view.config.layout(),
    }
}

/// What the page shows for a query. Parts that only programs use are left out.
fn choosing(query: RecordQuery) -> Choosing {
    let descending = query.sort_direction == Some(SortDirection::Desc);
    Choosing {
        standing: match query.filter {
            Some(Filter::Valid) => Standing::Valid,
            Some(Filter::Error) => Standing::Invalid,
            _ => Standing::All,
        },
        search: query.search_value.unwrap_or_default(),
        filter: query.q.unwrap_or_default(),
        sort: query.sort_field.map(|field| Sort { field, descending }),
        ..Choosing::default()
    }
}

pub async fn views(sheet_id: String) -> Result<Vec<SavedView>, RpcError> {
    let asker = Asker::of_request()?;
    let found = asker.service.views(&asker.actor, &id(&sheet_id)?, Page::first(MOST_VIEWS)).await?;
    Ok(found.items.into_iter().map(saved).collect())
}

pub async fn create_view(
    sheet_id: String,
    name: String,
    choosing: Choosing,
    layout: SheetLayout,
) -> Result<SavedView, RpcError> {
    let asker = Asker::of_request()?;
    let config = ViewConfig::of(&query(&choosing), Some(&layout));
    Ok(saved(asker.service.create_view(&asker.actor, &id(&sheet_id)?, name, config).await?))
}

pub async fn rename_view(view_id: String, name: String) -> Result<SavedView, RpcError> {
    let asker = Asker::of_request()?;
    Ok(saved(asker.service.update_view(&asker.actor, &id(&view_id)?, Some(name), None).await?))
}

pub async fn update_view(
    view_id: String,
    choosing: Choosing,
    layout: SheetLayout,
) -> Result<SavedView, RpcError> {
    let asker = Asker::of_request()?;
    let config = ViewConfig::of(&query(&choosing), Some(&layout));
    Ok(saved(asker.service.update_view(&asker.actor, &id(&view_id)?, None, Some(config)).await?))
}

pub async fn delete_view(view_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_view(&asker.actor, &id(&view_id)?).await?)
}

pub async fn restore_view(view_id: String) -> Result<SavedView, RpcError> {
    let asker = Asker::of_request()?;
    Ok(saved(asker.service.restore_view(&asker.actor, &id(&view_id)?).await?))
}
