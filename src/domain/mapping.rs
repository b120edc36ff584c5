//! Which column of a file belongs to which field.

use std::collections::HashMap;

use super::blueprint::{Constraint, Field};

/// What was matched, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMatch {
    /// For each header the place of its field in the blueprint. No field stands twice.
    pub columns: Vec<Option<usize>>,
    /// The headers without a field, by their places.
    pub unmatched_headers: Vec<usize>,
    /// The required fields without a header, by their places.
    pub unmatched_required: Vec<usize>,
}

impl ColumnMatch {
    /// Whether every header has a field and no required field is without one: nothing to ask.
    pub fn is_complete(&self) -> bool {
        self.unmatched_headers.is_empty() && self.unmatched_required.is_empty()
    }

    /// A match chosen by a person or client: for each header a field, by its place.
    ///
    /// Fields that do not exist, are computed or stand twice are an error that names the header.
    pub fn chosen(headers: &[String], fields: &[Field], columns: Vec<Option<usize>>) -> Result<Self, String> {
        let mut taken: HashMap<usize, usize> = HashMap::new();
        for (column, field) in columns.iter().enumerate() {
            let header = headers.get(column).map_or("", String::as_str);
            let Some(place) = *field else { continue };
            match fields.get(place) {
                None => {
                    return Err(format!(
                        "the column `{header}` goes to a field that the sheet does not have"
                    ));
                }
                Some(field) if is_computed(field) => {
                    return Err(format!(
                        "the column `{header}` cannot go to {}: it is computed",
                        field.label
                    ));
                }
                Some(field) => {
                    if let Some(first) = taken.insert(place, column) {
                        let first = headers.get(first).map_or("", String::as_str);
                        return Err(format!(
                            "the columns `{first}` and `{header}` both go to {}: leave one of them out",
                            field.label
                        ));
                    }
                }
            }
        }
        Ok(Self::of(columns, fields))
    }

    fn of(columns: Vec<Option<usize>>, fields: &[Field]) -> Self {
        let places =
            |wanted: &dyn Fn(usize) -> bool, count: usize| (0..count).filter(|at| wanted(*at)).collect();
        let unmatched_headers = places(&|at| columns[at].is_none(), columns.len());
        let missing =
            |at: usize| fields[at].is_required() && !is_computed(&fields[at]) && !columns.contains(&Some(at));
        let unmatched_required = places(&missing, fields.len());
        Self { columns, unmatched_headers, unmatched_required }
    }
}

/// Matches headers to fields: by exact key, then label, then other names, then all of these with
/// nothing compared but letters and digits in any case. The first of doubled headers gets the field.
/// Computed fields are never matched.
pub fn match_columns(headers: &[String], fields: &[Field]) -> ColumnMatch {
    let mut columns = vec![None; headers.len()];
    let mut taken = vec![false; fields.len()];
    for (names, normal) in ROUNDS {
        let form = |name: &str| if normal { normalised(name) } else { name.trim().to_string() };
        let mut by_name: HashMap<String, usize> = HashMap::new();
        let free = fields.iter().enumerate().filter(|(place, field)| !taken[*place] && !is_computed(field));
        for (place, field) in free {
            for name in names(field) {
                by_name.entry(form(name)).or_insert(place);
            }
        }
        for (column, header) in columns.iter_mut().zip(headers) {
            let name = form(header);
            let place = by_name.get(&name).copied().filter(|place| column.is_none() && !taken[*place]);
            if let Some(place) = place.filter(|_| !name.is_empty()) {
                *column = Some(place);
                taken[place] = true;
            }
        }
    }
    ColumnMatch::of(columns, fields)
}

/// For each field of one sheet the place of that of another where it goes: those of the same key, and then those that
/// are called alike.
pub fn match_fields(from: &[&Field], to: &[Field]) -> Vec<Option<usize>> {
    let same = |field: &&Field| to.iter().position(|other| other.key == field.key);
    let mut places: Vec<Option<usize>> = from.iter().map(same).collect();
    let labels: Vec<String> = from.iter().map(|field| field.label.clone()).collect();
    for (at, found) in match_columns(&labels, to).columns.into_iter().enumerate() {
        if places[at].is_none() && found.is_some() && !places.contains(&found) {
            places[at] = found;
        }
    }
    places
}

type Names = fn(&Field) -> Vec<&str>;

/// The rounds of matching: which names of a field are compared, and whether in their normal form.
const ROUNDS: [(Names, bool); 5] = [
    (|field| vec![field.key.as_str()], false),
    (|field| vec![&field.label], false),
    (others, false),
    (|field| vec![field.key.as_str(), &field.label], true),
    (others, true),
];

fn others(field: &Field) -> Vec<&str> {
    field.alternative_names.iter().map(String::as_str).collect()
}

/// Whether the values of a field are made by a listener, so that nothing is mapped to it.
pub fn is_computed(field: &Field) -> bool {
    field.constraints.contains(&Constraint::Computed)
}

/// Letters and digits only, in lower case: `E-Mail (work)` and `email_WORK` are the same.
pub fn normalised(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    fn fields() -> Vec<Field> {
        let fields = json!([
            {"key": "first_name", "type": "string", "label": "First name", "constraints": [{"type": "required"}]},
            {"key": "email", "type": "string", "label": "E-mail", "alternativeNames": ["Mail address"],
             "constraints": [{"type": "required"}]},
            {"key": "label", "type": "string", "label": "email"},
            {"key": "total", "type": "number", "label": "Total", "constraints": [{"type": "computed"}]},
            {"key": "größe", "type": "number", "label": "#"}]);
        from_value(fields).unwrap()
    }

    fn matched(headers: &[&str]) -> ColumnMatch {
        match_columns(&headers.iter().map(|header| header.to_string()).collect::<Vec<_>>(), &fields())
    }

    #[test]
    fn headers_find_their_fields() {
        for (headers, columns) in [
            (&["first_name", "email", "label"][..], vec![Some(0), Some(1), Some(2)]),
            (&["First name", " E-mail "], vec![Some(0), Some(1)]),
            (&["FIRST-NAME", "mail  ADDRESS"], vec![Some(0), Some(1)]),
            (&["email", "E-mail"], vec![Some(1), Some(2)]),
            (&["Email", "email"], vec![Some(2), Some(1)]),
            (&["first_name", "first_name"], vec![Some(0), None]),
            (&["First Name", "first_name"], vec![None, Some(0)]),
            (&["Total", "total"], vec![None, None]),
            (&["GRÖSSE", "Größe"], vec![None, Some(4)]),
            (&["#", "", "-", "  "], vec![Some(4), None, None, None]),
            (&[], vec![]),
        ] {
            assert_eq!(matched(headers).columns, columns, "{headers:?}");
        }
    }

    #[test]
    fn what_is_left_over_is_reported() {
        let report = matched(&["email", "Shoe size", "Total"]);
        assert_eq!(
            (report.unmatched_headers.clone(), report.unmatched_required.clone()),
            (vec![1, 2], vec![0])
        );
        assert!(!report.is_complete());
        assert!(matched(&["email", "first_name"]).is_complete());
    }

    #[test]
    fn a_chosen_match_is_checked() {
        let headers = ["a", "b"].map(String::from);
        let chosen = |columns: [Option<usize>; 2]| ColumnMatch::chosen(&headers, &fields(), columns.to_vec());
        assert_eq!(chosen([Some(1), None]).map(|found| found.unmatched_required), Ok(vec![0]));
        for (columns, words) in [
            ([Some(1), Some(1)], "`a` and `b` both go to E-mail"),
            ([Some(3), None], "it is computed"),
            ([None, Some(9)], "`b` goes to a field that the sheet does not have"),
        ] {
            assert!(chosen(columns).is_err_and(|error| error.contains(words)), "{words}");
        }
    }
}
