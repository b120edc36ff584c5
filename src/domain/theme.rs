//! The theme of a space (`metadata.theme`, section 4.5 of the wire contract) as rules of style.
//!
//! Only what reads as a colour, a length, a font or the address of a picture becomes part of a rule; everything else
//! counts as absent. Texts stay readable: a colour that could not be read on what is behind it is moved until it can.

use serde_json::Value;

use super::colour::Colour;

/// The page's background in light and in dark, as `style/main.css` has it.
const CANVAS: [Colour; 2] = [Colour::WHITE, Colour([0x0f, 0x13, 0x14])];

/// What a value is, and which rules it becomes.
enum Becomes {
    /// A colour of texts and signs under that name of the style, with its softer forms.
    Tone(&'static str),
    /// The background of `selector`, and what is written on it, unless `text` names a colour.
    Ground { selector: &'static str, text: &'static str },
    /// The colour of a text on a background that is another member, or the page's.
    Text { selector: &'static str, on: &'static str },
    /// A colour of lines.
    Line { selector: &'static str, property: &'static str },
    /// A length.
    Length { selector: &'static str, property: &'static str },
    /// A list of fonts.
    Font { selector: &'static str, property: &'static str },
    /// The address of a picture that takes the place of our sign.
    Logo,
}

use Becomes::{Font, Ground, Length, Line, Logo, Text, Tone};

/// Every member that changes something on a page.
const MEMBERS: &[(&str, Becomes)] = &[
    ("root.fontFamily", Font { selector: ":root", property: "--font" }),
    ("root.primaryColor", Tone("accent")),
    ("root.dangerColor", Tone("error")),
    ("root.warningColor", Tone("warn")),
    ("root.successColor", Tone("ok")),
    ("root.actionColor", Tone("info")),
    ("root.borderColor", Line { selector: ":root", property: "--line" }),
    ("root.interactiveBorderColor", Line { selector: ":root", property: "--line-strong" }),
    ("root.interactiveBorderRadius", Length { selector: ".input", property: "border-radius" }),
    ("root.buttonBorderRadius", Length { selector: ".button", property: "border-radius" }),
    ("root.badgeBorderColor", Line { selector: ".state", property: "border-color" }),
    ("root.badgeBorderRadius", Length { selector: ".state", property: "border-radius" }),
    ("root.checkboxBorderColor", Line { selector: "[type=checkbox]", property: "border-color" }),
    ("root.checkboxBorderRadius", Length { selector: "[type=checkbox]", property: "border-radius" }),
    ("root.tabstripActiveColor", Text { selector: ".tabs [aria-selected=true]", on: "" }),
    ("root.tabstripInactiveColor", Text { selector: ".tabs [aria-selected=false]", on: "" }),
    ("root.tabstripHoverTextColor", Text { selector: ".tabs [role=tab]:hover", on: "" }),
    ("root.tabstripHoverBorderColor", Line { selector: ".tabs [role=tab]:hover", property: "border-color" }),
    ("root.modalBorderRadius", Length { selector: ".dialog", property: "border-radius" }),
    ("root.pillBorderRadius", Length { selector: ".pill", property: "border-radius" }),
    ("root.popoverBackgroundColor", Ground { selector: ".popover", text: "" }),
    ("root.popoverBorderRadius", Length { selector: ".popover", property: "border-radius" }),
    ("root.tooltipBackgroundColor", Ground { selector: "[role=tooltip]", text: "" }),
    ("sidebar.logo", Logo),
    ("sidebar.backgroundColor", Ground { selector: ".sidebar", text: "sidebar.textColor" }),
    (
        "sidebar.textColor",
        Text {
            selector: ".sidebar :is(a:not([aria-current]),.workbook,.n:not(.bad),h2)",
            on: "sidebar.backgroundColor",
        },
    ),
    ("sidebar.titleColor", Text { selector: ".sidebar .brand b", on: "sidebar.backgroundColor" }),
    ("sidebar.footerTextColor", Text { selector: ".sidebar .person", on: "sidebar.backgroundColor" }),
    ("sidebar.focusBgColor", Ground { selector: ".sidebar a[aria-current]", text: "sidebar.focusTextColor" }),
    ("sidebar.focusTextColor", Text { selector: ".sidebar a[aria-current]", on: "sidebar.focusBgColor" }),
    ("sidebar.activeTextColor", Text { selector: ".sidebar a[aria-current]", on: "sidebar.focusBgColor" }),
    ("sidebar.textUltralightColor", Text { selector: ".sidebar h2", on: "sidebar.backgroundColor" }),
    ("sidebar.borderColor", Line { selector: ".sidebar", property: "border-color" }),
    ("document.borderColor", Line { selector: ".document", property: "border-color" }),
    ("table.fontFamily", Font { selector: ".grid-host", property: "font-family" }),
    (
        "table.inputs.checkbox.borderColor",
        Line { selector: ".grid-host [type=checkbox]", property: "border-color" },
    ),
    (
        "table.column.header.backgroundColor",
        Ground { selector: ".grid-window thead>tr>*", text: "table.column.header.color" },
    ),
    (
        "table.column.header.color",
        Text { selector: ".grid-window thead>tr>*", on: "table.column.header.backgroundColor" },
    ),
    (
        "table.indexColumn.backgroundColor",
        Ground { selector: ".grid-window tbody th", text: "table.indexColumn.color" },
    ),
    (
        "table.indexColumn.color",
        Text { selector: ".grid-window tbody th", on: "table.indexColumn.backgroundColor" },
    ),
    ("table.cell.active.borderColor", Line { selector: ".grid-editor", property: "outline-color" }),
];

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
                    let ink = Colour([0x14, 0x19, 0x1a]).readable_on(ground);
                    let inside = [selector, ",", selector, " :is(a,h2,b,p,.n)"].concat();
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
            Logo => {
                if is_picture(value) {
                    self.rule(".brand-mark .mark", "content", &format!("url(\"{value}\")"));
                }
            }
        }
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
                assert!(tone.contrast(canvas) >= 4.5, "{primary} {rules}");
            }
        }
    }

    #[test]
    fn the_backgrounds_are_those_of_the_style() {
        let style = include_str!("../../style/main.css");
        for canvas in CANVAS {
            assert!(style.contains(&format!("--canvas: {};", canvas.text())), "{canvas:?}");
        }
    }
}
