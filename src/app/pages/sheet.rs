//! The sheet page: toolbar, grid, status bar, and a file dropped anywhere on it.

use leptos::prelude::*;

use crate::app::plain::{Any, live, on_drag, on_event, part};
use leptos_meta::Title;

use super::{Failure, NotFound};
use crate::app::actions::WorkbookActions;
use crate::app::components::{Button, CSV_FILES, DropZone, EmptyState, Icon, dropped, picked};
use crate::app::frame::TopBar;
use crate::app::grid::{Choices, Grid, Listed};
use crate::app::jobs::ForegroundJob;
use crate::app::later;
use crate::app::router::Router;
use crate::app::sheet::address::Address;
use crate::app::sheet::waiting::Waiting;
use crate::app::sheet::{
    CellMenu, Clashes, ColumnMenu, Company, FilterBar, FindBox, ImportDialog, Importing, Outbox,
    SheetControl, SidePanel, StatusBar, Toolbar, shortcuts,
};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::route::Route;
use crate::rpc;
use crate::rpc::records::{self, SheetView, Standing};

/// One sheet.
#[component]
pub fn SheetPage() -> impl IntoView {
    let router = Router::of_page();
    // Where it was stays while one goes to another page, and this one is about to be taken away.
    let at = Memo::new(move |before: Option<&Option<Route>>| match router.route.get() {
        Some(route @ Route::Sheet { .. }) => Some(route),
        _ => before.cloned().flatten(),
    });
    let (moved, outbox) = (SpaceState::of_page().shape_moved, Outbox::of_page());
    // A server that is away cannot be asked: what people see and typed stays until it is back.
    let shape = Memo::new(move |before: Option<&u64>| match before {
        Some(before) if outbox.waiting.with(Waiting::is_away) => *before,
        _ => moved.get(),
    });
    // The id, and how often the shape has moved: the sheet is read again when either is another.
    let question = Memo::new(move |_| {
        let id = at.with(|at| at.as_ref().and_then(Route::sheet).unwrap_or_default().to_string());
        format!("{id} {}", shape.get())
    });
    let sheet = rpc::read(
        move || question.get(),
        move |question| {
            let Address { question: asked, view, .. } =
                router.query.with_untracked(|query| Address::read(query));
            let asked = asked.map(|asked| asked.choosing());
            records::sheet(question.split(' ').next().unwrap_or_default().to_string(), asked, view)
        },
    );
    // An address names the space and the workbook too, and leads nowhere when they do not go together.
    let belongs = move |sheet: &SheetView| {
        let here = Route::Sheet {
            space: sheet.space_id.clone(),
            workbook: sheet.workbook_id.clone(),
            sheet: sheet.id.clone(),
        };
        at.with_untracked(|at| at.as_ref() == Some(&here))
    };
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match sheet.answer().await {
                    Ok(sheet) if !belongs(&sheet) => view! { <NotFound /> }.any(),
                    Ok(sheet) => {
                        #[cfg(feature = "ssr")]
                        let window = first_rows(&sheet).await;
                        #[cfg(not(feature = "ssr"))]
                        let window = String::new();
                        view! { <Inside sheet=sheet window=window /> }.any()
                    }
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}

/// The first rows as the server sends them; a page without them is a page still.
#[cfg(feature = "ssr")]
async fn first_rows(sheet: &SheetView) -> String {
    match records::first_window(sheet).await {
        Ok(frame) => crate::app::grid::first_window(sheet, &frame),
        Err(_) => String::new(),
    }
}

#[component]
fn Inside(sheet: SheetView, window: String) -> impl IntoView {
    let state = SpaceState::of_page();
    let control = SheetControl::new(&sheet, state);
    let importing = Importing::new(sheet.id.clone(), sheet.permits.import, state);
    shortcuts::listen(control);
    let listed = Memo::new(move |_| control.grid.listed.get() != Listed::No);
    let over = RwSignal::new(false);
    let title = format!("{} · {}", sheet.name, sheet.workbook_name);
    let workbook_id = sheet.workbook_id.clone();
    let sheet_id = sheet.id.clone();
    let of_workbook = workbook_id.clone();
    // A press of F5 while a file is dragged must not leave the page covered.
    view! {
        <Title text=title />
        <TopBar trail=vec![sheet.workbook_name.clone(), sheet.name.clone()]>
            <Company control=control />
            <WorkbookActions workbook_id=of_workbook.clone() />
        </TopBar>
        <main
            id="main"
            class="sheet-page"
            class:over=live(move || over.get())
            class:with-side=live(move || control.side.with(Option::is_some))
            on:dragover=on_drag(move |event| {
                event.prevent_default();
                over.set(true);
            })
            on:dragleave=on_drag(move |event| {
                if event.related_target().is_none() {
                    over.set(false);
                }
            })
            on:drop=on_drag(move |event| {
                event.prevent_default();
                over.set(false);
                if let Some(file) = dropped(&event) {
                    importing.take(file);
                }
            })
        >
            <div class="sheet-head">
                <Toolbar control=control importing=importing />
                <FilterBar control=control />
            </div>
            <FindBox control=control />
            <div id="records" class="records" role="tabpanel" aria-label="Records">
                <div class="grid-place" class:with-summary=live(move || control.summary.get() && !listed.get())>
                    <Grid sheet=sheet control=control.grid window=window />
                    {part(move || listed.get().then(|| later::record_list(control)))}
                    {part(move || (control.summary.get() && !listed.get()).then(|| later::summary_row(control)))}
                </div>
                <ColumnMenu control=control />
                <CellMenu control=control />
                <Clashes control=control />
                <Choices picking=control.grid.picking />
                <Nothing control=control importing=importing />
                <ForegroundJob sheet_id=sheet_id workbook_id=workbook_id />
            </div>
            <SidePanel control=control />
            <StatusBar control=control />
            <ImportDialog control=control importing=importing />
            <input
                type="file"
                node_ref=importing.input
                class="sr-only"
                tabindex="-1"
                aria-label="File to import"
                accept=CSV_FILES
                on:change=on_event(move |event| {
                    if let Some(file) = picked(&event) {
                        importing.take(file);
                    }
                })
            />
            <div class="drop-cover" aria-hidden="true">"Drop the file to import it"</div>
        </main>
    }
    .any()
}

/// What stands over an empty grid: what to do next, or that the filter finds nothing.
#[component]
fn Nothing(control: SheetControl, importing: Importing) -> impl IntoView {
    let state = SpaceState::of_page();
    let empty = Memo::new(move |_| control.grid.shown.get() == 0);
    let id = StoredValue::new(control.sheet.with_value(|sheet| Some(sheet.id.clone())));
    let busy = move || {
        let fills = |card: &crate::rpc::jobs::JobCard| {
            card.name == "sheet:import" && id.with_value(|id| card.sheet_id == *id)
        };
        state.jobs.running.with(|running| running.iter().any(fills))
    };
    let filtered = Memo::new(move |_| {
        control
            .grid
            .question
            .with(|question| (question.standing, [question.search.as_str(), &question.filter].concat()))
    });
    let permits = control.sheet.with_value(|sheet| sheet.permits);
    part(move || {
        if !empty.get() || busy() {
            return ().any();
        }
        let clear = move |()| control.grid.question.set(Default::default());
        match filtered.get() {
            (Standing::All, search) if search.is_empty() => {
                let text = if permits.import {
                    "Drop a CSV file anywhere on this page, choose one, or add a record by hand."
                } else {
                    "Nothing has been written to this sheet, and it takes no files."
                };
                view! {
                    <div class="nothing">
                        <EmptyState sign=Icon::Sheet title="No records yet" text=text>
                            {permits
                                .import
                                .then(|| {
                                    view! {
                                        <DropZone
                                            label="Drop a CSV file here, or choose one".to_string()
                                            accept=CSV_FILES
                                            pick=move |file| importing.take(file)
                                        />
                                    }
                                }).any()}
                            {permits
                                .add
                                .then(|| view! { <Button label="Add a record" before=Icon::Plus press=move |()| control.add_record() /> }).any()}
                        </EmptyState>
                    </div>
                }
                .any()
            }
            (Standing::Invalid, search) if search.is_empty() => view! {
                <div class="nothing">
                    <EmptyState sign=Icon::CheckCircle title="No record has an error" text="Everything here is valid.">
                        <Button label="Show all records" press=clear />
                    </EmptyState>
                </div>
            }
            .any(),
            _ => view! {
                <div class="nothing">
                    <EmptyState sign=Icon::Search title="No record matches" text="Try other words, or show all records.">
                        <Button label="Show all records" press=clear />
                    </EmptyState>
                </div>
            }
            .any(),
        }
    })
}
