//! Parameters that several resources share: pages of lists, and which records are meant.

use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use super::error::{ApiError, ApiResult};
use super::extract::known;
use super::shape;
use crate::domain::access::Actor;
use crate::domain::ids::{CommitId, EnvironmentId};
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::service::Page;

/// Most things on a page of a list; larger wishes are cut down to it.
pub const MOST_ITEMS: u64 = 1_000;
/// Records on a page unless told otherwise. There is no most: a whole sheet is sent as it is read.
const RECORDS: u64 = 10_000;
/// No list is longer; places beyond would not fit the numbers of a database.
const LAST_PAGE: u64 = 1 << 40;

/// Which page of a list.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// Things on a page.
    #[param(minimum = 1)]
    pub page_size: Option<u64>,
    /// Counted from 1.
    #[param(minimum = 1)]
    pub page_number: Option<u64>,
}

impl PageParameters {
    /// The page of a list that shows `default` things unless told otherwise.
    pub fn page(self, default: u64) -> ApiResult<Page> {
        self.limited(default, MOST_ITEMS)
    }

    /// The page of a sheet.
    pub fn records(self) -> ApiResult<Page> {
        self.limited(RECORDS, LAST_PAGE)
    }

    fn limited(self, default: u64, most: u64) -> ApiResult<Page> {
        let (size, number) = (self.page_size.unwrap_or(default), self.page_number.unwrap_or(1));
        for (name, value) in [("pageSize", size), ("pageNumber", number)] {
            if value == 0 {
                return Err(ApiError::bad(name, format!("`{name}` is 1 or more")));
            }
        }
        Ok(Page { number: number.min(LAST_PAGE), size: size.min(most) })
    }
}

/// In which environment.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct EnvironmentParameter {
    /// The environment; the key's own when absent.
    environment_id: Option<String>,
}

impl EnvironmentParameter {
    /// The one that is named.
    pub fn read(self) -> ApiResult<Option<EnvironmentId>> {
        self.environment_id.map(|id| known(&id)).transpose()
    }

    /// The one that is named, else that of the caller, who may have none.
    pub fn or_own(self, actor: &Actor) -> ApiResult<EnvironmentId> {
        let named = self.read()?.or_else(|| actor.scope.environment_id.clone());
        named.ok_or_else(|| {
            ApiError::bad("environmentId", "say in which environment: `environmentId=us_env_…`")
        })
    }
}

/// Which records of a sheet, in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct RecordParameters {
    /// `valid`, `error`, `all` or `none`.
    #[param(schema_with = shape::words::<Filter>)]
    filter: Option<Filter>,
    /// Narrows `filter` to one field.
    filter_field: Option<String>,
    /// Text that a cell contains; in double quotes: is; `""`: is empty.
    search_value: Option<String>,
    /// Narrows the search to one field.
    search_field: Option<String>,
    /// Key of the field to sort by.
    sort_field: Option<String>,
    /// `asc` or `desc`.
    #[param(schema_with = shape::words::<SortDirection>)]
    sort_direction: Option<SortDirection>,
    /// Records to include; with a filter or search: to leave out.
    #[serde(deserialize_with = "list")]
    ids: Vec<String>,
    /// A condition in the query language, as `age gt 30 and email is error`.
    q: Option<String>,
}

impl From<RecordParameters> for RecordQuery {
    fn from(parameters: RecordParameters) -> Self {
        Self {
            filter: parameters.filter,
            filter_field: parameters.filter_field,
            search_value: parameters.search_value,
            search_field: parameters.search_field,
            sort_field: parameters.sort_field,
            sort_direction: parameters.sort_direction,
            ids: parameters.ids,
            except: Vec::new(),
            q: parameters.q,
        }
    }
}

/// Which commits are meant: the records that one changed, or those that changed after one. `versionId` and
/// `sinceVersionId` are the old names.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct CommitParameters {
    /// Only the records that this commit changed, as it left them; those of them that it deleted are not there.
    commit_id: Option<String>,
    /// The old name of `commitId`.
    version_id: Option<String>,
    /// Only the records that changed after this commit; with `commitId` up to that one.
    since_commit_id: Option<String>,
    /// The old name of `sinceCommitId`.
    since_version_id: Option<String>,
}

impl CommitParameters {
    /// The commit whose state is meant, and the one after which.
    ///
    /// # Errors
    /// A commit is named by both of its names, or the name is none.
    pub fn read(self) -> ApiResult<(Option<CommitId>, Option<CommitId>)> {
        let one = |(name, commit): (&str, Option<String>), (old_name, version): (&str, Option<String>)| {
            if commit.is_some() && version.is_some() {
                let message = format!("`{old_name}` is the old name of `{name}`: give one of them");
                return Err(ApiError::bad(old_name, message));
            }
            commit.or(version).map(|id| known::<CommitId>(&id)).transpose()
        };
        Ok((
            one(("commitId", self.commit_id), ("versionId", self.version_id))?,
            one(("sinceCommitId", self.since_commit_id), ("sinceVersionId", self.since_version_id))?,
        ))
    }
}

/// A list as clients write it: `ids=a&ids=b` or `ids=a,b` (the other spellings are made so by the module `address`).
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let given = Vec::<String>::deserialize(deserializer)?;
    Ok(given
        .iter()
        .flat_map(|item| item.split(','))
        .filter(|item| !item.is_empty())
        .map(str::to_string)
        .collect())
}

/// A text that means something even when it is empty.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;
    use axum_extra::extract::Query;

    use super::*;

    fn read<T: for<'de> Deserialize<'de>>(query: &str) -> Result<T, String> {
        let uri: Uri = format!("/v1/x?{query}").parse().unwrap();
        Query::try_from_uri(&uri).map(|Query(read)| read).map_err(|error| error.body_text())
    }

    #[test]
    fn lists_are_read_in_each_spelling() {
        for query in ["ids=a&ids=b", "ids=a,b", "ids=a,b,"] {
            assert_eq!(read::<RecordParameters>(query).unwrap().ids, ["a", "b"], "{query}");
        }
        assert!(read::<RecordParameters>("").unwrap().ids.is_empty());
    }

    #[test]
    fn pages_have_defaults_and_limits() {
        let page =
            |query| read::<PageParameters>(query).unwrap().page(20).map(|page| (page.number, page.size)).ok();
        assert_eq!(page(""), Some((1, 20)));
        assert_eq!(page("pageSize=5&pageNumber=3"), Some((3, 5)));
        assert_eq!(page("pageSize=&pageNumber="), Some((1, 20)));
        assert_eq!(page("pageSize=99999999"), Some((1, MOST_ITEMS)));
        assert_eq!(page("pageNumber=0"), None);
        for broken in ["pageSize=-1", "pageSize=ten", "pageNumber=1.5", "pageNumber=99999999999999999999"] {
            assert!(read::<PageParameters>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        assert!(read::<RecordParameters>("filter=bad").unwrap_err().contains("expected one of `valid`"));
    }
}
