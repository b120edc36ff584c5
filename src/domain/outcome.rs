//! Outcomes: what a person is told and offered when a job has ended.

use serde::{Deserialize, Serialize};

use super::blueprint::null_is_default;
use super::parse::ParseError;

/// One file of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeFile {
    /// A file of the same space.
    pub file_id: String,
    /// What its link says; the file's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What comes after a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Next {
    /// A page of the space.
    Id {
        /// Of a sheet, workbook or document.
        id: String,
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Path under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// Query of the address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    },
    /// A page elsewhere; its host is shown before leaving.
    Url {
        /// `http`, `https` or `mailto`.
        url: String,
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Leaves this page instead of opening another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replace: Option<bool>,
    },
    /// A download by address.
    Download {
        /// `http` or `https`, or a path of this server.
        url: String,
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// How the file is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file_name: Option<String>,
    },
    /// Downloads of files of the space.
    Files {
        /// The files.
        #[serde(default, deserialize_with = "null_is_default")]
        files: Vec<OutcomeFile>,
        /// What the heading says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Nothing but a moment's wait.
    Wait {
        /// Fades the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fade: Option<bool>,
        /// Celebrates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confetti: Option<bool>,
    },
    /// Run the job again.
    Retry {
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// The differences to a snapshot.
    Snapshot {
        /// Which snapshot.
        snapshot_id: String,
        /// Of which sheet.
        sheet_id: String,
    },
    /// A sheet with some columns hidden.
    View {
        /// Which sheet.
        sheet_id: String,
        /// Keys of the columns.
        #[serde(default, deserialize_with = "null_is_default")]
        hidden_columns: Vec<String>,
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Shows all records again.
    ClearFilters {
        /// What the button says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Which sheets; all when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet_ids: Option<Vec<String>>,
    },
}

/// When what comes after a job happens, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireTrigger", into = "WireTrigger")]
pub struct Trigger {
    /// By itself, not by a press.
    pub automatic: bool,
    /// And nothing is shown.
    pub silent: bool,
    /// In the browsers of all who look, not only of the one who started the job.
    pub everybody: bool,
}

/// A trigger on the wire: a word, or an object with it and the audience.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum WireTrigger {
    Word(TriggerType),
    Details {
        #[serde(rename = "type")]
        kind: TriggerType,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audience: Option<Audience>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TriggerType {
    Manual,
    Automatic,
    AutomaticSilent,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Audience {
    Originator,
    All,
}

impl From<WireTrigger> for Trigger {
    fn from(wire: WireTrigger) -> Self {
        let (kind, audience) = match wire {
            WireTrigger::Word(kind) => (kind, None),
            WireTrigger::Details { kind, audience } => (kind, audience),
        };
        Self {
            automatic: kind != TriggerType::Manual,
            silent: kind == TriggerType::AutomaticSilent,
            everybody: audience == Some(Audience::All),
        }
    }
}

impl From<Trigger> for WireTrigger {
    fn from(trigger: Trigger) -> Self {
        let kind = match (trigger.automatic, trigger.silent) {
            (false, _) => TriggerType::Manual,
            (true, false) => TriggerType::Automatic,
            (true, true) => TriggerType::AutomaticSilent,
        };
        if trigger.everybody {
            return Self::Details { kind, audience: Some(Audience::All) };
        }
        Self::Word(kind)
    }
}

/// What a job tells when it ends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The title of the dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The text of the toast or dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A dialog that waits to be closed, instead of a toast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge: Option<bool>,
    /// What the closing button says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button_text: Option<String>,
    /// No closing button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_default_button: Option<bool>,
    /// When `next` happens; by a press when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// What comes after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
}

impl Outcome {
    /// An outcome that only says something.
    pub fn saying(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }

    /// Refuses addresses that a browser must not follow, such as `javascript:`, or whose host it reads otherwise than
    /// people do.
    pub fn check(&self) -> Result<(), ParseError> {
        let (url, allowed): (&str, &[&str]) = match &self.next {
            Some(Next::Url { url, .. }) => (url, &["http://", "https://", "mailto:", "/"]),
            Some(Next::Download { url, .. }) => (url, &["http://", "https://", "/"]),
            _ => return Ok(()),
        };
        let lower = url.to_ascii_lowercase();
        // Browsers leave some of these out of addresses, and take a backslash for a slash.
        let odd = |character: char| character.is_control() || character.is_whitespace() || character == '\\';
        if !lower.contains(odd)
            && !lower.starts_with("//")
            && allowed.iter().any(|scheme| lower.starts_with(scheme))
        {
            return Ok(());
        }
        let message = format!("only addresses that begin with one of {} can be followed", allowed.join(" "));
        Err(ParseError::at("outcome.next.url", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    #[test]
    fn every_next_is_written_as_it_was_read() {
        for next in [
            json!({"type": "id", "id": "us_sh_00000000", "label": "Open"}),
            json!({"type": "url", "url": "https://example.com", "replace": true}),
            json!({"type": "download", "url": "/x", "fileName": "a.csv"}),
            json!({"type": "files", "files": [{"fileId": "us_fl_00000000", "label": "Rejected"}]}),
            json!({"type": "wait", "fade": true}),
            json!({"type": "retry", "label": "Again"}),
            json!({"type": "snapshot", "snapshotId": "a", "sheetId": "b"}),
            json!({"type": "view", "sheetId": "b", "hiddenColumns": ["a"]}),
            json!({"type": "clearFilters", "sheetIds": ["b"]}),
        ] {
            let given = json!({"message": "Done", "acknowledge": true, "next": next});
            let outcome: Outcome = from_value(given.clone()).unwrap();
            assert_eq!(serde_json::to_value(outcome).unwrap(), given);
        }
    }

    #[test]
    fn a_trigger_is_a_word_or_an_object() {
        let trigger = |automatic, silent, everybody| Trigger { automatic, silent, everybody };
        for (given, expected, written) in [
            (json!("manual"), trigger(false, false, false), json!("manual")),
            (json!("automatic"), trigger(true, false, false), json!("automatic")),
            (
                json!({"type": "automatic_silent", "audience": "originator"}),
                trigger(true, true, false),
                json!("automatic_silent"),
            ),
            (
                json!({"type": "automatic", "audience": "all"}),
                trigger(true, false, true),
                json!({"type": "automatic", "audience": "all"}),
            ),
        ] {
            let read: Trigger = from_value(given.clone()).unwrap();
            assert_eq!((read, serde_json::to_value(read).unwrap()), (expected, written), "{given}");
        }
        assert!(from_value::<Trigger>(json!("later")).is_err());
    }

    #[test]
    fn addresses_that_run_code_are_refused() {
        for (url, fits) in [
            ("javascript:alert(1)", false),
            (" JavaScript:x", false),
            ("//evil", false),
            ("/\t/evil", false),
            ("/\\evil", false),
            ("https:evil", false),
            ("https://evil\\@good", false),
            ("https://good", true),
            ("/a", true),
            ("mailto:a@b", true),
        ] {
            let next = Next::Url { url: url.to_string(), label: None, replace: None };
            assert_eq!(Outcome { next: Some(next), ..Outcome::default() }.check().is_ok(), fits, "{url}");
        }
    }
}
