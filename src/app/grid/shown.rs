//! How a value is read where it is not edited: options by their labels, a list by its items, yes and no in one spelling.

use std::borrow::Cow;

use crate::domain::value::read_boolean;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The text of a cell as people read it.
pub fn shown<'a>(column: &'a ColumnView, text: &'a str) -> Cow<'a, str> {
    match column.kind {
        ColumnKind::List if text.trim_start().starts_with('[') || !column.choices.is_empty() => {
            let items = items(text);
            items.iter().map(|item| label(column, item)).collect::<Vec<_>>().join(", ").into()
        }
        ColumnKind::Boolean => match read_boolean(text) {
            Some(true) => "Yes".into(),
            Some(false) => "No".into(),
            None => text.into(),
        },
        _ => label(column, text).into(),
    }
}

fn label<'a>(column: &'a ColumnView, text: &'a str) -> &'a str {
    column.choices.iter().find(|choice| choice.value == text).map_or(text, |choice| choice.label.as_str())
}

/// The items of a list.
#[cfg(not(feature = "hydrate"))]
pub fn items(text: &str) -> Vec<String> {
    crate::domain::value::items(text).map(Cow::into_owned).collect()
}

/// The items of a list, as `domain::value::items` reads them, with the browser's own reader of JSON.
#[cfg(feature = "hydrate")]
pub fn items(text: &str) -> Vec<String> {
    use crate::app::dom::Json;
    use crate::domain::value::SEPARATORS;
    let array = Some(text).filter(|text| text.trim_start().starts_with('[')).and_then(Json::read);
    if let Some(array) = array {
        let item = |place: u32| {
            let item = array.at(place);
            item.text().or_else(|| item.number().map(|_| item.written()))
        };
        return (0..).map_while(item).collect();
    }
    text.split(SEPARATORS).map(str::trim).filter(|item| !item.is_empty()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::records::Choice;

    #[test]
    fn values_are_read_as_people_read_them() {
        let column = |kind, choices: &[(&str, &str)]| {
            let choice =
                |(value, label): &(&str, &str)| Choice { value: value.to_string(), label: label.to_string() };
            ColumnView { choices: choices.iter().map(choice).collect(), ..ColumnView::plain("a", kind) }
        };
        let rooms = [("s", "Single"), ("d", "Double")];
        for (kind, choices, text, wanted) in [
            (ColumnKind::List, &[][..], r#"["x","y, z"]"#, "x, y, z"),
            (ColumnKind::List, &[], "x;y", "x;y"),
            (ColumnKind::List, &rooms, r#"["s","d","t"]"#, "Single, Double, t"),
            (ColumnKind::List, &rooms, "d, s", "Double, Single"),
            (ColumnKind::Boolean, &[], "true", "Yes"),
            (ColumnKind::Boolean, &[], " ON", "Yes"),
            (ColumnKind::Boolean, &[], "0", "No"),
            (ColumnKind::Boolean, &[], "perhaps", "perhaps"),
            (ColumnKind::Enum, &rooms, "s", "Single"),
            (ColumnKind::Enum, &rooms, "else", "else"),
            (ColumnKind::Text, &[], r#"["x"]"#, r#"["x"]"#),
        ] {
            assert_eq!(shown(&column(kind, choices), text), wanted, "{text}");
        }
    }
}
