//! Views: queries of a sheet that are kept under a name.

use serde_json::{Map, Value};

use super::ids::{SheetId, ViewId};
use super::parse::{ParseError, from_value};
use super::query::RecordQuery;

/// The members of a view's config beside those of a query.
const OTHERS: [&str; 11] = [
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
        let mut kept = match serde_json::to_value(query) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        kept.extend(
            config.into_iter().filter(|(name, value)| OTHERS.contains(&name.as_str()) && !value.is_null()),
        );
        Ok(Self(kept))
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
        assert!(parse(json!({})).is_ok());
    }
}
