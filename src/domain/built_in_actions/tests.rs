use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::domain::blueprint::SheetConfig;
use crate::domain::form::Form;
use crate::domain::ids::Id;
use crate::domain::job::{JobType, is_built_in};
use crate::domain::record::{Counts, RecordKey};
use crate::domain::time::Timestamp;

fn sheet(config: Value) -> Sheet {
    let config: SheetConfig = crate::domain::parse::from_value(config).unwrap();
    Sheet {
        id: SheetId::parse("us_sh_0123456789").unwrap(),
        number: 1,
        account_id: Id::parse("us_acc_0123456789").unwrap(),
        environment_id: Id::parse("us_env_0123456789").unwrap(),
        space_id: Id::parse("us_sp_0123456789").unwrap(),
        workbook_id: Id::parse("us_wb_0123456789").unwrap(),
        slug: "people".to_string(),
        position: 0,
        config: Arc::new(config),
        field_numbers: BTreeMap::new(),
        record_key: RecordKey(1),
        version: 0,
        layout: 0,
        counts: Counts::default(),
        importing: None,
        tracks_changes: false,
        metadata: None,
        namespace: None,
        lock: None,
        created_from: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        whereabouts: Arc::default(),
    }
}

fn people() -> Value {
    json!({ "name": "People", "fields": [
        { "key": "email", "label": "E-mail", "type": "string", "constraints": [{ "type": "unique" }] },
        { "key": "since", "label": "Since", "type": "date" },
        { "key": "kind", "label": "Kind", "type": "enum", "config": { "options": [{ "value": "a", "label": "A" }] } },
    ] })
}

fn made(sheet: &Sheet, column: Option<&str>, operation: &str, others: &[OtherSheet]) -> Action {
    let column = column.and_then(|key| sheet.config.field(key));
    let place = if column.is_some() { MountKind::Field } else { MountKind::Sheet };
    find(place, operation).unwrap().action(&Around { sheet, column, others })
}

#[test]
fn the_server_does_what_each_of_them_starts() {
    for built_in in BUILT_IN_ACTIONS {
        assert!(is_built_in(JobType::Sheet, built_in.operation), "{}", built_in.operation);
    }
}

#[test]
fn each_has_a_name_and_an_icon_of_its_own_and_a_form_that_is_in_order() {
    let sheet = sheet(people());
    let mut names = std::collections::HashSet::new();
    for built_in in BUILT_IN_ACTIONS {
        assert!(names.insert(built_in.name));
        let column = (built_in.place == MountKind::Field).then_some("email");
        let action = made(&sheet, column, built_in.operation, &[]);
        assert!(
            crate::domain::icon::address(action.icon.as_deref())
                .is_some_and(|address| !address.contains("zap"))
        );
        let Some(form) = action.input_form else { continue };
        // A developer might write the same.
        let written = serde_json::to_value(&form).unwrap();
        assert_eq!(serde_json::from_value::<InputForm>(written).unwrap(), form);
    }
}

#[test]
fn duplicates_are_compared_by_unique_fields_at_first() {
    let action = made(&sheet(people()), None, "remove-duplicates", &[]);
    let form = Form::from(&action.input_form.unwrap());
    assert_eq!(form.inputs[0].initial, ["email"]);
    assert_eq!(form.inputs[1].initial, ["first"]);
}

#[test]
fn a_filling_is_chosen_as_the_field_has_it() {
    let sheet = sheet(people());
    for (column, kind) in [("email", "string"), ("since", "date"), ("kind", "enum")] {
        let action = made(&sheet, Some(column), "fill-column", &[]);
        let form = action.input_form.unwrap();
        assert_eq!(form.fields[1].input_type.name(), kind);
        let shown = |with: &str| Form::from(&form).shown(&[vec![with.to_string()], Vec::new()]);
        assert_eq!((shown("value"), shown(ABOVE)), (vec![true, true], vec![true, false]));
    }
}

#[test]
fn what_cannot_be_pressed_says_why() {
    let mut config = people();
    config["access"] = json!(["add"]);
    let closed = sheet(config);
    let mut config = people();
    config["fields"].as_array_mut().unwrap().truncate(1);
    let narrow = sheet(config);
    let open = sheet(people());
    let other = OtherSheet { id: SheetId::parse("us_sh_9876543210").unwrap(), name: "B".to_string() };
    let refusal = |action: Action| action.requirements().never;
    for (action, expected) in [
        (made(&closed, None, "remove-duplicates", &[]), Some("Records of this sheet may not be deleted")),
        (made(&closed, Some("email"), "clear-column", &[]), Some("This sheet may not be changed by hand")),
        (made(&closed, None, "copy-records", std::slice::from_ref(&other)), None),
        (made(&open, None, "copy-records", &[]), Some("There is no other sheet in this space")),
        (made(&open, None, "move-records", std::slice::from_ref(&other)), None),
        (made(&narrow, Some("email"), "remove-field", &[]), Some("The last column stays")),
        (made(&narrow, Some("email"), "rename-field", &[]), None),
        (made(&open, Some("email"), "remove-field", &[]), None),
    ] {
        assert_eq!(refusal(action.clone()).as_deref(), expected, "{}", action.label);
    }
}
