//! The workbook of the demo whose buttons and menus try every option of actions. What each of them does is said in
//! its own words; the demo's listener answers them.

use serde_json::{Value, json};

use super::super::Result;
use super::super::records::{RecordInput, ValueInput};
use crate::domain::action::Action;
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::parse::from_value;

/// How the workbook is called.
pub const NAME: &str = "Every action";

/// The blueprint: a sheet to act on, and one where records go.
pub fn workbook() -> Result<WorkbookConfig> {
    let fields = |actions: Value| {
        json!([
            { "key": "item", "label": "Item", "type": "string", "constraints": [{ "type": "required" }] },
            { "key": "amount", "label": "Amount", "type": "number", "actions": actions },
            { "key": "due", "label": "Due", "type": "date" },
            { "key": "shelf", "label": "Shelf", "type": "string" },
            { "key": "code", "label": "Code", "type": "string", "readonly": true, "actions": actions },
        ])
    };
    let on_column = json!([{ "operation": "demoColumn", "label": "Round it", "icon": "ruler",
        "description": "Says which column it is about.", "constraints": [{ "type": "hasColumnEnabled" }] }]);
    let blueprint = json!({
        "name": NAME,
        "sheets": [
            { "name": "Playground", "slug": "playground", "fields": fields(on_column), "actions": of_sheet() },
            { "name": "Second shelf", "slug": "second-shelf", "fields": fields(json!([])) },
        ],
        "actions": of_workbook(),
    });
    Ok(WorkbookConfig::from_blueprint(blueprint)?)
}

/// The actions of the space: one that stands at its name, and one at each file.
pub fn of_space() -> Result<Vec<Action>> {
    let actions = json!([
        { "operation": "demoSpace", "label": "Greet the space", "icon": "hand", "confirm": false },
        { "operation": "demoFile", "label": "Tell its size", "icon": "scale", "confirm": false, "mount": { "type": "file" } },
    ]);
    Ok(from_value(actions)?)
}

/// The action of the document.
pub fn of_document() -> Value {
    json!([{ "operation": "demoDocument", "label": "Mark as read", "icon": "book-check", "confirm": false }])
}

/// The records: some of them have no item, which is an error.
pub fn records() -> Vec<RecordInput> {
    const ITEMS: [&str; 6] = ["Lamp", "Chair", "", "Desk", "Lamp", "Shelf"];
    let record = |row: usize| {
        let item = Some(ITEMS[row % ITEMS.len()]).filter(|item| !item.is_empty());
        let shelf = (row.is_multiple_of(4)).then(|| (1 + row / 4).to_string());
        let values = [
            ("item", json!(item)),
            ("amount", json!((row * 37) % 90 + 10)),
            ("due", json!(format!("2027-{:02}-{:02}", 1 + row % 12, 1 + (row * 7) % 28))),
            ("shelf", json!(shelf)),
            ("code", json!(format!("P-{:03}", row + 1))),
        ];
        let input = |value| ValueInput { value: Some(value), messages: None };
        let values = values.map(|(key, value)| (key.to_string(), input(value)));
        RecordInput { values: values.into(), ..RecordInput::default() }
    };
    (0..18).map(record).collect()
}

/// Modes, progress, parts, dialogs and outcomes: the menu of the workbook.
fn of_workbook() -> Value {
    json!([
        { "operation": "demoHidden", "label": "Work unseen", "icon": "eye-off", "mode": "hidden", "confirm": false,
          "tooltip": "Mode hidden: people see nothing of it, programs do" },
        { "operation": "demoBlocking", "label": "Block the toolbar", "icon": "lock", "mode": "toolbarBlocking", "confirm": false,
          "tooltip": "Mode toolbarBlocking: cells can be edited meanwhile" },
        { "operation": "demoParallel", "label": "In parts, at once", "icon": "split", "confirm": false },
        { "operation": "demoSequence", "label": "In parts, one by one", "icon": "list-ordered", "confirm": false },
        { "operation": "demoFail", "label": "Fail", "icon": "circle-x", "confirm": false,
          "tooltip": "Ends badly, says why and offers to try again" },
        { "operation": "demoWarned", "label": "With a warning and help", "icon": "triangle-alert",
          "description": "Shall it begin?",
          "guardrail": { "content": "**This is a guardrail.** It has to be passed before the question." },
          "guide": { "content": "A *guide* is help in Markdown:\n\n1. one\n2. two" } },
        { "operation": "demoConditional", "label": "Asked by standing", "icon": "git-branch",
          "invalidConditionalMessaging": true, "validRecordsMessage": "Every record is valid. Go on?",
          "invalidRecordsMessage": "Some records have errors. Go on all the same?" },
        { "operation": "demoForm", "label": "With a form", "icon": "clipboard-list", "inputForm": form() },
        { "operation": "demoClosed", "label": "Cannot be pressed", "icon": "ban",
          "messages": [{ "type": "error", "content": "A message of the type error is the reason" }] },
        { "operation": "demoTold", "label": "With remarks", "confirm": false, "schedule": "weekly", "tooltip": "A tooltip",
          "messages": [{ "type": "info", "content": "A message of the type info" }] },
        { "operation": "demoBare", "label": "", "icon": "heart", "confirm": false },
        { "operation": "demoAcknowledge", "label": "Outcome: a dialog", "icon": "message-square", "confirm": false },
        { "operation": "demoPage", "label": "Outcome: a page", "icon": "file", "confirm": false },
        { "operation": "demoAddress", "label": "Outcome: an address", "icon": "external-link", "confirm": false },
        { "operation": "demoDownload", "label": "Outcome: a download", "icon": "download", "confirm": false },
        { "operation": "demoFiles", "label": "Outcome: files", "icon": "files", "confirm": false },
        { "operation": "demoWait", "label": "Outcome: confetti", "icon": "party-popper", "confirm": false },
        { "operation": "demoRetry", "label": "Outcome: once more", "icon": "rotate-ccw", "confirm": false },
        { "operation": "demoSnapshot", "label": "Outcome: what changed", "icon": "git-compare", "confirm": false },
        { "operation": "demoView", "label": "Outcome: fewer columns", "icon": "columns-2", "confirm": false },
        { "operation": "demoClear", "label": "Outcome: no filters", "icon": "filter-x", "confirm": false },
        { "operation": "demoAutomatic", "label": "Outcome: by itself", "icon": "zap", "confirm": false },
        { "operation": "demoBehind", "label": "Work behind", "icon": "layers", "mode": "background", "confirm": false,
          "tooltip": "Mode background, with the time that its listener estimates" },
        { "operation": "demoFront", "label": "Work in front", "icon": "play", "mode": "foreground", "primary": true, "confirm": false,
          "tooltip": "Mode foreground, and a primary action" },
    ])
}

/// What must hold: the toolbar of the sheet.
fn of_sheet() -> Value {
    let action = |operation: &str, label: &str, constraint: Value| {
        json!({ "operation": operation, "label": label, "icon": "scan-search", "confirm": false,
            "constraints": [constraint] })
    };
    json!([
        { "operation": "demoCount", "label": "Count them", "icon": "calculator", "primary": true,
          "description": "Tells which records it was given: those that are selected, else those that are shown." },
        action("demoAllValid", "All valid", json!({ "type": "hasAllValid" })),
        action("demoAllValidAtAll", "All valid, whatever is selected", json!({ "type": "hasAllValid", "ignoreSelection": true })),
        action("demoSelection", "Something selected", json!({ "type": "hasSelection" })),
        action("demoData", "Some records", json!({ "type": "hasData" })),
    ])
}

/// A form with every kind of input, on three pages with a last look.
fn form() -> Value {
    let required = json!([{ "type": "required" }]);
    let colours = json!({ "options": [{ "value": "r", "label": "Red" }, { "value": "g", "label": "Green" }, { "value": "other", "label": "Another" }] });
    let fields = json!([
        { "key": "name", "label": "Name", "type": "string", "constraints": required, "defaultValue": "A name" },
        { "key": "note", "label": "Note", "type": "textarea", "description": "Several lines" },
        { "key": "many", "label": "How many", "type": "number", "constraints": [{ "type": "min", "value": 1 }, { "type": "max", "value": 9 }] },
        { "key": "sure", "label": "Sure", "type": "boolean", "defaultValue": true },
        { "key": "colour", "label": "Colour", "type": "enum", "config": colours },
        { "key": "which", "label": "Which other colour", "type": "string", "showIf": { "key": "colour", "equals": "other" }, "constraints": required },
        { "key": "several", "label": "Several", "type": "multi-select", "config": colours },
        { "key": "day", "label": "Day", "type": "date", "defaultValue": "today" },
        { "key": "mail", "label": "E-mail", "type": "email" },
        { "key": "site", "label": "Web address", "type": "url" },
        { "key": "plate", "label": "Number plate", "type": "string", "constraints": [{ "type": "pattern", "value": "^[A-Z]{1,3}-\\d+$", "message": "As AB-123" }] },
        { "key": "password", "label": "Password", "type": "secret" },
        { "key": "file", "label": "File", "type": "file" },
        { "key": "item", "label": "An item of the sheet", "type": "enum", "config": { "source": { "sheet": "playground", "value": "item" } } },
        { "key": "record", "label": "A record", "type": "reference", "config": { "source": { "sheet": "playground", "label": "code" } } },
        { "key": "found", "label": "Found by the listener", "type": "enum", "description": "Type a letter",
          "config": { "source": { "listener": true } } },
    ]);
    json!({ "type": "simple", "fields": fields, "pages": [
        { "title": "Words and numbers", "fields": ["name", "note", "many", "sure", "colour", "which", "several"] },
        { "title": "What has a form", "fields": ["day", "mail", "site", "plate", "password"] },
        { "title": "What is looked for", "description": "Choices that are not in the blueprint",
          "fields": ["file", "item", "record", "found"] },
    ] })
}
