//! `POST /presence`: a page says where its person is, and hears of the others. News go out with the streams of the
//! space, a few times a second at most, written once for all of them. Each server knows its own people only.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast;

use super::ServerState;
use super::people::{Room, Whereabouts};
use super::problem::Problem;
use super::session::SignedIn;
use crate::domain::ids::{Id, RecordId, SheetId, SpaceId};
use crate::domain::tenant::Person;
use crate::service::ServiceError;

/// How often news are told.
const TICK: Duration = Duration::from_millis(200);
/// How long a page that may see a sheet is taken to be allowed still.
const TRUSTED: Duration = Duration::from_secs(30);
/// News that a slow stream may fall behind; what it missed its page learns when it next says where it is.
const BEHIND: usize = 16;
/// Most bytes of the key of a field, and of the name of a page.
const LONGEST: usize = 200;
const LONGEST_PAGE: usize = 40;

/// The people on this server.
#[derive(Clone, Default)]
pub struct Presence(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rooms: Mutex<Rooms>,
    /// Makes the names by which people are told apart, anew with each start.
    names: RandomState,
}

#[derive(Default)]
struct Rooms {
    by_space: HashMap<SpaceId, (Room, broadcast::Sender<Arc<str>>)>,
    /// Somebody tells the news.
    is_told: bool,
}

impl Rooms {
    fn room(&mut self, space: &SpaceId) -> &mut (Room, broadcast::Sender<Arc<str>>) {
        self.by_space.entry(space.clone()).or_insert_with(|| (Room::default(), broadcast::channel(BEHIND).0))
    }

    /// Tells what changed; false when nobody is left to tell of.
    fn tick(&mut self, now: Instant) -> bool {
        self.by_space.retain(|_, (room, streams)| {
            room.sweep(now);
            if let Some(text) = room.news().and_then(|news| serde_json::to_string(&news).ok()) {
                // Nobody listens perhaps.
                let _ = streams.send(text.into());
            }
            !room.is_empty() || streams.receiver_count() > 0
        });
        self.is_told = self.by_space.values().any(|(room, _)| !room.is_empty());
        self.is_told
    }
}

impl Presence {
    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The news of a space. Whoever asks must be allowed to see it.
    pub fn follow(&self, space: &SpaceId) -> broadcast::Receiver<Arc<str>> {
        self.rooms().room(space).1.subscribe()
    }

    /// What stands for a person towards others.
    fn person(&self, id: &str) -> String {
        format!("{:x}", self.0.names.hash_one(id))
    }

    fn tell(&self, rooms: &mut Rooms) {
        if std::mem::replace(&mut rooms.is_told, true) {
            return;
        }
        let presence = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                if !presence.rooms().tick(Instant::now()) {
                    return;
                }
            }
        });
    }
}

/// What a page says.
#[derive(Deserialize)]
pub struct Said {
    space: String,
    sheet: String,
    page: String,
    #[serde(default)]
    record: String,
    #[serde(default)]
    field: String,
    /// The last news that it has heard.
    known: Option<u64>,
    /// It goes.
    #[serde(default)]
    leaving: bool,
}

/// Takes note of where a person is; answers with everybody in the space, unless the page knows.
pub async fn say(
    State(state): State<ServerState>,
    Extension(SignedIn { actor, person: Person { id, name }, .. }): Extension<SignedIn>,
    Query(said): Query<Said>,
) -> Result<Response, Problem> {
    let wrong = |error: crate::domain::ids::IdError| Problem::bad_request(error.to_string());
    let (space, sheet) =
        (SpaceId::parse(&said.space).map_err(wrong)?, SheetId::parse(&said.sheet).map_err(wrong)?);
    let is_page = (1..=LONGEST_PAGE).contains(&said.page.len())
        && said.page.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_cell = said.record.is_empty() || RecordId::parse(&said.record).is_ok();
    if !is_page || !is_cell || said.field.len() > LONGEST {
        return Err(Problem::bad_request("this is not the name of a page, a record and a field".to_string()));
    }
    let key = (id, said.page);
    let presence = &state.presence;
    if said.leaving {
        if let Some((room, _)) = presence.rooms().by_space.get_mut(&space) {
            room.leave(&key);
        }
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let is_checked = |room: &Room| room.is_checked(&key, &said.sheet, TRUSTED, Instant::now());
    let known = presence.rooms().by_space.get(&space).map(|(room, _)| is_checked(room));
    if known != Some(true) {
        let found = state.service.sheet(&actor, &sheet).await;
        if found.as_ref().is_ok_and(|found| found.space_id == space) {
            presence.rooms().room(&space).0.check(&key, Instant::now());
        } else {
            if let Some((room, _)) = presence.rooms().by_space.get_mut(&space) {
                room.leave(&key);
            }
            found?;
            return Err(ServiceError::not_found("sheet", &sheet).into());
        }
    }
    let sheets = state.service.granted_sheets(&actor, &space).await?;
    let person = presence.person(&key.0);
    let at = Whereabouts { sheet: said.sheet, record: said.record, field: said.field };
    let mut rooms = presence.rooms();
    let room = &mut rooms.room(&space).0;
    room.hear(key, person.clone(), &name, at, Instant::now());
    let answer = match said.known == Some(room.turn()) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => {
            let (turn, here) = room.everybody(sheets.as_ref());
            Json(json!({ "turn": turn, "you": person, "here": here })).into_response()
        }
    };
    presence.tell(&mut rooms);
    Ok(answer)
}
