//! In the status bar: that the server is away, how many edits wait for it, and how many it refused.

use leptos::prelude::*;

use super::SheetControl;
use crate::app::components::{Icon, icon};
use crate::app::format::counted;
use crate::app::later;
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::{Memo, RwSignal};

/// What has not reached the server; nothing as long as all has. Its code must be here before the server is away.
pub fn unsent(control: SheetControl) -> AnyView {
    let waiting = control.outbox.waiting;
    let id = control.id();
    let standing = Memo::new(move |_| {
        waiting.with(|waiting| {
            let (here, all) = (waiting.count(Some(&id)), waiting.count(None));
            (waiting.is_away(), here, all, waiting.refusals(&id).len())
        })
    });
    let away = move || {
        match standing.get() {
        (false, ..) => ().any(),
        (true, _, 0, _) => view! {
            <span class="saved warn" title="The server cannot be reached. What you type into cells is sent later.">
                {icon(Icon::CloudOff)} "Offline"
            </span>
        }
        .any(),
        (true, here, all, _) => {
            let elsewhere = if here == all { "" } else { ", some of other sheets" };
            let words = [&counted(all as u64, "change"), " waiting to be sent", elsewhere].concat();
            view! {
                <span class="saved warn" title="The server cannot be reached. It is tried again every few seconds.">
                    {icon(Icon::Clock)} <span>{words}</span>
                </span>
                <button type="button" class="status-button" on:click=on_mouse(move |_| control.outbox.try_now())>
                    <b>"Try now"</b>
                </button>
            }
            .any()
        }
    }
    };
    let listed = RwSignal::new(false);
    let refused = Memo::new(move |_| standing.with(|standing| standing.3));
    let refusals = move || {
        match refused.get() {
        0 => ().any(),
        count => view! {
            <button type="button" class="status-button refused" aria-haspopup="dialog" on:click=on_mouse(move |_| listed.set(true))>
                {icon(Icon::Alert)} <b>{counted(count as u64, "change") + " refused"}</b>
            </button>
        }
        .any(),
    }
    };
    view! {
        {part(refusals)}
        {part(away)}
        {part(move || listed.get().then(|| later::refusals(control, listed)))}
    }
    .any()
}
