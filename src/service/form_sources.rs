//! Choices of a form that come from a sheet of the space: the values of a field, or records.

use super::run_action::ActionRun;
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::form::{Choice, InputField, OptionSource};
use crate::domain::ids::{FileId, Id, SheetId, SpaceId, WorkbookId};
use crate::domain::job::JobType;
use crate::domain::query::{RecordQuery, SortDirection};
use crate::domain::record::Record;
use crate::domain::workbook::Sheet;
use crate::sheets::{ValuesWanted, View};
use crate::store::{Tx, files, sheets, workbooks};

/// Choices of an answer.
pub(super) const MOST: usize = 50;
/// Records that are looked at for choices whose labels are in another field than their values.
const MOST_LOOKED_AT: usize = 500;

/// The space and workbook that an action stands in.
pub(super) struct Home {
    pub(super) space: SpaceId,
    pub(super) workbook: Option<WorkbookId>,
}

/// A sheet that choices come from.
pub(super) struct Source {
    pub(super) sheet: Sheet,
    view: View,
    value: Option<String>,
    /// Key of the field that people read.
    label: String,
    filter: Option<String>,
}

/// Where an action stands.
pub(super) async fn home(tx: &mut Tx, actor: &Actor, run: &ActionRun) -> Result<Home> {
    let missing = || ServiceError::not_found(run.job_type.as_str(), &run.source);
    let scope = &actor.scope;
    let (space, workbook) = match run.job_type {
        JobType::Sheet => {
            let sheet = sheets::find(tx, scope, &SheetId::parse(&run.source)?).await?.ok_or_else(missing)?;
            (sheet.space_id, Some(sheet.workbook_id))
        }
        JobType::Workbook => {
            let id = WorkbookId::parse(&run.source)?;
            let workbook = workbooks::find(tx, scope, &id).await?.ok_or_else(missing)?;
            (workbook.space_id, Some(id))
        }
        JobType::File => {
            let file = files::find(tx, scope, &FileId::parse(&run.source)?).await?.ok_or_else(missing)?;
            (file.space_id, file.workbook_id)
        }
        JobType::Document => (super::documents::find(tx, actor, &run.source).await?.space_id, None),
        _ => (SpaceId::parse(&run.source)?, None),
    };
    Ok(Home { space, workbook })
}

impl Service {
    /// The sheet that an input's choices come from; nothing when they come from elsewhere.
    pub(super) async fn source_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        home: &Home,
        field: &InputField,
    ) -> Result<Option<Source>> {
        let Some(OptionSource::Sheet { sheet: name, value, label, filter }) = field.source() else {
            return Ok(None);
        };
        let sheet = find_sheet(tx, actor, home, name).await?.ok_or_else(|| {
            ServiceError::conflict(format!(
                "the choices of {} come from the sheet `{name}`, which is not there",
                field.label
            ))
        })?;
        let first = || sheet.config.fields.first().map(|field| field.key.to_string());
        let label = label.clone().or_else(|| value.clone()).or_else(first).unwrap_or_default();
        for key in value.iter().chain([&label]) {
            if sheet.field_number(key).is_none() {
                let name = &sheet.config.name;
                let message = format!(
                    "the choices of {} come from a field `{key}` that {name} does not have",
                    field.label
                );
                return Err(ServiceError::conflict(message));
            }
        }
        let view = self.sheets.view(tx, &sheet).await?;
        Ok(Some(Source { view, value: value.clone(), label, filter: filter.clone(), sheet }))
    }
}

/// A sheet of the space by its id or slug; a slug means the action's own workbook first.
async fn find_sheet(tx: &mut Tx, actor: &Actor, home: &Home, name: &str) -> Result<Option<Sheet>> {
    if let Ok(id) = SheetId::parse(name) {
        let sheet = sheets::find(tx, &actor.scope, &id).await?;
        return Ok(sheet.filter(|sheet| sheet.space_id == home.space));
    }
    let all = workbooks::list(tx, &actor.scope, &home.space).await?;
    let others = all.into_iter().map(|workbook| workbook.id);
    for workbook in home.workbook.clone().into_iter().chain(others) {
        if let Some(sheet) = sheets::find_by_slug(tx, &actor.scope, &workbook, name).await? {
            return Ok(Some(sheet));
        }
    }
    Ok(None)
}

impl Source {
    fn query(&self) -> RecordQuery {
        RecordQuery { q: self.filter.clone(), ..RecordQuery::default() }
    }

    /// The first choices whose label contains a text, in the order of their labels, and whether there are more.
    pub(super) async fn find(&self, tx: &mut Tx, text: &str) -> Result<(Vec<Choice>, bool)> {
        match &self.value {
            Some(value) if *value == self.label => self.values(tx, value, text).await,
            value => self.records(tx, value.as_deref(), text).await,
        }
    }

    async fn values(&self, tx: &mut Tx, field: &str, text: &str) -> Result<(Vec<Choice>, bool)> {
        let wanted = ValuesWanted {
            field: field.to_string(),
            query: self.query(),
            search: Some(text.to_string()).filter(|text| !text.is_empty()),
            by_value: Some(SortDirection::Asc),
            offset: 0,
            limit: MOST + 1,
        };
        let (values, _) = self.view.values(tx, wanted).await?;
        let choice = |text: String| Choice { value: text.clone(), label: text, help: None };
        let mut choices: Vec<Choice> =
            values.into_iter().filter_map(|value| value.text).map(choice).collect();
        let more = choices.len() > MOST;
        choices.truncate(MOST);
        Ok((choices, more))
    }

    /// The values, or without a field for them the ids, of the records whose label contains a text.
    async fn records(&self, tx: &mut Tx, value: Option<&str>, text: &str) -> Result<(Vec<Choice>, bool)> {
        let query = RecordQuery {
            search_field: (!text.is_empty()).then(|| self.label.clone()),
            search_value: Some(text.to_string()).filter(|text| !text.is_empty()),
            sort_field: Some(self.label.clone()),
            ..self.query()
        };
        let fields: Vec<String> =
            [Some(self.label.as_str()), value].into_iter().flatten().map(str::to_string).collect();
        let found = self.view.page(tx, &query, 0, MOST_LOOKED_AT, Some(&fields)).await?;
        let mut choices: Vec<Choice> = Vec::new();
        for record in found {
            let id = self.sheet.record_key.id(record.number);
            let mut texts = record.cells.into_iter().map(|cell| cell.text.unwrap_or_default());
            let label = texts.next().unwrap_or_default();
            let value = if value.is_some() { texts.next().unwrap_or_default() } else { id };
            if value.is_empty() || choices.iter().any(|choice| choice.value == value) {
                continue;
            }
            if choices.len() == MOST {
                return Ok((choices, true));
            }
            let label = if label.is_empty() { "Without a name".to_string() } else { label };
            choices.push(Choice { value, label, help: None });
        }
        Ok((choices, false))
    }

    /// Whether a value is one of the choices.
    pub(super) async fn has(&self, tx: &mut Tx, value: &str) -> Result<bool> {
        let query = RecordQuery {
            search_field: self.value.clone(),
            search_value: Some(format!("\"{value}\"")),
            ..self.query()
        };
        Ok(self.view.count(tx, &query).await? > 0)
    }

    /// The label of a record that is one of the choices; nothing when it is none of them.
    pub(super) async fn label_of(&self, tx: &mut Tx, record: &str) -> Result<Option<String>> {
        let Ok(Some(number)) = self.sheet.record_key.number(record) else { return Ok(None) };
        if self.view.indices(tx, &self.query(), &[number]).await?.is_empty() {
            return Ok(None);
        }
        let fields = [self.label.clone()];
        let found = self.view.records_with(tx, &[number], Some(&fields)).await?;
        let text = |record: Record| record.cells.into_iter().next().and_then(|cell| cell.text);
        Ok(Some(found.into_iter().find_map(text).unwrap_or_default()))
    }
}
