//! Views: queries of a sheet that are kept under a name.

use serde_json::{Map, Value};

use super::ids::{SheetId, ViewId};
use super::layout::SheetLayout;
use super::parse::{ParseError, from_value};
use super::query::RecordQuery;

/// How the columns stand in the view.
const LAYOUT: &str = "layout";
/// The members of a view's config beside those of a query.
const OTHERS: [&str; 12] = [
    LAYOUT,
    "versionId",
    "commitId",
    "sinceVersionId",
    "sinceCommitId",
    "pageSize",
    "pageNumber",
    "includeCounts",
    "includeLength",
    "includeLinks",
    "includeMessages",
    "for",
];

/// A saved query.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// The sheet.
    pub sheet_id: SheetId,
    /// What people read.
    pub name: String,
    /// The query, as clients gave it.
    pub config: ViewConfig,
    /// Who made it.
    pub created_by: String,
}

/// The parameters of a reading of records, known to be readable.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewConfig(Map<String, Value>);

impl ViewConfig {
    /// Reads the config of a client. Members that no reading has are left out.
    ///
    /// # Errors
    /// When a member of the query cannot be read.
    pub fn parse(config: Map<String, Value>) -> Result<Self, ParseError> {
        let query: RecordQuery = from_value(Value::Object(config.clone()))?;
        if let Some(layout) = config.get(LAYOUT).filter(|layout| !layout.is_null()) {
            from_value::<SheetLayout>(layout.clone()).map_err(|error| error.within(LAYOUT))?;
        }
        let mut kept = match serde_json::to_value(query) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        kept.extend(
            config.into_iter().filter(|(name, value)| OTHERS.contains(&name.as_str()) && !value.is_null()),
        );
        Ok(Self(kept))
    }

    /// The config of a query, and perhaps of how the columns stand.
    pub fn of(query: &RecordQuery, layout: Option<&SheetLayout>) -> Map<String, Value> {
        let members = serde_json::to_value(query).ok();
        let mut members = members.and_then(|members| members.as_object().cloned()).unwrap_or_default();
        let layout = layout.and_then(|layout| serde_json::to_value(layout).ok());
        members.extend(layout.map(|layout| (LAYOUT.to_string(), layout)));
        members
    }

    /// The query in it.
    pub fn query(&self) -> RecordQuery {
        from_value(Value::Object(self.0.clone())).unwrap_or_default()
    }

    /// How the columns stand, when it says so.
    pub fn layout(&self) -> Option<SheetLayout> {
        from_value(self.0.get(LAYOUT)?.clone()).ok()
    }

    /// The members as clients gave them.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_config_is_kept_when_it_can_be_read() {
        let parse = |config: Value| ViewConfig::parse(config.as_object().cloned().unwrap_or_default());
        let given = json!({ "filter": "error", "sortField": "age", "pageSize": 5, "other": 1, "q": null });
        let kept = json!({ "filter": "error", "sortField": "age", "pageSize": 5 });
        assert_eq!(parse(given).map(|config| Value::Object(config.0)), Ok(kept));
        assert!(parse(json!({ "filter": "bad" })).is_err());
        let error = parse(json!({ "layout": { "columns": [{ "width": "wide" }] } })).unwrap_err();
        assert_eq!(error.path, "layout.columns[0].width");
        assert!(parse(json!({})).is_ok());
    }

    #[test]
    fn query_and_layout_are_read_back() {
        let query = RecordQuery { q: Some("a eq 1".to_string()), ..RecordQuery::default() };
        let layout = SheetLayout::default().complete(&["a", "b"]);
        let config = ViewConfig::parse(ViewConfig::of(&query, Some(&layout))).unwrap();
        assert_eq!((config.query(), config.layout()), (query, Some(layout)));
    }
}
