//! Who is in a space now, and where: one room for each space, with rules and without IO. Nothing of it is stored.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use crate::domain::ids::{Id, SheetId};

/// How long a page is taken to be there without saying so.
pub const SILENCE: Duration = Duration::from_secs(9);
/// Pages of one space that are told of, and of one person among them. Whoever comes later sees the others all the same.
const MOST_PAGES: usize = 100;
const MOST_OF_ONE: usize = 8;
/// How many colours there are.
const TONES: usize = 8;

/// A page of a browser, by the id of its person and a name that it gave itself.
pub type PageKey = (String, String);

/// Where somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// The sheet's id.
    pub sheet: String,
    /// The record's id; empty when the person has not gone to a cell.
    pub record: String,
    /// The field's key.
    pub field: String,
}

/// What others are told of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What the page is called.
    pub page: String,
    /// The same for all pages of one person, and nothing outside of this server.
    pub person: String,
    /// What the person is called.
    pub name: String,
    /// Their colour.
    pub tone: usize,
    /// Where they are.
    #[serde(flatten)]
    pub at: Whereabouts,
}

struct Page {
    told: Told,
    heard: Instant,
    checked: Instant,
}

/// What changed in a room since it was last told.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct News {
    /// Always `presence`.
    pub topic: &'static str,
    /// Moves by one with each of these.
    pub turn: u64,
    /// Who came or moved.
    pub here: Vec<Told>,
    /// The pages that went.
    pub gone: Vec<String>,
}

/// The people of one space.
#[derive(Default)]
pub struct Room {
    pages: HashMap<PageKey, Page>,
    turn: u64,
    moved: BTreeSet<PageKey>,
    gone: BTreeSet<String>,
}

impl Room {
    /// A page says where it is. `person` stands for the person towards others.
    pub fn hear(&mut self, key: PageKey, person: String, name: &str, at: Whereabouts, now: Instant) {
        if let Some(page) = self.pages.get_mut(&key) {
            page.heard = now;
            if page.told.at.sheet != at.sheet {
                page.checked = now;
            }
            if page.told.at != at {
                page.told.at = at;
                self.moved.insert(key);
            }
            return;
        }
        let own = self.pages.iter().filter(|((user, _), _)| *user == key.0);
        let oldest = own.clone().min_by_key(|(_, page)| page.heard).map(|(key, _)| key.clone());
        if own.count() >= MOST_OF_ONE
            && let Some(oldest) = oldest
        {
            self.leave(&oldest);
        }
        if self.pages.len() >= MOST_PAGES {
            return;
        }
        let told = Told { page: key.1.clone(), tone: self.tone(&person), person, name: name.to_string(), at };
        self.gone.remove(&key.1);
        self.moved.insert(key.clone());
        self.pages.insert(key, Page { told, heard: now, checked: now });
    }

    /// The colour of a person: the one they have, else the first that nobody has, else one of those.
    fn tone(&self, person: &str) -> usize {
        let pages = || self.pages.values().map(|page| &page.told);
        let own = pages().find(|told| told.person == person).map(|told| told.tone);
        let free = || (0..TONES).find(|tone| pages().all(|told| told.tone != *tone));
        own.or_else(free).unwrap_or(self.pages.len() % TONES)
    }

    /// A page went.
    pub fn leave(&mut self, key: &PageKey) {
        if self.pages.remove(key).is_some() {
            self.moved.remove(key);
            self.gone.insert(key.1.clone());
        }
    }

    /// Pages that said nothing for too long are gone.
    pub fn sweep(&mut self, now: Instant) {
        let is_silent = |page: &Page| now.saturating_duration_since(page.heard) > SILENCE;
        let silent: Vec<PageKey> =
            self.pages.iter().filter(|(_, page)| is_silent(page)).map(|(key, _)| key.clone()).collect();
        silent.iter().for_each(|key| self.leave(key));
    }

    /// What changed since the last time.
    pub fn news(&mut self) -> Option<News> {
        if self.moved.is_empty() && self.gone.is_empty() {
            return None;
        }
        self.turn += 1;
        let here = std::mem::take(&mut self.moved);
        let here = here.iter().filter_map(|key| self.pages.get(key)).map(|page| page.told.clone()).collect();
        let gone = std::mem::take(&mut self.gone).into_iter().collect();
        Some(News { topic: "presence", turn: self.turn, here, gone })
    }

    /// Everybody, as of the last news; only those at some sheets where they are named.
    pub fn everybody(&self, sheets: Option<&HashSet<SheetId>>) -> (u64, Vec<Told>) {
        let told = self.pages.values().map(|page| &page.told);
        let is_seen = |told: &&Told| {
            let id = SheetId::parse(&told.at.sheet).ok();
            sheets.is_none_or(|sheets| id.is_some_and(|id| sheets.contains(&id)))
        };
        (self.turn, told.filter(is_seen).cloned().collect())
    }

    /// The place in the news.
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.moved.is_empty() && self.gone.is_empty()
    }

    /// Whether a page was found to be allowed on that sheet, not longer ago than `age`.
    pub fn is_checked(&self, key: &PageKey, sheet: &str, age: Duration, now: Instant) -> bool {
        let page = self.pages.get(key).filter(|page| page.told.at.sheet == sheet);
        page.is_some_and(|page| now.saturating_duration_since(page.checked) < age)
    }

    /// A page was found to be allowed on its sheet.
    pub fn check(&mut self, key: &PageKey, now: Instant) {
        if let Some(page) = self.pages.get_mut(key) {
            page.checked = now;
        }
    }
}

/// The news as somebody hears them who sees only these sheets: whoever goes to another is gone. Nothing when there is
/// nothing to tell.
pub fn only_at(news: &str, sheets: &HashSet<SheetId>) -> Option<String> {
    let mut news: Value = serde_json::from_str(news).ok()?;
    let here = news["here"].as_array_mut()?;
    let (seen, hidden): (Vec<Value>, Vec<Value>) =
        std::mem::take(here).into_iter().partition(|told| is_at(&told["sheet"], sheets));
    let is_empty = seen.is_empty();
    *here = seen;
    let gone = news["gone"].as_array_mut()?;
    gone.extend(hidden.into_iter().map(|told| told["page"].clone()));
    (!is_empty || !gone.is_empty()).then(|| news.to_string())
}

fn is_at(sheet: &Value, sheets: &HashSet<SheetId>) -> bool {
    let id = sheet.as_str().and_then(|id| SheetId::parse(id).ok());
    id.is_some_and(|id| sheets.contains(&id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(user: &str, page: &str) -> PageKey {
        (user.to_string(), page.to_string())
    }

    fn at(sheet: &str, record: &str) -> Whereabouts {
        Whereabouts { sheet: sheet.to_string(), record: record.to_string(), field: "f".to_string() }
    }

    fn hear(room: &mut Room, user: &str, page: &str, record: &str, now: Instant) {
        room.hear(key(user, page), format!("p-{user}"), user, at("s", record), now);
    }

    #[test]
    fn only_what_changed_is_told() {
        let (mut room, now) = (Room::default(), Instant::now());
        hear(&mut room, "ada", "1", "", now);
        let news = room.news().unwrap();
        assert_eq!((news.turn, news.here.len(), news.gone.len()), (1, 1, 0));
        hear(&mut room, "ada", "1", "", now);
        assert_eq!(room.news(), None, "a beat is no news");
        hear(&mut room, "ada", "1", "r", now);
        hear(&mut room, "ada", "1", "q", now);
        assert_eq!(room.news().unwrap().here[0].at.record, "q", "moves come together");
        room.leave(&key("bob", "1"));
        assert_eq!(room.news(), None, "the page of another person stays");
        room.leave(&key("ada", "1"));
        assert_eq!(room.news().unwrap().gone, ["1"]);
        assert!(room.is_empty());
    }

    #[test]
    fn who_goes_to_a_sheet_that_is_not_seen_is_gone() {
        let (mut room, now) = (Room::default(), Instant::now());
        let (seen, hidden) = ("us_sh_0000000001", "us_sh_0000000002");
        for (user, sheet) in [("ada", seen), ("bob", hidden)] {
            room.hear(key(user, user), user.to_string(), user, at(sheet, ""), now);
        }
        let sheets = HashSet::from([SheetId::parse(seen).unwrap()]);
        assert_eq!(
            room.everybody(Some(&sheets)).1.iter().map(|told| &told.name).collect::<Vec<_>>(),
            ["ada"]
        );
        let tell = |room: &mut Room| serde_json::to_string(&room.news().unwrap()).unwrap();
        let told: Value = serde_json::from_str(&only_at(&tell(&mut room), &sheets).unwrap()).unwrap();
        assert_eq!((&told["here"][0]["name"], &told["gone"]), (&json!("ada"), &json!(["bob"])));
        assert_eq!(told["here"].as_array().unwrap().len(), 1);
        let nothing = json!({ "topic": "presence", "turn": 2, "here": [], "gone": [] });
        assert_eq!(only_at(&nothing.to_string(), &sheets), None);
    }

    #[test]
    fn whoever_falls_silent_is_gone() {
        let (mut room, now) = (Room::default(), Instant::now());
        hear(&mut room, "ada", "1", "", now);
        hear(&mut room, "bob", "2", "", now + SILENCE);
        room.sweep(now + SILENCE);
        assert_eq!(room.everybody(None).1.len(), 2);
        room.sweep(now + SILENCE + Duration::from_secs(1));
        assert_eq!(room.everybody(None).1[0].name, "bob");
        hear(&mut room, "ada", "1", "", now + SILENCE * 2);
        let news = room.news().unwrap();
        assert_eq!((news.here.len(), news.gone.len()), (2, 0), "a page that comes back is not gone");
    }

    #[test]
    fn people_have_colours_of_their_own_and_one_each() {
        let (mut room, now) = (Room::default(), Instant::now());
        for user in 0..TONES {
            hear(&mut room, &user.to_string(), &user.to_string(), "", now);
        }
        hear(&mut room, "3", "again", "", now);
        let pages = room.everybody(None).1;
        let tones: BTreeSet<usize> = pages.iter().map(|told| told.tone).collect();
        assert_eq!((tones.len(), pages.len()), (TONES, TONES + 1));
        let of = |page: &str| pages.iter().find(|told| told.page == page).map(|told| told.tone);
        assert_eq!(of("3"), of("again"));
    }

    #[test]
    fn a_room_and_a_person_in_it_are_bounded() {
        let (mut room, now) = (Room::default(), Instant::now());
        for page in 0..20 {
            hear(&mut room, "ada", &format!("a{page}"), "", now + Duration::from_millis(page));
        }
        assert_eq!(room.everybody(None).1.len(), MOST_OF_ONE);
        assert!(room.everybody(None).1.iter().any(|told| told.page == "a19"), "the newest stays");
        for user in 0..1_000 {
            hear(&mut room, &user.to_string(), "p", "", now);
        }
        assert_eq!(room.everybody(None).1.len(), MOST_PAGES);
    }

    #[test]
    fn a_right_is_asked_for_again() {
        let (mut room, now) = (Room::default(), Instant::now());
        let (ada, age) = (key("ada", "1"), Duration::from_secs(30));
        assert!(!room.is_checked(&ada, "s", age, now));
        hear(&mut room, "ada", "1", "", now);
        assert!(room.is_checked(&ada, "s", age, now));
        assert!(!room.is_checked(&ada, "t", age, now), "another sheet is another right");
        assert!(!room.is_checked(&ada, "s", age, now + age));
        room.check(&ada, now + age);
        assert!(room.is_checked(&ada, "s", age, now + age));
    }
}
