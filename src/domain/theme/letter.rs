//! Mails about a space in its colours (`theme.email`, section 4.5 of the wire contract). Programs that read mails know no
//! style of a page: each part has its own.

use serde_json::Value;

use super::{CANVAS, INK, colour_at, is_picture, text_at, written_on};
use crate::domain::colour::Colour;
use crate::domain::wording::escape;

/// The button where no theme says another: the accent of the page.
const BUTTON: Colour = Colour([0x0f, 0x76, 0x6e]);

/// What a mail says.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// What it is about.
    pub title: &'a str,
    /// The texts before the button.
    pub before: &'a [&'a str],
    /// What stands on the button.
    pub button: &'a str,
    /// Where the button leads.
    pub address: &'a str,
    /// The text after the button.
    pub after: &'a str,
    /// What stands under all.
    pub footer: &'a str,
}

/// The colours of a mail; each text can be read on what is behind it.
struct Look {
    background: Colour,
    text: Colour,
    title: Colour,
    button: Colour,
    button_text: Colour,
    footer: Colour,
}

impl Look {
    /// The colours of these members, by light or dark.
    fn of(theme: &Value, members: &str, canvas: Colour, ink: Colour) -> Self {
        let said = |name: &str| colour_at(theme, &[members, ".", name].concat());
        let background = said("backgroundColor").unwrap_or(canvas);
        let button =
            said("buttonBgColor").or_else(|| colour_at(theme, "root.primaryColor")).unwrap_or(BUTTON);
        let on_page = |name| said(name).unwrap_or(ink).readable_on(background);
        let button_text = said("buttonTextColor").map_or(written_on(button), |text| text.readable_on(button));
        let (text, title, footer) = (on_page("textColor"), on_page("titleColor"), on_page("footerTextColor"));
        Self { background, text, title, button, button_text, footer }
    }

    /// Each part with its properties.
    fn parts(&self) -> [(&'static str, String); 4] {
        let [background, text, title, button, button_text, footer] =
            [self.background, self.text, self.title, self.button, self.button_text, self.footer]
                .map(Colour::text);
        [
            ("page", format!("background:{background};color:{text}")),
            ("title", format!("color:{title}")),
            ("button", format!("background:{button};color:{button_text}")),
            ("footer", format!("color:{footer}")),
        ]
    }
}

/// The mail as a document.
pub fn html(theme: Option<&Value>, letter: &Letter) -> String {
    let theme = theme.unwrap_or(&Value::Null);
    let [page, title, button, footer] = Look::of(theme, "email", CANVAS[0], INK[0])
        .parts()
        .map(|(name, style)| format!("class=\"{name}\" style=\"{style}"));
    let paragraphs = |text: &str| {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| format!("<p>{}</p>", escape(line))).collect::<String>()
    };
    let before: String = letter.before.iter().map(|text| paragraphs(text)).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"{}\">\
         <title>{heading}</title>{}</head><body {page};margin:0;font:16px/1.5 system-ui,sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto;padding:32px 24px\">{}<h1 {title};font-size:22px\">{heading}</h1>{before}\
         <p><a {button};display:inline-block;padding:10px 18px;border-radius:6px;text-decoration:none\" href=\"{}\">{}</a></p>\
         {}<p {footer};font-size:13px\">{}</p></div></body></html>",
        if theme.pointer("/email/dark").is_some() { "light dark" } else { "light" },
        dark(theme),
        logo(theme),
        escape(letter.address),
        escape(letter.button),
        paragraphs(letter.after),
        escape(letter.footer),
        heading = escape(letter.title),
    )
}

/// The rules for those who read mails in dark, where the theme has some.
fn dark(theme: &Value) -> String {
    if theme.pointer("/email/dark").is_none() {
        return String::new();
    }
    let look = Look::of(theme, "email.dark", CANVAS[1], INK[1]);
    let rules = look
        .parts()
        .map(|(name, style)| format!(".{name}{{{}!important}}", style.replace(';', "!important;")));
    format!("<style>@media (prefers-color-scheme:dark){{{}}}</style>", rules.concat())
}

/// The picture above all; mails show none that they carry themselves.
fn logo(theme: &Value) -> String {
    let address =
        text_at(theme, "email.logo").filter(|text| text.starts_with("https://") && is_picture(text));
    address.map(|address| format!("<img src=\"{address}\" alt=\"\" height=\"40\">")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LETTER: Letter = Letter {
        title: "Your link to <Orders>",
        before: &["Hello Ann,"],
        button: "Open \"Orders\"",
        address: "https://inlet.example/space/us_sp_1?token=a&b",
        after: "See you\n\nBob",
        footer: "For a day.",
    };

    #[test]
    fn a_mail_has_the_colours_of_its_space() {
        let theme = json!({
            "email": {
                "logo": "https://a.example/l.png", "backgroundColor": "#102030", "textColor": "#112233",
                "buttonBgColor": "#ffcc00", "buttonTextColor": "#ffffff", "dark": { "backgroundColor": "#000000" },
            },
        });
        let mail = html(Some(&theme), &LETTER);
        for part in [
            "style=\"background:#102030;color:",
            "<img src=\"https://a.example/l.png\"",
            "style=\"background:#ffcc00;",
            "@media (prefers-color-scheme:dark){.page{background:#000000!important;color:",
            "Your link to &lt;Orders&gt;",
            "token=a&amp;b",
            "<p>See you</p><p>Bob</p>",
        ] {
            assert!(mail.contains(part), "{part} in {mail}");
        }
        assert!(!mail.contains("color:#112233"), "it could not be read on that background: {mail}");
        assert!(!mail.contains("background:#ffcc00;color:#ffffff"), "nor that on the button: {mail}");
    }

    #[test]
    fn without_a_theme_it_has_ours_and_nothing_else_gets_in() {
        let plain = html(None, &LETTER);
        assert!(
            plain.contains("background:#ffffff;color:#14191a") && plain.contains("background:#0f766e"),
            "{plain}"
        );
        assert!(!plain.contains("<style>") && !plain.contains("<img"), "{plain}");
        for logo in ["data:image/png;base64,AA", "https://a.example/\"onload=", "http://a.example/l.png"] {
            assert_eq!(
                html(Some(&json!({ "email": { "logo": logo, "textColor": "red;}" } })), &LETTER),
                plain
            );
        }
    }
}
