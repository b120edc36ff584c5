use serde_json::{Value, json};

use super::*;
use crate::domain::parse::from_value;

const TODAY: &str = "2026-03-01";

fn form(value: Value) -> InputForm {
    from_value(value).unwrap_or_else(|error| panic!("{error}"))
}

/// A form of one input of that type, called Answer.
fn one(kind: &str, more: Value) -> Value {
    let mut field = json!({"key": "a", "label": "Answer", "type": kind});
    field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"type": "simple", "fields": [field]})
}

fn checked(form: &InputForm, given: &Value) -> Result<Value, Vec<(String, String)>> {
    check(form, given.as_object().unwrap(), TODAY)
        .map(Value::Object)
        .map_err(|errors| errors.into_iter().map(|error| (error.key, error.message)).collect())
}

/// What becomes of an answer to the only input: its value, or what is said of it.
fn outcome(form: &InputForm, given: Value) -> Result<Value, String> {
    match checked(form, &json!({ "a": given })) {
        Ok(mut values) => Ok(values["a"].take()),
        Err(errors) => Err(errors.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join("; ")),
    }
}

#[test]
fn each_type_reads_its_answers() {
    let options = json!({"config": {"options": [{"value": 1, "label": "Berlin"}, {"value": "p"}]}});
    let source = json!({"config": {"source": {"sheet": "customers", "value": "name"}}});
    let not = |words: &str| Err(format!("Answer {words}"));
    for (kind, more, given, expected) in [
        ("string", json!({}), json!(" a "), Ok(json!(" a "))),
        ("string", json!({}), json!(7), Ok(json!("7"))),
        ("string", json!({}), json!(["a", "b"]), not("takes one value, not a list or an object")),
        ("string", json!({}), json!({"a": 1}), not("takes one value, not a list or an object")),
        ("string", json!({}), json!("  "), Ok(Value::Null)),
        ("textarea", json!({}), json!("x\ny"), Ok(json!("x\ny"))),
        ("number", json!({}), json!("12"), Ok(json!(12))),
        ("number", json!({}), json!("1,000.5"), Ok(json!(1000.5))),
        ("number", json!({}), json!(3), Ok(json!(3))),
        ("number", json!({}), json!("12a"), not("is not a number")),
        ("boolean", json!({}), json!("on"), Ok(json!(true))),
        ("boolean", json!({}), json!(false), Ok(json!(false))),
        ("boolean", json!({}), json!("perhaps"), not("is answered with yes or no")),
        ("enum", options.clone(), json!("1"), Ok(json!(1))),
        ("enum", options.clone(), json!("p"), Ok(json!("p"))),
        ("enum", options.clone(), json!("Paris"), not("is not one of the choices")),
        ("enum", source.clone(), json!("anything"), Ok(json!("anything"))),
        ("multi-select", options.clone(), json!(["1", "p"]), Ok(json!([1, "p"]))),
        ("multi-select", options.clone(), json!("p"), Ok(json!(["p"]))),
        ("multi-select", options.clone(), json!([]), Ok(Value::Null)),
        ("multi-select", options.clone(), json!(["p", "q"]), not("has what is not one of the choices")),
        ("multi-select", options.clone(), json!([["p"]]), not("takes a list of values")),
        ("enum-list", options, json!(["p"]), Ok(json!(["p"]))),
        ("date", json!({}), json!("2026-02-28"), Ok(json!("2026-02-28"))),
        ("date", json!({}), json!("today"), Ok(json!(TODAY))),
        ("date", json!({}), json!("2026-02-29"), not("is not a day, as 2026-01-31")),
        ("date", json!({}), json!("31.1.2026"), not("is not a day, as 2026-01-31")),
        ("email", json!({}), json!(" a@b.example "), Ok(json!("a@b.example"))),
        ("email", json!({}), json!("a@b"), not("is not an e-mail address")),
        ("url", json!({}), json!("https://b.example/x"), Ok(json!("https://b.example/x"))),
        ("url", json!({}), json!("b.example"), not("is not a web address: begin it with https://")),
        ("secret", json!({}), json!("s3cret"), Ok(json!("s3cret"))),
        ("file", json!({}), json!("us_fl_1"), Ok(json!("us_fl_1"))),
        (
            "reference",
            json!({"config": {"source": {"sheet": "customers"}}}),
            json!({"recordId": "us_rc_1", "label": "stays out"}),
            Ok(json!("us_rc_1")),
        ),
    ] {
        let form = form(one(kind, more));
        assert_eq!(outcome(&form, given.clone()), expected, "{kind} {given}");
    }
}

#[test]
fn each_rule_holds_for_the_types_that_it_has_a_meaning_for() {
    let choices = json!({"options": [{"value": "x"}, {"value": "y"}, {"value": "z"}]});
    let rule = |kind: &str, value: Value| json!({"type": kind, "value": value});
    for (kind, rule, right, wrong, words) in [
        ("number", rule("min", json!(2)), json!("2"), json!("1.9"), "must be at least 2"),
        ("number", rule("max", json!(2.5)), json!(2.5), json!("3"), "must be at most 2.5"),
        (
            "date",
            rule("min", json!("2026-01-01")),
            json!("2026-01-01"),
            json!("2025-12-31"),
            "must be on or after 2026-01-01",
        ),
        (
            "date",
            rule("max", json!("2026-01-01")),
            json!("2026-01-01"),
            json!("2026-01-02"),
            "must be on or before 2026-01-01",
        ),
        ("string", rule("min", json!(2)), json!("äö"), json!("ä"), "needs at least 2 characters"),
        ("textarea", rule("max", json!(1)), json!("a"), json!("ab"), "takes at most 1 character"),
        (
            "email",
            rule("max", json!(9)),
            json!("a@b.cd"),
            json!("abcd@b.example"),
            "takes at most 9 characters",
        ),
        (
            "url",
            rule("min", json!(12)),
            json!("https://b.example"),
            json!("https://b.c"),
            "needs at least 12 characters",
        ),
        ("secret", rule("min", json!(4)), json!("abcd"), json!("abc"), "needs at least 4 characters"),
        ("multi-select", rule("min", json!(2)), json!(["x", "y"]), json!(["x"]), "needs at least 2 choices"),
        ("multi-select", rule("max", json!(1)), json!(["x"]), json!(["x", "y"]), "takes at most 1 choice"),
        (
            "string",
            rule("pattern", json!("^[A-Z]{3}$")),
            json!("ABC"),
            json!("ABCD"),
            "does not have the form that is asked for",
        ),
        (
            "secret",
            rule("pattern", json!("[0-9]")),
            json!("a1"),
            json!("ab"),
            "does not have the form that is asked for",
        ),
    ] {
        let form = form(one(kind, json!({"constraints": [rule.clone()], "config": choices})));
        assert!(outcome(&form, right.clone()).is_ok(), "{kind} {rule} {right}");
        assert_eq!(outcome(&form, wrong.clone()), Err(format!("Answer {words}")), "{kind} {rule} {wrong}");
        // What is not filled in breaks no rule but `required`.
        assert_eq!(outcome(&form, Value::Null), Ok(Value::Null), "{kind} {rule}");
    }
}

#[test]
fn every_type_can_be_required_and_every_rule_has_words_of_its_own() {
    for kind in [
        "string",
        "textarea",
        "number",
        "boolean",
        "enum",
        "multi-select",
        "date",
        "email",
        "url",
        "secret",
        "file",
        "reference",
    ] {
        let config = if kind == "reference" { json!({"source": {"sheet": "s"}}) } else { json!({}) };
        let required = json!({"constraints": [{"type": "required"}], "config": config});
        assert_eq!(
            outcome(&form(one(kind, required)), json!("")),
            Err("Answer is required".to_string()),
            "{kind}"
        );
        let own = json!({"constraints": [{"type": "required", "message": "Tell us"}], "config": config});
        assert_eq!(outcome(&form(one(kind, own)), json!([])), Err("Tell us".to_string()), "{kind}");
    }
    let own = json!({"constraints": [{"type": "min", "value": 3, "message": "Too few"}]});
    assert_eq!(outcome(&form(one("number", own)), json!(1)), Err("Too few".to_string()));
}

#[test]
fn what_could_never_be_filled_in_is_refused_with_the_remedy() {
    let fields = |fields: Value| json!({"type": "simple", "fields": fields});
    let input = |key: &str, more: Value| {
        let mut field = json!({"key": key, "label": key, "type": "string"});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        field
    };
    for (given, part) in [
        (one("colour", json!({})), "`multi-select`"),
        (
            one("boolean", json!({"constraints": [{"type": "min", "value": 1}]})),
            "`min` has no meaning for an input of type boolean",
        ),
        (
            one("number", json!({"constraints": [{"type": "pattern", "value": "x"}]})),
            "`pattern` has no meaning for an input of type number",
        ),
        (one("date", json!({"constraints": [{"type": "max", "value": "soon"}]})), "`max` of a date is a day"),
        (one("number", json!({"constraints": [{"type": "max", "value": "1"}]})), "`max` is a number"),
        (one("string", json!({"constraints": [{"type": "min", "value": -1}]})), "`min` is a number"),
        (
            one("string", json!({"constraints": [{"type": "pattern", "value": "("}]})),
            "the pattern cannot be read",
        ),
        (one("string", json!({"constraints": [{"type": "even"}]})), "unknown variant `even`"),
        (one("string", json!({"config": {"source": {"sheet": "s", "value": "v"}}})), "has no choices"),
        (one("enum", json!({"config": {"source": {"sheet": "s"}}})), "config.source.value"),
        (one("enum", json!({"config": {"source": {"listener": false}}})), "config.source.listener"),
        (one("reference", json!({})), "name the sheet"),
        (one("reference", json!({"config": {"source": {"listener": true}}})), "a record of a `sheet`"),
        (
            fields(json!([input("a", json!({"showIf": {"key": "b", "equals": 1}})), input("b", json!({}))])),
            "no input `b` before this one",
        ),
        (
            fields(json!([input("a", json!({})), input("b", json!({"showIf": {"key": "a"}}))])),
            "give one of equals",
        ),
        (
            fields(json!([
                input("a", json!({})),
                input("b", json!({"showIf": {"key": "a", "equals": 1, "isEmpty": true}}))
            ])),
            "give one of equals",
        ),
        (
            fields(json!([
                input("a", json!({})),
                input("b", json!({"showIf": {"key": "a", "equals": [1]}}))
            ])),
            "compare with texts",
        ),
        (
            fields(json!([input("a", json!({})), input("b", json!({"showIf": {"key": "a", "like": 1}}))])),
            "unknown field `like`",
        ),
        (
            json!({"fields": [input("a", json!({}))], "pages": [{"title": "P", "fields": ["b"]}]}),
            "there is no input `b`",
        ),
        (
            json!({"fields": [input("a", json!({}))], "pages": [{"title": "P", "fields": ["a", "a"]}]}),
            "stands on them twice",
        ),
        (
            json!({"fields": [input("a", json!({})), input("b", json!({}))], "pages": [{"title": "P", "fields": ["a"]}]}),
            "no page has the input `b`",
        ),
        (
            json!({"fields": [input("a", json!({})), input("b", json!({"showIf": {"key": "a", "equals": 1}}))],
                "pages": [{"title": "P", "fields": ["b"]}, {"title": "Q", "fields": ["a"]}]}),
            "`b` stands before `a`",
        ),
    ] {
        let error = from_value::<InputForm>(given.clone()).unwrap_err().to_string();
        assert!(error.contains(part), "{given}\n{error}\nlacks {part}");
    }
}

#[test]
fn an_input_is_there_as_its_condition_says() {
    let with = |kind: &str, condition: Value| {
        let mut show_if = json!({"key": "a"});
        show_if.as_object_mut().unwrap().extend(condition.as_object().unwrap().clone());
        form(json!({"fields": [
            {"key": "a", "label": "A", "type": kind, "config": {"options": [{"value": "x"}, {"value": "y"}]}},
            {"key": "b", "label": "B", "type": "string", "showIf": show_if, "constraints": [{"type": "required"}]},
            {"key": "c", "label": "C", "type": "string", "showIf": {"key": "b", "isEmpty": false}},
        ]}))
    };
    for (kind, condition, answer, is_there) in [
        ("enum", json!({"equals": "x"}), json!("x"), true),
        ("enum", json!({"equals": "x"}), json!("y"), false),
        ("enum", json!({"equals": "x"}), json!(null), false),
        ("enum", json!({"notEqualTo": "x"}), json!("y"), true),
        ("enum", json!({"notEqualTo": "x"}), json!(null), true),
        ("enum", json!({"in": ["x", "z"]}), json!("x"), true),
        ("enum", json!({"in": ["z"]}), json!("x"), false),
        ("multi-select", json!({"equals": "x"}), json!(["y", "x"]), true),
        ("multi-select", json!({"notEqualTo": "x"}), json!(["y", "x"]), false),
        ("multi-select", json!({"isEmpty": true}), json!([]), true),
        ("boolean", json!({"equals": true}), json!("true"), true),
        ("boolean", json!({"equals": true}), json!(false), false),
        ("number", json!({"equals": 5}), json!("5"), true),
        ("string", json!({"isEmpty": false}), json!("any"), true),
        ("string", json!({"isEmpty": false}), json!(" "), false),
    ] {
        let form = with(kind, condition.clone());
        // A required input that is not there asks for nothing, and what was filled in of it is not sent; nor is
        // what looks at it.
        let without = checked(&form, &json!({"a": answer}));
        assert_eq!(without.is_err(), is_there, "{kind} {condition} {answer}");
        let filled = checked(&form, &json!({"a": answer, "b": "1", "c": "2"})).unwrap();
        let is = |key: &str| filled.get(key).is_some();
        assert_eq!((is("b"), is("c")), (is_there, is_there), "{kind} {condition} {answer}");
    }
}

#[test]
fn defaults_count_where_nothing_was_sent() {
    let form = form(json!({"fields": [
        {"key": "n", "label": "N", "type": "number", "defaultValue": 3},
        {"key": "d", "label": "D", "type": "date", "defaultValue": "today"},
        {"key": "m", "label": "M", "type": "multi-select", "defaultValue": ["x"], "config": {"options": [{"value": "x"}]}},
        {"key": "b", "label": "B", "type": "boolean", "defaultValue": true}]}));
    assert_eq!(checked(&form, &json!({})), Ok(json!({"n": 3, "d": TODAY, "m": ["x"], "b": true})));
    assert_eq!(checked(&form, &json!({"n": "", "d": null, "m": [], "b": false})), Ok(json!({"b": false})));
    let initial: Vec<Answer> = Form::from(&form).inputs.into_iter().map(|input| input.initial).collect();
    assert_eq!(initial, [vec!["3"], vec!["today"], vec!["x"], vec!["true"]]);
}

#[test]
fn all_errors_are_named_at_once_in_the_order_of_the_form() {
    let form = form(json!({"fields": [
        {"key": "name", "label": "Name", "type": "string", "constraints": [{"type": "required"}]},
        {"key": "why", "label": "Why", "type": "textarea"},
        {"key": "count", "label": "Count", "type": "number"}]}));
    let errors = checked(&form, &json!({"name": " ", "count": "12a", "why": {"x": 1}, "stranger": 1}));
    let expected = [
        ("name", "Name is required"),
        ("why", "Why takes one value, not a list or an object"),
        ("count", "Count is not a number"),
    ];
    assert_eq!(errors, Err(expected.map(|(key, message)| (key.to_string(), message.to_string())).to_vec()));
}

#[test]
fn a_form_is_parted_into_its_pages_and_ends_with_a_last_look() {
    let fields = |count: usize| {
        let field = |place: usize| json!({"key": place.to_string(), "label": "L", "type": "string"});
        (0..count).map(field).collect::<Vec<_>>()
    };
    let parts = |form: Value| {
        let ready = Form::from(&self::form(form));
        let pages: Vec<_> = ready.pages.into_iter().map(|page| (page.title, page.inputs)).collect();
        (pages, ready.review)
    };
    assert_eq!(parts(json!({"fields": []})), (vec![], false));
    assert_eq!(parts(json!({"fields": fields(7)})), (vec![(String::new(), (0..7).collect())], false));
    assert!(parts(json!({"fields": fields(8)})).1);
    let paged = json!({"fields": fields(3), "pages": [
        {"title": "One", "fields": ["2"]}, {"title": "Two", "fields": ["0", "1"]}]});
    let pages = vec![("One".to_string(), vec![2]), ("Two".to_string(), vec![0, 1])];
    assert_eq!(parts(paged.clone()), (pages, true));
    assert_eq!(serde_json::to_value(form(paged)).unwrap()["pages"][1]["title"], json!("Two"));
}

#[test]
fn the_history_has_the_labels_and_no_secrets() {
    let form = form(json!({"fields": [
        {"key": "count", "label": "Count", "type": "number"},
        {"key": "urgent", "label": "Urgent", "type": "boolean"},
        {"key": "where", "label": "Where", "type": "enum", "config": {"options": [{"value": 1, "label": "Berlin"}]}},
        {"key": "all", "label": "All", "type": "multi-select",
            "config": {"options": [{"value": 1, "label": "One"}, {"value": 2}]}},
        {"key": "key", "label": "Key", "type": "secret"},
        {"key": "who", "label": "Who", "type": "reference", "config": {"source": {"sheet": "people"}}},
        {"key": "why", "label": "Why", "type": "textarea"}]}));
    let given = json!({"where": 1, "urgent": true, "count": 5, "stranger": "x", "why": "", "all": [1, 2],
        "key": {"type": "secret", "key": "key"}, "who": {"sheetId": "s", "recordId": "r", "label": "Ada"}});
    let expected = [
        ("Count", "5"),
        ("Urgent", "Yes"),
        ("Where", "Berlin"),
        ("All", "One, 2"),
        ("Key", HIDDEN),
        ("Who", "Ada"),
    ];
    let lines = labelled(&form, given.as_object().unwrap());
    assert_eq!(lines, expected.map(|(label, text)| (label.to_string(), text.to_string())));
}

#[test]
fn a_form_travels_to_the_page() {
    let form = form(json!({"fields": [
        {"key": "a", "label": "A", "type": "enum", "config": {"options": [{"value": 1, "label": "One"}]}},
        {"key": "b", "label": "B", "type": "number", "showIf": {"key": "a", "in": [1]},
            "constraints": [{"type": "min", "value": 0.5}]}]}));
    let ready = Form::from(&form);
    let bytes = postcard::to_allocvec(&ready).unwrap();
    assert_eq!(postcard::from_bytes::<Form>(&bytes).unwrap(), ready);
}
