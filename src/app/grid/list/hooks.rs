//! Where the list hangs on the grid: whether it is shown, and what draws it once that is here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use leptos::prelude::{document, window};
use web_sys::HtmlElement;

use super::Listed;
use crate::app::dom;
use crate::app::grid::GridControl;
use crate::app::grid::browser::{self, Shared};
use crate::app::shell::RECORDS_COOKIE;

/// The screens on which records are cards; the style has the same.
const NARROW: &str = "(max-width: 640px)";
/// Where the document says that they are rows there, too.
const CHOICE: &str = "data-records";

/// What draws the cards. It stands in a file of its own.
static DRAW: OnceLock<fn(&Shared)> = OnceLock::new();

/// A card in the document.
pub struct Drawn {
    /// The card.
    pub element: HtmlElement,
    /// What it looks like, told by everything that it depends on.
    pub look: String,
    /// Where it is.
    pub top: f64,
}

/// The cards that are in the document, by their rows.
#[derive(Default)]
pub struct Cards {
    /// The cards.
    pub drawn: BTreeMap<u64, Drawn>,
    /// Somebody listens to them.
    pub heard: bool,
    /// The record that comes is to be opened.
    pub opening: bool,
}

/// Whether this screen shows records as cards, as wide as it is and as the person chose.
fn wanted() -> bool {
    let narrow = window().match_media(NARROW).ok().flatten().is_some_and(|query| query.matches());
    let root = document().document_element();
    narrow && root.is_none_or(|root| root.get_attribute(CHOICE).as_deref() != Some("grid"))
}

/// Tells the chrome whether the records are cards now.
pub fn look(control: GridControl) {
    let known = control.listed.try_get_untracked();
    let now = match (wanted(), DRAW.get()) {
        (false, _) => Listed::No,
        (true, None) => Listed::Coming,
        (true, Some(_)) => Listed::Here,
    };
    if known.is_some_and(|known| known != now) {
        control.listed.set(now);
    }
}

/// What draws the cards is here.
pub fn arrived(control: GridControl, draw: fn(&Shared)) {
    let _ = DRAW.set(draw);
    look(control);
}

/// Whether what draws them is here.
pub fn is_here() -> bool {
    DRAW.get().is_some()
}

/// Remembers the choice in this browser. The server reads it, so that the first rows come in the right form.
pub fn choose(control: GridControl, list: bool) {
    if let Some(root) = document().document_element() {
        let _ = if list { root.remove_attribute(CHOICE) } else { root.set_attribute(CHOICE, "grid") };
    }
    let age = if list { 0 } else { 31_536_000 };
    dom::set_cookie(&format!("{RECORDS_COOKIE}=grid; path=/; max-age={age}; samesite=lax"));
    look(control);
}

/// The grid becomes a list, or a grid again. Rows, place and selection stay, and what is edited is kept.
pub fn follow_choice(shared: &Shared, listed: Listed) {
    let list = listed != Listed::No;
    let turns = shared.borrow().geometry.is_list() != list;
    if turns {
        browser::turn(shared, list);
    } else {
        browser::repaint(shared);
    }
}

/// Draws the cards, as far as what draws them is here.
pub fn draw(shared: &Shared) {
    if let Some(draw) = DRAW.get() {
        draw(shared);
    }
}

/// Gives the focus to the card of the record that the person is at.
pub fn activate(shared: &Shared) {
    draw(shared);
    let button = {
        let grid = shared.borrow();
        let card = grid.cards.drawn.get(&grid.active.row).filter(|_| grid.focused);
        card.and_then(|card| card.element.query_selector(".card-open").ok().flatten())
    };
    if let Some(button) = button {
        dom::focus_still(&button);
    }
}
