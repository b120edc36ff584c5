//! The house rules of ARCHITECTURE.md, read off the sources. A failure says what to do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms each room may use. `domain` stands on its own; arrows lead downwards only.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("files", &["domain"]),
    ("sheets", &["domain", "store"]),
    ("service", &["domain", "store", "sheets", "files"]),
    ("jobs", &["domain", "store", "sheets", "files", "service"]),
    ("agents", &["domain", "store", "service"]),
    ("rpc", &["domain", "service", "store", "files", "sheets"]),
    ("app", &["domain", "rpc"]),
    ("api", &["domain", "service", "store", "sheets", "files"]),
    (
        "server",
        &[
            "domain",
            "store",
            "sheets",
            "files",
            "service",
            "jobs",
            "agents",
            "api",
            "rpc",
            "app",
            "config",
            "telemetry",
        ],
    ),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("lib", &["app"]),
];

/// Words that mean a database. They stand in `store` only.
const SQL_WORDS: &[&str] = &["sqlx::", "SELECT ", "INSERT INTO ", "UPDATE sheets", "DELETE FROM "];

/// A file that grows beyond this is two things.
const MOST_LINES: usize = 600;

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let found = files("src", "rs");
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// What is in a folder and has that extension, by its path inside the folder.
fn files(folder: &str, extension: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut waiting = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|has| has == extension) {
                let inside = path.strip_prefix(&root).unwrap();
                let room =
                    inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_string();
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: inside.to_path_buf(), room, text });
            }
        }
    }
    found
}

/// The rooms that a source names: `crate::store::…` and the members of `use crate::{…}`.
fn used_rooms(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with('$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => rooms.extend(first_word(&std::mem::take(&mut word))),
                    _ if depth == 0 => word.push(character),
                    _ => {}
                }
            }
            rooms.extend(first_word(&word));
        } else {
            rooms.extend(first_word(rest));
        }
    }
    rooms
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.room != "main" && source.room != "site") {
        let Some((_, allowed)) = MAY_USE.iter().find(|(room, _)| *room == source.room) else {
            broken.push(format!(
                "{}: the room `{}` is not in the table of this test",
                source.path.display(),
                source.room
            ));
            continue;
        };
        for used in used_rooms(&source.text) {
            let known = MAY_USE.iter().any(|(room, _)| *room == used);
            if known && used != source.room && !allowed.contains(&used.as_str()) {
                broken.push(format!(
                    "{}: `{}` may not use `{used}`. Move what you need below both, or hand it in from above.",
                    source.path.display(),
                    source.room
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn sql_stands_in_the_store_only() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.room != "store") {
        for word in SQL_WORDS.iter().filter(|word| source.text.contains(**word)) {
            broken.push(format!(
                "{}: `{word}`. Put the statement into a function of src/store.",
                source.path.display()
            ));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_file_is_two_things() {
    let style = files("style", "css");
    assert!(style.len() > 10, "the style was not found");
    let long: Vec<_> = sources()
        .iter()
        .chain(&style)
        .map(|source| (source.text.lines().count(), source.path.display().to_string()))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines. Split it by what its parts are called."))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn used_rooms_are_read_from_every_form_of_import() {
    let text = "use crate::store::Db;\nuse crate::{config::Config, jobs, domain::{ids, time}};\nlet x = crate::api::f();";
    let rooms: Vec<_> = used_rooms(text).into_iter().collect();
    assert_eq!(rooms, ["api", "config", "domain", "jobs", "store"]);
}

/// The one file whose macro makes a boundary between two modules of WebAssembly.
const UNSAFE_IN: &str = "app/later.rs";

#[test]
fn nothing_is_unsafe_but_the_boundary_of_the_parts_that_come_later() {
    let allows =
        |source: &Source| source.text.contains("allow(unsafe_code)") || source.text.contains("unsafe {");
    let found: Vec<PathBuf> = sources().into_iter().filter(allows).map(|source| source.path).collect();
    assert!(matches!(found.as_slice(), [one] if one.ends_with(UNSAFE_IN)), "unsafe code in {found:?}");
}

/// What the page keeps its values in.
const HANDLES: &[&str] = &["Callback", "Memo", "RwSignal", "Signal", "StoredValue"];

#[test]
fn the_page_takes_its_signals_from_one_place() {
    let mut broken = Vec::new();
    for source in
        sources().iter().filter(|source| source.room == "app" && !source.path.starts_with("app/signals"))
    {
        let mut imported = String::new();
        for import in source.text.split("app::signals::").skip(1) {
            imported.push_str(import.split(';').next().unwrap_or_default());
            imported.push(' ');
        }
        let imported: BTreeSet<&str> = imported.split(|letter: char| !letter.is_alphanumeric()).collect();
        for name in HANDLES.iter().filter(|name| !imported.contains(**name)) {
            if source.text.contains(&format!(" {name}::")) {
                broken.push(format!(
                    "{}: `{name}` of leptos, whose code the browser would get for each type in it. Import that of \
                     crate::app::signals.",
                    source.path.display()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Where the tests are that docs/actions.md names, by the short names that it gives their files.
fn named_file(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match name {
        "form" => root.join("src/domain/form/tests.rs"),
        "action" => root.join("src/domain/action.rs"),
        "lifecycle" => root.join("src/domain/job/lifecycle.rs"),
        spec if spec.ends_with(".spec") => root.join(format!("end2end/journeys/{spec}.ts")),
        survival if survival.starts_with("survival/") => root.join("tests").join(survival),
        route => root.join("tests/routes").join(route),
    }
}

#[test]
fn the_tests_that_the_documentation_names_are_there() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/actions.md")).unwrap();
    let mut seen = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let Some(tests) = line.trim_end_matches(" |").rsplit(" | ").next() else { continue };
        for part in tests.split("; `").filter(|part| part.contains('`')) {
            let Some((file, names)) = part.trim_start_matches('`').split_once('`') else { continue };
            let source = fs::read_to_string(named_file(file));
            let source =
                source.unwrap_or_else(|error| panic!("{file}, which docs/actions.md names: {error}"));
            let names = names.trim_start_matches(':').trim();
            let names = if file.ends_with(".spec") { vec![names] } else { names.split(", ").collect() };
            for name in names.into_iter().filter(|name| !name.is_empty() && !name.starts_with(',')) {
                let is_there =
                    source.contains(&format!("fn {name}(")) || source.contains(&format!("test('{name}'"));
                assert!(is_there, "docs/actions.md names a test that is not there: `{file}`: {name}");
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "docs/actions.md is read as {seen} tests only");
}
