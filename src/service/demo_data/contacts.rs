//! The workbook "All Contacts": 500 records, 12 of them bad, and a Submit button.

use serde_json::{Value, json};

use super::super::Result;
use super::super::records::{RecordInput, ValueInput};
use crate::domain::blueprint::WorkbookConfig;

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

/// The blueprint.
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

/// The records.
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
