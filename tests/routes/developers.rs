//! What the pages of developers ask of the server: who may ask it, and what never travels.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use inlet::rpc::agents::{AgentList, VersionList};
use inlet::rpc::guests::{GuestAddress, GuestDraft, GuestList, GuestSpace};
use inlet::rpc::job_log::{JobLog, JobsAsked, WholeJob};
use inlet::rpc::people::{PeopleList, PersonDraft, SavedPerson};
use inlet::rpc::reference::{OperationDetail, OperationRow};
use inlet::rpc::secrets::SecretDraft;
use inlet::rpc::webhooks::{Saved, WebhookDraft, WebhookList};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tower::ServiceExt;

use crate::agents::deploy;
use crate::fixtures::{contacts, text};
use crate::presence::{other_account, page_router, person};
use crate::users::{PASSWORD, account, as_admin, joined};
use crate::{TestApp, on_each_database};

/// A page of somebody who is signed in.
struct Page {
    router: Router,
    session: String,
}

impl Page {
    async fn ask(&self, function: &str, arguments: impl Serialize) -> (StatusCode, Vec<u8>) {
        let request = Request::post(format!("/rpc/inlet/rpc/{function}"))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/octet-stream")
            .header("accept", "application/octet-stream")
            .header("cookie", format!("inlet_session={}", self.session))
            .body(Body::from(postcard::to_allocvec(&arguments).unwrap()));
        let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let status = answer.status();
        (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    async fn fetch(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::get(path).header("cookie", format!("inlet_session={}", self.session));
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[track_caller]
    fn read<T: DeserializeOwned>((status, bytes): (StatusCode, Vec<u8>)) -> T {
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
        postcard::from_bytes(&bytes).unwrap()
    }

    async fn get<T: DeserializeOwned>(&self, function: &str, arguments: impl Serialize) -> T {
        Self::read(self.ask(function, arguments).await)
    }

    async fn status(&self, function: &str, arguments: impl Serialize) -> StatusCode {
        self.ask(function, arguments).await.0
    }
}

/// The pages of an admin, of a member, and of somebody of another account.
async fn pages(app: &TestApp) -> [Page; 3] {
    let admin = as_admin(app).await;
    let account = account(&admin).await;
    joined(app, &admin, "member@example.com", "Member", &account).await;
    let router = page_router(app);
    let sessions = [
        app.service.sign_in_local().await.unwrap().token,
        app.service.sign_in("member@example.com", PASSWORD, None).await.unwrap().token,
        person(app, &router, &other_account(app).await, "Eve").await.session,
    ];
    sessions.map(|session| Page { router: router.clone(), session })
}

fn jobs_of(environment: &str) -> (JobsAsked,) {
    (JobsAsked { environment_id: environment.to_string(), most: 50, ..JobsAsked::default() },)
}

#[tokio::test]
async fn members_and_strangers_reach_what_they_may() {
    on_each_database(async |app: TestApp| {
        let [admin, member, stranger] = pages(&app).await;
        let environment = app.environment_id.as_str();
        for function in ["agents/agents", "keys/keys", "webhooks/webhooks"] {
            assert_eq!(admin.status(function, (environment,)).await, StatusCode::OK, "{function}");
            assert_eq!(member.status(function, (environment,)).await, StatusCode::FORBIDDEN, "{function}");
            let status = stranger.status(function, (environment,)).await;
            assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{function}: {status}");
        }
        let draft = PersonDraft { email: "x@example.com".to_string(), ..PersonDraft::default() };
        assert_eq!(member.status("people/save_person", (draft,)).await, StatusCode::FORBIDDEN);
        let list: PeopleList = member.get("people/people", (environment,)).await;
        assert!(!list.manages && list.people.iter().any(|person| person.email == "member@example.com"));
        assert_eq!(member.status("job_log/newest_jobs", jobs_of(environment)).await, StatusCode::OK);

        assert_eq!(stranger.status("job_log/newest_jobs", jobs_of(environment)).await, StatusCode::NOT_FOUND);
        assert_eq!(stranger.status("guests/guests", (environment, 50_u64)).await, StatusCode::NOT_FOUND);
        assert_eq!(stranger.status("people/people", (environment,)).await, StatusCode::OK);
        let nobody = Page { router: admin.router.clone(), session: String::new() };
        assert_eq!(nobody.status("agents/agents", (environment,)).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn the_value_of_a_secret_goes_to_no_page() {
    on_each_database(async |app: TestApp| {
        let [admin, ..] = pages(&app).await;
        let draft = SecretDraft {
            environment_id: app.environment_id.clone(),
            space_id: String::new(),
            name: "CRM_TOKEN".to_string(),
            value: "a-very-secret-value".to_string(),
        };
        let stored: Option<String> = admin.get("secrets/store_secret", (draft,)).await;
        assert_eq!(stored, None);
        let (status, bytes) = admin.ask("secrets/secrets", (&app.environment_id, "")).await;
        let sent = String::from_utf8_lossy(&bytes).to_string();
        assert!(status == StatusCode::OK && sent.contains("CRM_TOKEN"), "{status} {sent}");
        assert!(!sent.contains("a-very-secret-value"));
    })
    .await;
}

#[tokio::test]
async fn agents_are_listed_with_who_deployed_them_and_go_back() {
    on_each_database(async |app: TestApp| {
        let [admin, member, stranger] = pages(&app).await;
        for source in ["exports.one = 1", "exports.two = 2"] {
            deploy(&app, json!({ "source": source, "slug": "importer", "topics": ["job:ready"] })).await;
        }
        let list: AgentList = admin.get("agents/agents", (&app.environment_id,)).await;
        let [agent] = list.agents.as_slice() else { panic!("{list:?}") };
        assert_eq!((agent.slug.as_str(), agent.version, agent.by.as_str()), ("importer", 2, "a program"));
        assert_eq!(
            (agent.runs, agent.last, agent.topics.as_slice()),
            (0, None, &["job:ready".to_string()][..])
        );
        deploy(&app, json!({ "source": "exports.other = 1", "slug": "other" })).await;
        crate::agents::keep_runs(&app, &agent.id, &[(1_000, true), (3_000, false), (2_000, true)]).await;
        let versions: VersionList = admin.get("agents/agent_versions", (&agent.id,)).await;
        let first = versions.versions.last().unwrap();
        assert!(first.number == 1 && !first.runs);
        let () = admin.get("agents/revert_agent", (&agent.id, &first.id)).await;
        let versions: VersionList = admin.get("agents/agent_versions", (&agent.id,)).await;
        let newest = &versions.versions[0];
        assert_eq!((newest.number, newest.origin, newest.runs), (3, 1, true));
        let own = app.service.actor_of_session(&admin.session).await.unwrap().unwrap().1;
        assert_eq!(newest.by, own.name, "it was a person who went back");
        let by: Vec<&str> = versions.versions.iter().map(|version| version.by.as_str()).collect();
        assert_eq!(by, [own.name.as_str(), "a program", "a program"]);
        let list: AgentList = admin.get("agents/agents", (&app.environment_id,)).await;
        let told: Vec<_> = list
            .agents
            .iter()
            .map(|one| (one.slug.as_str(), one.by.as_str(), one.version, one.runs, one.failed, one.last))
            .collect();
        let wanted = [
            ("importer", own.name.as_str(), 3, 3, 1, Some((3_000, false))),
            ("other", "a program", 1, 0, 0, None),
        ];
        assert_eq!(told, wanted);

        let path = format!("/agents/{}/versions/{}/download", agent.id, first.id);
        assert_eq!(member.fetch(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(stranger.fetch(&path).await.0, StatusCode::FORBIDDEN);
        let (status, bytes) = admin.fetch(&path).await;
        let files = crate::agent_exports::unpacked(&bytes);
        assert_eq!((status, files["importer/index.js"].as_str()), (StatusCode::OK, "exports.one = 1"));
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_stays_one_and_others_get_another_role() {
    on_each_database(async |app: TestApp| {
        let [admin, ..] = pages(&app).await;
        let list: PeopleList = admin.get("people/people", (&app.environment_id,)).await;
        let role = |name: &str| list.roles.iter().find(|(_, known)| known == name).unwrap().0.clone();
        let who = |email: &str| list.people.iter().find(|person| person.email == email).unwrap();
        let place = list.places[0].0.clone();
        let own = PersonDraft {
            id: who("admin@localhost").id.clone(),
            role: role("Member"),
            place: place.clone(),
            ..PersonDraft::default()
        };
        let answer: SavedPerson = admin.get("people/save_person", (own,)).await;
        assert!(matches!(answer, SavedPerson::Refused(words) if words.contains("last admin")));

        let other = PersonDraft {
            id: who("member@example.com").id.clone(),
            role: role("Admin"),
            place,
            ..PersonDraft::default()
        };
        let answer: SavedPerson = admin.get("people/save_person", (other,)).await;
        assert_eq!(answer, SavedPerson::Kept);
        let after: PeopleList = admin.get("people/people", (&app.environment_id,)).await;
        let changed = after.people.iter().find(|person| person.email == "member@example.com").unwrap();
        assert_eq!(changed.role, role("Admin"));
    })
    .await;
}

#[tokio::test]
async fn a_guest_is_let_into_a_space_by_a_link() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let [_, member, stranger] = pages(&app).await;
        let environment_id = app.environment_id.clone();
        let only = Some(vec![made.workbook.clone()]);
        let spaces = vec![GuestSpace { id: made.space.clone(), only, ..GuestSpace::default() }];
        let email = "guest@example.com".to_string();
        let draft = GuestDraft { environment_id, email, spaces, ..GuestDraft::default() };
        let refused: Option<String> = member.get("guests/save_guest", (draft.clone(),)).await;
        assert_eq!(refused, None);
        let wrong = GuestDraft { email: "nobody".to_string(), ..draft };
        let refused: Option<String> = member.get("guests/save_guest", (wrong,)).await;
        assert!(refused.is_some_and(|words| words.contains("is not an e-mail address")));
        let list: GuestList = member.get("guests/guests", (&app.environment_id, 50_u64)).await;
        let guest = &list.guests[0];
        let [space] = guest.spaces.as_slice() else { panic!("{guest:?}") };
        assert_eq!((list.total, space.id.as_str()), (1, made.space.as_str()));
        assert_eq!(space.only, Some(vec![made.workbook.clone()]));
        let there = app.get(&format!("/v1/guests/{}", guest.id)).await.data();
        assert_eq!(there["spaces"][0]["workbooks"], json!([{ "id": made.workbook }]));
        let link: GuestAddress = member.get("guests/guest_link", (&guest.id, &made.space)).await;
        let token = format!("http://inlet.test/space/{}?token=", made.space);
        assert!(link.address.starts_with(&token) && !link.once, "{link:?}");
        let status = stranger.status("guests/guest_link", (&guest.id, &made.space)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_webhook_of_an_environment_hears_of_its_namespaces_and_is_not_of_a_space() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let [admin, ..] = pages(&app).await;
        let draft = WebhookDraft {
            id: String::new(),
            name: "All".to_string(),
            url: "https://example.com/inlet".to_string(),
            topics: vec!["job:*".to_string()],
            job: String::new(),
            namespaces: vec!["space:red".to_string()],
        };
        let saved: Saved = admin.get("webhooks/save_webhook", (&app.environment_id, &draft)).await;
        assert!(matches!(saved, Saved::Secret(_)));
        let of_space = WebhookDraft { name: "One".to_string(), ..draft };
        let _: Saved = admin.get("webhooks/save_webhook", (&made.space, of_space)).await;
        for (place, name) in [(&app.environment_id, "All"), (&made.space, "One")] {
            let list: WebhookList = admin.get("webhooks/webhooks", (place,)).await;
            let names: Vec<&str> = list.webhooks.iter().map(|row| row.name.as_str()).collect();
            assert_eq!((names, &list.place), (vec![name], place));
            assert_eq!(list.webhooks[0].namespaces, ["space:red"]);
        }
    })
    .await;
}

#[tokio::test]
async fn the_jobs_of_all_spaces_are_listed_with_input_and_outcome() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let job = json!({ "type": "workbook", "operation": "submit", "source": made.workbook, "trigger": "immediate",
            "input": { "reason": "monthly" } });
        let job = text(&app.post("/v1/jobs", job).await.data(), "id");
        let outcome = json!({ "outcome": { "message": "Nothing to do" } });
        app.post(&format!("/v1/jobs/{job}/complete"), outcome).await.data();
        let [_, member, stranger] = pages(&app).await;
        let log: JobLog = member.get("job_log/newest_jobs", jobs_of(&app.environment_id)).await;
        let row = log.jobs.iter().find(|row| row.id == job).unwrap();
        assert_eq!((row.name.as_str(), &row.space_id), ("workbook:submit", &made.space));
        let facts: WholeJob = member.get("job_log/job_facts", (&job,)).await;
        assert!(facts.input.contains("monthly") && facts.outcome.contains("Nothing to do"), "{facts:?}");
        assert_eq!(stranger.status("job_log/job_facts", (&job,)).await, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_reference_has_every_operation_with_a_line_to_copy() {
    on_each_database(async |app: TestApp| {
        let [_, member, _] = pages(&app).await;
        let list: Vec<OperationRow> = member.get("reference/operations", ()).await;
        let document = app.get("/v1/openapi.json").await.json();
        let items = document["paths"].as_object().unwrap().values();
        assert_eq!(list.len(), items.map(|item| item.as_object().unwrap().len()).sum::<usize>());
        for row in &list {
            assert!(!row.tag.is_empty() && !row.summary.is_empty(), "{row:?}");
            let detail: OperationDetail = member.get("reference/operation", (&row.method, &row.path)).await;
            assert!(detail.curl.contains("http://inlet.test/") && !detail.answers.is_empty(), "{row:?}");
        }
        let detail: OperationDetail = member.get("reference/operation", ("POST", "/v1/spaces")).await;
        assert!(detail.body.is_some_and(|body| body.example.contains("\"name\"")));
        assert_eq!(member.status("reference/operation", ("GET", "/v1/none")).await, StatusCode::NOT_FOUND);
    })
    .await;
}
