//! What developers need around spaces: environments, keys, what happened, secrets, agents, people, the API.
//!
//! One page with sections; the environment that is looked at stands in the query of its address.

mod agent;
mod agents;
mod environment_form;
mod environments;
mod event;
mod events;
mod frame;
mod guests;
mod job;
mod jobs;
mod keys;
mod log;
mod people;
mod reference;
mod secrets;
mod section;
mod tokens;
mod webhooks;

pub use frame::frame;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::components::{Doubt, Icon, Secret, Toast, Toasts, Tone};
use crate::app::signals::{Memo, RwSignal};
use crate::rpc::RpcError;
use crate::rpc::environments::EnvironmentList;

/// A page of it.
struct Section {
    /// The end of its address; the first one has none.
    key: &'static str,
    /// What people read.
    name: &'static str,
    /// Its sign.
    sign: Icon,
    /// Only admins see what is in it.
    of_admins: bool,
    /// Its content.
    view: fn(Developers) -> AnyView,
}

const SECTIONS: &[Section] = &[
    Section {
        key: "",
        name: "Environments",
        sign: Icon::Folder,
        of_admins: false,
        view: environments::environments,
    },
    Section { key: "keys", name: "Keys", sign: Icon::Pin, of_admins: true, view: keys::keys },
    Section { key: "secrets", name: "Secrets", sign: Icon::EyeOff, of_admins: true, view: secrets::secrets },
    Section { key: "agents", name: "Agents", sign: Icon::Monitor, of_admins: true, view: agents::agents },
    Section {
        key: "webhooks",
        name: "Webhooks",
        sign: Icon::Link,
        of_admins: true,
        view: webhooks::webhooks,
    },
    Section { key: "events", name: "Events", sign: Icon::Bolt, of_admins: false, view: events::events },
    Section { key: "jobs", name: "Jobs", sign: Icon::Clock, of_admins: false, view: jobs::jobs },
    Section { key: "people", name: "People", sign: Icon::Info, of_admins: false, view: people::people },
    Section {
        key: "tokens",
        name: "Personal tokens",
        sign: Icon::Bookmark,
        of_admins: false,
        view: tokens::tokens,
    },
    Section { key: "api", name: "API", sign: Icon::Document, of_admins: false, view: reference::api },
];

/// What the sections share.
#[derive(Clone, Copy)]
pub struct Developers {
    /// The environments that the person sees.
    pub environments: RwSignal<EnvironmentList>,
    /// The id of the one that is looked at; empty when there is none.
    pub environment: Memo<String>,
    /// Notes at the bottom right.
    pub toasts: Toasts,
    /// What is asked before something goes.
    pub doubt: RwSignal<Option<Doubt>>,
    /// What is shown once.
    pub secret: RwSignal<Option<Secret>>,
    /// Moves when a section is to be read anew.
    pub moved: RwSignal<u32>,
}

impl Developers {
    /// Reads the section anew.
    pub fn read(self) {
        if self.moved.try_get_untracked().is_some() {
            self.moved.update(|moved| *moved = moved.wrapping_add(1));
        }
    }

    /// Does something on the server, says what came of it, and reads the section anew.
    pub fn act<Fut>(self, failed: &'static str, deed: Fut, done: &'static str)
    where
        Fut: Future<Output = Result<(), RpcError>> + 'static,
    {
        spawn_local(async move {
            match deed.await {
                Ok(()) => self.toasts.show(Toast::new(Tone::Good, done)),
                Err(error) => self.toasts.fail(failed, error),
            }
            self.read();
        });
    }

    /// Asks before something goes for good.
    pub fn ask(
        self,
        title: String,
        text: &'static str,
        verb: &'static str,
        deed: impl Fn() + Send + Sync + 'static,
    ) {
        self.doubt.set(Some(Doubt { title, text, verb, written: String::new(), deed: Arc::new(deed) }));
    }

    /// Shows a secret that was just made.
    pub fn reveal(self, title: &'static str, text: &'static str, secret: String) {
        self.secret.set(Some(Secret { title, text, secret }));
    }
}
