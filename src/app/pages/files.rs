//! The files of a space, uploaded and generated.

use leptos::prelude::*;

use crate::app::plain::{Any, on_mouse};
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::app::actions::{MOST_UNSOUGHT, Scope, menu_item, waits};
use crate::app::components::{Dialog, EmptyState, Icon, MenuButton, MenuItem, Table, TryAgain, open_while};
use crate::app::format;
use crate::app::frame::TopBar;
use crate::app::signals::{Memo, RwSignal, Signal};
use crate::app::state::SpaceState;
use crate::domain::file::FileStatus;
use crate::rpc;
use crate::rpc::actions::{ActionView, Place};
use crate::rpc::files::{self, FileRow};

/// Items that the menu of every file has.
const OWN_ITEMS: usize = 2;

/// The files of a space.
#[component]
pub fn FilesPage() -> impl IntoView {
    let state = SpaceState::of_page();
    let name = state.frame.with_untracked(|frame| frame.name.clone());
    let id = state.id();
    let moved = Memo::new(move |_| state.files_moved.get().to_string());
    let list = rpc::read(move || moved.get(), move |_| files::files(id.clone()));
    let deleting = RwSignal::new(None::<FileRow>);
    view! {
        <Title text="Files" />
        <TopBar trail=vec![name, "Files".to_string()] />
        <main id="main" class="content">
            <Transition>
                {move || Suspend::new(async move {
                    match list.answer().await {
                        Err(error) => {
                            let again = move |()| state.files_moved.update(|moved| *moved += 1);
                            view! { <TryAgain message=error.message again=again /> }.any()
                        }
                        Ok(list) if list.files.is_empty() => {
                            view! {
                                <EmptyState
                                    sign=Icon::Folder
                                    title="No files yet"
                                    text="Drop a CSV on a sheet to import it. What exports and actions make is kept here too."
                                />
                            }
                                .any()
                        }
                        Ok(list) => {
                            let shown = Shown { now: list.now, omits_download: list.omits_download, omits_delete: list.omits_delete };
                            let more = list.total.saturating_sub(list.files.len() as u64);
                            view! {
                                <Table class="files-table" caption="Files" headings=&["Name", "Status", "#Size", "Origin", "Added", ""]>
                                    {list.files.into_iter().map(|file| row(state, file, shown, deleting)).collect_view().any()}
                                </Table>
                                {(more > 0).then(|| view! { <p class="quiet">{format!("{} older files", format::count(more))}</p> }).any()}
                            }
                                .any()
                        }
                    }
                })}
            </Transition>
            <DeleteDialog deleting=deleting />
        </main>
    }
    .any()
}

fn status(status: FileStatus) -> (&'static str, &'static str) {
    match status {
        FileStatus::Partial => ("state", "Stored"),
        FileStatus::Analyzing => ("state running", "Being read"),
        FileStatus::Analyzed => ("state", "Read"),
        FileStatus::Complete => ("state good", "Complete"),
        FileStatus::Archived => ("state", "Archived"),
        FileStatus::Purged => ("state", "Purged"),
        FileStatus::Failed => ("state bad", "Failed"),
    }
}

/// How all rows are shown.
#[derive(Clone, Copy)]
struct Shown {
    now: i64,
    omits_download: bool,
    omits_delete: bool,
}

fn row(state: SpaceState, file: FileRow, shown: Shown, deleting: RwSignal<Option<FileRow>>) -> AnyView {
    let (class, word) = status(file.status);
    let address = format!("/files/{}/download", file.id);
    let (linked, named, doomed) = (address.clone(), file.name.clone(), file.clone());
    let (id, actions) = (file.id.clone(), file.actions.clone());
    let source = id.clone();
    let waits = waits(state, move |card| card.source == source);
    let items = Signal::derive(move || {
        let waits = waits.get();
        let scope = Scope::of(&doomed.name);
        let place = Place::File(id.clone());
        let action = |action: &ActionView| {
            menu_item(state, action.clone(), place.clone(), scope.clone(), waits.clone())
        };
        let (address, doomed) = (address.clone(), doomed.clone());
        let download = MenuItem::new("Download", Icon::Download, move || fetch(&address));
        let delete = move || deleting.set(Some(doomed.clone()));
        let delete = MenuItem::new("Delete", Icon::Trash, delete).dangerous();
        let first = (!shown.omits_download).then_some(download);
        let last = (!shown.omits_delete).then_some(delete);
        first.into_iter().chain(actions.iter().map(action)).chain(last).collect::<Vec<_>>()
    });
    let origin = if file.generated { "Made by a job" } else { "Uploaded" };
    view! {
        <tr>
            <th scope="row">
                {match shown.omits_download {
                    true => view! { <span>{file.name}</span> }.any(),
                    false => view! { <a href=linked download="" rel="external">{file.name}</a> }.any(),
                }}
            </th>
            <td><span class=class>{word}</span></td>
            <td class="text-right">{format::size(file.size.unsigned_abs())}</td>
            <td>{format!("{origin} · {}", file.created_by)}</td>
            <td>{format::ago(file.created_at, shown.now)}</td>
            <td class="menu-cell">
                <MenuButton id=format!("menu-{}", file.id) label=format!("Actions of {named}") bare=Icon::More items=items most=MOST_UNSOUGHT + OWN_ITEMS />
            </td>
        </tr>
    }
    .any()
}

fn fetch(address: &str) {
    #[cfg(feature = "hydrate")]
    crate::app::dom::download(address);
    #[cfg(not(feature = "hydrate"))]
    let _ = address;
}

/// Asks before a file goes.
#[component]
fn DeleteDialog(deleting: RwSignal<Option<FileRow>>) -> impl IntoView {
    let state = SpaceState::of_page();
    let open = open_while(move || deleting.with(Option::is_some), move || deleting.set(None));
    let title = move || {
        deleting.with(|file| file.as_ref().map_or(String::new(), |file| format!("Delete {}?", file.name)))
    };
    let delete = move |_| {
        let Some(file) = deleting.get_untracked() else { return };
        open.set(false);
        spawn_local(async move {
            match files::delete_file(file.id).await {
                Ok(()) => state.files_moved.update(|moved| *moved += 1),
                Err(error) => state.fail("The file was not deleted", error),
            }
            state.refresh();
        });
    };
    view! {
        <Dialog id="delete-file" open=open title=Signal::derive(title)>
            <div class="dialog-body">
                <p>"Its bytes go and cannot be brought back. Records that were imported from it stay."</p>
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                <button type="button" class="button button-danger" on:click=on_mouse(delete)>"Delete"</button>
            </footer>
        </Dialog>
    }
    .any()
}
