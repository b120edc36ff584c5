//! Documents, workbooks with their sheets, files, jobs. On a narrow screen it comes up from the bottom.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, live, on_change, on_key, on_mouse, part, words};

use crate::app::components::{Icon, icon};
use crate::app::format;
use crate::app::router::{Link, Router};
use crate::app::signals::{Memo, RwSignal};
use crate::app::state::SpaceState;
use crate::domain::route::Route;
use crate::rpc::spaces::{DocumentEntry, SheetEntry, WorkbookEntry};

/// The sidebar of a space.
#[component]
pub fn Sidebar() -> impl IntoView {
    let state = SpaceState::of_page();
    let folded = RwSignal::new(false);
    let path = Router::of_page().path;
    // Going somewhere closes the drawer of a narrow screen.
    on_change(move || path.get(), move |_| state.drawer.set(false));
    let id = state.id();
    let has_actions = Memo::new(move |_| state.frame.with(|frame| !frame.actions.is_empty()));
    let running = move || {
        let count = state.jobs.running.with(Vec::len);
        (count > 0).then(|| view! { <span class="n">{format!("{count} running")}</span> })
    };
    let running = part(running);
    view! {
        <div class="backdrop" class:open=live(move || state.drawer.get()) on:click=on_mouse(move |_| state.drawer.set(false))></div>
        <nav
            id="sidebar"
            class="sidebar"
            class:folded=live(move || folded.get())
            class:open=live(move || state.drawer.get())
            aria-label="Space"
            on:keydown=on_key(move |event| {
                if event.key() == "Escape" && state.drawer.get_untracked() {
                    state.drawer.set(false);
                    #[cfg(feature = "hydrate")]
                    if let Some(button) = crate::app::dom::by_id("drawer-button") {
                        crate::app::dom::focus_still(&button);
                    }
                }
            })
        >
            <div class="brand">
                <Link href="/".to_string() class="brand-mark" name="All spaces">
                    <span class="mark"></span>
                </Link>
                <b>{part(move || state.frame.with(|frame| frame.name.clone()))}</b>
                {part(move || has_actions.get().then(crate::app::later::space_menu))}
                <button
                    type="button"
                    class="button button-ghost button-bare fold"
                    aria-label=words(move || Some(if folded.get() { "Unfold the sidebar" } else { "Fold the sidebar" }.to_string()))
                    aria-expanded=flag(move || !folded.get())
                    aria-controls="sidebar"
                    on:click=on_mouse(move |_| folded.update(|folded| *folded = !*folded))
                >
                    {icon(Icon::Sidebar)}
                </button>
            </div>
            <div class="sidebar-rest">
                {part(move || {
                    let frame = state.frame.get();
                    let link = |document: DocumentEntry| {
                        let route = Route::Document { space: frame.id.clone(), document: document.id };
                        view! { <Link href=route.path() class="document-link">{icon(Icon::Document)} <span class="name host">{document.title}</span></Link> }
                    };
                    (!frame.documents.is_empty())
                        .then(|| view! { <h2>"Documents"</h2> {frame.documents.into_iter().map(link).collect_view().any()} })
                })}
                <h2>"Workbooks"</h2>
                {part(move || {
                    let frame = state.frame.get();
                    let space = frame.id.clone();
                    frame.workbooks.into_iter().map(|workbook| entry(&space, workbook)).collect_view()
                })}
                <h2>"Space"</h2>
                <Link href=Route::Files { space: id.clone() }.path()>
                    {icon(Icon::Folder)} "Files"
                    <span class="n">{part(move || state.frame.with(|frame| format::count(frame.files)))}</span>
                </Link>
                <Link href=Route::Jobs { space: id.clone() }.path()>{icon(Icon::Clock)} "Jobs" {running}</Link>
                {state.frame.with_untracked(|frame| frame.manages).then(|| {
                    view! { <Link href=Route::Webhooks { space: id }.path()>{icon(Icon::Link)} "Webhooks"</Link> }
                }).any()}
                <p class="person">
                    {part(move || state.frame.with(|frame| frame.person.clone()))}
                </p>
            </div>
        </nav>
    }
    .any()
}

fn entry(space: &str, workbook: WorkbookEntry) -> AnyView {
    let (space, of_workbook) = (space.to_string(), workbook.id);
    let to = move |sheet| Route::Sheet { space: space.clone(), workbook: of_workbook.clone(), sheet }.path();
    let sheet = move |sheet: SheetEntry| {
        let count = if sheet.invalid > 0 {
            let title = format!("{} with errors", format::count(sheet.invalid));
            view! { <span class="n bad" title=title.clone()>{format::count(sheet.invalid)}<span class="sr-only">" with errors"</span></span> }
                .any()
        } else {
            view! { <span class="n">{format::count(sheet.records)}<span class="sr-only">" records"</span></span> }.any()
        };
        view! {
            <li>
                <Link href=to(sheet.id) class="sub">
                    <span class="name host">{sheet.name}</span>
                    {count}
                </Link>
            </li>
        }
    };
    view! {
        <p class="workbook">{icon(Icon::Sheet)} <span class="name host">{workbook.name}</span></p>
        <ul>{workbook.sheets.into_iter().map(sheet).collect_view().any()}</ul>
    }
    .any()
}
