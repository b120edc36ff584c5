//! The theme of a space (`metadata.theme`, section 4.5 of the wire contract) as rules of style.
//!
//! Only what reads as a colour, a length, a font or the address of a picture becomes part of a rule; everything else
//! counts as absent. Texts stay readable: a colour that could not be read on what is behind it is moved until it can.

pub mod letter;
mod members;

use serde_json::Value;

use super::colour::{Colour, READABLE};
use members::Becomes::{self, *};
use members::MEMBERS;

/// The page's background in light and in dark, as `style/tokens.css` has it.
const CANVAS: [Colour; 2] = [Colour::WHITE, Colour([0x0f, 0x13, 0x14])];
/// What is written on it.
const INK: [Colour; 2] = [Colour([0x14, 0x19, 0x1a]), Colour([0xe7, 0xec, 0xec])];

/// Our own colour of texts for a background: of light or of dark, whichever can be read better.
fn written_on(ground: Colour) -> Colour {
    let [dark, light] = INK;
    let better = if dark.contrast(ground) >= light.contrast(ground) { dark } else { light };
    better.readable_on(ground)
}

/// The rules of a theme.
pub fn rules(theme: &Value) -> String {
    let mut sheet = Sheet::default();
    for (member, becomes) in MEMBERS {
        if let Some(text) = text_at(theme, member) {
            sheet.add(theme, becomes, text);
        }
    }
    sheet.text()
}

/// Rules for light, and the few that are others in dark.
#[derive(Default)]
struct Sheet {
    light: String,
    dark: String,
}

impl Sheet {
    fn add(&mut self, theme: &Value, becomes: &Becomes, value: &str) {
        match becomes {
            Tone(name) => self.tone(name, value),
            Ground { selector, text } => {
                let Some(ground) = Colour::parse(value) else { return };
                self.rule(selector, "background", &ground.text());
                if colour_at(theme, text).is_none() {
                    let ink = written_on(ground);
                    let inside = [selector, ",", selector, " :is(a,h2,b,p,small,.n,.button)"].concat();
                    self.rule(&inside, "color", &ink.text());
                }
            }
            Text { selector, on } => {
                let Some(colour) = Colour::parse(value) else { return };
                let [light, dark] =
                    CANVAS.map(|canvas| colour.readable_on(colour_at(theme, on).unwrap_or(canvas)));
                self.rule(selector, "color", &light.text());
                if dark != light {
                    self.dark.push_str(&format!("{selector}{{color:{}}}", dark.text()));
                }
            }
            Line { selector, property } => {
                if let Some(colour) = Colour::parse(value) {
                    self.rule(selector, property, &colour.text());
                }
            }
            Length { selector, property } => {
                if is_length(value) {
                    self.rule(selector, property, value.trim());
                }
            }
            Font { selector, property } => {
                if is_font(value) {
                    self.rule(selector, property, value.trim());
                }
            }
            Surface { ground, inks, text } => {
                let Some(colour) = Colour::parse(value) else { return };
                let ink = colour_at(theme, text).map_or(written_on(colour), |text| text.readable_on(colour));
                for (names, colour) in [(ground, colour), (inks, ink)] {
                    for name in *names {
                        self.rule(":root", name, &colour.text());
                    }
                }
            }
            Ink { ink, on } => {
                // With a background of its own it is part of that.
                let Some(colour) = Colour::parse(value).filter(|_| colour_at(theme, on).is_none()) else {
                    return;
                };
                self.both(|canvas, _| format!(":root{{{ink}:{}}}", colour.readable_on(canvas).text()));
            }
            Behind(name) => {
                let Some(colour) = Colour::parse(value) else { return };
                self.both(|canvas, ink| {
                    let shares = (0..=10).rev().map(|tenths| colour.mixed(canvas, f64::from(tenths) / 10.0));
                    let found =
                        shares.clone().find(|mixed| mixed.contrast(ink) >= READABLE).unwrap_or(canvas);
                    format!(":root{{{name}:{}}}", found.text())
                });
            }
            Pixels { name, most } => {
                let number =
                    value.trim().strip_suffix("px").and_then(|number| number.trim().parse::<u8>().ok());
                if let Some(number) = number.filter(|number| (1..=*most).contains(number)) {
                    self.rule(":root", name, &format!("{number}px"));
                }
            }
            Shadow { selector } => {
                if let Some(shadow) = shadow(value) {
                    self.rule(selector, "box-shadow", &shadow);
                }
            }
            Logo => {
                if is_picture(value) {
                    self.rule(".brand-mark .mark", "content", &format!("url(\"{value}\")"));
                }
            }
        }
    }

    /// A rule that is another one in dark, by the background and what is written on it.
    fn both(&mut self, rule: impl Fn(Colour, Colour) -> String) {
        self.light.push_str(&rule(CANVAS[0], INK[0]));
        self.dark.push_str(&rule(CANVAS[1], INK[1]));
    }

    fn rule(&mut self, selector: &str, property: &str, value: &str) {
        self.light.push_str(&format!("{selector}{{{property}:{value}}}"));
    }

    /// A colour with the softer ones that go with it, for light and dark.
    fn tone(&mut self, name: &str, value: &str) {
        let Some(colour) = Colour::parse(value) else { return };
        for (canvas, rules) in CANVAS.into_iter().zip([&mut self.light, &mut self.dark]) {
            let tone = colour.readable_on(canvas);
            let (soft, line) = (tone.mixed(canvas, 0.12).text(), tone.mixed(canvas, 0.5).text());
            let ink = canvas.readable_on(tone).text();
            let tone = tone.text();
            rules.push_str(&format!(
                ":root{{--{name}:{tone};--{name}-ink:{ink};--{name}-soft:{soft};--{name}-line:{line}}}"
            ));
        }
    }

    fn text(self) -> String {
        if self.dark.is_empty() {
            return self.light;
        }
        let chosen = self.dark.replace(":root", "&");
        format!(
            "{}@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{chosen}}}}}:root[data-theme=dark]{{{chosen}}}",
            self.light
        )
    }
}

fn text_at<'a>(theme: &'a Value, member: &str) -> Option<&'a str> {
    let mut value = theme;
    for name in member.split('.') {
        value = value.get(name)?;
    }
    value.as_str().filter(|text| !text.trim().is_empty())
}

fn colour_at(theme: &Value, member: &str) -> Option<Colour> {
    Colour::parse(text_at(theme, member)?)
}

fn is_length(text: &str) -> bool {
    let text = text.trim();
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic() || character == '%');
    let number = digits.parse::<f64>().is_ok_and(|number| (0.0..=1000.0).contains(&number));
    number && (["px", "rem", "em", "%"].contains(&&text[digits.len()..]) || text == "0")
}

/// A shadow: two to four lengths, then a colour.
fn shadow(text: &str) -> Option<String> {
    let is_offset = |word: &&str| is_length(word.trim_start_matches('-'));
    let lengths: Vec<&str> = text.split_whitespace().take_while(is_offset).collect();
    let colour = text.split_whitespace().skip(lengths.len()).collect::<Vec<_>>().join(" ");
    let colour = Colour::parse(&colour).filter(|_| (2..=4).contains(&lengths.len()))?;
    Some(format!("{} {}", lengths.join(" "), colour.text()))
}

fn is_font(text: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || " ,-_'\"".contains(character);
    let is_closed = |quote| text.matches(quote).count().is_multiple_of(2);
    text.len() <= 200 && text.chars().all(fits) && is_closed('"') && is_closed('\'')
}

fn is_picture(text: &str) -> bool {
    let safe = |character: char| character.is_ascii_graphic() && !"\"'\\()<>".contains(character);
    let known = text.starts_with("https://") || text.starts_with("data:image/");
    known && text.len() <= 100_000 && text.chars().all(safe)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A theme that says one member.
    fn saying(member: &str, becomes: &Becomes) -> Value {
        let value = match becomes {
            Length { .. } | Pixels { .. } => "3px",
            Font { .. } => "Georgia, serif",
            Shadow { .. } => "0 -1px 2px rgb(0, 0, 0)",
            Logo => "https://a.example/l.svg",
            _ => "#336699",
        };
        member.rsplit('.').fold(json!(value), |inner, name| json!({ name: inner }))
    }

    #[test]
    fn every_member_changes_something_that_the_style_has() {
        let style = include_str!("../../style/tokens.css");
        for (member, becomes) in MEMBERS {
            let rules = rules(&saying(member, becomes));
            assert!(rules.contains(":") && rules.contains('{'), "{member}: {rules}");
            for name in rules.split("--grid-").skip(1).filter_map(|rest| rest.split(':').next()) {
                assert!(style.contains(&format!("  --grid-{name}: ")), "{member} changes --grid-{name}");
            }
        }
    }

    #[test]
    fn what_is_chosen_can_be_read() {
        for colour in ["#000000", "#ffffff", "#0000ff", "#888888"] {
            let theme = json!({ "table": { "cell": { "selected": { "backgroundColor": colour } } } });
            let rules = rules(&theme);
            let found: Vec<_> = rules
                .split("--grid-chosen:")
                .skip(1)
                .map(|rest| Colour::parse(&rest[..7]).unwrap())
                .collect();
            assert!(
                found[0].contrast(INK[0]) >= READABLE && found[1].contrast(INK[1]) >= READABLE,
                "{rules}"
            );
        }
    }

    #[test]
    fn a_shadow_is_lengths_and_a_colour() {
        assert_eq!(shadow("0 0 0 2px #f00").as_deref(), Some("0 0 0 2px #ff0000"));
        assert_eq!(shadow("0 -1px rgba(0, 0, 0, .5)").as_deref(), Some("0 -1px #000000"));
        for text in ["#f00", "2px #f00", "0 0 url(x)", "0 0 0 0 0 #f00", "0 0 1px red;}"] {
            assert_eq!(shadow(text), None, "{text}");
        }
    }

    #[test]
    fn a_theme_becomes_rules() {
        let theme = json!({
            "root": { "primaryColor": "#ff0000", "buttonBorderRadius": "12px", "fontFamily": "Georgia, serif" },
            "sidebar": { "backgroundColor": "#102030", "textColor": "#112233", "logo": "https://a.example/l.svg" },
        });
        let rules = rules(&theme);
        for part in [
            ":root{--font:Georgia, serif}",
            ".button{border-radius:12px}",
            ".sidebar{background:#102030}",
            ".brand-mark .mark{content:url(\"https://a.example/l.svg\")}",
            "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){&{--accent:",
        ] {
            assert!(rules.contains(part), "{part} in {rules}");
        }
        assert!(!rules.contains("color:#112233}"), "it could not be read on that background: {rules}");
    }

    #[test]
    fn whoever_is_named_in_a_sidebar_can_be_read_there() {
        let white_on_violet = json!({ "sidebar": { "backgroundColor": "#3a0ca3", "textColor": "#fff" } });
        for theme in [white_on_violet, json!({ "sidebar": { "backgroundColor": "#3a0ca3" } })] {
            let rules = rules(&theme);
            let names_person = |rule: &&str| rule.contains(".person") || rule.contains(" :is(a,h2,b,p,");
            let rule = rules.split('}').find(names_person).unwrap_or_default();
            let colour = rule.rsplit("color:").next().and_then(Colour::parse);
            let ground = Colour::parse("#3a0ca3").unwrap();
            assert!(colour.is_some_and(|colour| colour.contrast(ground) >= READABLE), "{rule} in {rules}");
        }
        let footer = json!({ "sidebar": { "textColor": "#111111", "footerTextColor": "#222222" } });
        assert!(
            rules(&footer).contains(".sidebar .person{color:#222222}"),
            "of two rules that fit the later one counts"
        );
    }

    #[test]
    fn what_is_no_value_of_its_kind_is_left_out() {
        let theme = json!({
            "root": {
                "primaryColor": "red;}*{display:none", "buttonBorderRadius": "calc(1px)", "dangerColor": 7,
                "fontFamily": "x;}*{display:none}", "borderColor": "var(--ink)", "modalBorderRadius": "9999px",
            },
            "sidebar": { "logo": "javascript:alert(1)", "backgroundColor": "url(https://evil.example)" },
            "table": "nothing",
        });
        assert_eq!(rules(&theme), "");
        for logo in ["https://a.example/\")}", "http://a.example/l.png", "data:text/html,x"] {
            assert_eq!(rules(&json!({ "sidebar": { "logo": logo } })), "", "{logo}");
        }
    }

    #[test]
    fn every_tone_can_be_read_on_the_page_and_be_written_on() {
        for primary in ["#ffff00", "#0000ff", "#777777", "#ffffff", "#000000", "hsl(120 100% 50%)"] {
            let rules = rules(&json!({ "root": { "primaryColor": primary } }));
            let mut found = rules.split("--accent:").skip(1).map(|rest| Colour::parse(&rest[..7]).unwrap());
            for canvas in CANVAS {
                let tone = found.next().unwrap();
                assert!(tone.contrast(canvas) >= READABLE, "{primary} {rules}");
            }
        }
    }

    #[test]
    fn the_backgrounds_are_those_of_the_style() {
        let style = include_str!("../../style/tokens.css");
        for (canvas, ink) in CANVAS.into_iter().zip(INK) {
            assert!(style.contains(&format!("--canvas: {};", canvas.text())), "{canvas:?}");
            assert!(style.contains(&format!("--ink: {};", ink.text())), "{ink:?}");
        }
    }
}
