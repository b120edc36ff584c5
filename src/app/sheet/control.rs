//! What the parts of the sheet page share.

use std::collections::VecDeque;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::outbox::Outbox;
use crate::app::actions::{Scope, waits, waits_for, with_errors};
use crate::app::components::{Toast, Tone};
use crate::app::format;
use crate::app::grid::change::Change;
use crate::app::grid::picking::Picking;
use crate::app::grid::selection::Selection;
use crate::app::grid::{Go, GridControl, Listed, Question};
use crate::app::plain::{on_change, watch};
use crate::app::signals::{Callback, Memo, RwSignal, StoredValue};
use crate::app::state::{Asking, Deed, SpaceState};
use crate::domain::action::{self, AllValid};
use crate::domain::layout::SheetLayout;
use crate::domain::record::Counts;
use crate::rpc::actions::ActionView;
use crate::rpc::cells::Adding;
use crate::rpc::jobs::JobCard;
use crate::rpc::records::{self, CellEdit, Choosing, SheetView, Standing};
use crate::rpc::spaces::SheetEntry;
use crate::rpc::views::SavedView;

/// Whether what was typed has reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// All of it.
    Saved,
    /// Some edits are on their way.
    Under,
    /// Some did not.
    Failed,
}

/// What stands beside the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is wrong, by field and message.
    Errors,
    /// One record as a form.
    Record,
    /// What changed the sheet.
    Versions,
    /// What has changed since a version.
    Compare,
}

/// What the box over the grid is open for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// To find.
    Find,
    /// To replace, too.
    Replace,
}

/// What the parts of the sheet page share.
#[derive(Clone, Copy)]
pub struct SheetControl {
    /// The grid's side.
    pub grid: GridControl,
    /// The sheet's shape.
    pub sheet: StoredValue<SheetView>,
    /// Counts under the search.
    pub counts: RwSignal<Counts>,
    /// Whether edits have reached the server.
    pub saving: RwSignal<Saving>,
    /// Whether the filter builder is open.
    pub filtering: RwSignal<bool>,
    /// The field of a condition that the builder begins with.
    pub filter_field: RwSignal<Option<String>>,
    /// The view that is open.
    pub view: RwSignal<Option<SavedView>>,
    /// The person's own layout, while a view shows another.
    pub own_layout: StoredValue<Option<SheetLayout>>,
    /// What stands beside the grid.
    pub side: RwSignal<Option<Side>>,
    /// The version that is compared.
    pub compared: RwSignal<Option<String>>,
    /// What the box over the grid is open for.
    pub finding: RwSignal<Option<Finding>>,
    /// What is typed to be found.
    pub sought: RwSignal<String>,
    /// The last step that was asked for from the box: whether it led on.
    pub find_step: RwSignal<Option<bool>>,
    /// Whether a row of calculations stands under the grid.
    pub summary: RwSignal<bool>,
    /// How many steps there are to undo and redo.
    pub steps: RwSignal<(u64, u64)>,
    /// Writes that are under way.
    pub(super) waiting: RwSignal<u32>,
    /// The change that is being made.
    pub(super) making: RwSignal<Option<Arc<Change>>>,
    /// Changes that wait for them.
    pub(super) queue: StoredValue<VecDeque<Change>>,
    /// The page stands in the browser: what comes later may come.
    pub stands: RwSignal<bool>,
    /// A choice waits about a cell that somebody else changed.
    pub clashes: RwSignal<bool>,
    /// What waits to be sent.
    pub outbox: Outbox,
    /// The space around it.
    pub(super) state: SpaceState,
    /// How many records have an error, whatever is searched or selected.
    pub invalid_in_all: Memo<u64>,
    /// Why the toolbar and the menus of columns have to wait: the job that blocks them, in words.
    pub blocked: Memo<Option<String>>,
    /// Why actions have to wait: that job, or an edit.
    pub waits: Memo<Option<String>>,
    /// The actions of the columns.
    column_actions: Memo<Vec<ActionView>>,
    /// How many of the selected records are invalid, as far as an action asks for it.
    selected_invalid: RwSignal<u64>,
    counting: RwSignal<bool>,
    /// The search, the filter and the version that the counts belong to.
    counted: StoredValue<(String, String, i64)>,
}

impl SheetControl {
    /// The control of a sheet that was just opened.
    pub fn new(sheet: &SheetView, state: SpaceState) -> Self {
        let version = RwSignal::new(sheet.version);
        let doubted = RwSignal::new(0);
        let counts = RwSignal::new(sheet.found);
        let sheet_id = sheet.id.clone();
        // What was typed on an earlier visit may be on its way still.
        let earlier = state.outbox.waiting.with_untracked(|waiting| waiting.count(Some(&sheet.id)));
        let waiting = RwSignal::new(earlier as u32);
        let saving = RwSignal::new(if earlier == 0 { Saving::Saved } else { Saving::Under });
        let late = StoredValue::new(None::<Self>);
        let change = Callback::new(move |change: Change| {
            if let Some(Some(control)) = late.try_get_value() {
                control.make(change);
            }
        });
        let outbox = state.outbox;
        let write = Callback::new(move |edits: Vec<CellEdit>| {
            waiting.update(|count| *count += edits.len() as u32);
            saving.set(Saving::Under);
            outbox.write(&sheet_id, edits);
        });
        let grid = GridControl {
            question: RwSignal::new(Question::of(sheet.choosing.clone())),
            layout: RwSignal::new(sheet.layout.clone()),
            menu: RwSignal::new(None),
            fit: RwSignal::new(None),
            refused: RwSignal::new(None),
            focus: RwSignal::new(0),
            listed: RwSignal::new(Listed::No),
            version,
            doubted,
            shown: RwSignal::new(sheet.choosing.standing.of(&sheet.found)),
            selection: RwSignal::new(Selection::None),
            said: RwSignal::new(String::new()),
            reveal: RwSignal::new(None),
            place: RwSignal::new(None),
            range: RwSignal::new(None),
            go: RwSignal::new(None),
            wish: RwSignal::new(None),
            columns: RwSignal::new(None),
            theme: state.theme,
            write,
            change,
            away: RwSignal::new(false),
            waiting: state.outbox.waiting,
            clash_at: RwSignal::new(None),
            others: RwSignal::new(Vec::new()),
            editing: state.editing,
            order: RwSignal::new(None),
            cell_menu: RwSignal::new(None),
            picking: Picking::new(),
            misfit: Callback::new(move |()| state.shape_moved.update(|moved| *moved += 1)),
            trouble: Callback::new(move |words: String| state.toasts.show(Toast::new(Tone::Neutral, words))),
        };
        // The editor of another sheet is gone with it.
        if state.editing.get_untracked() {
            state.editing.set(false);
        }
        let counting = RwSignal::new(false);
        let asked = &sheet.choosing;
        let counted = StoredValue::new((asked.search.clone(), asked.filter.clone(), sheet.version));
        let view = RwSignal::new(sheet.view.clone());
        let own_layout = StoredValue::new(sheet.own_layout.clone());
        let sheet = StoredValue::new(sheet.clone());
        let is_here = move |card: &JobCard| {
            sheet.with_value(|sheet| {
                card.sheet_id.as_ref() == Some(&sheet.id) || card.source == sheet.workbook_id
            })
        };
        let (filtering, filter_field) = (RwSignal::new(false), RwSignal::new(None));
        let control = Self {
            grid,
            sheet,
            counts,
            saving,
            filtering,
            filter_field,
            view,
            own_layout,
            side: RwSignal::new(None),
            compared: RwSignal::new(None),
            finding: RwSignal::new(None),
            sought: RwSignal::new(String::new()),
            find_step: RwSignal::new(None),
            summary: RwSignal::new(false),
            steps: RwSignal::new((0, 0)),
            waiting,
            making: RwSignal::new(None),
            queue: StoredValue::new(VecDeque::new()),
            stands: RwSignal::new(false),
            clashes: RwSignal::new(false),
            outbox,
            state,
            invalid_in_all: Memo::new(move |_| {
                sheet.with_value(|sheet| {
                    let known = |entry: &SheetEntry| entry.invalid;
                    let known = state.frame.with(|frame| frame.sheet(&sheet.id).map(known));
                    known.unwrap_or(sheet.counts.error)
                })
            }),
            blocked: Memo::new(move |_| waits_for(state, &is_here)),
            waits: waits(state, is_here),
            column_actions: Memo::new(move |_| {
                sheet.with_value(|sheet| {
                    let actions = |entry: &SheetEntry| entry.column_actions.clone();
                    state.frame.with(|frame| frame.sheet(&sheet.id).map(actions)).unwrap_or_default()
                })
            }),
            selected_invalid: RwSignal::new(0),
            counting,
            counted,
        };
        late.set_value(Some(control));
        control.follow();
        super::edits::follow(control);
        super::layout::follow(control);
        super::address::follow(control);
        control
    }

    /// Counts anew when the search or the sheet changes.
    fn follow(self) {
        let id = self.sheet.with_value(|sheet| sheet.id.clone());
        let asked = move || (self.narrowing(), self.grid.version.get(), self.weighed());
        on_change(asked, move |_| self.count());
        let moved = self.state.sheet_moved;
        on_change(
            move || moved.get(),
            move |(_, sheet)| {
                if sheet.as_ref().is_none_or(|sheet| *sheet == id) {
                    self.count();
                }
            },
        );
        watch(move || self.count_steps());
        let sort = move || self.grid.question.with(|question| question.sort.clone());
        on_change(sort, move |sort| {
            self.grid.say(match sort {
                Some(sort) => {
                    let way = if sort.descending { ", downwards" } else { ", upwards" };
                    ["Sorted by ", &self.label(&sort.field), way].concat()
                }
                None => "In the order of the sheet".to_string(),
            });
        });
        let clear = self.state.jobs.clear_filters;
        on_change(
            move || clear.get(),
            move |asked| {
                let Some(sheets) = asked else { return };
                if sheets.is_empty() || sheets.contains(&self.id()) {
                    self.grid.question.set(Question::default());
                }
                clear.set(None);
            },
        );
    }

    /// The search and the filter.
    fn narrowing(self) -> (String, String) {
        self.grid.question.with(|question| (question.search.clone(), question.filter.clone()))
    }

    /// The selected records and those left out, when an action asks whether they are valid.
    fn weighed(self) -> (Vec<String>, Vec<String>) {
        let of_scope = |action: &ActionView| action.requirements.all_valid == AllValid::Scope;
        let asks = self.sheet.with_value(|sheet| {
            self.state.frame.with(|frame| {
                let entry = frame.sheet(&sheet.id);
                entry.is_some_and(|entry| entry.actions.iter().chain(&entry.column_actions).any(of_scope))
            })
        });
        match asks {
            true => self.grid.selection.with(|selection| (selection.ids(), selection.except())),
            false => Default::default(),
        }
    }

    /// What the menu of that column has, of its field and of the sheet around it.
    pub fn column_actions(self, key: &str) -> Vec<ActionView> {
        let stands =
            |action: &ActionView| action.columns.is_empty() || action.columns.iter().any(|own| own == key);
        let own = self
            .column_actions
            .with(|actions| actions.iter().filter(|action| stands(action)).cloned().collect::<Vec<_>>());
        self.sheet.with_value(|sheet| with_built_in(own, &sheet.column_actions))
    }

    /// The actions of the toolbar.
    pub fn toolbar_actions(self) -> Vec<ActionView> {
        self.sheet.with_value(|sheet| {
            let actions = |entry: &SheetEntry| entry.actions.clone();
            let own = self.state.frame.with(|frame| frame.sheet(&sheet.id).map(actions));
            with_built_in(own.unwrap_or_default(), &sheet.actions)
        })
    }

    /// Asks for the counts, and by them for the version; at most four times a second.
    fn count(self) {
        if self.counting.try_get_untracked() != Some(false) {
            return;
        }
        self.counting.set(true);
        set_timeout(
            move || {
                self.counting.set(false);
                if self.grid.question.is_disposed() {
                    return;
                }
                let (search, filter) = untrack(|| self.narrowing());
                let (selected, except) = untrack(|| self.weighed());
                let Some(id) = self.sheet.try_with_value(|sheet| sheet.id.clone()) else { return };
                let choosing = Choosing {
                    selected: selected.clone(),
                    except: except.clone(),
                    ..self.grid.question.with_untracked(Question::choosing)
                };
                spawn_local(async move {
                    if let Ok(standings) = records::count_records(id, choosing).await {
                        if !self.grid.question.is_disposed()
                            && untrack(|| self.weighed()) == (selected, except)
                        {
                            self.selected_invalid.set(standings.selected_invalid);
                        }
                        let same = self.grid.question.try_with_untracked(|question| {
                            (&question.search, &question.filter) == (&search, &filter)
                        });
                        // Answers may overtake one another.
                        let newer = self.counted.try_update_value(|counted| {
                            let other = (&counted.0, &counted.1) != (&search, &filter);
                            let newer = other || counted.2 <= standings.version;
                            if newer {
                                *counted = (search, filter, standings.version);
                            }
                            newer
                        });
                        if (same, newer) == (Some(true), Some(true)) {
                            self.counts.set(standings.counts);
                        }
                        self.grid.note_version(standings.version);
                    }
                });
            },
            std::time::Duration::from_millis(250),
        );
    }

    /// The id of the sheet.
    pub fn id(self) -> String {
        self.sheet.with_value(|sheet| sheet.id.clone())
    }

    /// The records that the grid shows, in their order.
    pub fn shown(self) -> Choosing {
        self.grid.question.with(Question::choosing)
    }

    /// Shows the records that a condition finds, valid or not, and goes to the first of them.
    pub fn show_found(self, filter: String, field: String) {
        let sort = self.grid.question.with_untracked(|question| question.sort.clone());
        self.grid.question.set(Question { filter, sort, ..Question::default() });
        // The grid hears of the question first.
        let go = move || {
            self.grid.go.set(Some(Go::Cell { row: 0, field: Some(field), focus: false }));
        };
        set_timeout(go, std::time::Duration::ZERO);
    }

    /// Opens something beside the grid, or closes it when it is open.
    pub fn toggle_side(self, side: Side) {
        self.side.update(|open| *open = if *open == Some(side) { None } else { Some(side) });
    }

    /// Closes what stands beside the grid and goes back there.
    pub fn close_side(self) {
        self.side.set(None);
        self.grid.go.set(Some(Go::Back));
    }

    /// What an action would act on now: the selection, else what the filter shows, else all.
    pub fn scope(self) -> Scope {
        let question = self.grid.question.get();
        let selection = self.grid.selection.get();
        let (shown, counts) = (self.grid.shown.get(), self.counts.get());
        let selected = selection.count(shown);
        let choosing = Choosing {
            selected: selection.ids(),
            except: selection.except(),
            all_selected: matches!(selection, Selection::All),
            ..question.choosing()
        };
        let narrowed = question.narrows();
        let records = if question.standing == Standing::Valid { counts.valid } else { shown };
        let words = match (&selection, narrowed) {
            (Selection::Records(_) | Selection::AllBut(_), _) => {
                format!(
                    "{} selected {}",
                    format::count(selected),
                    if selected == 1 { "record" } else { "records" }
                )
            }
            (_, true) if records == 1 => "The 1 record that matches the filter".to_string(),
            (_, true) => format!("The {} records that match the filter", format::count(records)),
            (_, false) => format!("All {}", format::counted(counts.total, "record")),
        };
        let invalid = match (&selection, question.standing) {
            (Selection::Records(_) | Selection::AllBut(_), _) => self.selected_invalid.get(),
            (_, Standing::Valid) => 0,
            _ => counts.error,
        };
        Scope {
            words: with_errors(words, invalid),
            choosing,
            standing: action::Standing {
                records: counts.total,
                invalid,
                invalid_in_all: self.invalid_in_all.get(),
                selected,
                ..Default::default()
            },
        }
    }

    /// Asks whether the selected records are to be deleted.
    pub fn ask_to_delete(self) {
        let scope = untrack(|| self.scope());
        self.state.asking.set(Some(Asking {
            deed: Deed::DeleteRecords(self.id()),
            scope: scope.words,
            choosing: scope.choosing,
            // What is deleted is not selected any more.
            started: Some(Callback::new(move |()| self.grid.selection.set(Selection::None))),
        }));
    }

    /// Adds an empty record at the end.
    pub fn add_record(self) {
        self.make(Change::Add(Adding::AtEnd));
    }
}

/// Actions of developers, and after them the built-in ones in whose place there is none.
fn with_built_in(mut actions: Vec<ActionView>, built_in: &[ActionView]) -> Vec<ActionView> {
    let own = actions.len();
    for action in built_in {
        if !actions[..own].iter().any(|other| other.operation == action.operation) {
            actions.push(action.clone());
        }
    }
    actions
}
