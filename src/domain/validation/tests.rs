use serde_json::{Value, json};

use super::*;
use crate::domain::blueprint::Level;
use crate::domain::parse::from_value;
use crate::domain::record::{Message, MessageSource};

fn field(value: Value) -> Field {
    from_value(value).unwrap()
}

fn messages(field: &Field, text: Option<&str>) -> Vec<Message> {
    let mut out = Vec::new();
    FieldChecker::new(field).check(text, &mut out);
    out
}

fn external(validator: &str, config: Value) -> Value {
    json!([{"type": "external", "validator": validator, "config": config}])
}

#[test]
fn a_message_says_what_is_wrong() {
    let options = json!({"options": [{"value": "active", "label": "In use"}, {"value": "closed"}]});
    let required = json!([{"type": "required"}]);
    let (long, longer) = ("a,".repeat(100), "a,".repeat(101));
    let as_json = json!(vec![1; 101]).to_string();
    let table: &[(&str, Value, Value, Option<&str>, Option<&str>)] = &[
        ("string", json!([]), json!({}), None, None),
        ("string", required.clone(), json!({}), None, Some("Field is required")),
        ("string", required.clone(), json!({}), Some(" \t\u{a0}"), Some("Field is required")),
        ("string", required.clone(), json!({}), Some("a"), None),
        ("string-list", required, json!({}), Some("[]"), Some("Field is required")),
        ("number", json!([]), json!({}), Some(" 1,000.5 "), None),
        ("number", json!([]), json!({}), Some("12a.5"), Some("“12a.5” is not a number")),
        ("number", json!([]), json!({}), Some("  "), None),
        ("boolean", json!([]), json!({}), Some("Yes"), None),
        ("boolean", json!([]), json!({}), Some("perhaps"), Some("“perhaps” is neither yes nor no")),
        ("date", json!([]), json!({}), Some("2000-02-29"), None),
        (
            "date",
            json!([]),
            json!({}),
            Some("2001-02-30"),
            Some("“2001-02-30” is not a date: write it as YYYY-MM-DD"),
        ),
        ("enum", json!([]), options.clone(), Some("IN USE"), None),
        (
            "enum",
            json!([]),
            options.clone(),
            Some("actve"),
            Some("“actve” is not one of the options: did you mean “active”?"),
        ),
        ("enum", json!([]), options.clone(), Some("Germany"), Some("“Germany” is not one of the options")),
        ("enum-list", json!([]), options.clone(), Some("active, closed"), None),
        ("enum-list", json!([]), options.clone(), Some("active, x"), Some("“x” is not one of the options")),
        (
            "enum-list",
            json!([]),
            options,
            Some("x, active, y, z"),
            Some("“x” and 2 more are not among the options"),
        ),
        (
            "string",
            external("email", json!({})),
            json!({}),
            Some("a at b"),
            Some("“a at b” is not an e-mail address"),
        ),
        ("string", external("email", json!({})), json!({}), None, None),
        (
            "string",
            external("url", json!(null)),
            json!({}),
            Some("a.b"),
            Some("“a.b” is not a web address: begin it with https://"),
        ),
        (
            "string",
            external("phone", json!({})),
            json!({}),
            Some("+49-CALL-ME"),
            Some("“+49-CALL-ME” is not a telephone number"),
        ),
        ("string", external("pattern", json!({"pattern": "^[A-Z]{2}$"})), json!({}), Some("DE"), None),
        (
            "string",
            external("pattern", json!({"pattern": "^[A-Z]{2}$"})),
            json!({}),
            Some("DEU"),
            Some("“DEU” does not match the pattern ^[A-Z]{2}$"),
        ),
        ("number", external("integer", json!({})), json!({}), Some("1,000.0"), None),
        (
            "number",
            external("integer", json!({})),
            json!({}),
            Some("1.5"),
            Some("“1.5” is not a whole number"),
        ),
        (
            "number",
            external("range", json!({"min": 0, "max": 1000})),
            json!({}),
            Some("-7"),
            Some("“-7” is not between 0 and 1000"),
        ),
        ("number", external("range", json!({"min": 0})), json!({}), Some("-7"), Some("“-7” is less than 0")),
        ("number", external("range", json!({"max": 2.5})), json!({}), Some("2.5"), None),
        ("number", external("range", json!({"max": 2.5})), json!({}), Some("x"), Some("“x” is not a number")),
        ("string", external("length", json!({"min": 2, "max": 3})), json!({}), Some("äöü"), None),
        (
            "string",
            external("length", json!({"max": 1})),
            json!({}),
            Some("ab"),
            Some("“ab” has more than 1 character"),
        ),
        (
            "string-list",
            external("email", json!({})),
            json!({}),
            Some("a@b.co; c"),
            Some("“c” is not an e-mail address"),
        ),
        ("string-list", json!([]), json!({}), Some(long.as_str()), None),
        ("string-list", json!([]), json!({}), Some(longer.as_str()), Some("A list holds at most 100 items")),
        ("string-list", json!([]), json!({}), Some(as_json.as_str()), Some("A list holds at most 100 items")),
        (
            "reference-list",
            json!([]),
            json!({"ref": "a", "key": "b"}),
            Some(longer.as_str()),
            Some("A list holds at most 100 items"),
        ),
        ("string", json!([]), json!({}), Some(longer.as_str()), None),
        (
            "string",
            json!([{"type": "stored", "validator": "email"}, {"type": "computed"}]),
            json!({}),
            Some("no"),
            None,
        ),
        ("string", external("of a listener", json!({})), json!({}), Some("anything"), None),
    ];
    for (name, constraints, config, text, said) in table {
        let field = field(
            json!({"key": "f", "label": "Field", "type": name, "constraints": constraints, "config": config}),
        );
        let messages = messages(&field, *text);
        assert_eq!(messages.first().map(|message| message.text.as_str()), *said, "{name} {text:?}");
        assert!(messages.len() <= 1 && messages.iter().all(|message| message.derived), "{messages:?}");
    }
}

#[test]
fn the_blueprint_chooses_words_and_level() {
    let given = field(json!({"key": "f", "type": "string", "constraints": [
        {"type": "required", "config": {"message": "Who?", "level": "warn"}},
        {"type": "external", "validator": "email", "config": {"message": "Write to whom?", "level": "info"}},
        {"type": "unique", "config": {"message": "Twice", "level": "warn"}}]}));
    let seen =
        |text| messages(&given, text).pop().map(|message| (message.level, message.source, message.text));
    assert_eq!(seen(None), Some((Level::Warn, MessageSource::RequiredConstraint, "Who?".to_string())));
    assert_eq!(
        seen(Some("x")),
        Some((Level::Info, MessageSource::CustomLogic, "Write to whom?".to_string()))
    );
    let twice = FieldChecker::new(&given).unique_message();
    assert_eq!((twice.level, twice.text.as_str()), (Level::Warn, "Twice"));
    let plain =
        FieldChecker::new(&field(json!({"key": "f", "type": "string", "constraints": [{"type": "unique"}]})));
    assert_eq!(plain.unique_message().text, "Value is not unique");
}

#[test]
fn a_long_text_is_quoted_short() {
    let number = field(json!({"key": "f", "type": "number"}));
    let said = messages(&number, Some(&"x\n".repeat(500_000))).pop().unwrap().text;
    assert!(said.chars().count() < 100 && !said.contains('\n'), "{said}");
}

#[test]
fn unique_keys_are_of_what_is_meant() {
    let key = |type_name: &str, config: Value, text: Option<&str>| {
        let field = field(
            json!({"key": "f", "type": type_name, "config": {"options": [{"value": "a", "label": "A1"}]},
            "constraints": [{"type": "unique", "config": config}]}),
        );
        FieldChecker::new(&field).unique_key(text).map(String::from)
    };
    for (type_name, config, text, expected) in [
        ("string", json!({}), None, None),
        ("string", json!({}), Some("Ab"), Some("Ab")),
        ("string", json!({}), Some(""), Some("")),
        ("string", json!({"ignoreEmpty": true}), Some(" "), None),
        ("string", json!({"caseSensitive": false}), Some("ÄB"), Some("äb")),
        ("number", json!({}), Some("1,000.0"), Some("1000")),
        ("number", json!({}), Some("1000"), Some("1000")),
        ("number", json!({}), Some("x"), Some("x")),
        ("boolean", json!({}), Some("Yes"), Some("true")),
        ("enum", json!({}), Some("A1"), Some("a")),
    ] {
        assert_eq!(key(type_name, config, text).as_deref(), expected, "{type_name} {text:?}");
    }
    assert_eq!(FieldChecker::new(&field(json!({"key": "f", "type": "string"}))).unique_key(Some("a")), None);
}

#[test]
fn a_validator_that_cannot_work_is_refused_with_its_place() {
    for (validator, config, words) in [
        ("pattern", json!({}), "`pattern` is missing"),
        ("pattern", json!({"pattern": "("}), "cannot be read"),
        ("pattern", json!({"pattern": "a{1000}{1000}{1000}"}), "cannot be read"),
        ("range", json!({}), "neither `min` nor `max`"),
        ("range", json!({"min": "much"}), "`min` is not a number"),
        ("range", json!({"min": 2, "max": 1}), "above"),
        ("length", json!({"min": -1}), "`min` is not a whole number"),
    ] {
        let error = check_constraints(&field(
            json!({"key": "f", "type": "string", "constraints": external(validator, config)}),
        ));
        let error = error.unwrap_err();
        assert_eq!(error.path, "constraints[0].config");
        assert!(error.message.contains(words), "{error}");
    }
    let unknown = field(
        json!({"key": "f", "type": "string", "constraints": external("of a listener", json!({"min": "x"}))}),
    );
    assert_eq!(check_constraints(&unknown), Ok(()));
}

#[test]
fn a_greedy_pattern_does_not_hang() {
    let field = field(
        json!({"key": "f", "type": "string", "constraints": external("pattern", json!({"pattern": "^(a+)+$"}))}),
    );
    let text = format!("{}!", "a".repeat(20_000));
    assert_eq!(messages(&field, Some(&text)).len(), 1);
}

#[path = "../../../benches/people/mod.rs"]
mod people;

/// The file is that of `benches/gen_csv.py --rows 10000`, with what its `--expect` writes.
#[test]
fn the_bad_cells_of_ten_thousand_people_are_found_and_no_others() {
    let mut file = Vec::new();
    let expected = people::write(&mut file, 10_000).unwrap();
    let hash = file
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    assert_eq!((file.len(), hash), (1_072_227, 0xd04b_e1fd_7027_049c), "not the file of gen_csv.py");
    assert_eq!((expected.rows, expected.bytes, expected.bad_rows()), (10_000, 1_072_227, 196));
    assert_eq!(expected.bad, [21, 25, 24, 20, 22, 17, 21, 23, 23, 0]);
    assert_eq!(expected.bad_when_narrower, 2680);

    let sheet: crate::domain::blueprint::SheetConfig =
        from_value(serde_json::from_str(people::BLUEPRINT).unwrap()).unwrap();
    assert_eq!(sheet.check(), Ok(()));
    let keys: Vec<&str> = sheet.fields.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(keys, people::COLUMNS);
    let checkers: Vec<FieldChecker> = sheet.fields.iter().map(FieldChecker::new).collect();
    let mut found = [0; 10];
    let mut emails = std::collections::HashSet::new();
    for record in csv::Reader::from_reader(file.as_slice()).records() {
        let record = record.unwrap();
        for (column, text) in record.iter().enumerate() {
            let mut messages = Vec::new();
            checkers[column].check((!text.is_empty()).then_some(text), &mut messages);
            found[column] += u64::from(!messages.is_empty());
        }
        assert!(checkers[2].unique_key(Some(&record[2])).is_none_or(|key| emails.insert(key.into_owned())));
    }
    assert_eq!(found, expected.bad);
}
