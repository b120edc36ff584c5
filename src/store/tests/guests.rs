//! Guests and their grants.

use crate::domain::access::Scope;
use crate::domain::guest::{Guest, Parts, parts};
use crate::store::grants::{
    self, find as granted, insert as grant, narrow, note_access, of_guest, of_guests,
};
use crate::store::guests::*;
use crate::store::testing::{databases, samples};
use crate::store::{StoreError, accounts, new_id, spaces};

fn ann(tenant: &samples::Tenant) -> Guest {
    Guest {
        id: new_id(),
        account_id: tenant.account.id.clone(),
        environment_id: tenant.environment.id.clone(),
        email: Some("ann@example.com".to_string()),
        external_id: None,
        name: "Ann".to_string(),
        created_at: samples::THEN,
        updated_at: samples::THEN,
    }
}

#[tokio::test]
async fn an_address_or_an_external_id_is_one_guest_of_an_environment() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let ann = ann(&tenant);
        assert!(insert(&mut tx, &ann).await.unwrap());
        assert!(!insert(&mut tx, &Guest { id: new_id(), ..ann.clone() }).await.unwrap(), "{}", database.name);
        let outside =
            |id: &str| Guest { id: new_id(), email: None, external_id: Some(id.to_string()), ..ann.clone() };
        let (one, other) = (outside("1"), outside("2"));
        assert!(insert(&mut tx, &one).await.unwrap() && insert(&mut tx, &other).await.unwrap());
        assert!(!insert(&mut tx, &outside("1")).await.unwrap(), "{}", database.name);
        assert_eq!(find(&mut tx, &tenant.scope(), &ann.id).await.unwrap().as_ref(), Some(&ann));
        let strange = Scope::environment(tenant.account.id.clone(), new_id());
        assert_eq!(find(&mut tx, &strange, &ann.id).await.unwrap(), None);
        let environment = &tenant.environment.id;
        assert_eq!(by_email(&mut tx, environment, "ann@example.com").await.unwrap().as_ref(), Some(&ann));
        assert_eq!(by_external_id(&mut tx, environment, "2").await.unwrap().as_ref(), Some(&other));
        // Another may have the address again once it is free.
        delete(&mut tx, &ann.id, samples::THEN).await.unwrap();
        assert_eq!(by_email(&mut tx, environment, "ann@example.com").await.unwrap(), None);
        assert!(insert(&mut tx, &Guest { id: new_id(), ..ann.clone() }).await.unwrap());
        let taken = update(&mut tx, &Guest { email: ann.email.clone(), ..one }).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{}: {taken:?}", database.name);
    }
}

#[tokio::test]
async fn a_grant_is_good_while_guest_space_and_environment_are_there() {
    for database in databases().await {
        let tenant = samples::tenant(&database).await;
        let mut tx = database.write().await.unwrap();
        let (ann, space) = (ann(&tenant), &tenant.space.id);
        insert(&mut tx, &ann).await.unwrap();
        assert!(grant(&mut tx, &ann.id, space, samples::THEN).await.unwrap());
        assert!(!grant(&mut tx, &ann.id, space, samples::THEN).await.unwrap());
        note_access(&mut tx, &ann.id, space, samples::THEN).await.unwrap();
        let granted_space = granted(&mut tx, &ann.id, space).await.unwrap().unwrap();
        assert_eq!(granted_space.last_accessed_at, Some(samples::THEN));
        assert_eq!(
            of_guest(&mut tx, &tenant.space.scope(), &ann.id).await.unwrap(),
            std::slice::from_ref(&granted_space)
        );
        assert_eq!(
            of_guests(&mut tx, &tenant.space.scope(), [&ann.id]).await.unwrap(),
            [(ann.id.clone(), granted_space)]
        );
        assert_eq!(of_space(&mut tx, space, None).await.unwrap(), std::slice::from_ref(&ann));
        assert_eq!(of_space(&mut tx, space, Some("bob@example.com")).await.unwrap(), []);

        // Parts of it, in the order in which they are named; then all of it again.
        let (workbook, sheet) = (tenant.workbook.id.clone(), tenant.sheet.id.clone());
        let named = parts(vec![workbook.clone()], vec![(workbook.clone(), sheet.clone())]);
        assert_eq!(named.iter().map(|part| part.is_whole).collect::<Vec<_>>(), [false, false]);
        narrow(&mut tx, &ann.id, space, Some(&named)).await.unwrap();
        let only = Some(Parts { workbooks: vec![workbook], sheets: vec![sheet] });
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap().unwrap().only, only);
        assert_eq!(of_guest(&mut tx, &tenant.space.scope(), &ann.id).await.unwrap()[0].only, only);
        narrow(&mut tx, &ann.id, space, None).await.unwrap();
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap().unwrap().only, None);
        narrow(&mut tx, &ann.id, space, Some(&named)).await.unwrap();

        assert!(grants::delete(&mut tx, &ann.id, space).await.unwrap());
        assert!(!grants::delete(&mut tx, &ann.id, space).await.unwrap());
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap(), None);
        grant(&mut tx, &ann.id, space, samples::THEN).await.unwrap();
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap().unwrap().only, None);
        delete(&mut tx, &ann.id, samples::THEN).await.unwrap();
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap(), None);
        // What is granted to a guest who was deleted meanwhile lets nobody in.
        grant(&mut tx, &ann.id, space, samples::THEN).await.unwrap();
        assert_eq!(granted(&mut tx, &ann.id, space).await.unwrap(), None);

        assert!(spaces::find_anywhere(&mut tx, space).await.unwrap().is_some());
        accounts::delete_environment(&mut tx, &tenant.environment.id, samples::THEN).await.unwrap();
        assert_eq!(spaces::find_anywhere(&mut tx, space).await.unwrap(), None);
    }
}
