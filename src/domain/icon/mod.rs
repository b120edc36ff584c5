//! Icons of actions by name: those of Lucide, and Flatfile's own names for some of them.
//!
//! They lie in the server as one text, which `tools/icons.mjs` makes; browsers ask for each that they show.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The version of Lucide. It stands in the address of an icon, which may be kept forever.
pub const VERSION: &str = "1.62.0";
/// The icon of an action that names none, or one that is not there: a bolt.
const USUAL: &str = "zap";

static TEXT: &str = include_str!("lucide.txt");

/// Names of Flatfile's design system, and of other sets that people try, where Lucide has another.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("attachment", "paperclip"),
    ("bolt", "zap"),
    ("check-mark", "check"),
    ("checkmark", "check"),
    ("close", "x"),
    ("cog", "settings"),
    ("cross", "x"),
    ("delete", "trash-2"),
    ("document", "file-text"),
    ("email", "mail"),
    ("error", "circle-x"),
    ("export", "upload"),
    ("gear", "settings"),
    ("help", "circle-question-mark"),
    ("import", "download"),
    ("launch", "external-link"),
    ("lightning", "zap"),
    ("lightning-bolt", "zap"),
    ("magnifying-glass", "search"),
    ("pencil-line", "pencil"),
    ("play-circle", "circle-play"),
    ("refresh", "refresh-cw"),
    ("reload", "refresh-cw"),
    ("star-filled", "star"),
    ("submit", "send"),
    ("success", "circle-check"),
    ("sync", "refresh-cw"),
    ("time", "clock"),
    ("visibility", "eye"),
    ("warning", "triangle-alert"),
];

fn icons() -> &'static HashMap<&'static str, &'static str> {
    static ICONS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    ICONS.get_or_init(|| TEXT.lines().filter_map(|line| line.split_once('\t')).collect())
}

/// What is inside the `<svg>` of a Lucide icon.
fn drawn(name: &str) -> Option<&'static str> {
    let found = *icons().get(name)?;
    match found.strip_prefix('=') {
        Some(first) => icons().get(first).copied(),
        None => Some(found),
    }
}

/// The file of an icon, drawn with the line and colour of what shows it by `<use href="…#i">`.
pub fn file(name: &str) -> Option<String> {
    let drawn = drawn(name)?;
    Some(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g id="i">{drawn}</g></svg>"#
    ))
}

/// The address of the icon of an action; nothing for `none`, and a bolt where no icon is named or known.
pub fn address(name: Option<&str>) -> Option<String> {
    let name = name.map_or("", str::trim);
    (name != "none").then(|| format!("/icons/lucide-{VERSION}/{}.svg#i", lucide(name)))
}

/// The Lucide icon that is meant by a name of any set, in any way to write it.
fn lucide(name: &str) -> &'static str {
    let known = |name: &str| icons().get_key_value(name).map(|(name, _)| *name);
    let dashed = dashed(name);
    let other = || OTHER_NAMES.iter().find(|(other, _)| *other == dashed).map(|(_, lucide)| *lucide);
    known(name).or_else(|| known(&dashed)).or_else(other).unwrap_or(USUAL)
}

/// `checkCircle2`, `CheckCircle2` and `check_circle_2` as `check-circle-2`.
fn dashed(name: &str) -> String {
    let mut dashed = String::new();
    let mut before = '-';
    for character in name.chars() {
        let begins = character.is_uppercase() || (character.is_ascii_digit() && before.is_alphabetic());
        if begins && before != '-' {
            dashed.push('-');
        }
        before = if character.is_alphanumeric() { character } else { '-' };
        dashed.extend(before.to_lowercase());
    }
    dashed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_drawing() {
        assert!(icons().len() > 2000);
        assert!(icons().keys().all(|name| drawn(name).is_some_and(|drawn| drawn.starts_with('<'))));
        assert!(OTHER_NAMES.iter().all(|(_, lucide)| icons().contains_key(lucide)));
    }

    #[test]
    fn names_are_understood_however_they_are_written() {
        for (name, meant) in [
            ("download", "download"),
            ("trash", "trash"),
            ("checkCircle", "check-circle"),
            ("CheckCircle2", "check-circle-2"),
            ("arrow_up_a_z", "arrow-up-a-z"),
            ("gear", "settings"),
            ("lightningBolt", "zap"),
            ("", "zap"),
            ("no such icon", "zap"),
        ] {
            assert_eq!(lucide(name), meant, "{name}");
        }
    }

    #[test]
    fn an_icon_has_an_address_unless_there_shall_be_none() {
        assert_eq!(address(Some("none")), None);
        let usual = format!("/icons/lucide-{VERSION}/zap.svg#i");
        assert_eq!(address(None), Some(usual));
        assert!(file("send").is_some_and(|file| file.contains(r#"<g id="i"><path"#)));
        assert_eq!(file("../zap"), None);
    }
}
