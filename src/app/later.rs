//! Parts of the page whose code comes when they are first opened: dialogs, panels, builders. Each stands in a
//! file of its own beside the first one, so that the first visit stays small.
//!
//! A part is a function from plain arguments to a view. The table at the end names them all; for each it makes a
//! function of the same name that can stand in a view at once.

// The boundary between two WebAssembly modules is what `wasm_split` makes of a function: an import and an export
// with the C calling convention. Nothing else here, and nothing elsewhere, is unsafe. Measured: without it a
// dialog costs every first visit what it costs the one that opens it.
#![allow(unsafe_code)]

use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;

use crate::app::components::{TryAgain, focus_first};
use crate::app::plain::{Any, part};

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
    let here = StoredValue::new_local(None::<AnyView>);
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
            here.try_set_value(found.ok());
            if stage.try_set(now).is_none() && now == Stage::Here && !focus.is_empty() {
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

parts! {
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
    /// What is wrong with a sheet.
    errors in "": errors_panel(control: crate::app::sheet::SheetControl) = crate::app::sheet::errors::panel(control);
    /// One record as a form.
    record in "": record_panel(control: crate::app::sheet::SheetControl) = crate::app::sheet::record::panel(control);
    /// What changed a sheet.
    versions in "": versions_panel(control: crate::app::sheet::SheetControl)
        = crate::app::sheet::versions::panel(control);
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
    /// Changes of many cells or records: they are made, and nothing is to be seen.
    changes in "": made(control: crate::app::sheet::SheetControl, change: crate::app::grid::change::Change)
        = crate::app::sheet::made(control, change);
    /// What can be chosen for a cell that is edited.
    choices in "": choices(picking: crate::app::grid::picking::Picking, pick: crate::app::grid::picking::Pick)
        = view! { <crate::app::grid::ChoicesOf picking=picking pick=pick /> }.any();
}
