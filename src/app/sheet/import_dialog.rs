//! The dialog of an import: the upload's progress, then which column goes into which field.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_change, on_event, on_mouse, part};

use super::{Importing, SheetControl, Stage};
use crate::app::components::{Dialog, Icon, Progress, focus_first, icon, open_while};
use crate::app::format;
use crate::app::later;
use crate::app::signals::{Memo, RwSignal, Signal, StoredValue};
use crate::rpc::imports::{ImportPlan, SourceColumn};
use crate::rpc::records::ColumnView;

/// The dialog; it is open while there is something to say before the job begins.
#[component]
pub fn ImportDialog(
    /// The sheet.
    control: SheetControl,
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let stage = importing.stage;
    let busy = move || stage.with(|stage| *stage != Stage::Idle);
    let closed = move || {
        if untrack(busy) {
            importing.abandon();
        }
    };
    let open = open_while(busy, closed);
    let title = move || {
        stage.with(|stage| match stage {
            Stage::Idle => String::new(),
            Stage::Uploading { name, .. } | Stage::Reading { name } | Stage::Failed { name, .. } => {
                format!("Import {name}")
            }
            Stage::Asking(plan) => format!("Import {}", plan.name),
        })
    };
    // The parts of one stage are not made anew with each step of its progress.
    let kind = Memo::new(move |_| {
        stage.with(|stage| match stage {
            Stage::Idle => 0,
            Stage::Uploading { .. } | Stage::Reading { .. } => 1,
            Stage::Asking(_) => 2,
            Stage::Failed { .. } => 3,
        })
    });
    on_change(
        move || kind.get(),
        |kind| {
            if *kind > 0 {
                focus_first("import");
            }
        },
    );
    view! {
        <Dialog id="import" open=open title=Signal::derive(title) wide=true>
            {part(move || match (kind.get(), stage.get_untracked()) {
                (1, _) => view! { <Sending importing=importing /> }.any(),
                (_, Stage::Asking(plan)) => {
                    later::import_columns(control, importing, plan)
                }
                (_, Stage::Failed { message, .. }) => {
                    view! { <Trouble importing=importing message=message /> }.any()
                }
                _ => ().any(),
            })}
        </Dialog>
    }
    .any()
}

#[component]
fn Sending(importing: Importing) -> impl IntoView {
    let stage = importing.stage;
    let percent = move || {
        stage.with(|stage| match stage {
            Stage::Uploading { sent, size, .. } => Some((sent * 100 / (*size).max(1)).min(100) as u8),
            _ => None,
        })
    };
    let line = move || {
        stage.with(|stage| match stage {
            Stage::Uploading { sent, size, .. } => {
                format!("{} of {} sent", format::size((*sent).min(*size)), format::size(*size))
            }
            _ => "Reading the first rows…".to_string(),
        })
    };
    view! {
        <div class="dialog-body">
            <Progress label="Upload" percent=Signal::derive(percent) />
            <p class="job-line" role="status">{part(line)}</p>
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" on:click=on_mouse(move |_| importing.abandon())>"Cancel"</button>
        </footer>
    }
    .any()
}

#[component]
fn Trouble(importing: Importing, message: String) -> impl IntoView {
    view! {
        <div class="dialog-body" role="alert">
            <p class="field-error">{icon(Icon::Alert)} {message}</p>
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" on:click=on_mouse(move |_| importing.abandon())>"Close"</button>
            <button
                type="button"
                class="button button-primary"
                on:click=on_mouse(move |_| {
                    importing.abandon();
                    importing.pick();
                })
            >
                "Choose another file"
            </button>
        </footer>
    }
    .any()
}

/// Which column of the file goes into which field.
#[component]
pub fn ImportColumns(
    /// The sheet.
    control: SheetControl,
    /// The import.
    importing: Importing,
    /// What is proposed.
    plan: ImportPlan,
) -> impl IntoView {
    let fields = control.sheet.with_value(|sheet| sheet.columns.clone());
    let chosen: Vec<RwSignal<String>> =
        plan.columns.iter().map(|column| RwSignal::new(column.field.clone().unwrap_or_default())).collect();
    let chosen = StoredValue::new(chosen);
    let mapping =
        move || chosen.with_value(|chosen| chosen.iter().map(|field| field.get()).collect::<Vec<_>>());
    let fields_kept = StoredValue::new(fields.clone());
    let missing = Memo::new(move |_| {
        let taken: HashSet<String> = mapping().into_iter().collect();
        let lacks = |field: &&ColumnView| field.required && !taken.contains(&field.key);
        fields_kept.with_value(|fields| {
            fields.iter().filter(lacks).map(|field| field.label.clone()).collect::<Vec<_>>()
        })
    });
    let no_rows = plan.rows == 0;
    let refusal = Memo::new(move |_| {
        if no_rows {
            return Some("The file has names of columns, but no records below them.".to_string());
        }
        let mapping = mapping();
        let mut seen = HashSet::new();
        let doubled =
            mapping.iter().filter(|field| !field.is_empty()).find(|field| !seen.insert(field.as_str()));
        let label = |key: &String| {
            fields_kept.with_value(|fields| {
                fields
                    .iter()
                    .find(|field| field.key == *key)
                    .map_or_else(|| key.clone(), |field| field.label.clone())
            })
        };
        match doubled {
            Some(key) => Some(format!("Two columns go into {}. Choose one.", label(key))),
            None if seen.is_empty() => {
                Some("No column goes anywhere. Choose a field for one at least.".to_string())
            }
            None => None,
        }
    });
    let matched = plan.columns.iter().filter(|column| column.field.is_some()).count();
    let summary = format!(
        "{} · about {} · {}",
        format::size(plan.size),
        format::counted(plan.rows, "record"),
        plan.reading
    );
    let found =
        format!("{matched} of {} matched by name.", format::counted(plan.columns.len() as u64, "column"));
    let starting = RwSignal::new(false);
    let rows = plan.columns.iter().cloned().enumerate();
    let rows = rows.map(|(place, column)| {
        let signal = chosen.with_value(|chosen| chosen[place]);
        column_row(place, column, signal, fields.clone())
    });
    let rows = rows.collect_view();
    let plan = StoredValue::new(plan);
    let begin = move |_| {
        if starting.get_untracked() || refusal.with_untracked(Option::is_some) {
            return;
        }
        let mapping =
            untrack(mapping).into_iter().map(|field| (!field.is_empty()).then_some(field)).collect();
        importing.begin(plan.get_value(), mapping, starting);
    };
    view! {
        <div class="dialog-body">
            <p class="quiet">{summary}</p>
            <p>{found}</p>
            <div class="columns-scroll" tabindex="0" role="region" aria-label="Columns of the file">
                <table class="table columns-table">
                    <caption class="sr-only">"Columns of the file and the fields they go into"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Examples"</th>
                            <th scope="col">"Goes into"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div role="status">
                {part(move || {
                    let missing = missing.get();
                    (!missing.is_empty())
                        .then(|| {
                            let words = format!("Required, but in no column: {}. Every record will have an error there.", missing.join(", "));
                            view! { <p class="note-warn">{icon(Icon::Alert)} {words}</p> }
                        })
                })}
                {part(move || refusal.get().map(|words| view! { <p class="field-error">{words}</p> }))}
            </div>
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" on:click=on_mouse(move |_| importing.abandon())>"Cancel"</button>
            <button
                type="button"
                class="button button-primary"
                data-begin=""
                aria-disabled=flag(move || starting.get() || refusal.with(Option::is_some))
                on:click=on_mouse(begin)
            >
                {part(move || if starting.get() { "Starting…" } else { "Import" })}
            </button>
        </footer>
    }
    .any()
}

fn column_row(
    place: usize,
    column: SourceColumn,
    chosen: RwSignal<String>,
    fields: Vec<ColumnView>,
) -> AnyView {
    let name = if column.header.is_empty() { format!("Column {}", place + 1) } else { column.header.clone() };
    let label = format!("Field for {name}");
    let samples =
        column.samples.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
    let first = chosen.get_untracked();
    let option = move |field: ColumnView| {
        let selected = field.key == first;
        let label = if field.required { format!("{} *", field.label) } else { field.label };
        view! { <option value=field.key selected=selected>{label}</option> }
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="samples">{samples}</td>
            <td>
                <select class="input" aria-label=label on:change=on_event(move |event| chosen.set(event_target_value(&event)))>
                    <option value="">"Do not import"</option>
                    {fields.into_iter().map(option).collect_view().any()}
                </select>
            </td>
        </tr>
    }
    .any()
}
