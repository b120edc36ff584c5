//! Things to put into a database, with every member filled in.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, from_value, json};

use crate::domain::access::Scope;
use crate::domain::event::{NewEvent, Topic};
use crate::domain::file::{File, FileMode, FileStatus};
use crate::domain::job::{Job, JobMode, JobStatus, JobTrigger, JobType, PartExecution};
use crate::domain::origin::Origin;
use crate::domain::outcome::Outcome;
use crate::domain::record::{Counts, FieldNumber, RecordKey};
use crate::domain::space::{Inherited, Space};
use crate::domain::tenant::{Account, Environment};
use crate::domain::time::Timestamp;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::{self, Db, new_id};

/// The moment at which samples were made.
pub const THEN: Timestamp = Timestamp(1_700_000_000_000);

/// An account with one environment, space, workbook, sheet and file.
pub struct Tenant {
    pub account: Account,
    pub environment: Environment,
    pub space: Space,
    pub workbook: Workbook,
    pub sheet: Sheet,
    pub file: File,
}

impl Tenant {
    /// Everything that the tenant has.
    pub fn scope(&self) -> Scope {
        Scope::account(self.account.id.clone())
    }

    /// A job about its sheet that has just become ready.
    pub fn job(&self) -> Job {
        Job {
            id: new_id(),
            job_type: JobType::Sheet,
            operation: "submit".to_string(),
            source: self.sheet.id.to_string(),
            destination: Some(self.workbook.id.to_string()),
            environment_id: self.environment.id.clone(),
            space_id: Some(self.space.id.clone()),
            workbook_id: Some(self.workbook.id.clone()),
            sheet_id: Some(self.sheet.id.clone()),
            file_id: Some(self.file.id.clone()),
            config: Some(json!({"options": [1]})),
            trigger: JobTrigger::Immediate,
            status: JobStatus::Ready,
            progress: 0,
            info: Some("soon".to_string()),
            mode: JobMode::ToolbarBlocking,
            input: Some(object(json!({"reason": "why"}))),
            subject: from_value(
                json!({"type": "collection", "resource": "records", "query": {"filter": "error"}}),
            )
            .unwrap(),
            outcome: Some(Outcome::saying("done")),
            managed: true,
            label: Some("Submit".to_string()),
            metadata: Some(json!({"a": 1})),
            parent_id: None,
            parent_attempt: None,
            part: Some(2),
            part_data: Some(object(json!({"from": 5}))),
            part_execution: Some(PartExecution::Sequential),
            parts_ended_at: None,
            predecessor_ids: vec![new_id()],
            result: Some(json!({"rows": 1})),
            attempt: 0,
            created_by: "us_usr_00000000".to_string(),
            created_at: THEN,
            updated_at: THEN,
            started_at: None,
            finished_at: None,
            outcome_acknowledged_at: Some(THEN),
            estimated_completion_at: Some(THEN),
        }
    }

    /// An event of its space.
    pub fn event(&self, topic: Topic) -> NewEvent {
        NewEvent {
            topic,
            environment_id: self.environment.id.clone(),
            space_id: Some(self.space.id.clone()),
            context: object(json!({"sheetId": self.sheet.id})),
            payload: object(json!({"count": 1})),
            data_path: Some(format!("/v1/sheets/{}/records", self.sheet.id)),
            namespaces: vec!["space:red".to_string()],
        }
    }
}

/// Puts a tenant into the database.
pub async fn tenant(db: &Db) -> Tenant {
    let account = Account {
        id: new_id(),
        name: "Acme".to_string(),
        default_app_id: None,
        created_at: THEN,
        updated_at: THEN,
    };
    let environment = environment(&account);
    let space = space(&environment);
    let workbook = workbook(&space);
    let mut sheet = sheet(&workbook, "people", &["name", "email", "age"]);
    let file = file(&space);
    let mut tx = db.write().await.unwrap();
    store::accounts::insert_account(&mut tx, &account).await.unwrap();
    store::accounts::insert_environment(&mut tx, &environment).await.unwrap();
    store::spaces::insert(&mut tx, &space).await.unwrap();
    store::workbooks::insert(&mut tx, &workbook).await.unwrap();
    sheet.number = store::sheets::insert(&mut tx, &sheet).await.unwrap();
    store::files::insert(&mut tx, &file).await.unwrap();
    tx.commit().await.unwrap();
    Tenant { account, environment, space, workbook, sheet, file }
}

/// An environment that is not in the database yet.
pub fn environment(account: &Account) -> Environment {
    Environment {
        id: new_id(),
        account_id: account.id.clone(),
        name: "development".to_string(),
        is_prod: false,
        guest_authentication: vec!["shared_link".to_string()],
        namespaces: vec!["red".to_string()],
        metadata: json!({"theme": {"root": {}}}),
        translations_path: Some("/words".to_string()),
        language_override: Some("fr".to_string()),
        embed_origins: vec![Origin::parse("https://example.com").unwrap()],
        created_at: THEN,
        updated_at: THEN,
    }
}

/// A space that is not in the database yet.
pub fn space(environment: &Environment) -> Space {
    Space {
        id: new_id(),
        account_id: environment.account_id.clone(),
        environment_id: environment.id.clone(),
        name: "Import of Köln".to_string(),
        namespace: Some("red".to_string()),
        app_id: None,
        is_app_template: true,
        primary_workbook_id: Some(new_id()),
        metadata: Some(json!({"userInfo": {"name": "Ann"}})),
        settings: Some(json!({"omitActions": true})),
        actions: from_value(json!([{"operation": "close", "label": "Close"}])).unwrap(),
        labels: vec!["embedded".to_string()],
        extra: object(json!({"languageOverride": "de"})),
        created_by: "us_usr_00000000".to_string(),
        created_by_name: None,
        inherited: Inherited::from(environment),
        created_at: THEN,
        updated_at: THEN,
        last_activity_at: THEN,
        archived_at: None,
        expired_at: None,
    }
}

/// A workbook that is not in the database yet.
pub fn workbook(space: &Space) -> Workbook {
    Workbook {
        id: new_id(),
        account_id: space.account_id.clone(),
        environment_id: space.environment_id.clone(),
        space_id: space.id.clone(),
        name: "Contacts".to_string(),
        namespace: Some("blue".to_string()),
        labels: vec!["primary".to_string()],
        actions: from_value(json!([{"operation": "submit", "label": "Submit", "primary": true}])).unwrap(),
        settings: Some(json!({"trackChanges": true})),
        metadata: Some(json!([1, 2])),
        extra: object(json!({"folder": "x"})),
        created_at: THEN,
        updated_at: THEN,
        expired_at: None,
    }
}

/// An empty sheet of texts that is not in the database yet; its fields are numbered from 1.
pub fn sheet(workbook: &Workbook, slug: &str, keys: &[&str]) -> Sheet {
    let fields: Vec<Value> = keys.iter().map(|key| json!({"key": key, "type": "string"})).collect();
    Sheet {
        id: new_id(),
        number: 0,
        account_id: workbook.account_id.clone(),
        environment_id: workbook.environment_id.clone(),
        space_id: workbook.space_id.clone(),
        workbook_id: workbook.id.clone(),
        slug: slug.to_string(),
        position: 0,
        config: Arc::new(from_value(json!({"name": slug, "slug": slug, "fields": fields})).unwrap()),
        field_numbers: (1..)
            .map(FieldNumber)
            .zip(keys)
            .map(|(number, key)| (key.to_string(), number))
            .collect::<BTreeMap<_, _>>(),
        record_key: RecordKey(u64::MAX - 1),
        version: 0,
        layout: 0,
        counts: Counts::default(),
        importing: None,
        tracks_changes: workbook.tracks_changes(),
        metadata: Some(json!({"b": 2})),
        namespace: Some("green".to_string()),
        lock: None,
        created_from: Some(new_id()),
        created_at: THEN,
        updated_at: THEN,
        whereabouts: Arc::new(
            Whereabouts::in_space("Import of Köln", &["red"]).in_workbook("Contacts", Some("blue")),
        ),
    }
}

/// A file that is not in the database yet.
pub fn file(space: &Space) -> File {
    File {
        id: new_id(),
        account_id: space.account_id.clone(),
        environment_id: space.environment_id.clone(),
        space_id: space.id.clone(),
        name: "contacts.csv".to_string(),
        mimetype: "text/csv".to_string(),
        encoding: "utf-8".to_string(),
        status: FileStatus::Partial,
        mode: FileMode::Import,
        size: 5_000_000_000,
        workbook_id: Some(new_id()),
        sheet_id: Some(new_id()),
        actions: from_value(json!([{"operation": "extract", "label": "Extract"}])).unwrap(),
        extra: object(json!({"origin": "filesystem"})),
        created_by: "us_usr_00000000".to_string(),
        created_at: THEN,
        updated_at: THEN,
        expired_at: None,
    }
}

fn object(value: Value) -> Map<String, Value> {
    from_value(value).unwrap()
}
