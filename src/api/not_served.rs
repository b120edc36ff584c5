//! What Flatfile's API has and Inlet does not: 501 in the envelope, with what to use instead.
//!
//! The router is made from one table, and so is the list in `docs/api.md`. The OpenAPI document says nothing of
//! them: it lists what works.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, on};

use super::error::{ApiError, ApiResult};

/// Endpoints that belong together.
struct Family {
    /// What they are about.
    what: &'static str,
    /// What to do, as whole sentences.
    instead: &'static str,
    /// Methods and a path each.
    endpoints: &'static [(&'static str, &'static str)],
}

const NOT_SERVED: &[Family] = &[
    Family {
        what: "Code that changes records",
        instead: "Change them in a listener, or all of a query at once: `PATCH /v1/sheets/{sheetId}/records/bulk-update`.",
        endpoints: &[("POST", "/v1/jobs/preview-mutation")],
    },
    Family {
        what: "Guides and guidance",
        instead: "Explain in documents, which are markdown: `POST /v1/spaces/{spaceId}/documents`.",
        endpoints: &[
            ("GET POST", "/v1/environments/{environmentId}/guides"),
            ("GET PATCH DELETE", "/v1/environments/{environmentId}/guides/{guideId}"),
            ("GET", "/v1/environments/{environmentId}/guides/{guideId}/versions/{version}"),
            ("GET POST", "/v1/spaces/{spaceId}/guidance"),
            ("GET PATCH DELETE", "/v1/spaces/{spaceId}/guidance/{guidanceId}"),
        ],
    },
    Family {
        what: "Drafts and upgrades of spaces",
        instead: "Change the workbooks of the space: `PATCH /v1/workbooks/{workbookId}`.",
        endpoints: &[
            ("POST", "/v1/spaces/{spaceId}/upgrade"),
            ("GET POST", "/v1/spaces/{spaceId}/drafts"),
            ("GET POST", "/v1/spaces/{spaceId}/drafts/{draftSpaceId}/merge"),
        ],
    },
    Family {
        what: "Rebuilding a workbook",
        instead: "Have the records of a sheet checked anew: `POST /v1/sheets/{sheetId}/validate`.",
        endpoints: &[("POST", "/v1/workbooks/{workbookId}/rebuild")],
    },
    Family {
        what: "Flags of records",
        instead: "Keep a mark in the `metadata` of a record, or in a field of its own.",
        endpoints: &[
            ("GET POST", "/v1/workbooks/{workbookId}/flags"),
            ("GET PATCH DELETE", "/v1/workbooks/{workbookId}/flags/{slug}"),
            ("POST", "/v1/workbooks/{workbookId}/flags/bulk-mutate"),
        ],
    },
    Family {
        what: "Data clips",
        instead: "Keep records as they are with `POST /v1/snapshots`; let others into the space with `POST /v1/guests`.",
        endpoints: &[
            ("GET POST", "/v1/data-clips"),
            ("GET PATCH DELETE", "/v1/data-clips/{dataClipId}"),
            ("POST", "/v1/data-clips/{dataClipId}/add-records"),
            ("GET PATCH", "/v1/data-clips/{dataClipId}/resolutions"),
            ("GET", "/v1/data-clips/{dataClipId}/resolutions/index"),
            ("PATCH", "/v1/data-clips/{dataClipId}/refresh-resolutions"),
        ],
    },
    Family {
        what: "Analyses",
        instead: "Ask for counts of values, `GET /v1/sheets/{sheetId}/cells`, and figures, `GET \
                  /v1/sheets/{sheetId}/calculations`.",
        endpoints: &[
            ("GET POST DELETE", "/v1/analysis"),
            ("GET DELETE", "/v1/analysis/{analysisId}"),
            ("POST DELETE", "/v1/analysis/{analysisId}/suggestions/{suggestionId}"),
        ],
    },
    Family {
        what: "Transformations, runbooks and routines",
        instead: "Let a listener do it on the events of the space.",
        endpoints: &[
            ("GET POST", "/v1/transformations"),
            ("PUT DELETE", "/v1/transformations/{transformationId}"),
            ("GET POST", "/v1/runbooks"),
            ("GET PATCH DELETE", "/v1/runbooks/{runbookId}"),
            ("GET POST", "/v1/routines"),
            ("GET PATCH DELETE", "/v1/routines/{routineId}"),
        ],
    },
    Family {
        what: "Prompts, instructions, threads and messages of the assistant",
        instead: "Inlet asks no language model.",
        endpoints: &[
            ("GET POST", "/v1/prompts"),
            ("GET PATCH DELETE", "/v1/prompts/{promptId}"),
            ("POST", "/v1/instructions"),
            ("GET", "/v1/instructions/sheet/{sheetId}"),
            ("PATCH DELETE", "/v1/instructions/{instructionId}"),
            ("GET POST", "/v1/threads"),
            ("GET PUT DELETE", "/v1/threads/{threadId}"),
            ("GET POST", "/v1/threads/{threadId}/messages"),
            ("GET PUT DELETE", "/v1/threads/{threadId}/messages/{messageId}"),
        ],
    },
    Family {
        what: "Areas of the canvas",
        instead: "`metadata.sidebarConfig` of a space says what its page shows.",
        endpoints: &[
            ("GET POST", "/v1/canvas-areas"),
            ("GET PATCH DELETE", "/v1/canvas-areas/{canvasAreaId}"),
        ],
    },
    Family {
        what: "Databases of others",
        instead: "Let a listener read the database and write its rows: `POST /v1/sheets/{sheetId}/records`.",
        endpoints: &[
            ("GET POST DELETE", "/v1/foreigndb/{workbookId}"),
            ("POST", "/v1/foreigndb/{workbookId}/configure"),
            ("POST", "/v1/foreigndb/{workbookId}/storage"),
        ],
    },
    Family {
        what: "Files by SFTP",
        instead: "Send files by `POST /v1/files`.",
        endpoints: &[("GET", "/v1/auth/sftp-credentials")],
    },
    Family {
        what: "Onboarding of the hosted product",
        instead: "They belong to the hosted product.",
        endpoints: &[
            ("GET POST", "/v1/onboardings"),
            ("GET DELETE", "/v1/onboardings/{onboardingId}"),
            ("PUT", "/v1/onboardings/{onboardingId}/progress"),
            ("GET", "/v1/onboardings/{onboardingId}/status"),
            ("GET POST", "/v1/onboardings/{onboardingId}/datapoints"),
            ("GET PATCH DELETE", "/v1/onboardings/{onboardingId}/datapoints/{datapointId}"),
        ],
    },
];

/// Jobs that Flatfile's server does and Inlet's does not: no listener would answer them either.
const NOT_DONE: [(&str, &str); 1] = [(
    "mutate-records",
    "the server runs no code that changes records; do it in a listener, or use `PATCH \
     /v1/sheets/{sheetId}/records/bulk-update`",
)];

impl Family {
    /// Each of its endpoints by itself.
    fn each(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.endpoints
            .iter()
            .flat_map(|(methods, path)| methods.split(' ').map(move |method| (method, *path)))
    }
}

/// Answers all of them alike, whoever asks.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let endpoints =
        NOT_SERVED.iter().flat_map(|family| family.each().map(move |endpoint| (family, endpoint)));
    endpoints.fold(Router::new(), |router, (family, (method, path))| {
        let message = format!("Inlet does not serve {method} {path} ({}). {}", family.what, family.instead);
        router.route(path, on(filter(method), move || async move { refused(message) }))
    })
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::NOT_IMPLEMENTED, message)
}

/// Refuses a job that nobody would ever do.
///
/// # Errors
/// 501 when its operation is one of them.
pub(super) fn check_operation(operation: &str) -> ApiResult<()> {
    match NOT_DONE.iter().find(|(name, _)| *name == operation) {
        Some((name, why)) => Err(refused(format!("operation: Inlet does no jobs of `{name}`: {why}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The lists that `docs/api.md` has between its markers.
    fn lists() -> [(&'static str, String); 2] {
        let document = serde_json::to_value(super::super::document()).unwrap();
        let mut served: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let mut by_tag: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for method in ["get", "post", "put", "patch", "delete"] {
                if let Some(tag) = methods[method]["tags"][0].as_str() {
                    by_tag.entry(tag).or_default().push(method.to_uppercase());
                }
            }
            for (tag, methods) in by_tag {
                served.entry(tag).or_default().push(format!("`{} {path}`", methods.join(" ")));
            }
        }
        let served = served.into_iter().map(|(tag, paths)| format!("| {tag} | {} |", paths.join(" ")));
        let not_served = NOT_SERVED.iter().map(|family| {
            let paths = family.endpoints.iter().map(|(methods, path)| format!("`{methods} {path}`"));
            let paths: Vec<_> = paths.collect();
            format!("| {} | {} | {} |", family.what, paths.join(" "), family.instead)
        });
        let text = |rows: Vec<String>| rows.join("\n");
        [("served", text(served.collect())), ("not served", text(not_served.collect()))]
    }

    /// With `INLET_WRITE_DOCS` set it writes them instead of comparing.
    #[test]
    fn the_docs_list_what_is_served_and_what_is_not() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md");
        let mut text = std::fs::read_to_string(path).unwrap();
        for (name, rows) in lists() {
            let marker = format!("<!-- {name}: made by a test -->\n");
            let start = text.find(&marker).unwrap() + marker.len();
            let start = start + text[start..].find("|---").unwrap();
            let start = start + text[start..].find('\n').unwrap() + 1;
            let end = start + text[start..].find("\n\n").unwrap();
            if std::env::var_os("INLET_WRITE_DOCS").is_some() {
                text.replace_range(start..end, &rows);
                std::fs::write(path, &text).unwrap();
            }
            let remedy = "run this test with INLET_WRITE_DOCS=1";
            assert!(text[start..].starts_with(&rows), "the list `{name}` of docs/api.md is old: {remedy}");
            assert_eq!(&text[start + rows.len()..][..2], "\n\n", "the list `{name}` is too long: {remedy}");
        }
    }
}
