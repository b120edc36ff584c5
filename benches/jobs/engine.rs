//! `cargo bench --bench jobs -- FOLDER [DATABASE]`: the queue of jobs without HTTP around it, on new data in the folder
//! or in that PostgreSQL, for `benches/jobs/jobs.mjs`. It answers each line of standard input with a line:
//!
//!     start N   seconds from the asking to the beginning of each of N jobs, one after the other
//!     drain N   jobs a second, of N that wait for workers which begin; their ends on the disk
//!
//! Everything runs that runs in the server. The jobs are those of `sheet:validate` in all but their work, which is
//! nothing: what is measured is what a job costs beside it.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use clap::Parser;
use inlet::config::Config;
use inlet::domain::access::Actor;
use inlet::domain::ids::{Id, SheetId};
use inlet::domain::job::{Job, JobTrigger, JobType};
use inlet::domain::outcome::Outcome;
use inlet::jobs::kinds::Kind;
use inlet::jobs::work::{Work, WorkError};
use inlet::service::bootstrap::system_actor;
use inlet::service::new_job::NewJob;
use inlet::service::{Page, Service};
use inlet::store::jobs::JobFilter;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The server's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How often it is looked whether jobs have ended.
const LOOK: Duration = Duration::from_millis(2);
const OPERATION: &str = "validate";

/// Where jobs say that they have begun.
static BEGUN: OnceLock<UnboundedSender<Instant>> = OnceLock::new();
const KINDS: &[Kind] = &[Kind { name: (JobType::Sheet, OPERATION), run: |work| Box::pin(do_nothing(work)) }];

async fn do_nothing(_work: Work) -> Result<Outcome, WorkError> {
    let begun = Instant::now();
    if let Some(sender) = BEGUN.get() {
        // Nobody asks any more.
        let _ = sender.send(begun);
    }
    Ok(Outcome::saying("Nothing was done"))
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = PathBuf::from(arguments.next().ok_or("use: FOLDER [DATABASE]")?);
    let mut engine = Engine::open(folder, arguments.next()).await?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (what, count) = line.split_once(' ').ok_or("start N or drain N")?;
        let count = count.trim().parse()?;
        let what = what.to_string();
        // Where requests are: on the threads of the runtime.
        let asked = tokio::spawn(async move { (engine.answer(&what, count).await, engine) });
        let (figures, back) = asked.await?;
        let figures = figures?;
        engine = back;
        println!("{}", figures.iter().map(f64::to_string).collect::<Vec<_>>().join(" "));
    }
    engine.rest().await;
    Ok(())
}

struct Engine {
    service: Arc<Service>,
    actor: Actor,
    sheet: SheetId,
    begun: UnboundedReceiver<Instant>,
    running: Option<(CancellationToken, TaskTracker)>,
    /// The folder is this process's as long as this is there.
    _lock: inlet::store::DataLock,
}

impl Engine {
    async fn open(folder: PathBuf, database: Option<String>) -> Result<Self, Failed> {
        let folder = folder.into_os_string();
        let mut words =
            vec!["inlet".into(), "--listen".into(), "127.0.0.1:0".into(), "--data".into(), folder];
        words.extend(database.into_iter().flat_map(|url| ["--database-url".into(), url.into()]));
        let opened = inlet::server::open(&Config::try_parse_from(words)?, "http://127.0.0.1").await?;
        let service = opened.service;
        let actor = system_actor(&service.ensure_account().await?)?;
        let space = service.spaces(&actor, &Default::default(), Page::first(1)).await?;
        let space = space.items.into_iter().next().ok_or("the demo is not there")?;
        let workbooks = service.workbooks(&actor, &space.space.id).await?;
        let sheet = workbooks.iter().find_map(|workbook| workbook.sheets.first()).ok_or("no sheet")?;
        let (sender, begun) = mpsc::unbounded_channel();
        BEGUN.set(sender).map_err(|_| "one engine a process")?;
        let sheet = sheet.id.clone();
        Ok(Self { service, actor, sheet, begun, running: None, _lock: opened.lock })
    }

    fn run(&mut self) {
        if self.running.is_none() {
            let stopping = CancellationToken::new();
            let tasks = inlet::jobs::start_with(&self.service, KINDS, &stopping);
            self.running = Some((stopping, tasks));
        }
    }

    async fn rest(&mut self) {
        if let Some((stopping, tasks)) = self.running.take() {
            stopping.cancel();
            tasks.wait().await;
        }
    }

    async fn ask(&self) -> Result<Job, Failed> {
        let mut new = NewJob::new(JobType::Sheet, OPERATION, self.sheet.as_str());
        new.trigger = JobTrigger::Immediate;
        Ok(self.service.create_job(&self.actor, new).await?)
    }

    async fn answer(&mut self, what: &str, count: usize) -> Result<Vec<f64>, Failed> {
        match what {
            "start" => self.start(count).await,
            "drain" => Ok(vec![self.drain(count).await?]),
            _ => Err(format!("{what}: start N or drain N").into()),
        }
    }

    async fn start(&mut self, count: usize) -> Result<Vec<f64>, Failed> {
        self.run();
        let mut seconds = Vec::with_capacity(count);
        for _ in 0..count {
            let asked = Instant::now();
            let job = self.ask().await?;
            let begun = self.begun.recv().await.ok_or("no job begins")?;
            seconds.push(begun.duration_since(asked).as_secs_f64());
            while !self.service.job(&self.actor, &job.id).await?.status.is_terminal() {
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(seconds)
    }

    async fn drain(&mut self, count: usize) -> Result<f64, Failed> {
        self.rest().await;
        for _ in 0..count {
            self.ask().await?;
        }
        let first = Instant::now();
        self.run();
        for _ in 0..count {
            self.begun.recv().await.ok_or("no job begins")?;
        }
        let unfinished = JobFilter { unfinished: true, ..JobFilter::default() };
        while self.service.jobs(&self.actor, &unfinished, Page::first(1)).await?.total > 0 {
            tokio::time::sleep(LOOK).await;
        }
        Ok(count as f64 / first.elapsed().as_secs_f64())
    }
}
