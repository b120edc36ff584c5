//! A document: its text, its buttons, and the sheets that it has embedded. It follows what is changed in it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use super::{Failure, NotFound};
use crate::app::actions::{self, Scope};
use crate::app::components::{EmptyState, Icon, icon};
use crate::app::format;
use crate::app::frame::TopBar;
use crate::app::jobs::ForegroundJob;
use crate::app::later;
use crate::app::plain::{Any, live, on_change, part};
use crate::app::router::Router;
use crate::app::signals::{Memo, RwSignal};
use crate::app::state::SpaceState;
use crate::domain::action::Standing;
use crate::domain::route::Route;
use crate::rpc;
use crate::rpc::actions::Place;
use crate::rpc::documents::{self, DocumentView, Part};
use crate::rpc::records::Choosing;

/// One document.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let state = SpaceState::of_page();
    let route = Router::of_page().route;
    // It stays while one goes to another page, and this one is about to be taken away.
    let id = Memo::new(move |before: Option<&String>| {
        let here = route.with(|route| route.as_ref().and_then(Route::document).map(str::to_string));
        here.or_else(|| before.cloned()).unwrap_or_default()
    });
    let space = state.id();
    let asked = rpc::read(move || id.get(), move |id| documents::document(space.clone(), id));
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match asked.answer().await {
                    Ok(Some(document)) => view! { <Inside document=document /> }.any(),
                    Ok(None) => view! { <NotFound /> }.any(),
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}

#[component]
fn Inside(document: DocumentView) -> impl IntoView {
    let state = SpaceState::of_page();
    let place = Place::Document(document.id.clone());
    let document = RwSignal::new(document);
    let gone = RwSignal::new(false);
    follow(state, document, gone);
    let title = Memo::new(move |_| document.with(|document| document.title.clone()));
    let parts = Memo::new(move |_| document.with(|document| document.parts.clone()));
    let fills = Memo::new(move |_| document.with(|document| document.ephemeral) && !gone.get());
    let actions =
        Memo::new(
            move |_| {
                if gone.get() { Vec::new() } else { document.with(|document| document.actions.clone()) }
            },
        );
    let scope = Memo::new(move |_| scope(state));
    let waits = actions::waits(state, move |card| document.with(|document| card.source == document.id));
    view! {
        <Title text=move || title.get() />
        {later::style()}
        {part(move || {
            let name = state.frame.with_untracked(|frame| frame.name.clone());
            let place = place.clone();
            view! {
                <TopBar trail=vec![name, title.get()]>
                    {part(move || fills.get().then(|| view! { <a class="button" href=home(state)>"Close"</a> }))}
                    {actions::at_top("document-menu", actions, place, scope, waits)}
                </TopBar>
            }
        })}
        <main id="main" class="content document later" class:ephemeral=live(move || fills.get()) tabindex="0">
            {part(move || if gone.get() { deleted(state) } else { text(state, parts.get()) })}
        </main>
        <ForegroundJob sheet_id=String::new() workbook_id=String::new() />
    }
    .any()
}

/// Reads the document again when one of the space has changed.
fn follow(state: SpaceState, document: RwSignal<DocumentView>, gone: RwSignal<bool>) {
    on_change(
        // Actions may be mounted on it from elsewhere.
        move || moved(state),
        move |before| {
            let (before, space) = (*before, state.id());
            let id = document.with_untracked(|document| document.id.clone());
            spawn_local(async move {
                let answer = documents::document(space, id).await;
                // Answers may overtake one another, and the page may have gone meanwhile.
                if document.try_get_untracked().is_none() || untrack(|| moved(state)) != before {
                    return;
                }
                match answer {
                    Ok(Some(found)) => document.set(found),
                    Ok(None) => gone.set(true),
                    Err(_) => {}
                }
            });
        },
    );
}

fn moved(state: SpaceState) -> u64 {
    state.documents_moved.get() + state.files_moved.get()
}

fn home(state: SpaceState) -> String {
    Route::Space { space: state.id() }.path()
}

/// What its actions would act on: the space with all its records.
fn scope(state: SpaceState) -> Scope {
    state.frame.with(|frame| {
        let sheets = frame.workbooks.iter().flat_map(|workbook| &workbook.sheets);
        let (records, invalid) =
            sheets.fold((0, 0), |(all, bad), sheet| (all + sheet.records, bad + sheet.invalid));
        Scope {
            words: "This document".to_string(),
            choosing: Choosing::default(),
            standing: Standing { records, invalid, invalid_in_all: invalid, ..Standing::default() },
        }
    })
}

fn text(state: SpaceState, parts: Vec<Part>) -> AnyView {
    if parts.is_empty() {
        let text = "A program fills it by PATCH /v1/spaces/…/documents/…. It appears here at once.";
        return view! { <EmptyState sign=Icon::Document title="Nothing is written here yet" text=text /> }
            .any();
    }
    let part = |part| match part {
        Part::Html(html) => view! { <div class="markdown" inner_html=html></div> }.any(),
        Part::Sheet(id, name) => card(state, id, name),
    };
    view! { <article>{parts.into_iter().map(part).collect::<Vec<_>>().any()}</article> }.any()
}

/// The way to a sheet, with how many records it has now.
fn card(state: SpaceState, id: String, name: Option<String>) -> AnyView {
    part(move || {
        state.frame.with(|frame| {
            let of = |sheet: &&rpc::spaces::SheetEntry| sheet.id == id;
            let (workbook, sheet) = frame
                .workbooks
                .iter()
                .find_map(|workbook| Some((workbook, workbook.sheets.iter().find(of)?)))?;
            let [space, workbook_id, sheet_id] = [&frame.id, &workbook.id, &sheet.id].map(String::clone);
            let address = Route::Sheet { space, workbook: workbook_id, sheet: sheet_id }.path();
            let name = name.clone().unwrap_or_else(|| sheet.name.clone());
            let invalid = (sheet.invalid > 0).then(|| {
                view! { <span class="bad">{[&format::count(sheet.invalid), " with errors"].concat()}</span> }
            });
            Some(view! {
                <a class="sheet-card" href=address>
                    {icon(Icon::Sheet)}
                    <span class="sheet-card-words"><b class="host">{name}</b> <small class="host">{workbook.name.clone()}</small></span>
                    <span class="sheet-card-counts">{format::counted(sheet.records, "record")} {invalid.any()}</span>
                    {icon(Icon::ArrowRight)}
                </a>
            })
        })
    })
    .any()
}

/// What stands there when the document was taken away while it was open.
fn deleted(state: SpaceState) -> AnyView {
    let name = state.frame.with_untracked(|frame| frame.name.clone());
    view! {
        <div role="alert">
            <EmptyState
                sign=Icon::Document
                title="This document was deleted"
                text="Somebody deleted it while it was open here. The other things of the space are as they were."
            >
                <a class="button button-primary" href=home(state)>{["Go to ", &name].concat()}</a>
            </EmptyState>
        </div>
    }
    .any()
}
