//! The line under an open editor: somebody else has changed the cell meanwhile.

use web_sys::{Element, HtmlElement};

use crate::app::dom;
use crate::app::format::shortened;

const ID: &str = "grid-editor-note";
/// Characters of the other text that are shown.
const MOST_SHOWN: usize = 60;

/// The line, once there was a reason for it.
#[derive(Default)]
pub struct Note(Option<Element>);

impl Note {
    /// Says what the cell holds now, or nothing any more.
    pub fn say(&mut self, host: &HtmlElement, control: &HtmlElement, now: Option<Option<&str>>) {
        let Some(now) = now else {
            if let Some(note) = self.0.take() {
                note.remove();
                let _ = control.remove_attribute("aria-describedby");
            }
            return;
        };
        let words = match now {
            Some(text) => {
                let shown = shortened(text, MOST_SHOWN);
                ["Changed meanwhile to “", &shown, "”. Nothing is written over it unasked."].concat()
            }
            None => "Emptied meanwhile. Nothing is written over it unasked.".to_string(),
        };
        let note = match self.0.take() {
            Some(note) => note,
            None => {
                let Some(note) = dom::make("p", "grid-editor-note") else { return };
                note.set_id(ID);
                let _ = note.set_attribute("role", "status");
                let _ = host.append_child(&note);
                let _ = control.set_attribute("aria-describedby", ID);
                note
            }
        };
        if note.text_content().as_deref() != Some(&words) {
            note.set_text_content(Some(&words));
        }
        self.0 = Some(note);
    }

    /// Puts the line under the editor; over it where a list opens there, or where there is no room.
    pub fn place(&self, (x, y, height): (f64, f64, f64), view_height: f64, has_list: bool) {
        let Some(note) = &self.0 else { return };
        let own = dom::place(note).3;
        let below = y + height + 2.0;
        let is_over = has_list || below + own > view_height;
        let y = if is_over { (y - own - 2.0).max(0.0) } else { below };
        dom::set_lengths(note, &[("left", x - 1.0), ("top", y)]);
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Some(note) = self.0.take() {
            note.remove();
        }
    }
}
