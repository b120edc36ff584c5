//! The demo: a workbook "All Contacts", 500 records, 12 of them bad, a Submit button, and a document that explains
//! them. The names are made up.

use serde_json::{Value, json};

use super::Result;
use super::documents::DocumentChange;
use super::records::{RecordInput, ValueInput};
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::ids::SheetId;

const RECORDS: usize = 500;
const FIRST_NAMES: [&str; 20] = [
    "Ada", "Maria", "Jonas", "Wei", "Fatima", "Luc", "Priya", "Tom", "Elena", "Kofi", "Sara", "Noah", "Ines",
    "Omar", "Yuki", "Anna", "Ravi", "Lea", "Ben", "Zoe",
];
const LAST_NAMES: [&str; 17] = [
    "Novak", "Lopez", "Berg", "Zhang", "Haddad", "Martin", "Nair", "Baker", "Rossi", "Mensah", "Lind",
    "Fischer", "Costa", "Aziz", "Sato", "Kim", "Weber",
];
const COMPANIES: [&str; 7] =
    ["Northwind", "Bluebird", "Harbour & Sons", "Fern", "Quarry", "Lumen", "Old Mill Foods"];
const PLANS: [&str; 3] = ["free", "team", "business"];

/// Every fault of the demo, by record and field: each is one that files really have.
const FAULTS: [(usize, &str, Option<&str>); 12] = [
    (3, "email", Some("wei.zhang#bluebird.example")),
    (17, "first_name", None),
    (41, "signed_up", Some("2026-02-30")),
    (76, "balance", Some("12a.5")),
    (118, "plan", Some("buisness")),
    (163, "email", None),
    (201, "signed_up", Some("03/04/2026")),
    (249, "last_name", None),
    (310, "balance", Some("n/a")),
    (366, "plan", Some("Enterprise")),
    (402, "email", Some("ines.costa at fern.example")),
    (477, "phone", Some("call me")),
];

/// The blueprint of the demo.
pub fn workbook() -> Result<WorkbookConfig> {
    let required = json!([{ "type": "required" }]);
    let blueprint = json!({
        "name": "All Contacts",
        "labels": ["primary"],
        "sheets": [{
            "name": "Contacts", "slug": "contacts",
            "fields": [
                { "key": "first_name", "label": "First name", "type": "string", "constraints": required },
                { "key": "last_name", "label": "Last name", "type": "string", "constraints": required },
                { "key": "email", "label": "E-mail", "type": "string", "alternativeNames": ["mail", "e-mail address"],
                  "constraints": [{ "type": "required" }, { "type": "unique" }, { "type": "external", "validator": "email" }] },
                { "key": "phone", "label": "Phone", "type": "string", "constraints": [{ "type": "external", "validator": "phone" }] },
                { "key": "signed_up", "label": "Signed up", "type": "date" },
                { "key": "balance", "label": "Balance", "type": "number" },
                { "key": "plan", "label": "Plan", "type": "enum", "config": { "options": [
                    { "value": "free", "label": "Free" }, { "value": "team", "label": "Team" },
                    { "value": "business", "label": "Business" } ] } },
                { "key": "company", "label": "Company", "type": "string" }
            ]
        }],
        "actions": [{
            "operation": "submitAction", "label": "Submit", "primary": true, "mode": "foreground",
            "description": "Sends the valid contacts to a pretended CRM. Those with errors come back as a file.",
            "constraints": [{ "type": "hasData" }],
            "inputForm": { "type": "simple", "fields": [
                { "key": "name", "label": "Import name", "type": "string", "description": "Shown in the CRM’s history",
                  "defaultValue": "First import", "constraints": [{ "type": "required" }] },
                { "key": "notify", "label": "Tell the owners by e-mail", "type": "boolean", "defaultValue": false }
            ] }
        }]
    });
    Ok(WorkbookConfig::from_blueprint(blueprint)?)
}

/// The document of the demo, with the way to its sheet.
pub fn document(sheet: &SheetId) -> DocumentChange {
    let body = format!(
        "A **space** is one import: everything that belongs to it is in the list at the side.\n\n\
        <embed type='embedded-sheet' sheetId='{sheet}'>\n\n\
        ## Put the records right\n\n\
        A **sheet** holds records. Each column has a rule of its own, and cells that break it are marked red: rest on one \
        to read why.\n\n\
        1. Press **Invalid** over the sheet to see only records with errors.\n\
        2. Click a cell and type. `Enter` saves it, `Ctrl` + `Z` takes it back.\n\
        3. To add records of your own, drop a CSV file on the sheet.\n\n\
        ## Hand them on\n\n\
        **Submit**, at the top right of the sheet, starts a job. Here it sends the valid records to a pretended CRM and \
        gives those with errors back as a file. What ran and how it ended is under **Jobs**.\n\n\
        ## This page\n\n\
        It is a document: a text in Markdown that a program writes by the API. Change it, and it changes here at \
        once.\n"
    );
    DocumentChange {
        title: Some("How this works".to_string()),
        body: Some(body),
        ..DocumentChange::default()
    }
}

/// The records of the demo.
pub fn records() -> Vec<RecordInput> {
    (0..RECORDS).map(record).collect()
}

fn record(row: usize) -> RecordInput {
    let (first, last) = (FIRST_NAMES[row % FIRST_NAMES.len()], LAST_NAMES[(row * 7) % LAST_NAMES.len()]);
    let company = COMPANIES[(row * 3) % COMPANIES.len()];
    let host = company.to_lowercase().replace([' ', '&'], "");
    let given: [(&str, String); 8] = [
        ("first_name", first.to_string()),
        ("last_name", last.to_string()),
        ("email", format!("{}.{}{}@{host}.example", first.to_lowercase(), last.to_lowercase(), row + 1)),
        ("phone", format!("+49 30 {:07}", (row * 7_919 + 1_234_567) % 10_000_000)),
        ("signed_up", format!("2026-{:02}-{:02}", 1 + row % 10, 1 + (row * 5) % 28)),
        ("balance", format!("{}.{:02}", (row * 137) % 5000, (row * 29) % 100)),
        ("plan", PLANS[(row * 5) % PLANS.len()].to_string()),
        ("company", company.to_string()),
    ];
    let values = given.into_iter().map(|(key, text)| {
        let fault = FAULTS.iter().find(|(faulty, field, _)| *faulty == row && *field == key);
        let value = match fault {
            Some((_, _, text)) => json!(text),
            None => Value::String(text),
        };
        (key.to_string(), ValueInput { value: Some(value), messages: None })
    });
    RecordInput { values: values.collect(), ..RecordInput::default() }
}
