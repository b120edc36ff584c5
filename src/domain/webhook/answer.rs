//! What an endpoint answers to the event of a job. A listener without an SDK needs no second call: its answer says
//! how far the job is, how it ended, or which records are not right.

use serde::Deserialize;

use crate::domain::ids::SheetId;
use crate::domain::outcome::Outcome;
use crate::domain::parse::{ParseError, from_slice, from_value};

/// What an answer says of the job.
#[derive(Debug, Clone, PartialEq)]
pub enum JobAnswer {
    /// Nothing: the endpoint has heard of it, and tells the rest by the API.
    Heard,
    /// Somebody works on it.
    Working {
        /// What is done.
        info: Option<String>,
        /// 0 to 100.
        progress: Option<u8>,
    },
    /// It ended well.
    Complete {
        /// What was done last.
        info: Option<String>,
        /// What the person is told.
        outcome: Option<Outcome>,
    },
    /// It ended badly.
    Failed {
        /// What was done last.
        info: Option<String>,
        /// What the person is told.
        outcome: Option<Outcome>,
    },
    /// It ended, and some records were not taken.
    Rejected {
        /// Which; one item a sheet.
        rejections: Vec<Rejections>,
        /// What the person is told, in place of a count.
        outcome: Option<Outcome>,
    },
}

/// Records that were not taken.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejections {
    /// The sheet they are in; when absent, the sheet of the job, or that of its workbook that has the record.
    pub sheet_id: Option<SheetId>,
    /// Which records, and what is wrong with them.
    pub records: Vec<RejectedRecord>,
    /// What the person is told before the count.
    pub message: Option<String>,
    /// Deletes the records of the job that were taken.
    #[serde(default)]
    pub delete_submitted: bool,
}

/// A record that was not taken.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RejectedRecord {
    /// Its id.
    pub id: String,
    /// What is wrong with which of its cells.
    pub values: Vec<RejectedValue>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RejectedValue {
    /// The key of its field.
    pub field: String,
    /// What stands at the cell.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Rejections),
    More(Vec<Rejections>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    info: Option<String>,
    progress: Option<f64>,
    outcome: Option<Outcome>,
    fail: bool,
    status: Option<String>,
    rejections: Option<serde_json::Value>,
}

/// Reads the answer of an endpoint; its words say what is wrong with it.
pub fn read(status: u16, body: &[u8]) -> Result<JobAnswer, ParseError> {
    if status == 202 || body.trim_ascii().is_empty() {
        return Ok(JobAnswer::Heard);
    }
    let value: serde_json::Value = from_slice(body)?;
    if !value.is_object() {
        return Err(ParseError::at("", r#"an answer is an object, such as {"info": "On it"}"#));
    }
    let Form { info, progress, outcome, fail, status, rejections } = from_value(value)?;
    if let Some(outcome) = &outcome {
        outcome.check()?;
    }
    let progress = progress.map(percent).transpose()?;
    if let Some(given) = rejections.filter(|given| !given.is_null()) {
        return Ok(JobAnswer::Rejected { rejections: rejections_of(given)?, outcome });
    }
    match status.as_deref() {
        _ if fail => Ok(JobAnswer::Failed { info, outcome }),
        Some("failed") => Ok(JobAnswer::Failed { info, outcome }),
        Some("complete") => Ok(JobAnswer::Complete { info, outcome }),
        _ if outcome.is_some() => Ok(JobAnswer::Complete { info, outcome }),
        _ if info.is_some() || progress.is_some() => Ok(JobAnswer::Working { info, progress }),
        _ => Ok(JobAnswer::Heard),
    }
}

fn percent(number: f64) -> Result<u8, ParseError> {
    if !(0.0..=100.0).contains(&number) {
        return Err(ParseError::at("progress", "progress is a number from 0 to 100"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 100")]
    Ok(number as u8)
}

fn rejections_of(given: serde_json::Value) -> Result<Vec<Rejections>, ParseError> {
    let form = r#"write {"records": [{"id", "values": [{"field", "message"}]}]}, or a list of such"#;
    match serde_json::from_value(given) {
        Ok(OneOrMore::One(one)) => Ok(vec![one]),
        Ok(OneOrMore::More(more)) => Ok(more),
        Err(_) => Err(ParseError::at("rejections", form)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn answer(body: Value) -> Result<JobAnswer, ParseError> {
        read(200, body.to_string().as_bytes())
    }

    #[test]
    fn each_form_says_what_the_table_says() {
        let info = Some("On it".to_string());
        let outcome = Some(Outcome::saying("Done"));
        let told = json!({ "message": "Done" });
        for (body, wanted) in [
            (json!({}), JobAnswer::Heard),
            (json!({ "received": true }), JobAnswer::Heard),
            (json!({ "status": "ok" }), JobAnswer::Heard),
            (json!({ "info": "On it" }), JobAnswer::Working { info: info.clone(), progress: None }),
            (json!({ "progress": 30.7 }), JobAnswer::Working { info: None, progress: Some(30) }),
            (json!({ "outcome": told }), JobAnswer::Complete { info: None, outcome: outcome.clone() }),
            (json!({ "status": "complete" }), JobAnswer::Complete { info: None, outcome: None }),
            (
                json!({ "fail": true, "info": "On it", "outcome": told }),
                JobAnswer::Failed { info, outcome: outcome.clone() },
            ),
            (json!({ "status": "failed" }), JobAnswer::Failed { info: None, outcome: None }),
            (
                json!({ "rejections": { "records": [] }, "outcome": told }),
                JobAnswer::Rejected { rejections: vec![Rejections::default()], outcome },
            ),
        ] {
            assert_eq!(answer(body.clone()).unwrap(), wanted, "{body}");
        }
        for body in [b"".as_slice(), b" \n"] {
            assert_eq!(read(200, body).unwrap(), JobAnswer::Heard);
        }
        assert_eq!(read(202, br#"{"fail": true}"#).unwrap(), JobAnswer::Heard);
    }

    #[test]
    fn rejections_name_records_and_fields() {
        let one = json!({ "sheetId": "us_sh_00000000", "message": "No", "deleteSubmitted": true,
            "records": [{ "id": "us_rc_1", "values": [{ "field": "name", "message": "Taken" }] }] });
        for body in [json!({ "rejections": one }), json!({ "rejections": [one] })] {
            let JobAnswer::Rejected { rejections, .. } = answer(body).unwrap() else {
                panic!("no rejections")
            };
            let [one] = rejections.as_slice() else { panic!("{rejections:?}") };
            assert_eq!(one.records[0].values[0].message, "Taken");
            assert!(one.delete_submitted && one.sheet_id.is_some());
        }
    }

    #[test]
    fn a_malformed_answer_is_refused_in_words() {
        for (body, words) in [
            (&b"OK"[..], "JSON"),
            (br#"["a"]"#, "an answer is an object"),
            (br#"{"progress": 101}"#, "from 0 to 100"),
            (br#"{"rejections": 3}"#, "\"records\""),
            (br#"{"rejections": {"records": [{"id": 3}]}}"#, "\"records\""),
            (br#"{"outcome": {"next": {"type": "url", "url": "javascript:alert(1)"}}}"#, "addresses"),
        ] {
            let error = read(200, body).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
