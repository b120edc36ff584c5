//! Which records of a sheet are meant, and in which order: a standing, a search, a condition in the query
//! language, and a field to sort by.

mod condition;
pub mod facet;
mod form;
mod language;

pub use condition::{Comparison, Condition, MESSAGE, Operator, Quality};
pub use form::{FilterForm, Join, Part, Row, Test};
pub use language::parse;

use serde::{Deserialize, Serialize};

use super::blueprint::null_is_default;

/// Valid records, those with errors, all, or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// No cell has an error.
    Valid,
    /// Some cell has an error.
    Error,
    /// All records.
    #[default]
    All,
    /// No records, but for those that are named.
    None,
}

/// Up or down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortDirection {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// Which records, in which order.
///
/// `ids` names the records to include when there is neither a filter nor a search, and those to leave out when there is
/// one, be it the filter `all` (section 2.6.2 of the contract). With the filter `none` they are the only ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordQuery {
    /// By standing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Narrows `filter` to the errors of one field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_field: Option<String>,
    /// Text that a cell must contain, whatever its case; in double quotes: must be; `""`: must be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_value: Option<String>,
    /// Narrows the search to one field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_field: Option<String>,
    /// Key of the field to sort by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_field: Option<String>,
    /// Up unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_direction: Option<SortDirection>,
    /// Records to include, or to leave out.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Records to leave out, whatever else is said.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// A condition in the query language; [`Condition`] prints one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

impl RecordQuery {
    /// Takes what a person typed into a search box: text that a cell must contain, or after `filter:` a condition in
    /// the query language.
    pub fn search(&mut self, typed: &str) {
        match typed.strip_prefix("filter:") {
            Some(condition) => self.q = Some(condition.trim().to_string()),
            None => self.search_value = Some(typed.to_string()).filter(|text| !text.is_empty()),
        }
    }

    /// Whether exactly the records of `ids` are meant.
    pub fn chooses(&self) -> bool {
        match self.filter {
            Some(Filter::None) => true,
            Some(_) => false,
            None => !self.ids.is_empty() && !self.narrows(),
        }
    }

    /// Whether a filter or search narrows the records.
    pub fn narrows(&self) -> bool {
        self.filter.is_some_and(|filter| filter != Filter::All)
            || self.search_value.as_deref().is_some_and(|text| !text.is_empty())
            || self.q.as_deref().is_some_and(|text| !text.trim().is_empty())
    }

    /// Whether it means every record in the order of the sheet.
    pub fn is_everything(&self) -> bool {
        !self.narrows() && self.ids.is_empty() && self.except.is_empty() && self.sort_field.is_none()
    }
}
