//! Light, dark, or as the system has it. Remembered in a cookie, so that the server sends the first
//! paint in the right colours.

use crate::app::signals::{RwSignal, Signal};
use leptos::prelude::*;

use super::components::{Icon, MenuButton, MenuItem};

/// Moves when the colours change; the grid paints anew then.
#[derive(Clone, Copy)]
pub struct Theme {
    /// How often they changed.
    pub moved: RwSignal<u32>,
}

impl Theme {
    /// Provides the theme to all pages, and follows the system.
    pub fn provide() {
        let theme = Self { moved: RwSignal::new(0) };
        provide_context(theme);
        #[cfg(feature = "hydrate")]
        super::plain::watch(move || {
            use gloo::events::EventListener;
            let Ok(Some(system)) = window().match_media("(prefers-color-scheme: dark)") else { return };
            let listener =
                EventListener::new(&system, "change", move |_| theme.moved.update(|moved| *moved += 1));
            listener.forget();
        });
    }

    fn choose(self, choice: &'static str) {
        #[cfg(feature = "hydrate")]
        if let Some(root) = document().document_element() {
            let age = if choice == "system" { 0 } else { 31_536_000 };
            let _ = if choice == "system" {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", choice)
            };
            let name = super::shell::THEME_COOKIE;
            super::dom::set_cookie(&format!("{name}={choice}; path=/; max-age={age}; samesite=lax"));
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = choice;
        self.moved.update(|moved| *moved += 1);
    }
}

/// The menu by which a person chooses.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = expect_context::<Theme>();
    let items = Signal::stored(vec![
        MenuItem::new("As the system", Icon::Monitor, move || theme.choose("system")),
        MenuItem::new("Light", Icon::Sun, move || theme.choose("light")),
        MenuItem::new("Dark", Icon::Moon, move || theme.choose("dark")),
    ]);
    view! { <MenuButton id="theme-menu".to_string() label="Colours".to_string() bare=Icon::Sun items=items /> }
}
