//! The reference of the API: its operations by what they are about, each with all of it when it is opened.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, section};
use crate::app::components::{Control, FormField, TryAgain};
use crate::app::format;
use crate::app::plain::{Any, on_event, part};
use crate::app::signals::{RwSignal, StoredValue};
use crate::rpc::reference::{self, AnswerRow, BodyView, OperationDetail, OperationRow, ParameterRow};

/// The list, with a search over it.
pub fn api(developers: Developers) -> AnyView {
    let sought = RwSignal::new(String::new());
    let link = view! { <a class="button" href="/v1/openapi.json" rel="external">"OpenAPI document"</a> };
    view! {
        {section::head("What programs can ask of this server, as the clients of Flatfile do. Each request shows a key of an environment or a personal token.", link.any())}
        <div class="section-filter" role="search">
            <FormField name="api-search".to_string() label="Search".to_string() control=Control::Line("search") value=sought />
        </div>
        {section::reading(developers, String::new, |_, _| reference::operations(), move |list| shown(developers, sought, list))}
    }
    .any()
}

fn shown(developers: Developers, sought: RwSignal<String>, list: Vec<OperationRow>) -> AnyView {
    let list = StoredValue::new(list);
    part(move || {
        let words = format::lower(&sought.get());
        let fits = |row: &&OperationRow| {
            let parts = [row.tag.as_str(), " ", &row.method, " ", &row.path, " ", &row.summary];
            let text = format::lower(&parts.concat());
            words.split_whitespace().all(|word| text.contains(word))
        };
        let found: Vec<OperationRow> = list.with_value(|list| list.iter().filter(fits).cloned().collect());
        if found.is_empty() {
            return view! { <p class="quiet" role="status">"No operation is like that."</p> }.any();
        }
        let groups = found.chunk_by(|one, other| one.tag == other.tag);
        groups.map(|group| tag(developers, group)).collect_view().any()
    })
    .any()
}

fn tag(developers: Developers, group: &[OperationRow]) -> AnyView {
    let name = group.first().map(|row| row.tag.clone()).unwrap_or_default();
    view! {
        <section class="api-tag">
            <h2>{name}</h2>
            {group.iter().cloned().map(|row| operation(developers, row)).collect_view().any()}
        </section>
    }
    .any()
}

/// One operation, which is read when it is opened.
fn operation(developers: Developers, row: OperationRow) -> AnyView {
    let found = RwSignal::new(None::<Result<OperationDetail, String>>);
    let asked = RwSignal::new(false);
    let OperationRow { method, path, summary, .. } = row;
    let place = StoredValue::new((method.clone(), path.clone()));
    let read = move || {
        asked.set(true);
        found.set(None);
        let (method, path) = place.get_value();
        spawn_local(async move {
            let answer = reference::operation(method, path).await.map_err(|error| error.message);
            let _ = found.try_set(Some(answer));
        });
    };
    let open = on_event(move |_| {
        if !asked.get_untracked() {
            read();
        }
    });
    view! {
        <details class="operation" on:toggle=open>
            <summary>
                <b class="method">{method}</b>
                <code>{path}</code>
                <span class="quiet">{summary}</span>
            </summary>
            {part(move || asked.get().then(|| match found.get() {
                None => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
                Some(Err(message)) => view! { <TryAgain message=message again=move |()| read() /> }.any(),
                Some(Ok(detail)) => told(developers, detail),
            }))}
        </details>
    }
    .any()
}

fn told(developers: Developers, detail: OperationDetail) -> AnyView {
    let OperationDetail { text, parameters, body, answers, curl } = detail;
    let named = !parameters.is_empty();
    view! {
        <div class="operation-detail">
            {(!text.is_empty()).then(|| view! { <p>{text}</p> }).any()}
            {named.then(|| view! { <h3>"Parameters"</h3> <dl>{parameters.into_iter().map(parameter).collect_view().any()}</dl> }).any()}
            {body.map(|body| view! { <h3>"Body"</h3> {example(body)} }).any()}
            <h3>"Answers"</h3>
            {answers.into_iter().map(answer).collect_view().any()}
            <h3>"With curl"</h3>
            {section::commands(developers, curl)}
        </div>
    }
    .any()
}

fn parameter(row: ParameterRow) -> AnyView {
    let needed = if row.required { ", needed" } else { "" };
    let about = format!("{} in the {}{needed}", row.kind, row.place);
    view! {
        <dt><code>{row.name}</code> " " <span class="quiet">{about}</span></dt>
        <dd>{row.text}</dd>
    }
    .any()
}

fn answer(row: AnswerRow) -> AnyView {
    view! {
        <p><b>{row.status}</b> " " {row.text}</p>
        {row.body.map(example).any()}
    }
    .any()
}

fn example(body: BodyView) -> AnyView {
    let label = body.form.clone();
    view! {
        <p class="quiet">{body.form}</p>
        {(!body.example.is_empty()).then(|| view! { <pre tabindex="0" role="group" aria-label=label>{body.example}</pre> }).any()}
    }
    .any()
}
