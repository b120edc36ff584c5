//! People: invited, given roles, changed, deleted.

use serde_json::{Value, json};

use crate::auth::{admin, signed_in};
use crate::fixtures::{contacts, text};
use crate::presence::{other_account, own_account};
use crate::{Answer, TestApp, on_each_database};

pub const PASSWORD: &str = "another long password";

/// The API as somebody uses it.
pub struct As<'a>(pub &'a TestApp, pub String);

impl As<'_> {
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.0.call_as(&self.1, method, path, &body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }
}

pub async fn as_admin(app: &TestApp) -> As<'_> {
    As(app, admin(app).await)
}

/// The id of a role.
async fn role(admin: &As<'_>, name: &str) -> String {
    let roles = admin.get("/v1/roles").await.data();
    text(roles.as_array().unwrap().iter().find(|role| role["name"] == name).unwrap(), "id")
}

/// Invites somebody; the answer.
pub async fn invited(admin: &As<'_>, email: &str, role_name: &str, resource: &str) -> Value {
    let roles = json!([{ "roleId": role(admin, role_name).await, "resourceId": resource }]);
    let body = json!({ "email": email, "name": "Somebody", "actorRoles": roles });
    admin.post("/v1/users/invite", body).await.data()
}

pub fn token_of(link: &str) -> String {
    link.split_once("/invitation#").unwrap().1.to_string()
}

pub async fn account(admin: &As<'_>) -> String {
    text(&admin.get("/v1/accounts/current").await.data(), "id")
}

/// Invites somebody who comes at once; their id and their access token.
pub async fn joined<'a>(
    app: &'a TestApp,
    admin: &As<'_>,
    email: &str,
    role: &str,
    resource: &str,
) -> (String, As<'a>) {
    let made = invited(admin, email, role, resource).await;
    app.service.accept_invitation(&token_of(&text(&made, "link")), "Somebody", PASSWORD).await.unwrap();
    let body = json!({ "email": email, "password": PASSWORD });
    let token = text(&app.call_as("", "POST", "/v1/auth", &body).await.json(), "accessToken");
    (text(&made, "id"), As(app, token))
}

#[tokio::test]
async fn somebody_is_invited_comes_and_is_deleted() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let made = invited(&admin, "Ann@Example.COM", "Member", &account).await;
        assert_eq!((&made["email"], &made["name"]), (&json!("ann@example.com"), &json!("Somebody")));
        assert_eq!((&made["accountId"], &made["metadata"]), (&json!(account), &json!({})));
        assert_eq!(made["actorRoles"][0]["resourceId"], json!(account));
        let (id, link) = (text(&made, "id"), text(&made, "link"));
        assert!(link.starts_with("http://inlet.test/invitation#in_"), "{link}");

        // Before they came, nobody signs in as them; a second invitation ends the first.
        let sign_in = json!({ "email": "ann@example.com", "password": "" });
        app.call_as("", "POST", "/v1/auth", &sign_in).await.refused(400);
        let again = admin.post(&format!("/v1/users/{id}/resend-invite"), Value::Null).await.data();
        assert_eq!(again["success"], json!(true));
        let service = &app.service;
        assert!(service.accept_invitation(&token_of(&link), "Ann", PASSWORD).await.is_err());
        let token = token_of(&text(&again, "link"));
        for (name, password) in [("", PASSWORD), ("Ann\nBcc: x", PASSWORD), ("Ann", "too short")] {
            assert!(service.accept_invitation(&token, name, password).await.is_err(), "{name:?} {password}");
        }
        service.accept_invitation(&token, "Ann", PASSWORD).await.unwrap();
        assert!(service.accept_invitation(&token, "Ann", PASSWORD).await.is_err(), "it can be used once");
        admin.post(&format!("/v1/users/{id}/resend-invite"), Value::Null).await.refused(409);

        let sign_in = json!({ "email": "ANN@example.com", "password": PASSWORD });
        let grant = app.call_as("", "POST", "/v1/auth", &sign_in).await.json();
        let ann = As(&app, text(&grant, "accessToken"));
        let pat = ann.post("/v1/auth/personal-access-tokens", json!({ "name": "Mine" })).await.data();
        let pat = As(&app, text(&pat, "token"));
        assert_eq!(pat.get(&format!("/v1/users/{id}")).await.data()["name"], json!("Ann"));
        let session = service.sign_in("ann@example.com", PASSWORD, None).await.unwrap();
        assert!(service.actor_of_session(&session.token).await.unwrap().is_some());
        service.write_uses().await.unwrap();
        assert!(admin.get(&format!("/v1/users/{id}")).await.data()["lastSeenAt"].is_string());

        // With the person end their sessions and tokens, at once.
        admin.call("DELETE", &format!("/v1/users/{id}"), Value::Null).await.data();
        for gone in [&ann, &pat] {
            gone.get("/v1/accounts/current").await.refused(401);
        }
        assert!(service.actor_of_session(&session.token).await.unwrap().is_none());
        app.call_as("", "POST", "/v1/auth", &sign_in).await.refused(401);
        admin.get(&format!("/v1/users/{id}")).await.refused(404);
        admin.call("DELETE", &format!("/v1/users/{id}"), Value::Null).await.refused(404);
        assert_eq!(admin.get("/v1/users?search=ann").await.data(), json!([]));

        // Whoever comes back is the same person, without what they had.
        let back = invited(&admin, "ann@example.com", "Member", &account).await;
        assert_eq!(back["id"], json!(id));
        app.call_as("", "POST", "/v1/auth", &sign_in).await.refused(401);
        pat.get("/v1/accounts/current").await.refused(401);
    })
    .await;
}

#[tokio::test]
async fn people_are_listed_and_changed() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let (ann, as_ann) = joined(&app, &admin, "ann@example.com", "Member", &account).await;
        let zoe = text(&invited(&admin, "zoe_1@example.com", "Member", &account).await, "id");

        let change = json!({ "name": "Änne", "dashboard": 3 });
        let changed = as_ann.call("PATCH", &format!("/v1/users/{ann}"), change).await.data();
        assert_eq!((&changed["name"], &changed["dashboard"]), (&json!("Änne"), &json!(3)));
        as_ann.call("PATCH", &format!("/v1/users/{zoe}"), json!({ "name": "x" })).await.refused(403);
        let changed =
            admin.call("PATCH", &format!("/v1/users/{ann}"), json!({ "dashboard": null })).await.data();
        assert_eq!((&changed["name"], changed.get("dashboard")), (&json!("Änne"), None));
        for bad in [json!({ "name": " " }), json!({ "name": "x".repeat(201) }), json!({ "name": 5 })] {
            let message = admin.call("PATCH", &format!("/v1/users/{ann}"), bad).await.refused(400);
            assert!(message.contains("name"), "{message}");
        }

        let names = async |query: &str| {
            let listed = admin.get(&format!("/v1/users?{query}")).await.data();
            let names = listed.as_array().unwrap().iter().map(|user| text(user, "email").remove(0));
            names.collect::<String>()
        };
        // a: admin@localhost and ann, z: zoe.
        for (query, found) in [
            ("", "aaz"),
            ("email=ZOE_1@example.com", "z"),
            ("search=%C3%84NN", "a"),
            ("search=e_1", "z"),
            ("search=%25", ""),
            ("sortField=email&sortDirection=desc", "zaa"),
            ("sortField=lastSeenAt&sortDirection=asc", "zaa"),
            ("sortField=createdAt&sortDirection=desc", "zaa"),
            ("pageSize=1&pageNumber=3", "z"),
        ] {
            app.service.write_uses().await.unwrap();
            assert_eq!(names(query).await, found, "{query}");
        }
        let listed = app.get("/v1/users?pageSize=2").await.json();
        assert_eq!(listed["pagination"], json!({ "currentPage": 1, "pageCount": 2, "totalCount": 3 }));
        let message = admin.get("/v1/users?sortField=shoeSize").await.refused(400);
        assert!(message.contains("shoeSize"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn bad_invitations_are_named() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let (account, member) = (account(&admin).await, role(&admin, "Member").await);
        let one = json!({ "roleId": member, "resourceId": account });
        let invite = async |email: &str, roles: Value| {
            let body = json!({ "email": email, "name": "Bob", "actorRoles": roles });
            admin.post("/v1/users/invite", body).await
        };
        let foreign = json!({ "roleId": "us_rol_00000000", "resourceId": account });
        let nothing = json!({ "roleId": member, "resourceId": "us_wb_00000000" });
        for (email, roles, word) in [
            ("no address", json!([one]), "email"),
            ("a@b.example\r\nBcc: c@d.example", json!([one]), "email"),
            ("bob@example.com", json!([]), "actorRoles"),
            ("bob@example.com", json!([one, one]), "actorRoles"),
            ("bob@example.com", json!([foreign]), "roleId"),
            ("bob@example.com", json!([nothing]), "resourceId"),
            ("bob@example.com", json!([{ "roleId": member }]), "resourceId"),
        ] {
            let message = invite(email, roles).await.refused(400);
            assert!(message.contains(word), "{message}");
        }
        let absent = json!([{ "roleId": member, "resourceId": "us_env_00000000" }]);
        invite("bob@example.com", absent).await.refused(404);
        assert_eq!(admin.get("/v1/users").await.data().as_array().unwrap().len(), 1, "nobody was made");
        invite("bob@example.com", json!([one])).await.data();
        assert!(invite("BOB@example.com", json!([one])).await.refused(409).contains("bob@example.com"));
        // A key of one environment does not invite.
        app.post("/v1/users/invite", json!({ "email": "c@d.example", "name": "C", "actorRoles": [one] }))
            .await
            .refused(403);
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let me = text(&admin.get("/v1/users?email=admin@localhost").await.data()[0], "id");
        let mine = text(&admin.get(&format!("/v1/users/{me}/roles")).await.data()[0], "id");
        // One who has not come yet, and one of an environment, are no help.
        invited(&admin, "soon@example.com", "Admin", &account).await;
        joined(&app, &admin, "part@example.com", "Admin", &app.environment_id).await;
        for path in [format!("/v1/users/{me}"), format!("/v1/users/{me}/roles/{mine}")] {
            assert!(admin.call("DELETE", &path, Value::Null).await.refused(409).contains("last admin"));
        }
        let (_, second) = joined(&app, &admin, "second@example.com", "Admin", &account).await;
        second.call("DELETE", &format!("/v1/users/{me}/roles/{mine}"), Value::Null).await.data();
        // Without a role they are nobody, and not an admin any more when they have another.
        admin.get("/v1/accounts/current").await.refused(401);
        let member = json!({ "roleId": role(&second, "Member").await, "resourceId": account });
        second.post(&format!("/v1/users/{me}/roles"), member).await.data();
        admin
            .post("/v1/users/invite", json!({ "email": "a@b.example", "name": "A", "actorRoles": [] }))
            .await
            .refused(403);
        // The password of the settings is that of the first who is an admin still, unless they chose one.
        app.service.set_admin_password("the third password").await.unwrap();
        assert!(app.service.sign_in("second@example.com", "the third password", None).await.is_err());
        assert!(app.service.sign_in("second@example.com", PASSWORD, None).await.is_ok());
        assert_eq!(app.service.sign_in_local().await.unwrap().user.email, "second@example.com");
    })
    .await;
}

#[tokio::test]
async fn who_has_a_role_for_a_part_sees_that_part() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let (mine, other) = (contacts(&app).await, contacts(&app).await);
        let (_, of_space) = joined(&app, &admin, "space@example.com", "Member", &mine.space).await;
        let (_, rules_space) = joined(&app, &admin, "boss@example.com", "Admin", &mine.space).await;
        let (id, of_environment) =
            joined(&app, &admin, "env@example.com", "Admin", &app.environment_id).await;

        for person in [&of_space, &rules_space] {
            person.get(&format!("/v1/sheets/{}/records", mine.sheet)).await.data();
            assert_eq!(person.get("/v1/spaces").await.data().as_array().unwrap().len(), 1);
            for foreign in [
                format!("/v1/spaces/{}", other.space),
                format!("/v1/sheets/{}/records", other.sheet),
                format!("/v1/workbooks?spaceId={}", other.space),
                format!("/v1/subscription?scope={}", other.space),
            ] {
                person.get(&foreign).await.refused(404);
            }
            // Nothing of the environment around it: its keys, its events, other spaces.
            for (method, path, body) in [
                ("GET", format!("/v1/environments/{}", app.environment_id), Value::Null),
                ("GET", format!("/v1/auth/api-keys?environmentId={}", app.environment_id), Value::Null),
                ("GET", format!("/v1/subscription?scope={}", app.environment_id), Value::Null),
                ("POST", "/v1/spaces".to_string(), json!({ "environmentId": app.environment_id })),
                (
                    "POST",
                    "/v1/users/invite".to_string(),
                    json!({ "email": "x@y.example", "name": "X", "actorRoles": [] }),
                ),
            ] {
                person.call(method, &path, body).await.refused(403);
            }
            let events = person.get("/v1/events?pageSize=100").await.data();
            assert!(
                events
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|event| event["context"]["spaceId"] == json!(mine.space))
            );
            assert_eq!(person.get("/v1/users").await.data().as_array().unwrap().len(), 1, "themselves");
            person.get(&format!("/v1/users/{id}")).await.refused(404);
        }

        let neighbour = app.neighbours_key().await;
        let foreign = app.call_as(&neighbour, "POST", "/v1/spaces", &json!({ "name": "Other" })).await.data();
        of_environment.get(&format!("/v1/spaces/{}", text(&foreign, "id"))).await.refused(404);
        assert_eq!(of_environment.get("/v1/spaces").await.data().as_array().unwrap().len(), 2);
        assert_eq!(of_environment.get("/v1/environments").await.data().as_array().unwrap().len(), 1);
        of_environment.get(&format!("/v1/auth/api-keys?environmentId={}", app.environment_id)).await.data();
        let everything = json!([{ "roleId": role(&admin, "Admin").await, "resourceId": account }]);
        let body = json!({ "email": "x@y.example", "name": "X", "actorRoles": everything });
        of_environment.post("/v1/users/invite", body).await.refused(403);
        of_environment.post(&format!("/v1/users/{id}/roles"), everything[0].clone()).await.refused(403);
        of_environment
            .post("/v1/environments", json!({ "name": "mine", "isProd": false }))
            .await
            .refused(403);
    })
    .await;
}

#[tokio::test]
async fn a_person_has_one_role() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let account = account(&admin).await;
        let roles = admin.get("/v1/roles").await.data();
        let names: Vec<_> = roles.as_array().unwrap().iter().map(|role| text(role, "name")).collect();
        assert_eq!(
            (names.join(", ").as_str(), &roles[0]["accountId"]),
            ("Admin, Member, Guest editor, Guest viewer", &json!(account))
        );
        let (id, person) = joined(&app, &admin, "ann@example.com", "Member", &account).await;
        let path = format!("/v1/users/{id}/roles");
        let has = admin.get(&path).await.data();
        assert_eq!((&has[0]["actorId"], &has[0]["roleId"]), (&json!(id), &roles[1]["id"]));
        let wanted = json!({ "roleId": roles[0]["id"], "resourceId": app.environment_id });
        let message = admin.post(&path, wanted.clone()).await.refused(400);
        assert!(message.contains("one role") && message.contains(&text(&has[0], "id")), "{message}");
        person.post(&path, wanted.clone()).await.refused(403);
        admin.call("DELETE", &format!("{path}/us_acr_00000000"), Value::Null).await.refused(404);
        admin.call("DELETE", &format!("{path}/{}", text(&has[0], "id")), Value::Null).await.data();
        assert_eq!(admin.get(&path).await.data(), json!([]));
        person.get("/v1/spaces").await.refused(401);
        let given = admin.post(&path, wanted).await.data();
        assert_eq!(given["resourceId"], json!(app.environment_id));
        person.get(&format!("/v1/auth/api-keys?environmentId={}", app.environment_id)).await.data();
    })
    .await;
}

#[tokio::test]
async fn the_people_of_another_account_are_not_there() {
    on_each_database(async |app: TestApp| {
        let admin = as_admin(&app).await;
        let me = text(&admin.get("/v1/users").await.data()[0], "id");
        let mine = text(&admin.get(&format!("/v1/users/{me}/roles")).await.data()[0], "id");
        let stranger = other_account(&app).await;
        let member = As(&app, signed_in(&app, &own_account(&app).await, "Member").await);
        let strange = As(&app, signed_in(&app, &stranger, "Stranger").await);
        assert_eq!(strange.get("/v1/users").await.data().as_array().unwrap().len(), 1);
        strange.get(&format!("/v1/users/{me}")).await.refused(404);
        strange.get(&format!("/v1/users/{me}/roles")).await.refused(404);
        make_admin(&app, &strange).await;
        for (method, path, body) in [
            ("PATCH", format!("/v1/users/{me}"), json!({ "name": "taken over" })),
            ("DELETE", format!("/v1/users/{me}"), Value::Null),
            ("POST", format!("/v1/users/{me}/resend-invite"), Value::Null),
            ("POST", format!("/v1/users/{me}/roles"), json!({ "roleId": "x", "resourceId": "y" })),
            ("DELETE", format!("/v1/users/{me}/roles/{mine}"), Value::Null),
        ] {
            // A member may do none of it, and an admin of another account finds nobody.
            member.call(method, &path, body.clone()).await.refused(403);
            strange.call(method, &path, body).await.refused(404);
        }
        assert_eq!(admin.get(&format!("/v1/users/{me}")).await.data()["name"], json!("Admin"));
    })
    .await;
}

/// Makes the person of a token an admin of their account.
async fn make_admin(app: &TestApp, person: &As<'_>) {
    use inlet::domain::tenant::{ActorRole, UserRole};
    use inlet::store::roles;
    let id = text(&person.get("/v1/users").await.data()[0], "id");
    let mut tx = app.service.db.write().await.unwrap();
    let role = roles::of_actor(&mut tx, &id).await.unwrap().unwrap();
    roles::delete(&mut tx, &role.id).await.unwrap();
    roles::insert(&mut tx, &ActorRole { role: UserRole::Admin, ..role }).await.unwrap();
    tx.commit().await.unwrap();
}
