//! The form as it stands in a blueprint.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::constraint::InputConstraint;
use super::pages::InputPage;
use super::show::ShowIf;
use crate::domain::blueprint::null_is_default;

/// One choice of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputOption {
    /// What arrives in the job's input.
    pub value: Value,
    /// What people read; the value when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A line of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// An icon's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The customer's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
}

/// Where choices come from that are not in the blueprint: `{"sheet": …}` or `{"listener": …}`.
///
/// A listener is asked while somebody types. It hears `job:ready` of a hidden job whose type and source are those of
/// the action and whose operation is the action's with `Options` behind it (`{"listener": true}`), or the one that is
/// named (`{"listener": "findCustomers"}`). The job's input is `{"field": key, "query": text, "values": {…}}`, where
/// `values` has what was filled in so far, without secrets. The listener sets `metadata` of the job to
/// `{"options": [{"value": text, "label"?: text}, …]}` by `PATCH /v1/jobs/{id}` and completes it, within ten seconds.
/// When somebody types on, the job is canceled. What was chosen is not asked for again: the listener that does the
/// work of the action checks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OptionSource {
    /// The values of a field, or for a `reference` the records, of a sheet of the same space.
    Sheet {
        /// The sheet's slug or id; a slug is looked for in the action's own workbook first.
        sheet: String,
        /// Key of the field whose values are the choices. A `reference` has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Key of the field that people read and search; `value` when absent, for a `reference` the first field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Only of records that fulfil this condition of the query language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// A listener that answers while somebody types.
    Listener {
        /// `true`, or the operation that it hears.
        listener: Value,
    },
}

/// The choices of an input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InputConfig {
    /// In the order shown.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<InputOption>,
    /// Where they come from when they are not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<OptionSource>,
}

/// The type of an input. What arrives in the job's input stands behind the dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputType {
    /// One line – a text.
    String,
    /// Several lines – a text.
    Textarea,
    /// A decimal number – a number.
    Number,
    /// Yes or no – `true` or `false`.
    Boolean,
    /// One of the choices – its value.
    Enum,
    /// Some of the choices – a list of their values.
    #[serde(alias = "enum-list")]
    MultiSelect,
    /// A day – `YYYY-MM-DD`.
    Date,
    /// An e-mail address – a text.
    Email,
    /// A web address – a text.
    Url,
    /// What only the worker may know – `{"type": "secret", "key": …}`; the text is read from `/v1/jobs/{id}/secrets`.
    Secret,
    /// An uploaded file – its id.
    File,
    /// A record of a sheet – `{"sheetId", "recordId", "label"}`.
    Reference,
}

impl InputType {
    /// The name in a blueprint.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Textarea => "textarea",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Enum => "enum",
            Self::MultiSelect => "multi-select",
            Self::Date => "date",
            Self::Email => "email",
            Self::Url => "url",
            Self::Secret => "secret",
            Self::File => "file",
            Self::Reference => "reference",
        }
    }

    /// Whether it is answered by choosing.
    pub fn is_chosen(self) -> bool {
        matches!(self, Self::Enum | Self::MultiSelect | Self::Reference)
    }
}

/// One input of an action's form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputField {
    /// The name in the job's input.
    pub key: String,
    /// What people read.
    pub label: String,
    /// A line of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which control it is.
    #[serde(rename = "type")]
    pub input_type: InputType,
    /// What it holds at first; for a date also `today`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// The choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<InputConfig>,
    /// Its rules.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<InputConstraint>,
    /// When it is there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<ShowIf>,
}

impl InputField {
    /// The choices that stand in the blueprint.
    pub fn options(&self) -> &[InputOption] {
        self.config.as_ref().map(|config| config.options.as_slice()).unwrap_or_default()
    }

    /// Where other choices come from.
    pub fn source(&self) -> Option<&OptionSource> {
        self.config.as_ref()?.source.as_ref()
    }
}

/// What an action asks before its job begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawForm")]
pub struct InputForm {
    /// `simple`, the only type there is.
    #[serde(rename = "type")]
    pub form_type: String,
    /// The inputs, in order.
    pub fields: Vec<InputField>,
    /// How they are parted; all stand on one page when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<InputPage>,
}

/// A form before it was looked at.
#[derive(Deserialize)]
struct RawForm {
    #[serde(rename = "type", default = "simple")]
    form_type: String,
    fields: Vec<InputField>,
    #[serde(default, deserialize_with = "null_is_default")]
    pages: Vec<InputPage>,
}

fn simple() -> String {
    "simple".to_string()
}

impl TryFrom<RawForm> for InputForm {
    type Error = String;

    /// Refuses what could never be filled in, with the place and the remedy.
    fn try_from(raw: RawForm) -> Result<Self, String> {
        let form = Self { form_type: raw.form_type, fields: raw.fields, pages: raw.pages };
        for (place, field) in form.fields.iter().enumerate() {
            super::fields::check(field, &form.fields[..place])
                .map_err(|error| format!("fields[{place}] (`{}`): {error}", field.key))?;
        }
        super::pages::check(&form)?;
        Ok(form)
    }
}
