//! Asks the server for blocks of rows and hands the answers to the grid.

use std::rc::Rc;

use gloo::net::http::Request as HttpRequest;
use gloo::timers::callback::Timeout;
use leptos::task::spawn_local;

use super::blocks::{Answer, BLOCK_ROWS, Block, Request};
use super::browser::{self, Shared};
use crate::domain::frame;

/// How long to wait before a block is asked for again, by how often it failed.
const WAITS: [u32; 5] = [0, 400, 1_000, 3_000, 8_000];

/// Asks for what is seen and not here, as far as the limit of requests allows.
pub fn fetch(shared: &Shared) {
    loop {
        let (request, address) = {
            let mut grid = shared.borrow_mut();
            if grid.closed {
                return;
            }
            let Some(request) = grid.blocks.next_request() else { return };
            let address = format!(
                "/frames/{}?offset={}&limit={BLOCK_ROWS}&filter={}&search={}&version={}",
                grid.sheet_id,
                request.block * BLOCK_ROWS,
                grid.question.standing.word(),
                js_sys::encode_uri_component(&grid.question.search),
                grid.blocks.version(),
            );
            (request, address)
        };
        let shared = Rc::clone(shared);
        let wait = WAITS[(request.failures as usize).min(WAITS.len() - 1)];
        if wait == 0 {
            spawn_local(ask(shared, request, address));
        } else {
            Timeout::new(wait, move || spawn_local(ask(shared, request, address))).forget();
        }
    }
}

async fn ask(shared: Shared, request: Request, address: String) {
    let answer = get(&address).await;
    let of_use = match answer {
        Some(answer) => {
            let before = shared.borrow().blocks.version();
            let version = answer.version;
            let of_use = shared.borrow_mut().blocks.arrived(request, answer);
            if version > before {
                shared.borrow().control.note_version(version);
            }
            of_use
        }
        None => {
            shared.borrow_mut().blocks.failed(request);
            false
        }
    };
    if of_use {
        browser::arrived(&shared);
    }
    fetch(&shared);
}

async fn get(address: &str) -> Option<Answer> {
    let response = HttpRequest::get(address).send().await.ok().filter(|response| response.ok())?;
    let bytes = response.binary().await.ok()?;
    let frame = frame::decode(&bytes).ok()?;
    Some(Answer { version: frame.version, total: frame.total, block: Block::of_frame(&frame) })
}
