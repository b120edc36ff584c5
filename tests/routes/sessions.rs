//! A session is known at once and ends at once, however often it was asked for.

use crate::{TestApp, on_each_database};

#[tokio::test]
async fn a_session_that_ends_is_nobodys_at_once() {
    on_each_database(async |app: TestApp| {
        let service = &app.service;
        service.set_admin_password("a long password").await.unwrap();
        let (one, other) = (service.sign_in_local().await.unwrap(), service.sign_in_local().await.unwrap());
        for _ in 0..3 {
            for session in [&one, &other] {
                let (actor, user) = service.actor_of_session(&session.token).await.unwrap().unwrap();
                assert_eq!((actor.id.as_str(), &user), (session.user.id.to_string().as_str(), &session.user));
            }
        }
        service.sign_out(&one.token).await.unwrap();
        assert!(service.actor_of_session(&one.token).await.unwrap().is_none());
        assert!(service.actor_of_session(&other.token).await.unwrap().is_some());
    })
    .await;
}
