//! The pages around spaces that developers need.

use leptos::prelude::*;

use super::Failure;
use crate::app::developers;
use crate::app::later;
use crate::app::plain::Any;
use crate::rpc;
use crate::rpc::environments::environments;

/// What developers need: environments, keys, events, agents.
#[component]
pub fn DevelopersPage() -> impl IntoView {
    let list = rpc::read(String::new, |_| environments());
    view! {
        {later::style()}
        <Transition>
            {move || Suspend::new(async move {
                match list.answer().await {
                    Ok(list) => developers::frame(list),
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}
