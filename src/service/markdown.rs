//! Texts in markdown as HTML that is safe to stand in a page, whoever wrote them.

mod embed;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd, html};

pub use embed::Embed;

/// What may stand in the page. Everything else goes; the text in it stays, but for scripts and styles.
const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "details",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// The attributes that each of them may have; none has a style, a class, an id or a listener.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "title"]),
    ("details", &["open"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("input", &["checked"]),
    ("ol", &["start"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "colspan", "rowspan"]),
];

/// What is set whatever was written: links open a new tab, the only input is the box of a task.
const SET: &[(&str, &[(&str, &str)])] = &[
    ("a", &[("target", "_blank")]),
    ("img", &[("loading", "lazy"), ("referrerpolicy", "no-referrer")]),
    ("input", &[("type", "checkbox"), ("disabled", "")]),
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    let attributes = ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect()));
    let set = SET.iter().map(|(tag, pairs)| (*tag, pairs.iter().copied().collect()));
    cleaner
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(attributes.collect::<HashMap<_, _>>())
        .set_tag_attribute_values(set.collect::<HashMap<_, _>>())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(address);
    cleaner
});

/// Markdown as HTML: headings, lists, tasks, tables, quotes, code, links and images.
///
/// Nothing in it runs or loads by itself but images, which come by `https:` or from this server. Links lead
/// to `http:`, `https:`, `mailto:` and places of this server, and open a new tab.
pub fn to_html(markdown: &str) -> String {
    cleaned(events(markdown))
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// HTML as [`to_html`] makes it.
    Html(String),
    /// Something of the space that shall be seen here.
    Embed(Embed),
}

/// The same with what the text embeds: each stands after the paragraph, list or other block that it was written in.
pub fn to_parts(markdown: &str) -> Vec<Part> {
    let (mut parts, mut text, mut embeds) = (Vec::new(), Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for event in events(markdown) {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Html(html) | Event::InlineHtml(html) => embeds.extend(embed::find(html)),
            _ => {}
        }
        text.push(event);
        if depth == 0 && !embeds.is_empty() {
            parts.push(Part::Html(tidied(std::mem::take(&mut text))));
            parts.extend(embeds.drain(..).map(Part::Embed));
        }
    }
    parts.push(Part::Html(tidied(text)));
    parts.retain(|part| !matches!(part, Part::Html(html) if is_empty(html)));
    parts
}

fn tidied(events: Vec<Event<'_>>) -> String {
    cleaned(events.into_iter()).trim().to_string()
}

/// Whether nothing is left of a text but the paragraph around it.
fn is_empty(html: &str) -> bool {
    html.replace("<p>", "").replace("</p>", "").trim().is_empty()
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut cells = Cells::default();
    Parser::new_ext(markdown, options).map(move |event| cells.aligned(event))
}

fn cleaned<'text>(events: impl Iterator<Item = Event<'text>>) -> String {
    let mut written = String::new();
    html::push_html(&mut written, events);
    CLEANER.clean(&written).to_string()
}

/// How the cells of a table stand. The writer of HTML would say it by a style, which a page does not allow.
#[derive(Default)]
struct Cells {
    columns: Vec<Alignment>,
    column: usize,
    head: bool,
}

impl Cells {
    fn aligned<'text>(&mut self, event: Event<'text>) -> Event<'text> {
        match &event {
            Event::Start(Tag::Table(columns)) => self.columns.clone_from(columns),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                self.column = 0;
                self.head = matches!(event, Event::Start(Tag::TableHead));
            }
            Event::Start(Tag::TableCell) => {
                let side = match self.columns.get(self.column) {
                    Some(Alignment::Left) => " align=\"left\"",
                    Some(Alignment::Center) => " align=\"center\"",
                    Some(Alignment::Right) => " align=\"right\"",
                    _ => "",
                };
                let tag = if self.head { "th" } else { "td" };
                return Event::InlineHtml(format!("<{tag}{side}>").into());
            }
            Event::End(TagEnd::TableCell) => self.column += 1,
            _ => {}
        }
        event
    }
}

/// An attribute as it may stand; addresses only where they lead to what is allowed.
fn address<'value>(tag: &str, attribute: &str, value: &'value str) -> Option<Cow<'value, str>> {
    let allowed = match (tag, attribute) {
        ("a", "href") => is_own(value) || has_scheme(value, &["http://", "https://", "mailto:"]),
        ("img", "src") => is_own(value) || has_scheme(value, &["https://"]),
        _ => true,
    };
    allowed.then_some(Cow::Borrowed(value))
}

/// Whether an address is a path of this server. Browsers pass over control characters in addresses and
/// take `\` for `/`, and two strokes begin another server.
fn is_own(address: &str) -> bool {
    let plain = |character: char| !character.is_control() && character != '\\';
    let leads_away = address.starts_with("//") || !address.chars().all(plain);
    address.starts_with(['/', '#', '?']) && !leads_away
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| {
        address.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_what_it_means() {
        for (markdown, html) in [
            ("# One\n\ntwo **three**", "<h1>One</h1>\n<p>two <strong>three</strong></p>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"),
            ("~~gone~~ `a < b`", "<p><del>gone</del> <code>a &lt; b</code></p>\n"),
            ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
            ("```js\nlet a = 1;\n```", "<pre><code>let a = 1;\n</code></pre>\n"),
            (
                "<details><summary>More</summary>text</details>",
                "<details><summary>More</summary>text</details>",
            ),
        ] {
            assert_eq!(to_html(markdown), html, "{markdown}");
        }
    }

    #[test]
    fn tables_and_tasks_stand_as_they_were_written() {
        let html = to_html("|a|b|c|\n|:-|-:|-|\n|1|2|3|\n\n- [x] done\n- [ ] open");
        for part in [
            "<th align=\"left\">a</th><th align=\"right\">b</th><th>c</th>",
            "<td align=\"left\">1</td><td align=\"right\">2</td><td>3</td>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        for (part, times) in [("<input", 2), ("type=\"checkbox\"", 2), ("disabled=", 2), ("checked=", 1)] {
            assert_eq!(html.matches(part).count(), times, "{part} in {html}");
        }
    }

    #[test]
    fn a_link_opens_a_new_tab_and_says_nothing_of_us() {
        for address in
            ["https://a.example/b?c#d", "HTTP://a.example", "mailto:a@b.example", "/space/x", "#below"]
        {
            let html = to_html(&format!("[a]({address})"));
            assert!(html.contains(&format!("href=\"{address}\"")), "{html}");
            assert!(html.contains("target=\"_blank\""), "{html}");
            assert!(html.contains("rel=\"noopener noreferrer nofollow\""), "{html}");
        }
        for address in ["https://a.example/b.png", "/b.png"] {
            let html = to_html(&format!("![alt]({address})"));
            assert!(html.contains(&format!("src=\"{address}\"")) && html.contains("alt=\"alt\""), "{html}");
        }
    }

    /// Each must leave nothing behind that runs, loads or looks as it likes.
    #[test]
    fn attacks_come_to_nothing() {
        let deep = format!("{}<img src=x onerror=alert(1)>", "> ".repeat(2000));
        for attack in [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java\nscript:alert(1))",
            "[a](java&#10;script:alert(1))",
            "[a](&#x6A;avascript:alert(1))",
            "[a](javascript&colon;alert(1))",
            "[a](\u{1}javascript:alert(1))",
            "[a]: javascript:alert(1)\n\n[a]",
            "<javascript:alert(1)>",
            "[a](vbscript:x)",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "![a](data:image/svg+xml;base64,PHN2Zz4=)",
            "![a](javascript:alert(1))",
            "![a](http://evil.example/plain.png)",
            "![a](//evil.example/own.png)",
            "![a](/\\evil.example/own.png)",
            "[a](//evil.example)",
            "<a href=\"/\t/evil.example\">a</a>",
            "<a href=\"/\\evil.example\">a</a>",
            "<a href=\" javascript:alert(1)\">a</a>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"/a.png\" onload='alert(1)'>",
            "<img src=`javascript:alert(1)`>",
            "![a](https://a.example/\"onerror=\"alert(1))",
            "![\" onerror=\"alert(1)](/a.png)",
            "[a](/b \"\" onmouseover=alert(1)\")",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<svg><a xlink:href=\"javascript:alert(1)\"><text>a</text></a></svg>",
            "<math><mtext></p><style><!--</style><img src=x onerror=alert(1)>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<embed src=\"https://evil.example\">",
            "<embed type='sheet' name='Contacts' />",
            "<object data=\"https://evil.example\"></object>",
            "<form action=\"https://evil.example\"><input name=password><button>go</button></form>",
            "<p style=\"position:fixed;inset:0\" class=\"dialog\" id=\"root\">a</p>",
            "<style>@import 'https://evil.example';</style>",
            "<link rel=stylesheet href=https://evil.example>",
            "<base href=https://evil.example/>",
            "<meta http-equiv=refresh content='0;url=https://evil.example'>",
            "<details ontoggle=alert(1) open>a</details>",
            "<input type=text autofocus onfocus=alert(1)>",
            "<video poster=javascript:alert(1)><source onerror=alert(1)></video>",
            "`` ` `` <b onclick=alert(1)>a</b> ``<i onclick=alert(1)>``",
            "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
            "```html\" onclick=\"alert(1)\n<script>alert(1)</script>\n```",
            "<!-- --!><img src=x onerror=alert(1)> -->",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<template><img src=x onerror=alert(1)></template>",
            "<![CDATA[><img src=x onerror=alert(1)>]]>",
            "<?xml ?><img src=x onerror=alert(1)>",
            deep.as_str(),
        ] {
            let html = to_html(attack);
            let leftover = leftovers(&html);
            assert!(leftover.is_none(), "{attack}\nbecame\n{html}\nwith {leftover:?}");
        }
    }

    /// What stands in the tags of some HTML and must not. The text between tags is free.
    fn leftovers(html: &str) -> Option<String> {
        let tags = html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
        for tag in tags {
            let name: String =
                tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            if !TAGS.contains(&name.as_str()) {
                return Some(tag.to_string());
            }
            let (_, attributes) = tag.split_once(' ').unwrap_or(("", ""));
            // What stands between quotation marks is a value; the names are what is left.
            let names: Vec<&str> = attributes.split('"').step_by(2).collect();
            let wrong_name =
                |names: &&str| names.contains("on") || names.contains("style") || names.contains("class");
            if let Some(found) = names.iter().map(|name| name.trim()).find(|name| {
                let name = name.trim_end_matches('=');
                !["", "open", "colspan", "rowspan"].contains(&name) && wrong_name(&name)
            }) {
                return Some(found.to_string());
            }
            let lower = tag.to_ascii_lowercase();
            let values = lower.split("href=\"").skip(1).chain(lower.split("src=\"").skip(1));
            for value in values {
                let value = value.split('"').next().unwrap_or_default();
                let fine =
                    value.starts_with("https://a.example") || (is_own(value) && !value.starts_with("//"));
                if !fine {
                    return Some(value.to_string());
                }
            }
            if name == "input" && !lower.contains("type=\"checkbox\"") {
                return Some(tag.to_string());
            }
        }
        None
    }

    #[test]
    fn what_a_text_embeds_stands_after_its_block() {
        let html = |html: &str| Part::Html(html.trim().to_string());
        let sheet = |id: &str| {
            Part::Embed(Embed { kind: "embedded-sheet".into(), name: None, sheet_id: id.to_string() })
        };
        for (markdown, expected) in [
            ("one\n\ntwo", vec![html("<p>one</p>\n<p>two</p>\n")]),
            (
                "# One\n\n<embed type='embedded-sheet' sheetId='us_sh_1'>\n\n[two]\n\n[two]: /two",
                vec![
                    html("<h1>One</h1>\n\n"),
                    sheet("us_sh_1"),
                    html(
                        "<p><a href=\"/two\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">two</a></p>\n",
                    ),
                ],
            ),
            (
                "- one <embed type='embedded-sheet' sheetId='us_sh_1'>\n- two\n\n<embed type='embedded-sheet'\nsheetId='us_sh_2'>",
                vec![html("<ul>\n<li>one </li>\n<li>two</li>\n</ul>\n"), sheet("us_sh_1"), sheet("us_sh_2")],
            ),
            (
                "`<embed type='embedded-sheet'>`",
                vec![html("<p><code>&lt;embed type='embedded-sheet'&gt;</code></p>\n")],
            ),
            ("", vec![]),
        ] {
            assert_eq!(to_parts(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn parts_are_as_clean_as_the_whole() {
        for attack in
            ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))"]
        {
            let text = format!("{attack}\n\n<embed type='{attack}' name=\"{attack}\">\n\n{attack}");
            for part in to_parts(&text) {
                if let Part::Html(html) = part {
                    assert!(leftovers(&html).is_none(), "{attack} became {html}");
                }
            }
        }
    }

    #[test]
    fn a_long_text_and_a_deep_one_are_read() {
        assert!(to_html(&"- a\n".repeat(20_000)).len() > 100_000);
        assert!(to_html(&"<b>".repeat(20_000)).len() < 1_000_000);
        assert!(to_html(&"[".repeat(20_000)).contains("[[["));
    }
}
