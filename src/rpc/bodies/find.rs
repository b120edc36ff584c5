//! Finding cells.

use super::records::query;
use super::{Asker, id};
use crate::domain::cell_edit::Spelling;
use crate::rpc::RpcError;
use crate::rpc::find::{Found, FoundCell, Sought, Way};
use crate::rpc::records::Choosing;
use crate::service::find;
use crate::sheets::Seek;

pub async fn find_cells(
    sheet_id: String,
    choosing: Choosing,
    sought: Sought,
    way: Way,
    (row, place): (u64, u32),
) -> Result<Found, RpcError> {
    let asker = Asker::of_request()?;
    let spot = (row, place as usize);
    let seek = match way {
        Way::From => Seek::From(spot),
        Way::After => Seek::After(spot),
        Way::Before => Seek::Before(spot),
    };
    let spelling = Spelling { match_case: sought.match_case, whole_cell: sought.whole_cell };
    let sought = find::Sought { text: sought.text, spelling, fields: sought.fields };
    let (service, actor) = (&asker.service, &asker.actor);
    let found = service.find_cells(actor, &id(&sheet_id)?, &query(&choosing), &sought, seek).await?;
    let cell = |cell: find::FoundCell| FoundCell {
        place: cell.place,
        row: cell.row,
        field: cell.field,
        record: cell.record_id,
    };
    Ok(Found {
        version: found.version,
        cells: found.cells,
        writable: found.writable,
        partial: found.partial,
        writable_fields: found.writable_fields,
        next: found.next.map(cell),
    })
}
