//! The HTML tables of a clipboard: reading those of spreadsheets, writing our own. What is read never becomes a part of
//! a page: of the source only the cells and their texts are looked at.

use super::Table;
use crate::domain::value::{is_date, looks_like_number};

/// The attribute by which a table of ours is known: the text beside it says the same exactly.
pub const OURS: &str = "data-inlet";
/// What tells the tables of Excel, Google Sheets and LibreOffice from other HTML.
const SPREADSHEETS: [&str; 4] =
    ["office:excel", "Excel.Sheet", "google-sheets-html-origin", "content=\"LibreOffice"];
/// Cells that one cell may span.
const MOST_SPANNED: usize = 1_000;
/// Stands for a line break in the text of a cell, where line breaks of the source mean nothing.
const BREAK: char = '\u{2028}';
/// The names of characters that spreadsheets write.
const NAMED: [(&str, char); 6] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}')];
/// Excel goes by the style, LibreOffice by the number format.
const AS_TEXT: &str = "<td style=\"mso-number-format:'\\@'\" sdnum=\"1033;0;@\">";
/// A number of more digits is one to look up and not one to reckon with.
const MOST_DIGITS: usize = 11;

/// The first table of a spreadsheet's HTML; nothing when it is not one of those.
pub fn read_html(html: &str) -> Option<Table> {
    if !SPREADSHEETS.iter().any(|sign| html.contains(sign)) {
        return None;
    }
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        reader.text(before);
        rest = match tag.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").map_or("", |(_, after)| after),
            None => {
                let (tag, after) = tag.split_at(end_of_tag(tag));
                reader.tag(tag);
                let after = after.strip_prefix('>').unwrap_or(after);
                if is_named(tag, "style") { after_style(after) } else { after }
            }
        };
        if reader.ended {
            rest = "";
        }
    }
    reader.text(rest);
    reader.end_row();
    (!reader.rows.is_empty()).then(|| Table::of_rows(reader.rows))
}

impl Table {
    /// The HTML table for a clipboard. Spreadsheets leave alone what they would take for something else.
    pub fn html(&self) -> String {
        let mut html =
            String::from("<meta charset=\"utf-8\"><style>br{mso-data-placement:same-cell}</style><table ");
        html.push_str(OURS);
        html.push_str("><tbody>");
        for row in self.texts().chunks(self.columns().max(1)) {
            html.push_str("<tr>");
            for cell in row {
                html.push_str(if is_misread(cell) { AS_TEXT } else { "<td>" });
                for (place, line) in cell.split('\n').enumerate() {
                    html.push_str(if place > 0 { "<br>" } else { "" });
                    escape(line, &mut html);
                }
                html.push_str("</td>");
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }
}

/// What was found of a table so far.
#[derive(Default)]
struct Reader {
    rows: Vec<Vec<String>>,
    /// How many more rows each column is taken by a cell above.
    taken: Vec<usize>,
    /// The text of the cell that is open, and how far it spans to the right and down.
    cell: Option<(String, usize, usize)>,
    /// Tables within one another.
    depth: usize,
    ended: bool,
}

impl Reader {
    fn text(&mut self, source: &str) {
        if let Some((raw, ..)) = &mut self.cell {
            decode(source, raw);
        }
    }

    fn tag(&mut self, tag: &str) {
        match (tag.strip_prefix('/'), self.depth) {
            (Some(name), depth) if is_named(name, "table") => {
                self.depth = depth.saturating_sub(1);
                self.ended = self.depth == 0;
            }
            (None, _) if is_named(tag, "table") => self.depth += 1,
            (None, _) if is_named(tag, "br") => {
                if let Some((raw, ..)) = &mut self.cell {
                    raw.push(BREAK);
                }
            }
            (None, 1) if is_named(tag, "tr") => {
                self.end_row();
                self.rows.push(Vec::new());
            }
            (None, 1) if is_named(tag, "td") || is_named(tag, "th") => {
                self.end_cell();
                self.cell = Some((String::new(), span(tag, "colspan="), span(tag, "rowspan=")));
            }
            (Some(name), 1) if ["td", "th", "tr"].iter().any(|cell| is_named(name, cell)) => self.end_cell(),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let Some((raw, right, down)) = self.cell.take() else { return };
        self.pass_taken();
        let Some(row) = self.rows.last_mut() else { return };
        let end = row.len() + right;
        self.taken.resize(self.taken.len().max(end), 0);
        self.taken[row.len()..end].fill(down - 1);
        row.push(seen_text(&raw));
        row.resize(end, String::new());
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.pass_taken();
    }

    /// Leaves the cells empty that a cell above covers.
    fn pass_taken(&mut self) {
        let Some(row) = self.rows.last_mut() else { return };
        while let Some(rows) = self.taken.get_mut(row.len()).filter(|rows| **rows > 0) {
            *rows -= 1;
            row.push(String::new());
        }
    }
}

/// Where a tag ends: at the first `>` that is not in quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (place, byte) in tag.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return place,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

fn is_named(tag: &str, name: &str) -> bool {
    let (begin, rest) = tag.split_at_checked(name.len()).unwrap_or((tag, ""));
    begin.eq_ignore_ascii_case(name) && !rest.starts_with(|next: char| next.is_ascii_alphanumeric())
}

fn after_style(source: &str) -> &str {
    source.find("</").map_or("", |end| &source[end..])
}

/// The number of an attribute.
fn span(tag: &str, name: &str) -> usize {
    let value = tag.split_once(name).map_or("", |(_, value)| value.trim_start_matches(['"', '\'']));
    let end = value.find(|character: char| !character.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().unwrap_or(1).clamp(1, MOST_SPANNED)
}

/// Adds a text of the source, its named and numbered characters as such.
fn decode(source: &str, raw: &mut String) {
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('&') {
        raw.push_str(before);
        let named = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        rest = match named {
            Some((character, after)) => {
                raw.push(character);
                after
            }
            None => {
                raw.push('&');
                after
            }
        };
    }
    raw.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return NAMED.iter().find(|(other, _)| *other == name).map(|(_, character)| *character);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// The text of a cell as it is seen: white space is one space, and none at the edges of a line.
fn seen_text(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for (place, line) in raw.split(BREAK).enumerate() {
        text.push_str(if place > 0 { "\n" } else { "" });
        for (place, word) in line.split_ascii_whitespace().enumerate() {
            text.push_str(if place > 0 { " " } else { "" });
            text.extend(word.chars().map(|character| if character == '\u{a0}' { ' ' } else { character }));
        }
    }
    text
}

/// Whether a spreadsheet would take the text for something else: a formula, a day, a number of other digits.
fn is_misread(text: &str) -> bool {
    let is_begun = text.starts_with(['=', '+', '-', '@']);
    (is_begun || text.contains(|letter: char| letter.is_ascii_digit()))
        && !is_plain_number(text)
        && !is_date(text)
}

/// Whether a spreadsheet reads the text as the number that it is.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_short =
        digits.len() <= MOST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_short && !is_code && looks_like_number(digits)
}

/// Adds a line as source; spaces that a reader would pass over are made to stay.
fn escape(line: &str, html: &mut String) {
    let last = line.len().saturating_sub(1);
    let mut before = ' ';
    for (place, character) in line.char_indices() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            ' ' if before == ' ' || place == last => html.push_str("&nbsp;"),
            other => html.push(other),
        }
        before = character;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        Table::of_rows(rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect())
    }

    const EXCEL: &str = r#"<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet>
<style><!--table {mso-displayed-decimal-separator:"\.";} td {color:black;}--></style></head><body>
<table border=0 cellpadding=0><!--StartFragment--><col width=64 style='width:48pt'>
 <tr height=20 style='height:15.0pt'><td height=20 class=xl65 style='mso-number-format:"\@";a:"&gt;>"'>007</td>
  <td>two<br>
    lines</td><td align=right x:num>1,234.50</td></tr>
 <tr><td colspan=2>a &amp; b<span style='mso-spacerun:yes'>&nbsp; </span></td><td></td></tr>
<!--EndFragment--></table></body></html>"#;
    const SHEETS: &str = r#"<meta charset="utf-8"><google-sheets-html-origin><style type="text/css"><!--td {border: 1px}--></style>
<table xmlns="http://www.w3.org/1999/xhtml" data-sheets-root="1"><colgroup><col width="100"/></colgroup><tbody>
<tr style="height:21px;"><td data-sheets-value="{&quot;1&quot;:2}">say &quot;hi&quot;</td><td rowspan="2">tall</td></tr>
<tr style="height:21px;"><td>line<br/>break</td></tr><tr><td>&#128512; caf&#xe9;</td><td>x &unknown; y</td></tr></tbody></table>"#;
    const CALC: &str = r##"<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/>
<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">body { font-size:x-small }</style></head>
<body><table cellspacing="0" border="0"><colgroup width="85"></colgroup><tr>
<td height="17" align="left"><font color="#000000">Ann  Lee</font></td><td align="right" sdval="5" sdnum="1033;">5</td></tr></table>
<table><tr><td>other</td></tr></table></body></html>"##;

    #[test]
    fn the_tables_of_spreadsheets_are_read() {
        assert_eq!(
            read_html(EXCEL).unwrap(),
            table(&[&["007", "two\nlines", "1,234.50"], &["a & b ", "", ""]])
        );
        assert_eq!(
            read_html(SHEETS).unwrap(),
            table(&[&["say \"hi\"", "tall"], &["line\nbreak", ""], &["😀 café", "x &unknown; y"]])
        );
        assert_eq!(read_html(CALC).unwrap(), table(&[&["Ann Lee", "5"]]));
    }

    #[test]
    fn other_pages_are_not() {
        assert_eq!(read_html("<table><tr><td>a</td></tr></table>"), None);
        assert_eq!(read_html("<google-sheets-html-origin><p>a"), None);
        for broken in
            ["<table><tr><td>a<td", "<table><tr><td colspan=\"99999999999\">a", "<table><tr><td>a<!--"]
        {
            let read = read_html(&format!("<google-sheets-html-origin>{broken}")).unwrap();
            assert_eq!(read.text(0, 0), "a", "{broken}");
        }
    }

    #[test]
    fn what_a_spreadsheet_would_misread_stays_a_text() {
        for text in [
            "007",
            "4006381333931",
            "=SUM(A1)",
            "+41 44",
            "-x",
            "@a",
            "1-2",
            "3/4",
            "1e5",
            "1,000",
            "+5",
            "2024-13-01",
        ] {
            assert!(table(&[&[text]]).html().contains(&format!("{AS_TEXT}{text}</td>")), "{text}");
        }
        for text in ["0.5", "12", "-3", "0", "2024-01-05", "Ann Lee", "true", ""] {
            assert!(table(&[&[text]]).html().contains(&format!("<td>{text}</td>")), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(columns in 1usize..4, texts in prop::collection::vec("[a<>&;\"' é\n]{0,6}", 1..20)) {
            let rows = texts.len() / columns;
            prop_assume!(rows > 0);
            let made = Table::of_texts(columns, texts[..rows * columns].to_vec()).unwrap();
            prop_assert_eq!(read_html(&(made.html() + SPREADSHEETS[2])), Some(made));
        }
    }
}
