//! `sheet:add-field`, `sheet:rename-field` and `sheet:remove-field`: people change the columns of a sheet. How it is
//! taken back is written down before it is done, so that an attempt after a crash knows what was done.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::blueprint::{Field, slug_of};
use crate::domain::job::undo::{UndoStep, steps_of_run};
use crate::domain::outcome::Outcome;
use crate::domain::parse::from_value;
use crate::domain::workbook::Sheet;
use crate::jobs::work::{Work, WorkError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    field_key: String,
    #[serde(default)]
    label: String,
    #[serde(rename = "type", default)]
    field_type: Option<String>,
    /// One in each line.
    #[serde(default)]
    options: Option<String>,
}

/// Changes the columns.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: Config = work.config()?;
    let sheet = work.service.sheet(&work.actor, &work.sheet()?).await?;
    match work.job.operation.as_str() {
        "add-field" => add(&work, &sheet, &config).await,
        "rename-field" => rename(&work, &sheet, &config).await,
        _ => remove(&work, &sheet, &config).await,
    }
}

async fn add(work: &Work, sheet: &Sheet, config: &Config) -> Result<Outcome, WorkError> {
    let begun = steps_of_run(&work.job).into_iter().find_map(|step| match step {
        UndoStep::AddedField { added_field, .. } => Some(added_field),
        _ => None,
    });
    let key = begun.unwrap_or_else(|| free_key(sheet, &config.label));
    if sheet.config.field(&key).is_none() {
        let step = UndoStep::AddedField { sheet_id: sheet.id.clone(), added_field: key.clone() };
        work.note(json!({ "undo": step })).await?;
        work.service.add_field(&work.actor, &sheet.id, field(&key, config)?, None).await?;
    }
    Ok(Outcome::saying(format!("{} is the last column of {}", config.label.trim(), sheet.config.name)))
}

async fn rename(work: &Work, sheet: &Sheet, config: &Config) -> Result<Outcome, WorkError> {
    let (found, after) = (named(sheet, config)?, config.label.trim().to_string());
    let begun = steps_of_run(&work.job).into_iter().find_map(|step| match step {
        UndoStep::RenamedField { before, .. } => Some(before),
        _ => None,
    });
    if begun.is_none() && found.label == after {
        return Ok(Outcome::saying(format!("The column is called {after} already")));
    }
    let before = begun.unwrap_or_else(|| found.label.clone());
    let step = UndoStep::RenamedField {
        sheet_id: sheet.id.clone(),
        renamed_field: config.field_key.clone(),
        before: before.clone(),
        after: after.clone(),
    };
    work.note(json!({ "undo": step })).await?;
    work.service.rename_field(&work.actor, &sheet.id, &config.field_key, &after).await?;
    Ok(Outcome::saying(format!("{before} is called {after} now")))
}

async fn remove(work: &Work, sheet: &Sheet, config: &Config) -> Result<Outcome, WorkError> {
    let begun = steps_of_run(&work.job).into_iter().find_map(|step| match step {
        UndoStep::RemovedField { removed_field, .. } => Some(removed_field),
        _ => None,
    });
    let label = match begun.filter(|field| sheet.config.field(field.key.as_str()).is_none()) {
        Some(gone) => gone.label,
        None => {
            let found = named(sheet, config)?.clone();
            let place = sheet.config.fields.iter().position(|field| field.key == found.key).unwrap_or(0);
            let label = found.label.clone();
            let step =
                UndoStep::RemovedField { sheet_id: sheet.id.clone(), removed_field: Box::new(found), place };
            work.keep_version(&sheet.id).await?;
            work.note(json!({ "undo": step })).await?;
            work.service.remove_field(&work.actor, &sheet.id, &config.field_key).await?;
            label
        }
    };
    Ok(Outcome::saying(format!("{label} is no longer a column of {}", sheet.config.name)))
}

fn named<'a>(sheet: &'a Sheet, config: &Config) -> Result<&'a Field, WorkError> {
    let words = || {
        format!("config.fieldKey: `{}` is not the key of a field of {}", config.field_key, sheet.config.name)
    };
    sheet.config.field(&config.field_key).ok_or_else(|| WorkError::Failed(words()))
}

/// A key that the sheet never had: one of a field that is gone would bring back what was in it.
fn free_key(sheet: &Sheet, label: &str) -> String {
    let name = Some(slug_of(label).replace('-', "_")).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "column".to_string());
    let is_taken = |key: &str| {
        let alike = |other: &String| other.to_lowercase() == key;
        sheet.field_numbers.keys().any(alike)
    };
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|key| !is_taken(key)).unwrap_or(name)
}

fn field(key: &str, config: &Config) -> Result<Field, WorkError> {
    let kind = config.field_type.as_deref().unwrap_or("string");
    let mut field = json!({ "key": key, "label": config.label.trim(), "type": kind });
    if kind == "enum" {
        let lines = config.options.as_deref().unwrap_or_default().lines().map(str::trim);
        let options: Vec<Value> =
            lines.filter(|line| !line.is_empty()).map(|line| json!({ "value": line })).collect();
        field["config"] = json!({ "options": options });
    }
    from_value(field).map_err(|error| WorkError::Failed(error.to_string()))
}
