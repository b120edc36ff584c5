//! Asks the server for pages of rows and hands the answers to the grid.

use std::ops::Range;
use std::rc::Rc;

use gloo::net::http::Request as HttpRequest;
use gloo::timers::callback::Timeout;
use leptos::task::spawn_local;

use super::browser::{self, Grid, Shared};
use super::pages::{Answer, PAGE_ROWS, Page, Request};
use super::rows::RecordName;
use crate::app::dom::Json;
use crate::domain::frame::{self, FrameColumn};

/// How long to wait before a page is asked for again, by how often it failed.
const WAITS: [u32; 5] = [0, 400, 1_000, 3_000, 8_000];
/// Most rows that the server gives at once.
const MOST_ROWS: u64 = 512;
/// How often a page may fail before people are told.
const PATIENCE: u32 = 4;
/// While rows are passed over they are asked for this often: a page of a hundred columns costs the browser three
/// milliseconds that the frames under the thumb need.
const PASSING_MILLISECONDS: u32 = 40;

/// Asks for what is seen and not here, as far as the limit of requests allows; where rows are passed over at once
/// too, and then every so often.
pub fn fetch(shared: &Shared) {
    {
        let grid = shared.borrow();
        if grid.pages.is_passing() && grid.asking.is_some() {
            return;
        }
    }
    if ask_for_seen(shared) && shared.borrow().pages.is_passing() {
        let later = Rc::clone(shared);
        let again = Timeout::new(PASSING_MILLISECONDS, move || {
            later.borrow_mut().asking = None;
            fetch(&later);
        });
        shared.borrow_mut().asking = Some(again);
    }
}

/// Whether anything was asked for.
fn ask_for_seen(shared: &Shared) -> bool {
    let mut asked = false;
    loop {
        let (request, address) = {
            let mut grid = shared.borrow_mut();
            let Some(request) = (!grid.closed).then(|| grid.pages.next_request()).flatten() else {
                return asked;
            };
            (request, address(&grid, request.page * PAGE_ROWS, PAGE_ROWS))
        };
        asked = true;
        let shared = Rc::clone(shared);
        let wait = WAITS[(request.failures as usize).min(WAITS.len() - 1)];
        if wait == 0 {
            spawn_local(ask(shared, request, address));
        } else {
            Timeout::new(wait, move || spawn_local(ask(shared, request, address))).forget();
        }
    }
}

fn address(grid: &Grid, offset: u64, limit: u64) -> String {
    let mut address = format!(
        "/frames/{}?offset={offset}&limit={limit}&filter={}&search={}&q={}",
        grid.sheet_id,
        grid.question.standing.word(),
        js_sys::encode_uri_component(&grid.question.search),
        js_sys::encode_uri_component(&grid.question.filter),
    );
    if let Some(sort) = &grid.question.sort {
        address.push_str("&sort=");
        address.push_str(&String::from(js_sys::encode_uri_component(&sort.field)));
        address.push_str(if sort.descending { "&direction=desc" } else { "" });
    }
    address
}

/// The records of some rows, here or not. Nothing when the server does not say, or others write meanwhile.
pub async fn records(shared: &Shared, rows: Range<u64>) -> Option<Vec<RecordName>> {
    let question = shared.borrow().question.clone();
    let (mut found, mut version) = (Vec::new(), None);
    let mut offset = rows.start;
    while offset < rows.end {
        let address = address(&shared.borrow(), offset, MOST_ROWS.min(rows.end - offset));
        let answer = get(shared, &address).await.ok()?;
        let heads = answer.page.heads;
        let same = *version.get_or_insert(answer.version) == answer.version;
        if heads.is_empty() || !same || shared.borrow().question != question {
            return None;
        }
        offset += heads.len() as u64;
        found.extend(heads.into_iter().map(|head| head.record));
    }
    Some(found)
}

async fn ask(shared: Shared, request: Request, address: String) {
    let of_use = match get(&shared, &address).await {
        Ok(answer) => {
            let before = shared.borrow().pages.version();
            let version = answer.version;
            let of_use = shared.borrow_mut().pages.arrived(request, answer);
            if version > before {
                shared.borrow().control.note_version(version);
            }
            of_use
        }
        Err(Refusal::Again) => {
            shared.borrow_mut().pages.failed(request);
            if request.failures == PATIENCE {
                let words = "The records cannot be loaded. Trying again every few seconds";
                shared.borrow().control.trouble(words.to_string());
            }
            false
        }
        Err(Refusal::Never(words)) => {
            // Asking again would be refused again.
            shared.borrow_mut().closed = true;
            shared.borrow().control.trouble(words.to_string());
            return;
        }
        Err(Refusal::Question(words)) => {
            // The question finds nothing until it is put otherwise.
            let version = shared.borrow().pages.version();
            let of_use = shared
                .borrow_mut()
                .pages
                .arrived(request, Answer { version, total: 0, page: Page::default() });
            if of_use {
                shared.borrow().control.refused.set(Some(words));
            }
            of_use
        }
    };
    if of_use {
        browser::arrived(&shared);
    }
    fetch(&shared);
}

/// Why there are no rows.
enum Refusal {
    /// It may be otherwise soon.
    Again,
    /// It will stay so; what people should do.
    Never(&'static str),
    /// The filter cannot be read; what is wrong with it.
    Question(String),
}

async fn get(shared: &Shared, address: &str) -> Result<Answer, Refusal> {
    let response = HttpRequest::get(address).send().await.map_err(|_| Refusal::Again)?;
    match response.status() {
        200 => {}
        401 => return Err(Refusal::Never("You are signed out. Load the page again to sign in")),
        403 | 404 => return Err(Refusal::Never("This sheet is not there any more. Go back to the space")),
        _ => return Err(Refusal::Again),
    }
    let bytes = response.binary().await.map_err(|_| Refusal::Again)?;
    if bytes.first() == Some(&b'{') {
        let words = Json::read(&String::from_utf8_lossy(&bytes)).and_then(|body| body.at("message").text());
        return Err(Refusal::Question(words.unwrap_or_default()));
    }
    let frame = frame::decode(&bytes)
        .map_err(|_| Refusal::Never("The server is newer than this page. Load the page again"))?;
    let fits = {
        let grid = shared.borrow();
        frame.columns.iter().map(FrameColumn::field).eq(grid.fields.iter().map(|column| column.key.as_str()))
    };
    if !fits {
        shared.borrow().control.misfit();
        return Err(Refusal::Again);
    }
    Ok(Answer { version: frame.version, total: frame.total, page: Page::of_frame(frame) })
}
