//! The saved views of the sheet: open, save, update, rename, link, delete.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::SheetControl;
use super::address::Address;
use crate::app::components::{FollowUp, Icon, Toast, Tone, icon};
use crate::app::grid::{Listed, Question, list};
use crate::app::plain::{Any, each, live, on_event, on_key, on_mouse, part};
use crate::app::signals::{RwSignal, StoredValue};
use crate::rpc::RpcError;
use crate::rpc::views::{self, SavedView};

/// What the panel works with.
#[derive(Clone, Copy)]
struct Views {
    control: SheetControl,
    /// Whether the panel is open.
    open: RwSignal<bool>,
    /// Nothing while they are on their way.
    list: RwSignal<Option<Vec<SavedView>>>,
    /// The view whose name is being changed.
    renamed: RwSignal<Option<String>>,
    /// The name of a new view.
    name: RwSignal<String>,
}

/// The panel of the button "Views".
pub fn views_panel(control: SheetControl, open: RwSignal<bool>) -> AnyView {
    let panel = Views {
        control,
        open,
        list: RwSignal::new(None),
        renamed: RwSignal::new(None),
        name: RwSignal::new(String::new()),
    };
    panel.load();
    let ids =
        move || panel.list.with(|list| list.iter().flatten().map(|view| view.id.clone()).collect::<Vec<_>>());
    let note = move || match panel.list.with(|list| list.as_ref().map(Vec::len)) {
        None => Some("Loading…"),
        Some(0) => {
            Some("Save the filter, order and columns that you see, and open them again with one press.")
        }
        Some(_) => None,
    };
    view! {
        {as_what(control)}
        <h2 class="popover-title">"Views"</h2>
        {part(move || panel.open_view_bar())}
        <ul class="popover-list">
            <li>
                <button
                    type="button"
                    class="menu-item"
                    data-begin
                    aria-current=move || control.view.with(Option::is_none).then_some("true")
                    on:click=on_mouse(move |_| panel.choose(None))
                >
                    {icon(Icon::Sheet)}
                    <span>"Default view"</span>
                </button>
            </li>
            {each(ids, move |id| panel.line(id))}
        </ul>
        <p class="popover-note" role="status">{part(note)}</p>
        <footer class="popover-foot">
            <input
                class="input"
                aria-label="Name of the new view"
                placeholder="Name of the new view"
                maxlength="80"
                prop:value=move || panel.name.get()
                on:input=on_event(move |event| panel.name.set(event_target_value(&event)))
                on:keydown=on_key(move |event| {
                    if event.key() == "Enter" {
                        panel.save();
                    }
                })
            />
            <button type="button" class="button button-small" on:click=on_mouse(move |_| panel.save())>"Save as new"</button>
        </footer>
    }
    .any()
}

/// On a narrow screen, whether records are a list or a grid.
fn as_what(control: SheetControl) -> AnyView {
    let segment = |list: bool, words: &'static str| {
        let chosen = live(move || (control.grid.listed.get() != Listed::No) == list);
        view! {
            <label>
                <input
                    type="radio"
                    name="records-as"
                    class="sr-only"
                    prop:checked=chosen
                    on:change=on_event(move |_| list::choose(control.grid, list))
                />
                <span>{words}</span>
            </label>
        }
        .any()
    };
    view! {
        <div class="popover-line narrow-only">
            <span class="grow" id="records-as">"Records"</span>
            <div class="segments" role="radiogroup" aria-labelledby="records-as">
                {segment(true, "As a list")} {segment(false, "As a grid")}
            </div>
        </div>
    }
    .any()
}

impl Views {
    fn load(self) {
        let sheet = self.control.sheet.with_value(|sheet| sheet.id.clone());
        self.run("The views were not loaded", async move { views::views(sheet).await }, move |list| {
            self.list.set(Some(list));
        });
    }

    /// Does something on the server, and says when it fails.
    fn run<T: 'static>(
        self,
        trouble: &'static str,
        ask: impl Future<Output = Result<T, RpcError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let state = self.control.state;
        spawn_local(async move {
            match ask.await {
                Ok(answer) => then(answer),
                Err(error) => state.fail(trouble, error),
            }
        });
    }

    fn choose(self, view: Option<SavedView>) {
        self.open.set(false);
        self.control.open_view(view);
    }

    /// What can be done with the open view once something else is shown.
    fn open_view_bar(self) -> AnyView {
        let view = self.control.view.get().filter(|_| self.control.view_is_changed());
        let Some(view) = view else { return ().any() };
        let (kept, label) = (view.clone(), ["Update “", &view.name, "”"].concat());
        let update = on_mouse(move |_| self.update(view.id.clone()));
        let discard = on_mouse(move |_| self.choose(Some(kept.clone())));
        view! {
            <div class="popover-line">
                <button type="button" class="button button-small" on:click=update>{label}</button>
                <button type="button" class="button button-ghost button-small" on:click=discard>"Discard changes"</button>
            </div>
        }
        .any()
    }

    fn shown(self) -> (crate::rpc::records::Choosing, crate::domain::layout::SheetLayout) {
        (
            self.control.grid.question.with_untracked(Question::choosing),
            self.control.grid.layout.get_untracked(),
        )
    }

    fn save(self) {
        let name = self.name.get_untracked().trim().to_string();
        if name.is_empty() {
            self.control.state.fail("The view was not saved", "Give it a name first.");
            return;
        }
        let sheet = self.control.sheet.with_value(|sheet| sheet.id.clone());
        let (choosing, layout) = self.shown();
        let ask = views::create_view(sheet, name, choosing, layout);
        self.run("The view was not saved", ask, move |view| {
            self.control.state.toasts.show(Toast::new(Tone::Good, ["Saved as “", &view.name, "”"].concat()));
            self.choose(Some(view));
        });
    }

    fn update(self, id: String) {
        let (choosing, layout) = self.shown();
        self.run("The view was not updated", views::update_view(id, choosing, layout), move |view| {
            self.control.state.toasts.show(Toast::new(Tone::Good, ["“", &view.name, "” updated"].concat()));
            self.choose(Some(view));
        });
    }

    fn rename(self, id: String, name: String) {
        self.renamed.set(None);
        self.run("The view was not renamed", views::rename_view(id, name), move |view| {
            let open = self.control.view.try_with_untracked(|open| open.as_ref().map(|open| open.id.clone()));
            if open.flatten().as_ref() == Some(&view.id) {
                self.control.view.set(Some(view));
            }
            self.load();
        });
    }

    fn delete(self, view: SavedView) {
        let (control, id, name) = (self.control, view.id.clone(), view.name);
        self.run("The view was not deleted", views::delete_view(view.id), move |()| {
            // What is shown stays; it only has no name any more.
            let is_open =
                control.view.try_with_untracked(|open| open.as_ref().is_some_and(|open| open.id == id));
            if is_open == Some(true) {
                control.leave_view();
            }
            let mut toast = Toast::new(Tone::Neutral, ["“", &name, "” deleted"].concat());
            let back = move || {
                let id = id.clone();
                self.run("The view was not brought back", views::restore_view(id), move |_| {
                    control.state.toasts.show(Toast::new(Tone::Good, "The view is back"));
                    if !self.list.is_disposed() {
                        self.load();
                    }
                });
            };
            toast.actions.push(FollowUp::run("Undo".into(), back));
            control.state.toasts.show(toast);
            if !self.list.is_disposed() {
                self.load();
            }
        });
    }

    fn copy_link(self, id: &str) {
        let address = Address { view: Some(id.to_string()), ..Address::default() };
        let location = window().location();
        let here = [location.origin(), location.pathname()].map(Result::unwrap_or_default).concat();
        let link = [here.as_str(), &address.query()].concat();
        #[cfg(feature = "hydrate")]
        let _ = window().navigator().clipboard().write_text(&link);
        self.control.state.toasts.show(Toast::new(Tone::Good, "Link copied").saying(link));
    }

    fn line(self, id: String) -> AnyView {
        let id = StoredValue::new(id);
        part(move || {
            let of_id = |list: &Option<Vec<SavedView>>| {
                list.iter().flatten().find(|view| id.with_value(|id| view.id == *id)).cloned()
            };
            let Some(view) = self.list.with(of_id) else { return ().any() };
            match self.renamed.with(|renamed| renamed.as_ref() == Some(&view.id)) {
                true => self.name_view(view),
                false => self.view_line(view),
            }
        })
        .any()
    }

    fn view_line(self, view: SavedView) -> AnyView {
        let id = StoredValue::new(view.id.clone());
        let is_open = move || {
            let open = |open: &Option<SavedView>| {
                open.as_ref().is_some_and(|open| id.with_value(|id| open.id == *id))
            };
            self.control.view.with(open).then_some("true")
        };
        let (opened, deleted, name) = (view.clone(), view.clone(), view.name);
        let act = |sign, words: &str, run: Box<dyn Fn()>| {
            let label = [words, " “", &name, "”"].concat();
            view! {
                <button type="button" class="toggle" aria-label=label on:click=on_mouse(move |_| run())>
                    {icon(sign)}
                </button>
            }
            .any()
        };
        let link =
            act(Icon::Link, "Copy the link to", Box::new(move || id.with_value(|id| self.copy_link(id))));
        let rename = act(Icon::Pencil, "Rename", Box::new(move || self.renamed.set(Some(id.get_value()))));
        let delete = act(Icon::Trash, "Delete", Box::new(move || self.delete(deleted.clone())));
        view! {
            <li>
                <button
                    type="button"
                    class="menu-item"
                    aria-current=is_open
                    on:click=on_mouse(move |_| self.choose(Some(opened.clone())))
                >
                    {icon(Icon::Bookmark)}
                    <span>{name.clone()}</span>
                </button>
                {link}
                {rename}
                {delete}
            </li>
        }
        .any()
    }

    fn name_view(self, view: SavedView) -> AnyView {
        let input = NodeRef::<leptos::html::Input>::new();
        crate::app::plain::watch(move || {
            if let Some(input) = input.get() {
                let _ = input.focus();
                input.select();
            }
        });
        let id = view.id;
        let keys = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                let name = input.get_untracked().map(|input| input.value()).unwrap_or_default();
                self.rename(id.clone(), name.trim().to_string());
            }
            "Escape" => {
                // Only the name is given up, not the panel.
                event.prevent_default();
                event.stop_propagation();
                self.renamed.set(None);
            }
            _ => {}
        };
        view! {
            <li>
                <input
                    node_ref=input
                    class="input"
                    aria-label="New name of the view"
                    maxlength="80"
                    value=view.name
                    on:keydown=on_key(keys)
                />
            </li>
        }
        .any()
    }
}
