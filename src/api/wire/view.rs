//! Views.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::view::View;

/// A query to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ViewCreate)]
pub struct ViewRequest {
    /// The sheet.
    pub sheet_id: String,
    /// What people read.
    pub name: String,
    /// The parameters of a reading of records: `filter`, `searchValue`, `sortField`, `q` and so on.
    #[schema(value_type = Object)]
    pub config: Map<String, Value>,
}

/// Changes to a view: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ViewUpdate)]
pub struct ViewChange {
    /// What people read.
    pub name: Option<String>,
    /// Replaces the stored object.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
}

/// A saved query.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = View)]
pub struct ViewBody {
    /// Its id.
    id: String,
    /// The sheet.
    sheet_id: String,
    /// What people read.
    name: String,
    /// The parameters of a reading of records.
    #[schema(value_type = Object)]
    config: Map<String, Value>,
    /// Who made it.
    created_by: String,
}

impl From<View> for ViewBody {
    fn from(view: View) -> Self {
        Self {
            id: view.id.into(),
            sheet_id: view.sheet_id.into(),
            name: view.name,
            config: view.config.members().clone(),
            created_by: view.created_by,
        }
    }
}
