//! An input that takes a file: it is sent to the space at once, and the answer is its id. One that is taken away, or whose
//! form is given up, is deleted again, unless a job may carry it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answers::Entry;
use super::fields::{described, frame, suffixed};
use crate::app::components::{Icon, Picked, Progress, dropped, field_id, icon, picked};
use crate::app::plain::{Any, flag, live, on_drag, on_event, on_mouse, part};
use crate::app::signals::{Callback, RwSignal, Signal};
use crate::app::state::SpaceState;
use crate::rpc::files::delete_file;

/// A file under way: its name, its size and the bytes that are there.
type Sending = RwSignal<Option<(String, f64, u64)>>;

/// An input for a file.
pub fn file(entry: Entry) -> AnyView {
    let sending: Sending = RwSignal::new(None);
    let input = entry.input.clone();
    let (error, id) = (entry.error, field_id(&input.key));
    let take = Callback::new({
        let (entry, state) = (entry.clone(), SpaceState::of_page());
        move |file: Picked| send(&entry, state, sending, file)
    });
    let control = move || {
        if sending.with(Option::is_some) {
            return under_way(sending);
        }
        match entry.chosen.with(|chosen| chosen.first().cloned()) {
            Some(choice) => {
                let (chosen, sent) = (entry.chosen, entry.sent);
                let remove = move |_| {
                    chosen.set(Vec::new());
                    give_up(sent.try_update_value(std::mem::take).unwrap_or_default());
                };
                let words = ["Remove ", &choice.label].concat();
                view! {
                    <p class="sent-file ours">
                        {icon(Icon::Check)} <span>{choice.label}</span> <small>{choice.help}</small>
                        <button
                            id=id.clone()
                            type="button"
                            class="button button-small"
                            aria-label=words
                            on:click=on_mouse(remove)
                        >
                            "Remove"
                        </button>
                    </p>
                }
                .any()
            }
            None => zone(&entry, id.clone(), take),
        }
    };
    frame(&input, error, part(control).any())
}

/// Where a file is dropped or picked.
fn zone(entry: &Entry, id: String, take: Callback<Picked>) -> AnyView {
    let (error, over) = (entry.error, RwSignal::new(false));
    let label = suffixed(&id, "label");
    view! {
        <label
            class="drop-zone"
            class:over=live(move || over.get())
            on:dragover=on_drag(move |event| {
                event.prevent_default();
                over.set(true);
            })
            on:dragleave=on_drag(move |_| over.set(false))
            on:drop=on_drag(move |event| {
                event.prevent_default();
                event.stop_propagation();
                over.set(false);
                if let Some(file) = dropped(&event) {
                    take.run(file);
                }
            })
        >
            {icon(Icon::Upload)}
            <span>"Drop a file here, or choose one"</span>
            <input
                id=id
                type="file"
                class="sr-only"
                aria-labelledby=label
                aria-required=entry.input.is_required().to_string()
                aria-invalid=flag(move || error.with(Option::is_some))
                aria-describedby=described(&entry.input, error)
                on:change=on_event(move |event| {
                    if let Some(file) = picked(&event) {
                        take.run(file);
                    }
                })
            />
        </label>
    }
    .any()
}

fn under_way(sending: Sending) -> AnyView {
    let name = sending.with_untracked(|sending| sending.as_ref().map(|(name, ..)| name.clone()));
    let name = name.unwrap_or_default();
    let label = ["Sending ", &name].concat();
    let percent = move || {
        sending.with(|sending| {
            sending.as_ref().filter(|(_, size, _)| *size > 0.0).map(|(_, size, sent)| {
                let percent = (*sent as f64 / size * 100.0).min(100.0);
                percent as u8
            })
        })
    };
    view! {
        <p class="sent-file">
            <span>{name}</span>
            <Progress label=Signal::derive(move || label.clone()) percent=Signal::derive(percent) />
            <button type="button" class="button button-small" on:click=on_mouse(move |_| sending.set(None))>
                "Stop"
            </button>
        </p>
    }
    .any()
}

/// Deletes files that were sent for nothing.
pub fn give_up(files: Vec<String>) {
    for file in files {
        spawn_local(async move {
            // Whoever may not delete files leaves it where it is.
            let _ = delete_file(file).await;
        });
    }
}

#[cfg(feature = "hydrate")]
fn send(entry: &Entry, state: SpaceState, sending: Sending, file: Picked) {
    use crate::app::format::size;
    use crate::app::sheet::upload::upload;
    use crate::domain::form::Choice;

    let (name, bytes) = (file.name(), file.size());
    entry.error.set(None);
    entry.busy.set(true);
    sending.set(Some((name.clone(), bytes, 0)));
    let progress = move |sent| {
        // Nothing means that the person stopped it, or left.
        let goes_on = sending.try_with_untracked(Option::is_some) == Some(true);
        if goes_on {
            sending.update(|sending| {
                if let Some((_, _, there)) = sending {
                    *there = sent;
                }
            });
        }
        goes_on
    };
    let (chosen, error, busy, sent) = (entry.chosen, entry.error, entry.busy, entry.sent);
    let done = move |answer: Result<crate::app::sheet::upload::Uploaded, String>| {
        let goes_on = sending.try_with_untracked(Option::is_some) == Some(true);
        busy.set(false);
        sending.set(None);
        match answer {
            Ok(file) if !goes_on => give_up(vec![file.file_id]),
            Err(_) if !goes_on => {}
            Ok(file) => {
                sent.update_value(|sent| sent.push(file.file_id.clone()));
                chosen.set(vec![Choice { value: file.file_id, label: name, help: Some(size(bytes as u64)) }])
            }
            Err(message) => error.set(Some(message)),
        }
    };
    upload(&state.id(), None, &file, progress, done);
}

#[cfg(not(feature = "hydrate"))]
fn send(_entry: &Entry, _state: SpaceState, _sending: Sending, _file: Picked) {}
