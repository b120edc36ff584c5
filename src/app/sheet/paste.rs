//! A large paste: sent with progress, which `fetch` does not tell, and told of while the server writes. It is one
//! change, so that nothing of it is there when it fails.

use std::sync::Arc;

use leptos::prelude::*;

use super::SheetControl;
use crate::app::components::Progress;
use crate::app::format::counted;
use crate::app::grid::change::Change;
use crate::app::plain::Any;
use crate::app::signals::{RwSignal, Signal};
use crate::domain::fill::Fill;

/// Cells from which on a paste may take longer than a moment.
const MANY_CELLS: usize = 20_000;

/// The rows of a large paste, in words; nothing for other changes.
pub fn rows(change: &Change) -> Option<String> {
    match change {
        Change::Fill { block, fill: Fill::Table(table), added, .. } if table.texts().len() > MANY_CELLS => {
            let rows: u64 = block.rows.ranges.iter().map(|(start, end)| end - start).sum();
            Some(counted(rows + u64::from(*added), "row"))
        }
        _ => None,
    }
}

/// Sends a paste, and shows how far it is.
pub fn paste(control: SheetControl, change: Arc<Change>, rows: String) -> AnyView {
    let sent = RwSignal::new(None::<u8>);
    let label = ["Pasting ", &rows, "…"].concat();
    control.grid.say(label.clone());
    #[cfg(feature = "hydrate")]
    browser::begin(control, change, sent);
    #[cfg(not(feature = "hydrate"))]
    let _ = change;
    view! {
        <span class="pasting">
            <span>{label.clone()}</span>
            <Progress label=label percent=Signal::derive(move || sent.get()) />
        </span>
    }
    .any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::sync::Arc;
    use std::time::Duration;

    use gloo::events::{EventListener, EventListenerOptions};
    use leptos::prelude::*;
    use leptos::server_fn::{Bytes, Decodes, Encodes, ServerFn};
    use web_sys::{Event, XmlHttpRequest};

    use super::SheetControl;
    use crate::app::grid::change::Change;
    use crate::app::sheet::upload::follow;
    use crate::app::signals::RwSignal;
    use crate::rpc::cells::{FillCells, Filled};
    use crate::rpc::{ErrorKind, RpcError, Wire};

    /// The bar is seen before the texts are put together.
    const BEFORE: Duration = Duration::from_millis(60);

    /// Sends the change; `sent` is told the hundredths that are on the server, and nothing while it writes.
    pub fn begin(control: SheetControl, change: Arc<Change>, sent: RwSignal<Option<u8>>) {
        let options = EventListenerOptions::enable_prevent_default();
        let warn = |event: &Event| event.prevent_default();
        let guard = EventListener::new_with_options(&window(), "beforeunload", options, warn);
        let id = control.id();
        let ended = move |answer| {
            drop(guard);
            let done = control.filled(answer);
            if done {
                control.grid.say("Pasted".to_string());
            }
            control.ended(done);
        };
        set_timeout(move || send(id, &change, sent, Box::new(ended)), BEFORE);
    }

    fn send(
        id: String,
        change: &Change,
        sent: RwSignal<Option<u8>>,
        ended: Box<dyn FnOnce(Result<Filled, RpcError>)>,
    ) {
        let Change::Fill { block, fill, added, .. } = change else { return };
        // As the arguments of the server function travel, without a copy of them.
        let body = Wire::encode(&(id, block, fill, added)).ok();
        let request =
            XmlHttpRequest::new().ok().filter(|request| request.open("POST", FillCells::url()).is_ok());
        let (Some(body), Some(request)) = (body, request) else {
            ended(Err(lost(false)));
            return;
        };
        let _ = js_sys::Reflect::set(&request, &"responseType".into(), &"arraybuffer".into());
        let _ = request.set_request_header("Content-Type", "application/octet-stream");
        let _ = request.set_request_header("Accept", "application/octet-stream");
        let size = body.len().max(1) as u64;
        let all = RwSignal::new(false);
        let progress = move |bytes: u64| {
            let _ = all.try_set(bytes >= size);
            let percent = Some((bytes * 100 / size) as u8).filter(|percent| *percent < 100);
            sent.try_set(percent);
            true
        };
        let done = move |request: &XmlHttpRequest| {
            ended(answer(request, all.try_get_untracked() == Some(true)));
        };
        follow(&request, Box::new(progress), Box::new(done));
        let _ = request.send_with_opt_u8_array(Some(&body));
    }

    fn answer(request: &XmlHttpRequest, is_sent: bool) -> Result<Filled, RpcError> {
        let status = request.status().unwrap_or(0);
        if status == 0 {
            return Err(lost(is_sent));
        }
        let body = request.response().unwrap_or_default();
        let bytes = Bytes::from(js_sys::Uint8Array::new(&body).to_vec());
        let misfit = || {
            RpcError::new(ErrorKind::Unavailable, "The answer does not fit this page. Load the page again")
        };
        match status {
            200..300 => Wire::decode(bytes).map_err(|_| misfit()),
            413 => Err(RpcError::new(ErrorKind::TooLarge, TOO_LARGE)),
            _ => Err(Wire::decode(bytes).unwrap_or_else(|_| misfit())),
        }
    }

    /// What a proxy before the server refuses comes without words.
    const TOO_LARGE: &str =
        "This is more than the server takes at once. Save it as a CSV file and drop it here";

    fn lost(is_sent: bool) -> RpcError {
        let words = match is_sent {
            true => {
                "The connection broke off while the server wrote. See whether the rows are there before you paste again"
            }
            false => "The connection broke off, and nothing was written. Check it and paste again",
        };
        RpcError::new(ErrorKind::Network, words)
    }
}
