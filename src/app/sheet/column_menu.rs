//! The menu of a column: its order, its place and width, the actions of its field, and its values to filter by.

use leptos::prelude::*;

use super::SheetControl;
use super::filter::value_list;
use crate::app::actions::{press, refusal};
use crate::app::components::{Icon, icon, sign};
use crate::app::format::count;
use crate::app::grid::Go;
use crate::app::plain::{Any, flag, live, on_event, on_key, on_mouse, part};
use crate::app::signals::StoredValue;
use crate::app::state::SpaceState;
use crate::domain::action::{ColumnStanding, Standing};
use crate::domain::layout::{NARROWEST, SheetLayout, WIDEST};
use crate::rpc::actions::{ActionView, Place};
use crate::rpc::records::Sort;

/// The menu of the column of that key.
pub fn column_menu(control: SheetControl, key: String) -> AnyView {
    let column =
        control.sheet.with_value(|sheet| sheet.columns.iter().find(|column| column.key == key).cloned());
    let Some(column) = column else { return ().any() };
    let menu = ColumnMenu { control, key: StoredValue::new(key.clone()) };
    let locked = column.locked.is_some();
    let actions = move || {
        let key = menu.key.get_value();
        let actions = menu.control.column_actions(&key);
        actions.into_iter().map(|action| menu.action(locked, action)).collect::<Vec<_>>()
    };
    view! {
        <h2 class="popover-title host">{column.label.clone()}</h2>
        {part(move || menu.control.blocked.get().map(|reason| view! { <p class="note-warn">{reason}</p> }))}
        <div role="menu" aria-label=["Column ", &column.label].concat() class="menu-list" on:keydown=on_key(arrow)>
            {menu.sort_items()}
            {menu.item(Icon::Filter, "Filter by condition…", || None, move || menu.filter())}
            {menu.select_item()}
            {menu.place_items()}
            {part(actions)}
        </div>
        {part(move || {
            let key = menu.key.get_value();
            let open = menu.control.blocked.get().is_none();
            open.then(|| vec![
                menu.width_view(),
                view! { <h3 class="popover-title">"Filter by value"</h3> }.any(),
                value_list(control, key),
            ])
        })}
    }
    .any()
}

/// Up and Down walk over the items.
fn arrow(event: leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    crate::app::components::walk_items(&event);
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}

#[derive(Clone, Copy)]
struct ColumnMenu {
    control: SheetControl,
    key: StoredValue<String>,
}

impl ColumnMenu {
    fn close(self) {
        self.control.grid.menu.set(None);
    }

    /// An item; the reason, when there is one, says why it cannot be chosen.
    fn item(
        self,
        sign: Icon,
        label: &'static str,
        reason: impl Fn() -> Option<&'static str> + Send + Sync + Copy + 'static,
        run: impl Fn() + 'static,
    ) -> AnyView {
        view! {
            <button
                type="button"
                role="menuitem"
                class="menu-item"
                aria-disabled=flag(move || self.control.blocked.get().is_some() || reason().is_some())
                on:click=on_mouse(move |_| {
                    if untrack(|| self.control.blocked.get()).is_none() && untrack(reason).is_none() {
                        self.close();
                        run();
                    }
                })
            >
                {icon(sign)}
                <span>{label} {part(move || reason().map(|reason| view! { <small>{reason}</small> }))}</span>
            </button>
        }
        .any()
    }

    fn sort_items(self) -> AnyView {
        let question = self.control.grid.question;
        let item = |sign, label, wanted: bool| {
            let is_so = move || {
                self.key.with_value(|key| question.with(|question| question.direction(key) == Some(wanted)))
            };
            let run = move |_| {
                if untrack(|| self.control.blocked.get()).is_some() {
                    return;
                }
                let sort = Sort { field: self.key.get_value(), descending: wanted };
                let sort = (!untrack(is_so)).then_some(sort);
                self.close();
                question.update(|question| question.sort = sort);
            };
            view! {
                <button
                    type="button"
                    role="menuitemcheckbox"
                    class="menu-item"
                    data-begin
                    aria-checked=flag(is_so)
                    aria-disabled=flag(move || self.control.blocked.get().is_some())
                    on:click=on_mouse(run)
                >
                    {icon(sign)}
                    <span>{label}</span>
                    {part(move || is_so().then(|| icon(Icon::Check)))}
                </button>
            }
            .any()
        };
        [item(Icon::ArrowUp, "Sort upwards", false), item(Icon::ArrowDown, "Sort downwards", true)]
            .into_iter()
            .collect::<Vec<_>>()
            .any()
    }

    fn place_items(self) -> AnyView {
        let layout = self.control.grid.layout;
        let key = self.key;
        let pinned = move || {
            layout.with(|layout| {
                key.with_value(|key| layout.columns.iter().any(|place| place.key == *key && place.pinned))
            })
        };
        let pin = move || {
            self.control.arrange(&|layout| {
                key.with_value(|key| layout.change(key, |place| place.pinned = !place.pinned))
            })
        };
        let pin_label = if untrack(pinned) { "Unpin" } else { "Pin to the left" };
        let step = |sign, label, to_right: bool, at_end: &'static str| {
            let reason = move || {
                let is_last =
                    layout.with(|layout| key.with_value(|key| layout.neighbour(key, to_right).is_none()));
                is_last.then_some(at_end)
            };
            let run = move || {
                self.control.arrange(&|layout| key.with_value(|key| layout.step(key, to_right)));
                self.say_place();
            };
            self.item(sign, label, reason, run)
        };
        let last = move || {
            let is_last = layout.with(|layout| layout.columns.len() - layout.hidden() == 1);
            is_last.then_some("The last column stays")
        };
        vec![
            step(Icon::ArrowLeft, "Move left", false, "It is the first one"),
            step(Icon::ArrowRight, "Move right", true, "It is the last one"),
            self.item(Icon::Pin, pin_label, || None, pin),
            self.item(Icon::EyeOff, "Hide", last, move || self.control.hide(&[key.get_value()])),
        ]
        .any()
    }

    /// Says where the column stands now.
    fn say_place(self) {
        let place = self.control.grid.layout.with_untracked(|layout| {
            let mut shown = layout.columns.iter().filter(|place| !place.hidden);
            shown.position(|place| self.key.with_value(|key| place.key == *key))
        });
        let label = self.key.with_value(|key| self.control.label(key));
        if let Some(place) = place {
            self.control.grid.say([&label, " is column ", &count(place as u64 + 1)].concat());
        }
    }

    fn select_item(self) -> AnyView {
        let reason = move || (self.control.scope().standing.records == 0).then_some("There are no records");
        let run = move || self.control.grid.go.set(Some(Go::Column(self.key.get_value())));
        self.item(Icon::Columns, "Select its cells", reason, run)
    }

    fn filter(self) {
        self.control.filter_field.set(Some(self.key.get_value()));
        self.control.filtering.set(true);
    }

    /// An action of the field, or of a sheet around it.
    fn action(self, locked: bool, action: ActionView) -> AnyView {
        let state = SpaceState::of_page();
        let scope = self.control.scope();
        let hidden = self.key.with_value(|key| {
            let is_hidden =
                |layout: &SheetLayout| layout.columns.iter().any(|place| place.key == *key && place.hidden);
            self.control.grid.layout.with(is_hidden)
        });
        let column = match (locked, hidden) {
            (true, _) => ColumnStanding::ReadOnly,
            (_, true) => ColumnStanding::Hidden,
            _ => ColumnStanding::Enabled,
        };
        let standing = Standing { column, ..scope.standing };
        let reason = refusal(&action, standing, self.control.waits.get());
        let (label, bare, is_refused) = (action.label.clone(), action.bare, reason.is_some());
        let (icon, hint) = (action.icon.clone(), action.hint.clone().filter(|_| !is_refused));
        let place = Place::Column(self.control.id(), self.key.get_value());
        let run = move |_| {
            if !is_refused {
                self.close();
                press(state, action.clone(), place.clone(), scope.clone());
            }
        };
        view! {
            <button
                type="button"
                role="menuitem"
                class="menu-item host"
                aria-disabled=is_refused.then_some("true")
                title=hint
                on:click=on_mouse(run)
            >
                {sign(icon.into())}
                <span>
                    <span class:sr-only=bare>{label}</span>
                    {reason.map(|reason| view! { <small class="ours">{reason}</small> }).any()}
                </span>
            </button>
        }
        .any()
    }

    fn width_view(self) -> AnyView {
        let (control, key) = (self.control, self.key);
        let width = move || {
            let usual = control.sheet.with_value(|sheet| {
                let column = key.with_value(|key| sheet.columns.iter().find(|column| column.key == *key));
                column.map_or(0.0, crate::app::grid::arrangement::usual_width)
            });
            let own = control.grid.layout.with(|layout| {
                key.with_value(|key| {
                    layout.columns.iter().find(|place| place.key == *key).and_then(|place| place.width)
                })
            });
            own.unwrap_or(usual as u16).to_string()
        };
        let set = on_event(move |event| {
            if let Ok(width) = event_target_value(&event).trim().parse::<u16>() {
                control.arrange(&|layout| key.with_value(|key| layout.set_width(key, f64::from(width))));
            }
        });
        view! {
            <div class="popover-line">
                <label for="column-width">"Width"</label>
                <input
                    id="column-width"
                    class="input"
                    type="number"
                    min=NARROWEST
                    max=WIDEST
                    prop:value=live(width)
                    on:change=set
                />
                <button
                    type="button"
                    class="button button-small"
                    on:click=on_mouse(move |_| control.grid.fit.set(Some(key.get_value())))
                >
                    "Fit"
                </button>
            </div>
        }
        .any()
    }
}
