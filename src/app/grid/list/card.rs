//! A record as a card: which fields it shows, and its HTML. The server sends the first cards with the page, and the
//! browser makes the same ones.

use crate::app::components::Icon;
use crate::app::format::{count, counted, escape, lower};
use crate::app::grid::shown::shown as read;
use crate::domain::blueprint::Level;
use crate::domain::said;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The height of every card.
pub const CARD_HEIGHT: f64 = 100.0;
/// Most fields below the title. The last one gives way to what is said of the record.
const MOST_LINES: usize = 3;
/// Most letters of a value.
const MOST_SHOWN: usize = 120;

/// Which of the shown columns a card shows, by their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Those of the title.
    pub title: Vec<usize>,
    /// Those below it.
    pub lines: Vec<usize>,
}

impl Plan {
    /// The first column is the title; the parts of a name are one. The column that the records are sorted by is
    /// always seen.
    pub fn of<'a>(columns: impl Iterator<Item = &'a ColumnView>, sorted: Option<&str>) -> Self {
        let columns: Vec<&ColumnView> = columns.collect();
        let is_name =
            |column: &&ColumnView| column.kind == ColumnKind::Text && lower(&column.label).contains("name");
        let names = columns.iter().take_while(|column| is_name(column)).count().min(2);
        let title = names.max(1).min(columns.len());
        let mut lines: Vec<usize> = (title..columns.len()).collect();
        let sorted = sorted.and_then(|key| columns.iter().position(|column| column.key == key));
        if let Some(place) = sorted.and_then(|sorted| lines.iter().position(|line| *line == sorted)) {
            lines[..=place].rotate_right(1);
        }
        lines.truncate(MOST_LINES);
        Self { title: (0..title).collect(), lines }
    }
}

/// What a card says of its record.
#[derive(Debug, Clone, Default)]
pub struct Card<'a> {
    /// The record's place in the sheet, counted from 1.
    pub position: u64,
    /// The texts of its title.
    pub title: Vec<String>,
    /// The labels and texts of the fields below.
    pub lines: Vec<(&'a str, String)>,
    /// What is said of its cells.
    pub remarks: Vec<Saying<'a>>,
}

/// What is said of a cell.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// The label of its field.
    pub label: &'a str,
    /// How serious it is.
    pub level: Level,
    /// A listener says it.
    pub hosts: bool,
    /// The words.
    pub text: &'a str,
}

impl Card<'_> {
    /// What the card is called.
    pub fn name(&self) -> String {
        let name = self.title.iter().map(|text| first_line(text)).filter(|text| !text.is_empty());
        let name = name.collect::<Vec<_>>().join(" ");
        if name.is_empty() { ["Record ", &count(self.position)].concat() } else { name }
    }

    /// Whether some cell has an error.
    pub fn is_invalid(&self) -> bool {
        self.remarks.iter().any(|saying| saying.level == Level::Error)
    }

    /// What is in the card.
    pub fn html(&self) -> String {
        let said = self.said();
        let mut html = [
            "<span class=\"card-head\"><b>",
            &escape(&self.name()),
            "</b> <span class=\"card-number\"><span class=\"sr-only\">record </span>",
            &count(self.position),
            "</span></span>",
        ]
        .concat();
        let room = if said.is_empty() { MOST_LINES } else { MOST_LINES - 1 };
        for (label, text) in self.lines.iter().take(room) {
            let shown = if text.is_empty() { "<i>–</i>".into() } else { escape(text) };
            for piece in [
                " <span class=\"card-line\"><small>",
                &escape(label),
                "</small> <span>",
                &shown,
                "</span></span>",
            ] {
                html.push_str(piece);
            }
        }
        html + &said
    }

    /// The first of the worst remarks, and how many errors there are.
    fn said(&self) -> String {
        let worst = self.remarks.iter().map(|saying| saying.level).max();
        let first = self.remarks.iter().find(|saying| Some(saying.level) == worst);
        let Some(Saying { label, level, hosts, text }) = first else { return String::new() };
        let same = self.remarks.iter().filter(|other| other.level == *level).count() as u64;
        let (class, word, sign) = match level {
            Level::Error => ("error", "error", Icon::Alert),
            Level::Warn => ("warn", "warning", Icon::Warning),
            Level::Info => ("info", "note", Icon::Info),
        };
        let more = if same > 1 {
            ["<em aria-hidden=\"true\">+", &count(same - 1), "</em>"].concat()
        } else {
            String::new()
        };
        [
            " <span class=\"card-said ",
            class,
            "\"><svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"",
            sign.path(),
            "\"/></svg><span class=\"sr-only\">",
            &counted(same, word),
            ": </span><span class=\"",
            said::class(*hosts),
            "\">",
            &escape(&words(label, text)),
            "</span>",
            &more,
            "</span>",
        ]
        .concat()
    }
}

/// What is said of a field, in one short sentence. The value that it quotes stands on the card or in its form.
fn words(label: &str, text: &str) -> String {
    if text.starts_with(label) {
        return text.to_string();
    }
    let quoted = text.strip_prefix('“').and_then(|rest| rest.split_once("” "));
    match quoted {
        Some((_, rest)) => [label, " ", rest].concat(),
        None => [label, ": ", text].concat(),
    }
}

/// How a value is written on a card.
pub fn shown(column: &ColumnView, text: &str) -> String {
    first_line(&read(column, text)).chars().take(MOST_SHOWN).collect()
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(labels: &[&str]) -> Vec<ColumnView> {
        labels.iter().map(|label| ColumnView::plain(label, ColumnKind::Text)).collect()
    }

    fn plan(labels: &[&str], sorted: Option<&str>) -> (Vec<usize>, Vec<usize>) {
        let Plan { title, lines } = Plan::of(columns(labels).iter(), sorted);
        (title, lines)
    }

    #[test]
    fn the_parts_of_a_name_are_one_title_and_the_sorted_column_is_seen() {
        let people = ["First name", "Last name", "E-mail", "Phone", "Plan", "Balance"];
        assert_eq!(plan(&people, None), (vec![0, 1], vec![2, 3, 4]));
        assert_eq!(plan(&people, Some("Balance")), (vec![0, 1], vec![5, 2, 3]));
        assert_eq!(plan(&people, Some("Phone")), (vec![0, 1], vec![3, 2, 4]));
        assert_eq!(plan(&people, Some("First name")), (vec![0, 1], vec![2, 3, 4]));
        assert_eq!(plan(&["Item", "Name"], None), (vec![0], vec![1]));
        assert_eq!(plan(&[], None), (vec![], vec![]));
    }

    #[test]
    fn a_card_says_the_worst_first_and_how_many_there_are() {
        let mut card =
            Card { position: 1234, title: vec![String::new(), " ".to_string()], ..Card::default() };
        card.lines = ["a", "b", "c"].map(|label| (label, String::new())).to_vec();
        assert_eq!(card.name(), "Record 1,234");
        assert_eq!(card.html().matches("card-line").count(), 3);
        let said = [("A", Level::Warn, "odd"), ("B", Level::Error, "a < b"), ("C", Level::Error, "no")];
        card.remarks =
            said.map(|(label, level, text)| Saying { label, level, hosts: label == "B", text }).to_vec();
        let html = card.html();
        assert!(
            html.contains(
                "2 errors: </span><span class=\"host\">B: a &lt; b</span><em aria-hidden=\"true\">+1</em>"
            ),
            "{html}"
        );
        assert_eq!(html.matches("card-line").count(), 2);
        assert!(card.is_invalid());
        card.remarks.truncate(1);
        assert!(!card.is_invalid() && card.html().contains("1 warning: "));
    }

    #[test]
    fn what_is_said_names_the_field_once_and_leaves_the_value_out() {
        assert_eq!(words("Mail", "“a#b” is not a mail address"), "Mail is not a mail address");
        assert_eq!(
            words("Plan", "“x” is no option: did you mean “y” here?"),
            "Plan is no option: did you mean “y” here?"
        );
        assert_eq!(words("Mail", "Mail is required"), "Mail is required");
        assert_eq!(words("Mail", "must be an address"), "Mail: must be an address");
    }

    #[test]
    fn values_are_written_as_people_read_them() {
        let yes = ColumnView::plain("a", ColumnKind::Boolean);
        assert_eq!((shown(&yes, "true"), shown(&yes, "perhaps")), ("Yes".to_string(), "perhaps".to_string()));
        let text = ColumnView::plain("a", ColumnKind::Text);
        assert_eq!(shown(&text, "\n one\ntwo"), "one");
    }
}
