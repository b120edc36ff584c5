//! What belongs to another tenant is not found: each look-up, asked with a strange scope.

use crate::domain::access::Scope;
use crate::domain::event::Topic;
use crate::store::events::EventFilter;
use crate::store::jobs::{Executor, JobFilter};
use crate::store::spaces::SpaceFilter;
use crate::store::testing::{databases, samples};
use crate::store::workbooks::WorkbookFilter;
use crate::store::{Tx, accounts, events, files, jobs, new_id, sheets, spaces, workbooks};

/// How many of the tenant's things each look-up finds within `scope`.
async fn found(
    tx: &mut Tx,
    scope: &Scope,
    tenant: &samples::Tenant,
    job: &crate::domain::ids::JobId,
    event: &crate::domain::ids::EventId,
) -> Vec<(&'static str, usize)> {
    let (space, workbook, sheet) = (&tenant.space.id, &tenant.workbook.id, &tenant.sheet.id);
    let jobs_listed = jobs::list(tx, scope, &JobFilter::default(), 0, 10).await.unwrap();
    let events_listed = events::list(tx, scope, &EventFilter::default(), 0, 10).await.unwrap();
    let spaces_listed = spaces::list(tx, scope, &SpaceFilter::default(), 0, 10).await.unwrap();
    let files_listed = files::list(tx, scope, Some(space), None, 0, 10).await.unwrap();
    let all_files = files::list(tx, scope, None, None, 0, 10).await.unwrap();
    let all_workbooks = workbooks::page(tx, scope, &WorkbookFilter::default(), 0, 10).await.unwrap();
    let named = WorkbookFilter { name: Some(tenant.workbook.name.clone()), ..WorkbookFilter::default() };
    let named_workbooks = workbooks::page(tx, scope, &named, 0, 10).await.unwrap();
    vec![
        (
            "environment",
            accounts::environment(tx, scope, &tenant.environment.id).await.unwrap().iter().count(),
        ),
        ("space", spaces::find(tx, scope, space).await.unwrap().iter().count()),
        ("spaces", spaces_listed.0.len()),
        ("total of spaces", spaces_listed.1 as usize),
        ("workbook", workbooks::find(tx, scope, workbook).await.unwrap().iter().count()),
        ("workbooks", workbooks::list(tx, scope, space).await.unwrap().len()),
        ("workbooks of all spaces", all_workbooks.0.len()),
        ("total of workbooks", all_workbooks.1 as usize),
        ("workbooks of a name", named_workbooks.0.len()),
        ("total of workbooks of a name", named_workbooks.1 as usize),
        ("sheet", sheets::find(tx, scope, sheet).await.unwrap().iter().count()),
        ("sheet by slug", sheets::find_by_slug(tx, scope, workbook, "people").await.unwrap().iter().count()),
        ("sheets", sheets::list(tx, scope, workbook).await.unwrap().len()),
        ("sheets of workbooks", sheets::of_workbooks(tx, scope, [workbook]).await.unwrap().len()),
        ("file", files::find(tx, scope, &tenant.file.id).await.unwrap().iter().count()),
        ("files of all spaces", all_files.0.len()),
        ("total of all files", all_files.1 as usize),
        ("files", files_listed.0.len()),
        ("total of files", files_listed.1 as usize),
        ("job", jobs::find(tx, scope, job).await.unwrap().iter().count()),
        ("job for update", jobs::find_for_update(tx, scope, job).await.unwrap().iter().count()),
        ("jobs", jobs_listed.0.len()),
        ("total of jobs", jobs_listed.1 as usize),
        ("event", events::find(tx, scope, event).await.unwrap().iter().count()),
        ("events", events_listed.0.len()),
        ("total of events", events_listed.1 as usize),
    ]
}

#[tokio::test]
async fn each_look_up_keeps_to_its_scope() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let job = tenant.job();
        jobs::insert(&mut tx, &job, Executor::Listener, None, None).await.unwrap();
        let event = tx.emit(tenant.event(Topic::JobReady));
        tx.commit().await.unwrap();

        let account = tenant.account.id.clone();
        let environment = tenant.environment.id.clone();
        let mut tx = database.write().await.unwrap();
        for scope in
            [tenant.scope(), Scope::environment(account.clone(), environment.clone()), tenant.space.scope()]
        {
            for (what, count) in found(&mut tx, &scope, &tenant, &job.id, &event).await {
                assert_eq!(count, 1, "{}: {what} within {scope:?}", database.name);
            }
        }
        for scope in [
            Scope::account(new_id()),
            Scope::space(new_id(), environment.clone(), tenant.space.id.clone()),
            Scope::environment(account.clone(), new_id()),
            Scope::space(account.clone(), new_id(), tenant.space.id.clone()),
        ] {
            for (what, count) in found(&mut tx, &scope, &tenant, &job.id, &event).await {
                assert_eq!(count, 0, "{}: {what} within {scope:?}", database.name);
            }
        }
        // A neighbouring space of the same environment sees the environment and nothing else.
        let neighbour = Scope::space(account, environment, new_id());
        for (what, count) in found(&mut tx, &neighbour, &tenant, &job.id, &event).await {
            assert_eq!(count, usize::from(what == "environment"), "{}: {what}", database.name);
        }
    }
}
