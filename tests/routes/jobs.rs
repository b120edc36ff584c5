use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixtures::{Contacts, contacts, text};
use crate::{TestApp, on_each_database};

async fn job(app: &TestApp, made: &Contacts, more: Value) -> Value {
    let mut body = json!({ "type": "workbook", "operation": "submitAction", "source": made.workbook });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post("/v1/jobs", body).await.data()
}

async fn topics(app: &TestApp, job: &str) -> Vec<String> {
    let events = app.get("/v1/events?domain=job&pageSize=100").await.json();
    let of_job = events["data"].as_array().unwrap().iter().filter(|event| event["context"]["jobId"] == job);
    of_job.map(|event| text(event, "topic")).collect()
}

#[tokio::test]
async fn a_job_goes_from_created_to_complete() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let input = json!({ "note": "hi" });
        // A status of the client's does not start it.
        let job = job(&app, &made, json!({ "status": "ready", "input": input, "mode": "foreground" })).await;
        let (id, path) = (text(&job, "id"), format!("/v1/jobs/{}", text(&job, "id")));
        assert_eq!((&job["status"], &job["trigger"], &job["progress"]), (&json!("created"), &json!("manual"), &json!(0)));
        assert_eq!((&job["input"], &job["mode"]), (&input, &json!("foreground")));
        assert_eq!((&job["spaceId"], &job["workbookId"]), (&json!(made.space), &json!(made.workbook)));

        assert_eq!(app.post(&format!("{path}/execute"), json!(null)).await.data(), json!({ "success": true }));
        app.post(&format!("{path}/execute"), json!(null)).await.data();
        assert_eq!(app.get(&path).await.data()["status"], json!("ready"));
        let acknowledged = app.post(&format!("{path}/ack"), json!(null)).await.data();
        assert_eq!(acknowledged["status"], json!("executing"));
        assert!(acknowledged["startedAt"].is_string());
        let tick = json!({ "info": "Half", "progress": 50, "estimatedCompletionAt": "2030-01-01T00:00:00.000Z" });
        let ticked = app.post(&format!("{path}/ack"), tick).await.data();
        assert_eq!((&ticked["info"], &ticked["progress"]), (&json!("Half"), &json!(50)));
        assert_eq!(ticked["estimatedCompletionAt"], json!("2030-01-01T00:00:00.000Z"));

        let outcome = json!({ "message": "Done", "acknowledge": true, "next": { "type": "url", "url": "https://example.com" } });
        let complete = json!({ "info": "All sent", "outcome": outcome });
        let done = app.post(&format!("{path}/complete"), complete).await.data();
        assert_eq!((&done["status"], &done["progress"]), (&json!("complete"), &json!(100)));
        assert_eq!(done["outcome"], outcome);
        assert!(done["finishedAt"].is_string());
        // Clients repeat: nothing changes, nobody is told.
        for verb in ["complete", "fail", "ack", "cancel"] {
            let again = app.post(&format!("{path}/{verb}"), json!({ "info": "again" })).await.data();
            assert_eq!((&again["status"], &again["info"]), (&json!("complete"), &json!("All sent")), "{verb}");
        }
        let seen = app.post(&format!("{path}/outcome/ack"), json!(null)).await.data();
        assert!(seen["outcomeAcknowledgedAt"].is_string());
        let told = topics(&app, &id).await;
        assert_eq!(told.iter().filter(|topic| *topic == "job:ready").count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|topic| *topic == "job:completed").count(), 1, "{told:?}");
        assert_eq!((told[0].as_str(), told[1].as_str()), ("job:created", "job:ready"));
        assert_eq!(told.last().unwrap(), "job:outcome-acknowledged");
    })
    .await;
}

#[tokio::test]
async fn a_job_fails_is_retried_and_canceled() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let job = job(&app, &made, json!({ "trigger": "immediate" })).await;
        assert_eq!(job["status"], json!("ready"));
        let path = format!("/v1/jobs/{}", text(&job, "id"));
        app.post(&format!("{path}/retry"), json!(null)).await.refused(409);
        let failed =
            app.post(&format!("{path}/fail"), json!({ "outcome": { "message": "No" } })).await.data();
        assert_eq!((&failed["status"], &failed["outcome"]["message"]), (&json!("failed"), &json!("No")));
        assert_eq!(app.post(&format!("{path}/retry"), json!(null)).await.data()["status"], json!("ready"));
        let canceled = app.post(&format!("{path}/cancel"), json!({ "info": "Never mind" })).await.data();
        assert_eq!((&canceled["status"], &canceled["info"]), (&json!("canceled"), &json!("Never mind")));
        app.post(&format!("{path}/execute"), json!(null)).await.refused(409);
        app.delete(&path).await.data();
        app.get(&path).await.refused(404);
    })
    .await;
}

#[tokio::test]
async fn a_worker_of_an_older_run_is_refused() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let path =
            format!("/v1/jobs/{}", text(&job(&app, &made, json!({ "trigger": "immediate" })).await, "id"));
        let attempt = app.post(&format!("{path}/ack"), json!(null)).await.data()["attempt"].as_u64().unwrap();
        app.post(&format!("{path}/fail"), json!(null)).await.data();
        app.post(&format!("{path}/retry"), json!(null)).await.data();
        let newer = app.post(&format!("{path}/ack"), json!(null)).await.data()["attempt"].as_u64().unwrap();
        assert!(newer > attempt);
        let complete = async |attempt: &str| {
            let request = Request::post(format!("{path}/complete"))
                .header("authorization", format!("Bearer {}", app.key))
                .header("x-inlet-attempt", attempt);
            app.send(request.body(Body::empty()).unwrap()).await
        };
        complete(&attempt.to_string()).await.refused(409);
        complete("first").await.refused(400);
        assert_eq!(app.get(&path).await.data()["status"], json!("executing"));
        assert_eq!(complete(&newer.to_string()).await.data()["status"], json!("complete"));
    })
    .await;
}

#[tokio::test]
async fn jobs_are_listed_by_what_is_asked_and_changed() {
    on_each_database(async |app: TestApp| {
        let made = contacts(&app).await;
        let first = text(&job(&app, &made, json!({})).await, "id");
        let second =
            text(&job(&app, &made, json!({ "operation": "other", "metadata": { "a": 1 } })).await, "id");
        let list = async |query: &str| {
            let found = app.get(&format!("/v1/jobs?{query}")).await.json();
            found["data"].as_array().unwrap().iter().map(|job| text(job, "id")).collect::<Vec<_>>()
        };
        assert_eq!(list(&format!("spaceId={}", made.space)).await, [second.clone(), first.clone()]);
        assert_eq!(
            list(&format!("workbookId={}&sortDirection=asc", made.workbook)).await,
            [first.clone(), second.clone()]
        );
        assert_eq!(
            list(&format!("source={}&pageSize=1", made.workbook)).await,
            std::slice::from_ref(&second)
        );
        assert_eq!(list(&format!("parentId={first}")).await, Vec::<String>::new());
        let path = format!("/v1/jobs/{second}");
        let changed = app
            .patch(&path, json!({ "progress": 20.5, "info": "Soon", "metadata": { "b": 2 } }))
            .await
            .data();
        assert_eq!((&changed["progress"], &changed["info"]), (&json!(20), &json!("Soon")));
        assert_eq!(changed["metadata"], json!({ "b": 2 }));
    })
    .await;
}
