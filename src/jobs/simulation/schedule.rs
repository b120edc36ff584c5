//! Actions that run by themselves: hours go by, the servers look which actions are due, hold what they found while others
//! look, and die at their commits, while people make, change and delete such actions.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::world::{SKEW, World};
use crate::domain::access::Role;
use crate::domain::action::{Action, Schedule};
use crate::domain::ids::{ActionId, Id};
use crate::domain::mount::Target;
use crate::domain::parse::from_value;
use crate::domain::time::Timestamp;
use crate::service::jobs::Ending;
use crate::store::schedules::{self, Due};

/// Actions of a run that are there at a time, at most.
const MOST: usize = 5;
const MINUTE: u64 = 60_000;

/// An action that runs by itself, as it was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    period: Schedule,
    due: Timestamp,
}

/// What a server found due, by its clock: all of it, and what is left of it.
struct InHand {
    clock: Timestamp,
    found: Vec<Due>,
    due: VecDeque<Due>,
}

/// The schedules of a world.
#[derive(Default)]
pub struct Schedules {
    known: BTreeMap<ActionId, Known>,
    /// How many jobs each action made, also those that are gone.
    jobs: BTreeMap<ActionId, usize>,
    /// How many actions somebody wished to make.
    made: usize,
    hands: [Option<InHand>; 2],
}

impl Schedules {
    /// Lets so many things happen, hours after hours.
    pub async fn run(world: &mut World, steps: usize) {
        let mut it = Self::default();
        for _ in 0..steps {
            world.now += it.pass(world);
            match world.dice.below(100) {
                0..15 => it.change(world).await,
                15..85 => it.look_for_due(world).await,
                _ => end_a_job(world).await,
            }
        }
        while !it.is_looked_for(world).await {}
    }

    /// How much time goes by: a moment, some minutes, or until an action is about to be due.
    fn pass(&self, world: &World) -> i64 {
        let next = self.known.values().map(|known| known.due.0 - world.now).filter(|left| *left > 0).min();
        match (world.dice.below(20), next) {
            (0..12, _) => world.dice.below(2_000) as i64,
            (12..14, _) => (world.dice.below(20) * MINUTE) as i64,
            // Nobody looks for long.
            (14, _) => (world.dice.below(300) * MINUTE) as i64,
            (_, Some(left)) => (left + world.dice.below(3_000) as i64 - 1_500).max(0),
            (_, None) => MINUTE as i64,
        }
    }

    /// A server goes on with what it found due, or looks what is: the two steps of `Service::run_scheduled`, between
    /// which others do theirs.
    async fn look_for_due(&mut self, world: &mut World) {
        let (number, service) = world.server();
        let Some(mut hand) = self.hands[number].take() else {
            let clock = Timestamp(world.now + SKEW[number]);
            let Some(found) = world.live(number, service.due_actions(clock)).await else { return };
            let found = self.check_found(world, clock, found.unwrap());
            self.hands[number] = Some(InHand { clock, due: found.clone().into(), found });
            return;
        };
        if world.dice.chance(20) {
            self.hands[number] = Some(hand);
            return;
        }
        if let Some(due) = hand.due.pop_front() {
            let held = Known { period: due.period, due: due.due_at };
            match self.known.get(&due.action_id) {
                None => world.reach("a schedule that went while a server held it"),
                Some(known) if known.period != held.period => {
                    world.reach("a period that changed while a server held it");
                }
                Some(known) if *known != held => world.reach("a moment that both servers found"),
                Some(_) => {}
            }
            let made = world.live(number, service.run_due(&due, hand.clock)).await;
            self.check(world, Some((&due.action_id, hand.clock))).await;
            if made.map(Result::unwrap).is_none() {
                return;
            }
        }
        if hand.due.is_empty() {
            return self.check_none_is_left(world, &hand.found);
        }
        self.hands[number] = Some(hand);
    }

    /// One of the servers looks, and does what is due; says whether it lived.
    async fn is_looked_for(&mut self, world: &mut World) -> bool {
        let (number, service) = world.server();
        let clock = Timestamp(world.now + SKEW[number]);
        let Some(found) = world.live(number, service.due_actions(clock)).await else { return false };
        let found = self.check_found(world, clock, found.unwrap());
        for due in &found {
            let made = world.live(number, service.run_due(due, clock)).await;
            self.check(world, Some((&due.action_id, clock))).await;
            if made.is_none() {
                return false;
            }
        }
        self.check_none_is_left(world, &found);
        true
    }

    /// Somebody makes, changes or deletes an action.
    async fn change(&mut self, world: &mut World) {
        let (number, service) = world.server();
        let actor = world.actor(Role::SecretKey);
        let space = world.tenant.space.id.clone();
        let all = service.actions_alone(&actor, &space).await.unwrap();
        let period = [json!("hourly"), json!("hourly"), json!("daily"), Value::Null]
            [world.dice.below(4) as usize]
            .clone();
        let Some(one) = world.dice.one_of(&all).filter(|_| all.len() >= MOST || world.dice.chance(60)) else {
            self.made += 1;
            let operation = format!("tidy{}", self.made);
            let action = json!({ "operation": operation, "label": "Tidy", "schedule": "hourly" });
            let action: Action = from_value(action).unwrap();
            let target = Target::Sheet(world.tenant.sheet.id.clone());
            let made = service.create_actions(&actor, &space, vec![(target, action)]);
            let made = world.live(number, made).await;
            made.into_iter().for_each(|made| drop(made.unwrap()));
            return self.check(world, None).await;
        };
        match world.dice.below(4) {
            0 => {
                let done = world.live(number, service.delete_action(&actor, &one.id)).await;
                done.into_iter().for_each(Result::unwrap);
            }
            kind => {
                let label = json!(format!("Tidy {}", world.now));
                let (name, value) = if kind == 1 { ("label", label) } else { ("schedule", period) };
                let members = Map::from_iter([(name.to_string(), value)]);
                let done = world.live(number, service.update_action(&actor, &one.id, members)).await;
                done.into_iter().for_each(|done| drop(done.unwrap()));
            }
        }
        self.check(world, None).await;
    }

    /// Looks at all schedules after a call, which was that of a server for an action that it found due by its clock.
    async fn check(&mut self, world: &mut World, ran: Option<(&ActionId, Timestamp)>) {
        let (_, service) = world.server();
        let name = world.invariants.name();
        let mut tx = service.db.read().await.unwrap();
        let rows = schedules::due(&mut tx, Timestamp(i64::MAX)).await.unwrap();
        drop(tx);
        let rows = rows.into_iter().map(|row| (row.action_id, Known { period: row.period, due: row.due_at }));
        let rows: BTreeMap<ActionId, Known> = rows.collect();
        let actor = world.actor(Role::SecretKey);
        let actions = service.actions_alone(&actor, &world.tenant.space.id).await.unwrap();
        let scheduled = actions.iter().filter_map(|one| Some((&one.id, one.action.schedule?)));
        let kept = rows.iter().map(|(id, known)| (id, known.period));
        assert!(
            scheduled.collect::<BTreeMap<_, _>>() == kept.collect(),
            "{name} S1: what runs by itself is not what is kept: {rows:?}"
        );
        let new = rows.keys().filter(|id| !self.jobs.contains_key(id)).cloned().collect::<Vec<_>>();
        self.jobs.extend(new.into_iter().map(|id| (id, 0)));
        for (id, jobs) in &mut self.jobs {
            let made = world.invariants.made_by(id.as_str()) - *jobs;
            *jobs += made;
            let (before, after) = (self.known.get(id), rows.get(id));
            let moved = before
                .zip(after)
                .filter(|(before, after)| before.period == after.period && before.due != after.due);
            let Some((before, after)) = moved else {
                assert_eq!(made, 0, "{name} S2: {id} ran, and its time had not come");
                continue;
            };
            let clock = ran.filter(|(ran, _)| *ran == id).map(|(_, clock)| clock);
            let clock = clock.unwrap_or_else(|| panic!("{name} S2: the time of {id} is another"));
            let period = before.period.period();
            let (whole, last) = (after.due.since(before.due) % period == 0, after.due.plus(-period));
            assert!(
                whole && before.due <= clock && last <= clock && clock < after.due,
                "{name} S3: {before:?} goes on at {after:?}, and it was {clock:?}"
            );
            assert_eq!(made, 1, "{name} S2: jobs of {id} for one time");
            if last != before.due {
                world.reach("times that went by");
            }
        }
        self.known = rows;
    }

    /// A server has looked: it found all that is due by its clock.
    fn check_found(&self, world: &World, clock: Timestamp, found: Vec<Due>) -> Vec<Due> {
        let name = world.invariants.name();
        let due = self.known.iter().filter(|(_, known)| known.due <= clock).map(|(id, _)| id);
        let ids: BTreeSet<_> = found.iter().map(|due| &due.action_id).collect();
        assert_eq!(ids, due.collect(), "{name} S4: what is due at {clock:?}");
        found
    }

    /// A server is done with what it found: none of it waits as it did.
    fn check_none_is_left(&self, world: &World, found: &[Due]) {
        let name = world.invariants.name();
        let waits = |due: &&Due| {
            self.known
                .get(&due.action_id)
                .is_some_and(|known| known.due == due.due_at && known.period == due.period)
        };
        let left = found.iter().find(waits);
        assert!(left.is_none(), "{name} S4: {left:?} was passed over");
    }
}

/// The listener of an action does its job.
async fn end_a_job(world: &mut World) {
    let mut jobs = world.invariants.jobs(false);
    let ended = world.invariants.ended_jobs(false);
    jobs.retain(|id| !ended.contains(id));
    for id in jobs {
        let (number, service) = world.server();
        let actor = world.actor(Role::SecretKey);
        let done = world.live(number, service.complete_job(&actor, &id, Ending::default(), None)).await;
        done.into_iter().for_each(|done| drop(done.unwrap()));
    }
}

#[tokio::test]
async fn a_time_that_goes_by_without_its_job_is_noticed() {
    use std::panic::AssertUnwindSafe;

    use futures::FutureExt;

    use crate::store::testing::database::sqlite;

    let mut world = World::new(sqlite().await, 0).await;
    let mut it = Schedules::default();
    while it.known.is_empty() {
        it.change(&mut world).await;
    }
    let (id, known) = it.known.iter().next().map(|(id, known)| (id.clone(), *known)).unwrap();
    let (_, service) = world.server();
    let scope = world.tenant.space.scope();
    let due = Due { action_id: id, scope, period: known.period, due_at: known.due };
    let mut tx = service.db.write().await.unwrap();
    schedules::advance(&mut tx, &due, known.due.plus(known.period.period())).await.unwrap();
    tx.commit().await.unwrap();
    let ran = Some((&due.action_id, known.due));
    let left = AssertUnwindSafe(it.check(&mut world, ran)).catch_unwind().await.expect_err("S2");
    let said = left.downcast_ref::<String>().unwrap();
    assert!(said.contains("S2: jobs of"), "{said}");
}
