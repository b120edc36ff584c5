//! Home: the spaces, and a new one.

use leptos::prelude::*;

use crate::app::frame::begin_at_heading;
use crate::app::plain::{Any, watch};
use leptos_meta::Title;

use super::Failure;
use super::new_space::NewSpace;
use crate::app::components::{Button, EmptyState, Icon, Look, Table, icon};
use crate::app::format;
use crate::app::signals::RwSignal;
use crate::app::theme::ThemeSwitch;
use crate::domain::route::Route;
use crate::rpc;
use crate::rpc::spaces::{self, SpaceRow};

/// The spaces.
#[component]
pub fn Home() -> impl IntoView {
    watch(begin_at_heading);
    let home = rpc::read(String::new, |_| spaces::home());
    view! {
        <Title text="Spaces" />
        <Transition>
            {move || Suspend::new(async move {
                match home.answer().await {
                    Ok(home) => view! { <Spaces home=home /> }.any(),
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}

#[component]
fn Spaces(home: spaces::HomeList) -> impl IntoView {
    let creating = RwSignal::new(false);
    let hint = home
        .spaces
        .iter()
        .find_map(|space| Some((space.hint.clone()?, space.id.clone(), space.name.clone())));
    let now = home.now;
    let shown = home.spaces.len() as u64;
    let more = home.total.saturating_sub(shown);
    let rows = if home.spaces.is_empty() {
        view! {
            <EmptyState sign=Icon::Sheet title="No spaces yet" text="A space holds the workbooks, files and jobs of one import project.">
                <Button label="New space" look=Look::Primary before=Icon::Plus press=move |()| creating.set(true) />
            </EmptyState>
        }
        .any()
    } else {
        view! {
            <Table class="spaces-table" caption="Spaces" headings=&["Name", "#Workbooks", "#Records", "#Invalid", "Last activity"]>
                {home.spaces.into_iter().map(|space| row(space, now)).collect_view().any()}
            </Table>
            {(more > 0).then(|| view! { <p class="quiet">{format!("{} more spaces", format::count(more))}</p> }).any()}
        }
        .any()
    };
    view! {
        <header class="top-bar home-bar">
            <span class="mark"></span>
            <b>"Inlet"</b>
            <span class="grow"></span>
            <a class="button button-ghost" href=Route::Developers { section: String::new() }.path()>"Developers"</a>
            {home.person.map(|person| view! { <span class="quiet">{person}</span> }).any()}
            <ThemeSwitch />
        </header>
        <main id="main" class="home">
            <div class="home-head">
                <h1>"Spaces"</h1>
                <Button label="New space" look=Look::Primary before=Icon::Plus press=move |()| creating.set(true) />
            </div>
            {hint
                .map(|(hint, id, name)| {
                    view! {
                        <p class="tip-line">
                            {icon(Icon::Info)} <span><a href=Route::Space { space: id }.path()>{format!("Open {name}")}</a> " " {hint}</span>
                        </p>
                    }
                })}
            {rows}
            <NewSpace open=creating />
        </main>
    }
    .any()
}

fn row(space: SpaceRow, now: i64) -> AnyView {
    let invalid = if space.invalid > 0 {
        view! { <span class="n bad">{format::count(space.invalid)}</span> }.any()
    } else {
        view! { <span>"0"</span> }.any()
    };
    view! {
        <tr>
            <th scope="row">
                <a href=Route::Space { space: space.id }.path()>{space.name}</a>
            </th>
            <td class="text-right">{format::count(space.workbooks)}</td>
            <td class="text-right">{format::count(space.records)}</td>
            <td class="text-right">{invalid}</td>
            <td>{format::ago(space.last_activity, now)}</td>
        </tr>
    }
    .any()
}
