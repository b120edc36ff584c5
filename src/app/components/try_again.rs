//! What stands in place of a part of a page that could not be read, with the offer to read it again.

use leptos::prelude::*;

use super::button::Button;
use crate::app::plain::Any;
use crate::app::signals::Callback;

/// What went wrong, and a button.
#[component]
pub fn TryAgain(
    /// What went wrong.
    message: String,
    /// Reads it again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="try-again" role="alert">
            <p class="field-error">{message}</p>
            <Button label="Try again" press=again />
        </div>
    }
    .any()
}
