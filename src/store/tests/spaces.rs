//! Spaces: kept, found, listed, deleted with what is in them.

use crate::domain::query::SortDirection::{Asc, Desc};
use crate::domain::space::Space;
use crate::store::spaces::{SpaceFilter, SpaceOrder, SpaceSort, delete, find, insert, list, touch, update};
use crate::store::testing::{databases, samples};
use crate::store::{Tx, files, jobs, new_id, sheets, workbooks};

#[tokio::test]
async fn every_member_is_kept() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let mut space = tenant.space.clone();
        assert_eq!(find(&mut tx, &tenant.scope(), &space.id).await.unwrap().as_ref(), Some(&space));

        let after = samples::THEN.plus(5);
        space.name = "Other".to_string();
        space.namespace = None;
        space.primary_workbook_id = None;
        space.metadata = None;
        space.settings = None;
        space.actions.clear();
        space.labels.clear();
        space.extra.clear();
        space.archived_at = Some(after);
        (space.updated_at, space.last_activity_at) = (after, after);
        update(&mut tx, &space).await.unwrap();
        assert_eq!(find(&mut tx, &tenant.scope(), &space.id).await.unwrap().as_ref(), Some(&space));

        touch(&mut tx, &space.id, samples::THEN);
        assert_eq!(find(&mut tx, &tenant.scope(), &space.id).await.unwrap().as_ref(), Some(&space));
        // Within a second it stays.
        touch(&mut tx, &space.id, after.plus(999));
        assert_eq!(find(&mut tx, &tenant.scope(), &space.id).await.unwrap().as_ref(), Some(&space));
        touch(&mut tx, &space.id, after.plus(1_000));
        let touched = find(&mut tx, &tenant.scope(), &space.id).await.unwrap().unwrap();
        assert_eq!((touched.last_activity_at, touched.updated_at), (after.plus(1_000), after));
    }
}

#[tokio::test]
async fn home_tells_what_is_in_a_space() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let (spaces, total) = list(&mut tx, &tenant.scope(), &SpaceFilter::default(), 0, 10).await.unwrap();
        let [summary] = spaces.as_slice() else { panic!("{spaces:?}") };
        assert_eq!((total, &summary.space), (1, &tenant.space));
        assert_eq!((summary.workbooks, summary.files, summary.records, summary.invalid), (1, 1, 0, 0));
    }
}

async fn names(tx: &mut Tx, tenant: &samples::Tenant, filter: SpaceFilter) -> Vec<String> {
    let (spaces, total) = list(tx, &tenant.scope(), &filter, 0, 100).await.unwrap();
    assert_eq!(total as usize, spaces.len());
    spaces.into_iter().map(|summary| summary.space.name).collect()
}

#[tokio::test]
async fn a_list_is_narrowed_and_ordered() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        for (place, (name, namespace, archived)) in
            [("100% äpfel", Some("blue"), false), ("1000 axb", None, true), ("a_b", Some("red"), false)]
                .into_iter()
                .enumerate()
        {
            let moment = samples::THEN.plus(1 + place as i64);
            let space = Space {
                id: new_id(),
                name: name.to_string(),
                namespace: namespace.map(str::to_string),
                archived_at: archived.then_some(moment),
                created_at: moment,
                last_activity_at: samples::THEN.plus(-(place as i64)),
                ..tenant.space.clone()
            };
            insert(&mut tx, &space).await.unwrap();
        }
        let all = SpaceFilter::default();
        let search = |text: &str| SpaceFilter { search: Some(text.to_string()), ..SpaceFilter::default() };
        let ordered = |by, direction| {
            let order = SpaceOrder { by, direction };
            SpaceFilter { order, ..SpaceFilter::default() }
        };
        let archived = |archived| SpaceFilter { archived: Some(archived), ..SpaceFilter::default() };
        let id = tenant.space.id.to_string();
        for (filter, wanted) in [
            (all.clone(), vec!["100% äpfel", "Import of Köln", "1000 axb", "a_b"]),
            (ordered(SpaceSort::CreatedAt, Desc), vec!["a_b", "1000 axb", "100% äpfel", "Import of Köln"]),
            (ordered(SpaceSort::CreatedAt, Asc), vec!["Import of Köln", "100% äpfel", "1000 axb", "a_b"]),
            (ordered(SpaceSort::Name, Asc), vec!["100% äpfel", "1000 axb", "a_b", "Import of Köln"]),
            (ordered(SpaceSort::Name, Desc), vec!["Import of Köln", "a_b", "1000 axb", "100% äpfel"]),
            (search("KÖLN"), vec!["Import of Köln"]),
            (search("Äpfel"), vec!["100% äpfel"]),
            (search("100%"), vec!["100% äpfel"]),
            (search("a_b"), vec!["a_b"]),
            (search("\\"), vec![]),
            (search(&id), vec!["Import of Köln"]),
            (archived(true), vec!["1000 axb"]),
            (archived(false), vec!["100% äpfel", "Import of Köln", "a_b"]),
            (
                SpaceFilter { namespace: Some("red".to_string()), ..all.clone() },
                vec!["Import of Köln", "a_b"],
            ),
            (SpaceFilter { environment_id: Some(new_id()), ..all }, vec![]),
        ] {
            let mut found = names(&mut tx, &tenant, filter.clone()).await;
            let mut wanted: Vec<_> = wanted.into_iter().map(str::to_string).collect();
            if filter.order == SpaceOrder::default() {
                // Two were worked in at the same moment.
                found.sort();
                wanted.sort();
            }
            assert_eq!(found, wanted, "{}: {filter:?}", database.name);
        }
        let (page, total) =
            list(&mut tx, &tenant.scope(), &ordered(SpaceSort::CreatedAt, Asc), 1, 2).await.unwrap();
        let page: Vec<_> = page.iter().map(|summary| summary.space.name.as_str()).collect();
        assert_eq!((page, total), (vec!["100% äpfel", "1000 axb"], 4));
    }
}

#[tokio::test]
async fn a_deleted_space_takes_everything_with_it() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let scope = tenant.scope();
        let mut tx = database.write().await.unwrap();
        let job = tenant.job();
        jobs::insert(&mut tx, &job, jobs::Executor::BuiltIn, None, None).await.unwrap();
        delete(&mut tx, &tenant.space.id, samples::THEN).await.unwrap();
        assert_eq!(find(&mut tx, &scope, &tenant.space.id).await.unwrap(), None);
        assert_eq!(workbooks::find(&mut tx, &scope, &tenant.workbook.id).await.unwrap(), None);
        assert_eq!(sheets::find(&mut tx, &scope, &tenant.sheet.id).await.unwrap(), None);
        assert_eq!(files::find(&mut tx, &scope, &tenant.file.id).await.unwrap(), None);
        assert_eq!(jobs::find(&mut tx, &scope, &job.id).await.unwrap(), None);
        assert_eq!(jobs::claim(&mut tx, "worker", samples::THEN, 1000, 1).await.unwrap(), []);
    }
}
