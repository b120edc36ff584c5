//! Jobs with parts, and jobs that come after others, while the server dies before and after each commit: what a step
//! was acknowledged for is there, what it was not is there as a whole or not at all, and it goes on from there.

mod client;
mod scenario;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::home::Home;
use super::power;
use super::process::{Folder, Server};
use client::{Client, Stand};
use scenario::{STEPS, STORIES};

/// How everything stands before the first step and after each, on a server that does not die.
static STANDS: LazyLock<Vec<Stand>> = LazyLock::new(|| {
    let home = Home::on_sqlite("job-steps");
    let server = home.patient();
    let mut client = Client::new(&server);
    let mut stands = vec![client.look(&server).unwrap()];
    for step in STEPS {
        assert_eq!(client.call(&server, step), Some(200), "{} {}", step.job, step.verb);
        stands.push(client.look(&server).unwrap());
    }
    stands
});

#[test]
fn each_job_is_told_of_once_at_each_step() {
    let last = STANDS.last().unwrap();
    for (name, story) in STORIES {
        assert_eq!(last.stories[*name].join(" "), *story, "{name}");
    }
    assert_eq!(last.stories.len(), STORIES.len());
    assert!(STANDS.windows(2).all(|two| two[0] != two[1]), "a step that changes nothing");
}

#[test]
fn a_server_that_dies_at_any_commit_loses_and_doubles_nothing_of_jobs() {
    Killed::at_each_step(&Home::on_sqlite("job-steps-killed"));
}

#[test]
fn so_it_is_on_postgresql() {
    let home = Home::on_postgres("job-steps-killed");
    home.into_iter().for_each(|home| Killed::at_each_step(&home));
}

#[test]
#[ignore = "needs strace; `make test-all` runs it"]
fn a_loss_of_power_takes_nothing_of_jobs() {
    if !power::is_told_of() {
        return;
    }
    let [folder, traces, after] = ["job-power", "job-power-trace", "job-power-after"].map(Folder::new);
    let server = Server::traced_and_patient(&folder.0, &traces.0);
    let mut client = Client::new(&server);
    for step in STEPS {
        client.look(&server).unwrap();
        assert_eq!(client.call(&server, step), Some(200), "{} {}", step.job, step.verb);
    }
    power::goes(server, [&folder, &traces, &after]);
    let server = Server::start_patient(&after.0, &[]).unwrap();
    let wrong = client.look(&server).unwrap().differences(STANDS.last().unwrap());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The events of a space have places without gaps, and so have all of its environment.
fn check_places(home: &Home, space: &str) {
    let of_space = format!(
        "SELECT space_sequence, environment_sequence FROM events WHERE space_id = '{space}' ORDER BY space_sequence"
    );
    for query in [
        of_space.as_str(),
        "SELECT environment_sequence, environment_sequence FROM events ORDER BY environment_sequence",
    ] {
        let places: Vec<i64> = home.numbers(query).into_iter().map(|(place, _)| place).collect();
        assert!(places.len() > STORIES.len(), "{places:?}");
        assert!(places.windows(2).all(|two| two[1] == two[0] + 1), "{query}: {places:?}");
    }
}

/// A run whose server dies at each step.
struct Killed<'a> {
    home: &'a Home,
    client: Client,
    /// The commit of a server that is the first one after those of its start.
    nth: u32,
    /// So many steps are done for sure.
    done: usize,
    /// Where the server died, when the next one was begun and never answered.
    cut_off: Option<&'static str>,
    /// The steps that were cut off: before they were durable, and after that.
    cut: [BTreeSet<usize>; 2],
}

impl Killed<'_> {
    fn at_each_step(home: &Home) {
        let server = home.patient();
        let client = Client::new(&server);
        server.kill();
        let mut run = Killed { home, client, nth: 1, done: 0, cut_off: None, cut: Default::default() };
        let mut servers = 0;
        while run.done < STEPS.len() {
            run.dies();
            servers += 1;
            assert!(servers < 4 * STEPS.len(), "the server died in vain: {:?}", run.cut);
        }
        let server = home.patient();
        run.find(&server).expect("a server that lives");
        server.kill();
        check_places(home, run.client.space());
        // What a server does at its start may come in between, now and then.
        let most = STEPS.len() * 9 / 10;
        let [before, after] = run.cut.map(|steps| steps.len());
        assert!(before >= most && after >= most, "{before} and {after} cut off");
    }

    /// Starts a server that dies at its next commit, or at one of its start, and does the next step.
    fn dies(&mut self) {
        let step = self.done + usize::from(self.cut_off == Some("commit-after"));
        let place = if self.cut[0].contains(&step) { "commit-after" } else { "commit-before" };
        let server = self.home.armed_and_patient(&format!("{place}:{}", self.nth));
        let Some(server) = server.filter(|server| self.find(server).is_some()) else {
            self.nth += 1;
            return;
        };
        let Some(step) = STEPS.get(self.done) else { return };
        match self.client.call(&server, step) {
            None => {
                self.cut_off = Some(place);
                server.wait_for_death();
            }
            Some(status) => {
                assert_eq!(status, 200, "{} {}", step.job, step.verb);
                self.done += 1;
                self.nth = self.nth.saturating_sub(1).max(1);
                server.kill();
            }
        }
    }

    /// Finds out how far the steps are, which is as far as is known, or one more when the last was cut off. The last
    /// one that is done changes nothing when it comes again. Nothing when the server died meanwhile.
    fn find(&mut self, server: &Server) -> Option<()> {
        let stand = self.client.look(server)?;
        let cut_off = self.cut_off.take();
        let is_done = cut_off.is_some() && stand == STANDS[self.done + 1];
        if cut_off.is_some() {
            self.cut[usize::from(is_done)].insert(self.done);
        }
        self.done += usize::from(is_done);
        let last = self.done.checked_sub(1).map(|last| &STEPS[last]);
        let name = last.map(|step| format!("after {} {}", step.job, step.verb));
        let wrong = stand.differences(&STANDS[self.done]);
        assert!(wrong.is_empty(), "{name:?}, cut off: {cut_off:?}\n{}", wrong.join("\n"));
        if let Some((step, again)) = last.and_then(|step| Some((step, step.again?))) {
            assert_eq!(self.client.call(server, step)?, again, "{name:?}, once more");
        }
        Some(())
    }
}
