//! tools/build.sh and cargo-leptos build the same thing: the script's settings, the server-function
//! addresses and `[package.metadata.leptos]` agree.

use std::{collections::BTreeMap, fs};

type Settings = BTreeMap<String, String>;

fn read(path: &str) -> String {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The `key = value` lines of one section of a TOML file, values as written but for their quotes.
fn section(text: &str, name: &str) -> Settings {
    let header = format!("[{name}]");
    let lines =
        text.lines().skip_while(|line| *line != header).skip(1).take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, value)| (key.into(), unquoted(value)))
        .collect()
}

/// The script's settings: assignments at the start of a line.
fn assignments(script: &str) -> Settings {
    let lines = script.lines().filter(|line| !line.starts_with(char::is_whitespace));
    lines
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        .map(|(key, value)| (key.replace('_', "-"), unquoted(value)))
        .collect()
}

fn unquoted(value: &str) -> String {
    value.replace(['"', '[', ']'], "")
}

#[test]
fn the_script_builds_what_cargo_leptos_builds() {
    let leptos = section(&read("Cargo.toml"), "package.metadata.leptos");
    let script = read("tools/build.sh");
    let settings = assignments(&script);

    for key in [
        "output-name",
        "site-root",
        "site-pkg-dir",
        "style-file",
        "assets-dir",
        "bin-features",
        "lib-features",
        "lib-profile-release",
    ] {
        assert_eq!(
            settings.get(key),
            leptos.get(key),
            "{key}: tools/build.sh (left) and [package.metadata.leptos] in Cargo.toml (right) differ. Set both to the same"
        );
        let variable = key.replace('-', "_");
        assert!(
            script.contains(&format!("${variable}")) || script.contains(&format!("${{{variable}}}")),
            "tools/build.sh sets {variable} and does not use it"
        );
    }

    // cargo-leptos has one setting for either style; with Tailwind there is nothing else in it.
    assert_eq!(leptos.get("style-file"), leptos.get("tailwind-input-file"));
    for half in ["bin", "lib"] {
        assert_eq!(
            leptos[&format!("{half}-default-features")],
            "false",
            "tools/build.sh uses --no-default-features"
        );
    }
    assert_eq!(
        script.matches("--no-default-features").count(),
        2,
        "both halves are built without default features"
    );
}

#[test]
fn the_binary_embeds_and_asks_for_what_is_built() {
    let leptos = section(&read("Cargo.toml"), "package.metadata.leptos");
    let embedded = format!("#[folder = \"{}\"]", leptos["site-root"]);
    assert!(
        read("src/site.rs").contains(&embedded),
        "src/site.rs embeds another folder than site-root. Write {embedded}"
    );

    let shell = read("src/app/shell.rs");
    for call in ["output_name", "site_root", "site_pkg_dir"] {
        let call = format!(".{call}(\"{}\")", leptos[&call.replace('_', "-")]);
        assert!(shell.contains(&call), "src/app/shell.rs asks for other names than are built. Write {call}");
    }
    let style = format!("/{}/{}.css", leptos["site-pkg-dir"], leptos["output-name"]);
    assert!(shell.contains(&style), "src/app/shell.rs links another style than is built. Write {style}");
}

#[test]
fn server_functions_have_one_address_in_both_builds() {
    let leptos = section(&read("Cargo.toml"), "package.metadata.leptos");
    let environment = section(&read(".cargo/config.toml"), "env");
    for (key, variable) in [
        ("server-fn-prefix", "SERVER_FN_PREFIX"),
        ("server-fn-mod-path", "SERVER_FN_MOD_PATH"),
        ("disable-server-fn-hash", "DISABLE_SERVER_FN_HASH"),
    ] {
        assert_eq!(
            leptos.get(key),
            environment.get(variable),
            "{key} in Cargo.toml (left) and {variable} in .cargo/config.toml (right) differ. Set both to the same"
        );
    }
}
