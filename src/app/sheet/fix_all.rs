//! What puts a whole group of messages right: one change, which can be taken back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::SheetControl;
use super::changing::change_cells;
use super::side::focus_later;
use super::value_input::value_input;
use crate::app::components::{Button, Look};
use crate::app::format::{count, counted};
use crate::app::plain::{Any, live, on_event, part};
use crate::app::signals::{Callback, Memo, RwSignal, Signal, StoredValue};
use crate::domain::export::ExportFormat;
use crate::rpc::changes::CellsChange;
use crate::rpc::jobs;
use crate::rpc::messages::MessageGroup;
use crate::rpc::records::Choosing;

/// The id of the control that a form begins with.
const BEGIN: &str = "fix-begin";

/// What asks for more before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Set,
    Replace,
}

/// The buttons of a group and the form that one of them opens.
pub fn offers(control: SheetControl, first: MessageGroup, group: Memo<Option<MessageGroup>>) -> AnyView {
    let form = RwSignal::new(None::<Form>);
    let field = StoredValue::new(first.field.clone());
    let records = move || group.with(|group| group.as_ref().map_or(0, |group| group.count));
    let choosing = StoredValue::new(Choosing { filter: first.filter, ..Choosing::default() });
    let (locked, may_delete) = control.sheet.with_value(|sheet| {
        let column = sheet.columns.iter().find(|column| column.key == first.field);
        let refusal = (!sheet.permits.delete).then(|| "Records of this sheet may not be deleted".to_string());
        (column.and_then(|column| column.locked.clone()), refusal)
    });
    let change = move |change: CellsChange| {
        let done = Callback::new(move |()| {
            form.set(None);
        });
        change_cells(control, choosing.get_value(), Some(field.get_value()), change, Some(done));
    };
    let open =
        move |which: Form| form.update(|open| *open = if *open == Some(which) { None } else { Some(which) });
    let delete = move |()| start(control, jobs::delete_records(control.id(), choosing.get_value()));
    let export =
        move |()| start(control, jobs::start_export(control.id(), choosing.get_value(), ExportFormat::Csv));
    let of_all = move |verb: &str| [verb, " ", &counted(records(), "record")].concat();
    let (set_locked, replace_locked, clear_locked) = (locked.clone(), locked.clone(), locked);
    view! {
        <div class="fixes" role="group" aria-label=live(move || of_all("Put right"))>
            <Button label="Set…" look=Look::Plain reason=set_locked press=move |()| open(Form::Set) />
            <Button label="Replace…" reason=replace_locked press=move |()| open(Form::Replace) />
            <Button label="Clear" reason=clear_locked press=move |()| change(CellsChange::Set(None)) />
            <Button label="Delete records" reason=may_delete press=delete />
            <Button label="Export" press=export />
        </div>
        {part(move || match form.get() {
            None => ().any(),
            Some(Form::Set) => set_form(control, field, Signal::derive(records), Callback::new(change)),
            Some(Form::Replace) => replace_form(Signal::derive(records), Callback::new(change)),
        })}
    }
    .any()
}

/// Starts a job and shows it.
fn start(
    control: SheetControl,
    job: impl Future<Output = Result<jobs::JobCard, crate::rpc::RpcError>> + 'static,
) {
    spawn_local(async move {
        match job.await {
            Ok(card) => control.state.jobs.heard_of(card),
            Err(error) => control.state.fail("The job did not start", error),
        }
    });
}

fn set_form(
    control: SheetControl,
    field: StoredValue<String>,
    records: Signal<u64>,
    change: Callback<CellsChange>,
) -> AnyView {
    let value = RwSignal::new(String::new());
    let column = control.sheet.with_value(|sheet| {
        sheet.columns.iter().find(|column| field.with_value(|key| column.key == *key)).cloned()
    });
    let Some(column) = column else { return ().any() };
    let label = ["New value of ", &column.label].concat();
    let input = value_input(&column, BEGIN, Some(label), value);
    focus_later(BEGIN);
    let submit = move |event: leptos::ev::Event| {
        event.prevent_default();
        let text = value.get_untracked();
        change.run(CellsChange::Set((!text.is_empty()).then_some(text)));
    };
    view! {
        <form class="fix-form" on:submit=on_submit(submit)>
            {input}
            <button type="submit" class="button button-primary">"Set in " {part(move || count(records.get()))}</button>
        </form>
    }
    .any()
}

fn replace_form(records: Signal<u64>, change: Callback<CellsChange>) -> AnyView {
    let (find, with) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::Event| {
        event.prevent_default();
        let (find, with) = (find.get_untracked(), with.get_untracked());
        if !find.is_empty() {
            change.run(CellsChange::Replace { find, with, match_case: false, whole_cell: false });
        }
    };
    let input = |label: &'static str, id: &'static str, value: RwSignal<String>| {
        view! {
            <input
                id=id
                class="input"
                aria-label=label
                placeholder=label
                prop:value=live(move || value.get())
                on:input=on_event(move |event| value.set(event_target_value(&event)))
            />
        }
        .any()
    };
    focus_later(BEGIN);
    view! {
        <form class="fix-form" on:submit=on_submit(submit)>
            {input("Find", BEGIN, find)}
            {input("Replace with", "fix-with", with)}
            <button type="submit" class="button button-primary">"Replace in " {part(move || count(records.get()))}</button>
        </form>
    }
    .any()
}

fn on_submit(act: impl FnMut(leptos::ev::Event) + 'static) -> impl FnMut(leptos::ev::SubmitEvent) + 'static {
    let mut act = on_event(act);
    move |event| act(event.into())
}
