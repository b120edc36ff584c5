//! Uploads with progress. `fetch` tells none, so this is an XMLHttpRequest.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use leptos::wasm_bindgen::JsCast;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

use crate::app::dom::Json;

/// A file that is on the server.
pub struct Uploaded {
    /// Its id.
    pub file_id: String,
    /// Whether it was imported while it arrived: nobody needs to be asked where its columns go.
    pub is_imported: bool,
}

/// Sends a file to a space, perhaps for a sheet. `progress` hears how many bytes are there and may say false to stop;
/// `done` gets the file, or what went wrong.
pub fn upload(
    space_id: &str,
    sheet_id: Option<&str>,
    file: &File,
    progress: impl FnMut(u64) -> bool + 'static,
    done: impl FnOnce(Result<Uploaded, String>) + 'static,
) {
    let prepared = prepare(space_id, sheet_id, file);
    let Some((request, form)) = prepared else {
        done(Err("This browser cannot send files.".to_string()));
        return;
    };
    follow(&request, Box::new(progress), Box::new(|request| done(answer(request))));
    let _ = request.send_with_opt_form_data(Some(&form));
}

/// Tells how many bytes of a request are there, which may say false to stop, and of its end.
pub fn follow(
    request: &XmlHttpRequest,
    mut progress: Box<dyn FnMut(u64) -> bool>,
    done: Box<dyn FnOnce(&XmlHttpRequest)>,
) {
    let listeners = Rc::new(RefCell::new(Vec::new()));
    if let Ok(sending) = request.upload() {
        let aborted = request.clone();
        let listener = EventListener::new(&sending, "progress", move |event| {
            let sent = event.dyn_ref::<ProgressEvent>().map_or(0, |event| event.loaded() as u64);
            if !progress(sent) {
                let _ = aborted.abort();
            }
        });
        listeners.borrow_mut().push(listener);
    }
    let (ended, kept) = (request.clone(), Rc::clone(&listeners));
    let listener = EventListener::once(request, "loadend", move |_| {
        done(&ended);
        // Not dropped within one of them.
        leptos::prelude::queue_microtask(move || kept.borrow_mut().clear());
    });
    listeners.borrow_mut().push(listener);
}

fn prepare(space_id: &str, sheet_id: Option<&str>, file: &File) -> Option<(XmlHttpRequest, FormData)> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", "/files").ok()?;
    let form = FormData::new().ok()?;
    form.append_with_str("spaceId", space_id).ok()?;
    if let Some(sheet_id) = sheet_id {
        form.append_with_str("sheetId", sheet_id).ok()?;
    }
    form.append_with_blob_and_filename("file", file, &file.name()).ok()?;
    Some((request, form))
}

fn answer(request: &XmlHttpRequest) -> Result<Uploaded, String> {
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    let body = Json::read(&text);
    let member = |key: &str| body.as_ref().and_then(|body| body.at(key).text());
    if let (200..300, Some(file_id)) = (status, member("id")) {
        return Ok(Uploaded { file_id, is_imported: member("jobId").is_some() });
    }
    Err(match (member("message"), status) {
        (Some(message), _) => message,
        (None, 0) => "The connection broke off. Check it and drop the file again.".to_string(),
        (None, 413) => "The file is larger than this server takes.".to_string(),
        (None, status) => format!("The server answered {status}. Try again."),
    })
}
