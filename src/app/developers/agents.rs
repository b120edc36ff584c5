//! The agents of an environment: what is deployed, and what came of it.

use leptos::prelude::*;

use super::{Developers, agent, frame, section};
use crate::app::components::{EmptyState, Icon, MenuButton, MenuItem, Table, icon};
use crate::app::format;
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::agents::{self, AgentList, AgentRow};

/// The list, and the panel of one.
pub fn agents(developers: Developers) -> AnyView {
    let looking = RwSignal::new(None::<AgentRow>);
    view! {
        {section::head("An agent is a listener that runs in this server. It hears the events of its environment, one after the other.", ().any())}
        {section::reading(developers, String::new, |environment, _| agents::agents(environment), move |list| shown(developers, looking, list))}
        {agent::panel(developers, looking)}
    }
    .any()
}

fn shown(developers: Developers, looking: RwSignal<Option<AgentRow>>, list: AgentList) -> AnyView {
    let AgentList { agents, notice, server, now } = list;
    let notice = (!notice.is_empty()).then(|| {
        view! { <p class="section-notice" role="note">{icon(Icon::Warning)} <span>{notice}</span></p> }
    });
    if agents.is_empty() {
        return view! { {notice.any()} {how_to_deploy(developers, &server)} }.any();
    }
    view! {
        {notice.any()}
        <Table class="agents-table" caption="Agents" headings=&["Agent", "Events", "Deployed", "Runs", ""]>
            {agents.into_iter().map(|agent| row(developers, looking, agent, now)).collect_view().any()}
        </Table>
    }
    .any()
}

/// What to do where nothing is deployed.
fn how_to_deploy(developers: Developers, server: &str) -> AnyView {
    let commands = format!(
        "export FLATFILE_API_URL={server}\nexport FLATFILE_API_KEY=sk_…\nnpx flatfile deploy -s importer -n space:importer --ci index.js"
    );
    let keys = frame::address("keys", &developers.environment.get_untracked());
    view! {
        <EmptyState sign=Icon::Bolt title="No agents yet" text="Deploy a listener from the folder of its code, with a secret key of this environment.">
            {section::commands(developers, commands)}
            <a class="button" href=keys>"Make a key"</a>
        </EmptyState>
    }
    .any()
}

fn row(developers: Developers, looking: RwSignal<Option<AgentRow>>, agent: AgentRow, now: i64) -> AnyView {
    let topics = if agent.topics.is_empty() { "All".to_string() } else { agent.topics.join(", ") };
    let deployed = format::ago(agent.deployed_at, now);
    let by = (!agent.by.is_empty()).then(|| format!("by {}", agent.by));
    let (menu, label) = (format!("menu-{}", agent.id), format!("Actions of {}", agent.slug));
    let (opened, named, doomed) = (agent.clone(), agent.clone(), agent.clone());
    let items = Signal::derive(move || {
        let (opened, doomed) = (opened.clone(), doomed.clone());
        vec![
            MenuItem::new("Log and versions", Icon::History, move || looking.set(Some(opened.clone()))),
            MenuItem::new("Delete", Icon::Trash, move || ask_to_delete(developers, &doomed)).dangerous(),
        ]
    });
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="button-text" on:click=on_mouse(move |_| looking.set(Some(named.clone())))>{agent.slug.clone()}</button>
                <small class="quiet">{format!("version {}", agent.version)}</small>
            </th>
            <td class="wide">{topics}</td>
            <td>{deployed} {by.map(|by| view! { <small class="quiet">{by}</small> }).any()}</td>
            <td>{state(&agent, now)}</td>
            <td class="menu-cell"><MenuButton id=menu label=label bare=Icon::More items=items /></td>
        </tr>
    }
    .any()
}

/// How its runs go, in words.
fn state(agent: &AgentRow, now: i64) -> AnyView {
    let Some((at, success)) = agent.last else {
        return view! { <span class="state">"No runs yet"</span> }.any();
    };
    let ago = format::ago(at, now);
    let (class, word) = match success {
        true => ("state good", format!("Complete {ago}")),
        false => ("state bad", format!("Failed {ago}")),
    };
    let failed = (agent.failed > 0).then(|| format!(", {} failed", format::count(agent.failed)));
    let counts = format!("{}{}", format::counted(agent.runs, "run"), failed.unwrap_or_default());
    view! { <span class=class>{word}</span> <small class="quiet">{counts}</small> }.any()
}

fn ask_to_delete(developers: Developers, agent: &AgentRow) {
    let id = agent.id.clone();
    developers.ask(
        format!("Delete {}?", agent.slug),
        "It is stopped at once, and its versions go. To have it again, deploy it again.",
        "Delete",
        move || {
            let deed = agents::delete_agent(id.clone());
            developers.act("The agent was not deleted", deed, "The agent is deleted");
        },
    );
}
