//! `<embed type='embedded-sheet' …>`: what a text wants to show of a space.

/// A wish of a text, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Embed {
    /// What kind of thing: `embedded-sheet`, `embedded-diff`.
    pub kind: String,
    /// What the text calls it.
    pub name: Option<String>,
    /// The id of a sheet; not looked at yet.
    pub sheet_id: String,
}

/// The embeds in a piece of HTML, in order.
pub fn find(html: &str) -> Vec<Embed> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let is_embed = rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("embed"));
        if !is_embed || !rest[5..].starts_with(|next: char| next.is_ascii_whitespace()) {
            continue;
        }
        let (embed, after) = read(&rest[5..]);
        found.push(embed);
        rest = after;
    }
    found
}

/// The attributes up to the end of the tag, and what follows it.
fn read(mut rest: &str) -> (Embed, &str) {
    let mut embed = Embed::default();
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_ascii_whitespace() || character == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (embed, rest);
        }
        let end = rest
            .find(|character: char| character.is_ascii_whitespace() || "=/>".contains(character))
            .unwrap_or(rest.len());
        // A sign that begins no name is passed over.
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else { continue };
        let (value, after) = value(after.trim_start());
        rest = after;
        match name {
            "type" => embed.kind = value.to_string(),
            "name" => embed.name = Some(value.trim().to_string()).filter(|name| !name.is_empty()),
            "sheetId" | "sheetid" => embed.sheet_id = value.trim().to_string(),
            _ => {}
        }
    }
}

/// A value with or without quotation marks, and what follows it.
fn value(rest: &str) -> (&str, &str) {
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = &rest[1..];
            inner.split_once(quote).unwrap_or((inner, ""))
        }
        _ => {
            let stops = |character: char| character.is_ascii_whitespace() || character == '>';
            rest.split_at(rest.find(stops).unwrap_or(rest.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeds_are_read_however_they_are_written() {
        let sheet = |name: Option<&str>| Embed {
            kind: "embedded-sheet".into(),
            name: name.map(str::to_string),
            sheet_id: "us_sh_1".into(),
        };
        for (html, expected) in [
            ("<embed type='embedded-sheet' name='People' sheetId='us_sh_1'>", vec![sheet(Some("People"))]),
            ("<EMBED\ntype=embedded-sheet sheetId=us_sh_1 />", vec![sheet(None)]),
            (
                "a <embed type=\"embedded-sheet\" defaultExpanded sheetId = \"us_sh_1\" name=\"a > b\">b",
                vec![sheet(Some("a > b"))],
            ),
            ("<embedded type='embedded-sheet'>", vec![]),
            ("<embed>", vec![]),
            ("<embed =>", vec![Embed::default()]),
            ("<embed type='", vec![Embed::default()]),
        ] {
            assert_eq!(find(html), expected, "{html}");
        }
    }
}
