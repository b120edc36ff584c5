//! Parts of the site whose code comes when they are first opened: dialogs, panels, builders, and the pages beside the
//! sheet. Each is two files beside the first one, its own and what it shares with others, so that the first visit
//! stays small.
//!
//! A part is a function from plain arguments to a view. The tables at the end name them all; for each they make a
//! function of the same name that can stand in a view at once. The server sends a page whole and of the other parts
//! the place alone; so the code of the page at an address is there before the browser takes it over ([`arrive`]).

// The boundary between two WebAssembly modules is what `wasm_split` makes of a function: an import and an export
// with the C calling convention. Nothing else here, and nothing elsewhere, is unsafe. Measured: without it a
// dialog costs every first visit what it costs the one that opens it.
#![allow(unsafe_code)]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;

use crate::app::components::{TryAgain, focus_first};
use crate::app::plain::{Any, part};
use crate::app::signals::{LocalValue, RwSignal};
#[cfg(feature = "hydrate")]
use crate::domain::route::Route;

/// The style of the pages that most visits never open. What has the class `later` is hidden until it is here.
pub fn style() -> AnyView {
    view! { <link rel="stylesheet" href="/pkg/later.css" /> }.any()
}

/// The code of a part could not be had.
struct NotLoaded;

#[cfg(feature = "hydrate")]
impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

type Loading = Pin<Box<dyn Future<Output = Result<AnyView, NotLoaded>>>>;

/// What stands there of a part.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Coming,
    Here,
    Failed,
}

/// The place of a part: empty for the moment that its code takes, then the part, else the offer to try again.
/// `focus` is the dialog that it fills, whose focus goes to where a person begins.
fn place(focus: &'static str, load: Arc<dyn Fn() -> Loading + Send + Sync>) -> AnyView {
    let coming = || view! { <div class="coming" role="status" aria-label="Loading"></div> }.any();
    // The server sends the place alone: what belongs to one thread must not come about there.
    if cfg!(not(feature = "hydrate")) {
        return part(coming).any();
    }
    let stage = RwSignal::new(Stage::Coming);
    let here = LocalValue::new(None::<AnyView>);
    let owner = Owner::current();
    let ask = move || {
        stage.set(Stage::Coming);
        let coming = match &owner {
            Some(owner) => owner.with(|| ScopedFuture::new(load())),
            None => ScopedFuture::new(load()),
        };
        spawn_local(async move {
            let found = coming.await;
            let now = if found.is_ok() { Stage::Here } else { Stage::Failed };
            here.set_value(found.ok());
            if stage.try_set(now) && now == Stage::Here && !focus.is_empty() {
                focus_first(focus);
            }
        });
    };
    ask();
    part(move || match stage.get() {
        Stage::Coming => coming(),
        Stage::Here => here.try_update_value(Option::take).flatten().any(),
        Stage::Failed => {
            let ask = ask.clone();
            let message = "This part of the page could not be loaded. Try again, or load the page anew.";
            view! { <TryAgain message=message.to_string() again=move |()| ask() /> }.any()
        }
    })
    .any()
}

/// A page: at once when its code is there, as it is on the server and where the browser takes over.
fn page(load: Arc<dyn Fn() -> Loading + Send + Sync>) -> AnyView {
    match load().as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(view)) => view,
        _ => place("", load),
    }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $module:ident in $focus:literal: $name:ident($($argument:ident: $type:ty),*) = $view:expr;)*) => {
        /// The functions that lie in files of their own.
        mod code {
            use super::*;
            $(
                #[cfg(feature = "hydrate")]
                #[leptos::wasm_split::wasm_split($module, wasm_split_path = leptos::wasm_split, fallible)]
                pub(super) fn $name($($argument: $type),*) -> Result<AnyView, NotLoaded> {
                    Ok($view)
                }
                #[cfg(not(feature = "hydrate"))]
                pub(super) async fn $name($($argument: $type),*) -> Result<AnyView, NotLoaded> {
                    Ok($view)
                }
            )*
        }
        $(
            $(#[$doc])*
            pub fn $name($($argument: $type),*) -> AnyView {
                place($focus, Arc::new(move || Box::pin(code::$name($($argument.clone()),*))))
            }
        )*
    };
}

macro_rules! pages {
    ($($(#[$doc:meta])* $route:pat => $module:ident: $name:ident, $load:ident = $view:ident;)*) => {
        /// The pages that lie in files of their own.
        mod page_code {
            use super::*;
            $(
                #[cfg(feature = "hydrate")]
                #[leptos::wasm_split::wasm_split($module, wasm_split_path = leptos::wasm_split, preload($load), fallible)]
                pub(super) fn $name() -> Result<AnyView, NotLoaded> {
                    Ok(view! { <crate::app::pages::$view /> }.any())
                }
                #[cfg(not(feature = "hydrate"))]
                pub(super) async fn $name() -> Result<AnyView, NotLoaded> {
                    Ok(view! { <crate::app::pages::$view /> }.any())
                }
            )*
        }
        $(
            $(#[$doc])*
            pub fn $name() -> AnyView {
                page(Arc::new(|| Box::pin(page_code::$name())))
            }
        )*

        /// Gets the code of the page at a path, and says whether it is there.
        #[cfg(feature = "hydrate")]
        pub async fn arrive(path: &str) -> bool {
            match Route::read(path) {
                $(Some($route) => page_code::$load().await.is_ok(),)*
                _ => true,
            }
        }
    };
}

pages! {
    /// The spaces.
    Route::Home => home: home, load_home = Home;
    /// Signing in.
    Route::SignIn => sign_in: sign_in, load_sign_in = SignIn;
    /// What developers need.
    Route::Developers { .. } => developers: developers, load_developers = DevelopersPage;
    /// A document.
    Route::Document { .. } => document: document_page, load_document = DocumentPage;
    /// The files of a space.
    Route::Files { .. } => files: files, load_files = FilesPage;
    /// The jobs of a space.
    Route::Jobs { .. } => jobs: jobs, load_jobs = JobsPage;
    /// The webhooks of a space.
    Route::Webhooks { .. } => webhooks: webhooks, load_webhooks = WebhooksPage;
}

parts! {
    /// The form for a new space.
    new_space in "new-space": new_space_form(open: RwSignal<bool>) = crate::app::pages::new_space_form(open);
    /// The history of jobs.
    jobs in "jobs-panel": job_history() = view! { <crate::app::jobs::JobHistory /> }.any();
    /// What a job tells at its end.
    outcome in "outcome": outcome(card: crate::rpc::jobs::JobCard, open: RwSignal<bool>)
        = crate::app::jobs::outcome_body(card, open);
    /// Which column of a file goes into which field.
    import in "import": import_columns(control: crate::app::sheet::SheetControl, importing: crate::app::sheet::Importing, plan: crate::rpc::imports::ImportPlan)
        = view! { <crate::app::sheet::ImportColumns control=control importing=importing plan=plan /> }.any();
    /// The columns of a sheet as a list.
    columns in "columns-panel": columns_panel(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::columns_panel(control);
    /// The saved views of a sheet.
    views in "views-panel": views_panel(control: crate::app::sheet::SheetControl, open: RwSignal<bool>)
        = crate::app::sheet::views_panel(control, open);
    /// The filter builder.
    filter in "filter-panel": filter_panel(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::filter_panel(control);
    /// What is filtered, as chips.
    filter in "": filter_chips(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::filter_chips(control);
    /// The menu of a column.
    filter in "column-menu": column_menu(control: crate::app::sheet::SheetControl, key: String)
        = crate::app::sheet::column_menu(control, key);
    /// What is asked before an action.
    action in "action": action_question(asking: crate::app::state::Asking, open: RwSignal<bool>)
        = view! { <crate::app::actions::Question asking=asking open=open /> }.any();
    /// The box over the items of a long menu.
    action in "": menu_find(sought: RwSignal<String>) = crate::app::components::menu_find(sought);
    /// The actions of a space as a menu.
    action in "": space_menu() = view! { <crate::app::actions::SpaceMenu /> }.any();
    /// The actions of a space at the top right.
    action in "": space_actions() = view! { <crate::app::actions::SpaceActions /> }.any();
    /// What is wrong with a sheet.
    errors in "": errors_panel(control: crate::app::sheet::SheetControl) = crate::app::sheet::errors::panel(control);
    /// One record as a form.
    record in "": record_panel(control: crate::app::sheet::SheetControl) = crate::app::sheet::record::panel(control);
    /// What changed a sheet.
    versions in "": versions_panel(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::versions::panel(control);
    /// What has changed since a version.
    versions in "": compare_panel(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::compare::panel(control);
    /// Find and replace.
    find in "": find_tools(control: crate::app::sheet::SheetControl) = crate::app::sheet::find::find_tools(control);
    /// What the chosen cells come to.
    calculation in "": calculation(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::calculation::calculation(control);
    /// Calculations of the columns.
    summary in "": summary_row(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::summary_row::summary_row(control);
    /// Records as a list.
    list in "": record_list(control: crate::app::sheet::SheetControl) = crate::app::sheet::list::record_list(control);
    /// What can be done with a cell.
    cell_menu in "": cell_menu(control: crate::app::sheet::SheetControl, place: crate::app::grid::MenuPlace)
        = view! { <crate::app::sheet::CellMenuAt control=control place=place /> }.any();
    /// Changes of many cells or records: they are made, and a large paste shows how far it is.
    changes in "": made(control: crate::app::sheet::SheetControl, change: std::sync::Arc<crate::app::grid::change::Change>)
        = crate::app::sheet::made(control, change);
    /// The choice at a cell that somebody else changed.
    clash in "": clash(control: crate::app::sheet::SheetControl) = crate::app::sheet::clash::choices(control);
    /// The edits that were refused.
    clash in "": refusals(control: crate::app::sheet::SheetControl, open: RwSignal<bool>)
        = crate::app::sheet::refusals::refusals(control, open);
    /// Who else is on the sheet.
    presence in "": company(control: crate::app::sheet::SheetControl) = crate::app::sheet::presence::company(control);
    /// Edits that wait for the server, and those that it refused.
    presence in "": unsent(control: crate::app::sheet::SheetControl) = crate::app::sheet::unsent::unsent(control);
    /// What can be chosen for a cell that is edited.
    choices in "": choices(picking: crate::app::grid::picking::Picking, pick: crate::app::grid::picking::Pick)
        = view! { <crate::app::grid::ChoicesOf picking=picking pick=pick /> }.any();
}
