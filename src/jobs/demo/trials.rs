//! What the listener of the demo answers to the buttons of the workbook "Every action".

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Hand, submit};
use crate::domain::ids::{FileId, Id, SheetId};
use crate::domain::job::parts::Split;
use crate::domain::job::{Job, JobStatus, JobSubject};
use crate::domain::outcome::Outcome;
use crate::domain::parse::from_value;
use crate::domain::query::RecordQuery;
use crate::domain::wording::counted;
use crate::domain::workbook::Sheet;
use crate::service::jobs::{JobChange, Progress};
use crate::service::records::{Audience, RecordInput, ValueInput};
use crate::service::{Page, Result, ServiceError};
use crate::store::now;

/// How long a step of work takes, and how many there are.
const STEP: Duration = Duration::from_millis(300);
const STEPS: u8 = 10;

/// What is done for an operation.
enum Answer {
    /// Some seconds of work, with progress; with `true` it says at the beginning when it will have ended.
    Work { estimates: bool },
    /// The job goes on in parts.
    Parts { at_once: bool },
    /// It cannot be done.
    Fail,
    /// Choices for an input.
    Choices,
    /// Nothing but an outcome.
    Tell(fn(&Scene) -> Value),
}

/// Where the job was begun, for the outcomes that lead somewhere.
struct Scene {
    job: Job,
    /// The sheet it is about, or the first of its workbook.
    sheet: Option<Sheet>,
    /// The records it is about.
    records: u64,
    /// The document that explains the demo.
    document: Option<String>,
    /// A file that was made for it, where one is offered.
    file: Option<Value>,
    /// A version that was kept before it changed a record, where that is offered.
    version: Option<String>,
}

/// The answers, by operation. Those that are about a column, a file or a document say which.
const ANSWERS: &[(&str, Answer)] = &[
    ("demoHidden", Answer::Work { estimates: false }),
    ("demoBlocking", Answer::Work { estimates: false }),
    ("demoBehind", Answer::Work { estimates: true }),
    ("demoFront", Answer::Work { estimates: false }),
    ("demoParallel", Answer::Parts { at_once: true }),
    ("demoSequence", Answer::Parts { at_once: false }),
    ("demoFail", Answer::Fail),
    ("demoFormOptions", Answer::Choices),
    ("demoWarned", Answer::Tell(|_| json!({ "message": "The warning was passed" }))),
    ("demoConditional", Answer::Tell(|_| json!({ "message": "Asked and answered" }))),
    (
        "demoForm",
        Answer::Tell(
            |scene| json!({ "message": format!("{} came with the job", counted(scene.answers(), "answer")) }),
        ),
    ),
    ("demoTold", Answer::Tell(|_| json!({ "message": "Once a week this runs by itself" }))),
    ("demoBare", Answer::Tell(|_| json!({ "message": "A button without words has its icon alone" }))),
    ("demoCount", Answer::Tell(Scene::counted)),
    ("demoAllValid", Answer::Tell(Scene::counted)),
    ("demoAllValidAtAll", Answer::Tell(Scene::counted)),
    ("demoSelection", Answer::Tell(Scene::counted)),
    ("demoData", Answer::Tell(Scene::counted)),
    (
        "demoColumn",
        Answer::Tell(|scene| json!({ "message": format!("This was about the column `{}`", scene.column()) })),
    ),
    ("demoSpace", Answer::Tell(|_| json!({ "message": "Hello" }))),
    (
        "demoFile",
        Answer::Tell(
            |scene| json!({ "message": scene.file.as_ref().and_then(|file| file["words"].as_str()) }),
        ),
    ),
    ("demoDocument", Answer::Tell(|_| json!({ "message": "Thank you for reading" }))),
    (
        "demoAcknowledge",
        Answer::Tell(|_| {
            json!({ "heading": "An outcome with a heading", "acknowledge": true, "buttonText": "So it is",
                "message": "It stays until it is closed, in every window." })
        }),
    ),
    (
        "demoPage",
        Answer::Tell(
            |scene| json!({ "message": "There is a page about this", "next": { "type": "id", "id": scene.document, "label": "Read it" } }),
        ),
    ),
    (
        "demoAddress",
        Answer::Tell(
            |_| json!({ "message": "The host is named, and nothing is opened unasked", "next": { "type": "url", "url": "https://example.com/", "label": "Go there" } }),
        ),
    ),
    (
        "demoDownload",
        Answer::Tell(|scene| {
            let file = scene.file.as_ref().map(|file| file["fileId"].clone()).unwrap_or_default();
            let url = format!("/files/{}/download", file.as_str().unwrap_or_default());
            json!({ "message": "A file by its address", "next": { "type": "download", "url": url, "label": "Fetch it", "fileName": "playground.csv" } })
        }),
    ),
    (
        "demoFiles",
        Answer::Tell(
            |scene| json!({ "message": "A file of the space", "next": { "type": "files", "files": [scene.file] } }),
        ),
    ),
    (
        "demoWait",
        Answer::Tell(
            |_| json!({ "message": "Well done", "acknowledge": true, "next": { "type": "wait", "confetti": true } }),
        ),
    ),
    (
        "demoRetry",
        Answer::Tell(
            |_| json!({ "message": "It can be done once more", "next": { "type": "retry", "label": "Once more" } }),
        ),
    ),
    (
        "demoSnapshot",
        Answer::Tell(
            |scene| json!({ "message": "An amount is another now", "next": { "type": "snapshot", "sheetId": scene.sheet_id(), "snapshotId": scene.version } }),
        ),
    ),
    (
        "demoView",
        Answer::Tell(
            |scene| json!({ "message": "Two columns may go", "next": { "type": "view", "sheetId": scene.sheet_id(), "hiddenColumns": ["due", "shelf"], "label": "Hide them" } }),
        ),
    ),
    (
        "demoClear",
        Answer::Tell(
            |_| json!({ "message": "Filters hide records", "next": { "type": "clearFilters", "label": "Show all" } }),
        ),
    ),
    (
        "demoAutomatic",
        Answer::Tell(
            |scene| json!({ "message": "This led here by itself", "trigger": "automatic", "next": { "type": "id", "id": scene.document } }),
        ),
    ),
];

/// Whether a job of that name is answered here.
pub(super) fn is_trial(name: &str) -> bool {
    find(name.split_once(':').map_or(name, |(_, operation)| operation)).is_some()
}

fn find(operation: &str) -> Option<&'static Answer> {
    ANSWERS.iter().find(|(other, _)| *other == operation).map(|(_, answer)| answer)
}

/// Does what a job of the workbook wants.
pub(super) async fn answer(hand: Hand) -> Result<()> {
    let Some(answer) = find(&hand.job.operation) else { return Ok(()) };
    match answer {
        Answer::Parts { at_once } if hand.job.parent_id.is_none() => parts(&hand, *at_once).await,
        Answer::Parts { .. } => work(&hand).await,
        Answer::Work { estimates } => {
            if *estimates {
                let ends = now().plus(STEP.as_millis() as i64 * i64::from(STEPS));
                let progress = Progress { estimated_completion_at: Some(ends), ..Progress::default() };
                hand.service.acknowledge_job(&hand.actor, &hand.job.id, progress, None).await?;
            }
            work(&hand).await
        }
        Answer::Fail => hand.fail("this button is there to fail".to_string()).await,
        Answer::Choices => choices(&hand).await,
        Answer::Tell(words) => {
            let scene = scene(&hand).await?;
            hand.complete(from_value::<Outcome>(words(&scene))?).await
        }
    }
}

async fn work(hand: &Hand) -> Result<()> {
    for step in 1..=STEPS {
        tokio::time::sleep(STEP).await;
        if hand.is_over().await? {
            return Ok(());
        }
        hand.tell(step * 9, format!("Step {step} of {STEPS}")).await?;
    }
    hand.complete(Outcome::saying(format!("{} done", hand.job.title()))).await
}

/// Splits the job; when all parts have ended it is heard of once more.
async fn parts(hand: &Hand, at_once: bool) -> Result<()> {
    if hand.job.parts_ended_at.is_some() {
        return hand.complete(Outcome::saying("Three parts have ended")).await;
    }
    if hand.job.status == JobStatus::Waiting {
        return Ok(());
    }
    hand.service.split_job(&hand.actor, &hand.job.id, Split::Number(3), at_once, None).await?;
    Ok(())
}

/// Choices for what somebody types into the form.
async fn choices(hand: &Hand) -> Result<()> {
    const FRUITS: [&str; 8] = ["Apple", "Apricot", "Banana", "Blackberry", "Cherry", "Fig", "Pear", "Plum"];
    let typed = hand.job.input.as_ref().and_then(|input| input.get("query")?.as_str());
    let typed = typed.unwrap_or_default().to_lowercase();
    let fits = FRUITS.iter().filter(|fruit| fruit.to_lowercase().contains(&typed));
    let options: Vec<Value> =
        fits.map(|fruit| json!({ "value": fruit.to_lowercase(), "label": fruit })).collect();
    let change = JobChange { metadata: Some(json!({ "options": options })), ..JobChange::default() };
    hand.service.update_job(&hand.actor, &hand.job.id, change).await?;
    hand.complete(Outcome::default()).await
}

async fn scene(hand: &Hand) -> Result<Scene> {
    let Hand { service, actor, job } = hand;
    let sheet = match (&job.sheet_id, &job.workbook_id) {
        (Some(id), _) => Some(service.sheet(actor, id).await?),
        (None, Some(workbook)) => service.sheets(actor, workbook).await?.into_iter().next(),
        (None, None) => None,
    };
    let records = match (&sheet, &job.subject) {
        (Some(sheet), Some(JobSubject::Collection { query: Some(query), .. })) => {
            service.record_counts(actor, &sheet.id, query).await?.total
        }
        (Some(sheet), _) => sheet.counts.total,
        (None, _) => 0,
    };
    let document = match &job.space_id {
        Some(space) => service.document_titles(actor, space).await?.into_iter().next(),
        None => None,
    };
    let mut scene = Scene {
        job: job.clone(),
        sheet,
        records,
        document: document.map(|document| document.id.to_string()),
        file: None,
        version: None,
    };
    let sheet = scene.sheet.as_ref().map(|sheet| sheet.id.clone());
    match (job.operation.as_str(), sheet) {
        ("demoDownload" | "demoFiles", Some(sheet)) => {
            let made =
                submit::file(hand, &sheet, RecordQuery::default(), "playground.csv".to_string()).await?;
            scene.file = Some(json!(made));
        }
        ("demoFile", _) => {
            let file = service.file(actor, &FileId::parse(&job.source)?).await?;
            scene.file = Some(json!({ "words": format!("{} has {} bytes", file.name, file.size) }));
        }
        ("demoSnapshot", Some(sheet)) => scene.version = Some(change_one(hand, &sheet).await?),
        _ => {}
    }
    Ok(scene)
}

/// Keeps the sheet as it is, and gives its first record another amount.
async fn change_one(hand: &Hand, sheet: &SheetId) -> Result<String> {
    let Hand { service, actor, job } = hand;
    let kept = service.create_snapshot(actor, sheet, Some(format!("Before “{}”", job.title())), None).await?;
    let read = crate::service::read_records::RecordRead { page: Some(Page::first(1)), ..Default::default() };
    let page = service.records(actor, sheet, read).await?;
    let first = page.records.first().ok_or_else(|| ServiceError::conflict("there is no record to change"))?;
    let place = page.fields.iter().position(|key| key == "amount").unwrap_or_default();
    let amount = first.cells.get(place).and_then(|cell| cell.text.as_deref()?.parse::<i64>().ok());
    let value = ValueInput { value: Some(json!(amount.unwrap_or(0) + 1)), messages: None };
    let change = RecordInput { values: vec![("amount".to_string(), value)], ..RecordInput::default() };
    let id = page.sheet.record_key.id(first.number);
    service.update_records(actor, sheet, vec![(id, change)], Audience::Everybody).await?;
    Ok(kept.id.to_string())
}

impl Scene {
    fn answers(&self) -> u64 {
        self.job.input.as_ref().map_or(0, Map::len) as u64
    }

    fn counted(&self) -> Value {
        json!({ "message": format!("This was about {}", counted(self.records, "record")) })
    }

    fn column(&self) -> &str {
        self.job.column_key().unwrap_or_default()
    }

    fn sheet_id(&self) -> Option<&SheetId> {
        self.sheet.as_ref().map(|sheet| &sheet.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::demo_data::playground;

    /// The operations of all actions in a blueprint.
    fn operations(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let (Some(Value::String(operation)), Some(_)) =
                    (members.get("operation"), members.get("label"))
                {
                    found.push(operation.clone());
                }
                members.values().for_each(|member| operations(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| operations(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_button_of_the_demo_is_answered_and_every_answer_has_a_button() {
        let mut buttons = Vec::new();
        for part in [
            serde_json::to_value(playground::workbook().unwrap()).unwrap(),
            serde_json::to_value(playground::of_space().unwrap()).unwrap(),
            playground::of_document(),
        ] {
            operations(&part, &mut buttons);
        }
        for button in buttons.iter().filter(|button| *button != "demoClosed") {
            assert!(is_trial(button), "{button}");
        }
        for (operation, _) in ANSWERS.iter().filter(|(operation, _)| *operation != "demoFormOptions") {
            assert!(buttons.iter().any(|button| button == operation), "{operation}");
        }
    }
}
