//! What stands around the sections: the bar, the environment, the list of sections.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Developers, SECTIONS, Section};
use crate::app::components::{Confirm, ShownOnce, ToastRegion, Toasts, icon};
use crate::app::frame::{HEADING, begin_at_heading};
use crate::app::pages::NotFound;
use crate::app::plain::{Any, on_event, part, watch, words};
use crate::app::router::Router;
use crate::app::signals::{Memo, RwSignal};
use crate::app::theme::ThemeSwitch;
use crate::domain::route::Route;
use crate::rpc::environments::EnvironmentList;

/// The page around the sections.
pub fn frame(list: EnvironmentList) -> AnyView {
    let router = Router::of_page();
    let person = list.person.clone();
    let environments = RwSignal::new(list);
    let environment = Memo::new(move |_| {
        let asked = router.query.with(|query| asked(query));
        environments.with(|list| {
            let known = list.environments.iter().find(|row| Some(&row.id) == asked.as_ref());
            known.or(list.environments.first()).map(|row| row.id.clone()).unwrap_or_default()
        })
    });
    let developers = Developers {
        environments,
        environment,
        toasts: Toasts::default(),
        doubt: RwSignal::new(None),
        secret: RwSignal::new(None),
        moved: RwSignal::new(0),
    };
    let section = Memo::new(move |_| router.route.with(section));
    show_the_open_one(section);
    let found = move || SECTIONS.iter().find(|row| section.with(|key| key == row.key));
    view! {
        <div class="developers">
            <a href="#main" class="skip">"Skip to the content"</a>
            <header class="top-bar home-bar">
                <a href="/" class="brand-mark" aria-label="All spaces" title="All spaces"><span class="mark"></span></a>
                <div class="trail">
                    <span class="crumb">"Developers"</span>
                    <span class="crumb" aria-hidden="true">"/"</span>
                    <h1 id=HEADING tabindex="-1">{part(move || found().map(|row| row.name))}</h1>
                </div>
                <span class="grow"></span>
                {person.map(|person| view! { <span class="quiet">{person}</span> }).any()}
                <ThemeSwitch />
            </header>
            <nav aria-label="Developers" class="sections later">
                {chooser(developers, section)}
                {SECTIONS.iter().map(|row| link(developers, section, row)).collect_view().any()}
            </nav>
            <main id="main" class="content later">
                {part(move || match found() {
                    None => view! { <NotFound /> }.any(),
                    Some(row) => {
                        watch(begin_at_heading);
                        view! { <Title text=row.name /> {(row.view)(developers)} }.any()
                    }
                })}
            </main>
            <Confirm id="developers-confirm" doubt=developers.doubt />
            <ShownOnce id="developers-secret" secret=developers.secret />
            <ToastRegion toasts=developers.toasts>""</ToastRegion>
        </div>
    }
    .any()
}

/// Brings the link to the section that is open into the row of a narrow screen.
fn show_the_open_one(section: Memo<String>) {
    watch(move || {
        section.track();
        #[cfg(feature = "hydrate")]
        request_animation_frame(|| {
            if let Ok(Some(link)) = document().query_selector(".sections [aria-current]") {
                crate::app::dom::call(&link, "scrollIntoView", &[false.into()]);
            }
        });
    });
}

fn section(route: &Option<Route>) -> String {
    match route {
        Some(Route::Developers { section }) => section.clone(),
        _ => String::new(),
    }
}

/// The environment that a query names.
fn asked(query: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix("environment=")).map(str::to_string)
}

/// The address of a section, for one environment.
pub fn address(section: &str, environment: &str) -> String {
    let path = Route::Developers { section: section.to_string() }.path();
    [path.trim_end_matches('/'), "?environment=", environment].concat()
}

/// The choice of the environment, where there are several.
fn chooser(developers: Developers, section: Memo<String>) -> AnyView {
    let router = Router::of_page();
    let go = on_event(move |event| {
        let environment = event_target_value(&event);
        section.with_untracked(|section| router.go(&address(section, &environment)));
    });
    let options = move || {
        let chosen = developers.environment.get();
        let option = |id: &String, name: &String| {
            let chosen = *id == chosen;
            view! { <option value=id.clone() selected=chosen>{name.clone()}</option> }
        };
        developers
            .environments
            .with(|list| list.environments.iter().map(|row| option(&row.id, &row.name)).collect_view())
    };
    view! {
        <div class="environment">
            <label for="environment">"Environment"</label>
            <select id="environment" class="input" on:change=go>{part(options)}</select>
        </div>
    }
    .any()
}

fn link(developers: Developers, section: Memo<String>, row: &'static Section) -> AnyView {
    let manages = developers.environments.with_untracked(|list| list.manages);
    if row.of_admins && !manages {
        return ().any();
    }
    let here = words(move || section.with(|key| key == row.key).then(|| "page".to_string()));
    let to = words(move || Some(address(row.key, &developers.environment.get())));
    view! { <a href=to aria-current=here>{icon(row.sign)} <span>{row.name}</span></a> }.any()
}
