//! An import as the server does it: one thread reads and checks, another encodes and commits.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use inlet::domain::access::Scope;
use inlet::domain::blueprint::SheetConfig;
use inlet::domain::mapping::match_columns;
use inlet::domain::record::{Counts, FieldNumber, RecordKey};
use inlet::domain::validation::FieldChecker;
use inlet::domain::workbook::{Sheet, Workbook};
use inlet::domain::{space::Space, tenant::Account, tenant::Environment};
use inlet::files::{CsvReader, Dialect, SAMPLE_BYTES, sniff};
use inlet::sheets::{ImportBuilder, SegmentDraft, Sheets};
use inlet::store::{self, DatabaseUrl, Db, new_id};

/// Segments in one transaction: 65,536 records.
const SEGMENTS_AT_ONCE: usize = 16;
/// Segments that may wait for the writer.
const WAITING: usize = 4;
const CACHE_BYTES: usize = 64 << 20;
const BY: &str = "us_usr_benchmark0";

/// Whatever went wrong.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Reads the file and nothing else: the rows, and the bytes in their cells.
pub fn read(file: &Path) -> Outcome<(u64, usize)> {
    let mut reader = CsvReader::new(File::open(file)?, &dialect(file)?)?;
    let (mut rows, mut bytes) = (0, 0);
    while let Some(row) = reader.next_row()? {
        rows += 1;
        bytes += row.cells().map(str::len).sum::<usize>();
    }
    Ok((rows, bytes))
}

/// Reads the file and checks every cell by itself: the bad cells of each column.
pub fn check(file: &Path, config: &SheetConfig) -> Outcome<Vec<u64>> {
    let mut reader = CsvReader::new(File::open(file)?, &dialect(file)?)?;
    let checkers: Vec<FieldChecker> = config.fields.iter().map(FieldChecker::new).collect();
    let mut bad = vec![0; checkers.len()];
    let mut messages = Vec::new();
    while let Some(row) = reader.next_row()? {
        for ((checker, text), bad) in checkers.iter().zip(row.cells()).zip(&mut bad) {
            messages.clear();
            checker.check(Some(text).filter(|text| !text.is_empty()), &mut messages);
            *bad += u64::from(!messages.is_empty());
        }
    }
    Ok(bad)
}

fn dialect(file: &Path) -> Outcome<Dialect> {
    let mut sample = Vec::new();
    File::open(file)?.take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    Ok(sniff(&sample, sample.len() < SAMPLE_BYTES))
}

/// An empty sheet in a fresh database.
pub struct Fresh {
    folder: PathBuf,
    db: Db,
    sheets: Sheets,
    sheet: Sheet,
}

impl Fresh {
    /// Makes the database in `folder` in the place of the one before.
    pub async fn new(folder: PathBuf, config: SheetConfig) -> Outcome<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let db = Db::open(&DatabaseUrl::Sqlite(folder.join("inlet.db"))).await?;
        let sheet = place_for(&db, config).await?;
        Ok(Self { folder, db, sheets: Sheets::new(CACHE_BYTES), sheet })
    }

    /// Imports the file: what is readable by everyone when it returns is on the disk.
    pub async fn import(&self, file: &Path) -> Outcome<()> {
        let (send, receive) = sync_channel(WAITING);
        let (path, sheet) = (file.to_path_buf(), self.sheet.clone());
        let reading = std::thread::spawn(move || {
            segments(&path, &sheet, |segment| send.send(segment).map_err(|_| "the writer has stopped".into()))
        });
        let mut waiting = Vec::new();
        loop {
            let segment = tokio::task::block_in_place(|| receive.recv()).ok();
            let is_last = segment.is_none();
            waiting.extend(segment);
            if waiting.len() == SEGMENTS_AT_ONCE || (is_last && !waiting.is_empty()) {
                self.commit(std::mem::take(&mut waiting)).await?;
            }
            if is_last {
                break;
            }
        }
        reading.join().map_err(|_| "the reader has failed")?
    }

    async fn commit(&self, segments: Vec<SegmentDraft>) -> Outcome<()> {
        let mut writer = self.sheets.writer(&self.sheet).await?;
        let mut tx = self.db.write().await?;
        writer.append(&mut tx, BY, None, segments).await?;
        tx.commit().await?;
        writer.publish();
        Ok(())
    }

    /// How many records there are, and the errors of each field.
    pub async fn found(&self) -> Outcome<(Counts, BTreeMap<String, u64>)> {
        let mut tx = self.db.read().await?;
        let scope = Scope::account(self.sheet.account_id.clone());
        let sheet = store::sheets::find(&mut tx, &scope, &self.sheet.id).await?.ok_or("the sheet is gone")?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        Ok((view.counts(), view.errors_by_field(&mut tx).await?))
    }

    /// How many bytes the database has on the disk.
    pub async fn close(self) -> Outcome<u64> {
        self.db.close().await;
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.folder)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }
}

fn segments(file: &Path, sheet: &Sheet, mut send: impl FnMut(SegmentDraft) -> Outcome<()>) -> Outcome<()> {
    let mut reader = CsvReader::new(File::open(file)?, &dialect(file)?)?;
    let columns = match_columns(reader.headers(), &sheet.config.fields).columns;
    let number = |place: usize| {
        sheet.config.fields.get(place).and_then(|field| sheet.field_number(field.key.as_str()))
    };
    let mapping: Vec<Option<FieldNumber>> = columns.into_iter().map(|place| place.and_then(number)).collect();
    let mut builder = ImportBuilder::new(sheet, &mapping);
    while let Some(row) = reader.next_row()? {
        if let Some(segment) = builder.push_row(|column| row.get(column)) {
            send(segment)?;
        }
    }
    builder.finish().map_or(Ok(()), send)
}

/// An account, environment, space, workbook and the empty sheet.
async fn place_for(db: &Db, config: SheetConfig) -> Outcome<Sheet> {
    let now = store::now();
    let account = Account { id: new_id(), name: "Bench".to_string(), created_at: now };
    let environment = Environment {
        id: new_id(),
        account_id: account.id.clone(),
        name: "bench".to_string(),
        is_prod: false,
        guest_authentication: Vec::new(),
        namespaces: Vec::new(),
        metadata: serde_json::Value::Null,
        created_at: now,
        updated_at: now,
    };
    let space = Space {
        id: new_id(),
        account_id: account.id.clone(),
        environment_id: environment.id.clone(),
        name: "Bench".to_string(),
        namespace: None,
        primary_workbook_id: None,
        metadata: None,
        settings: None,
        actions: Vec::new(),
        labels: Vec::new(),
        extra: serde_json::Map::new(),
        created_by: BY.to_string(),
        created_at: now,
        updated_at: now,
        last_activity_at: now,
        archived_at: None,
    };
    let workbook = Workbook {
        id: new_id(),
        account_id: account.id.clone(),
        environment_id: environment.id.clone(),
        space_id: space.id.clone(),
        name: "Bench".to_string(),
        namespace: None,
        labels: Vec::new(),
        actions: Vec::new(),
        settings: None,
        metadata: None,
        extra: serde_json::Map::new(),
        created_at: now,
        updated_at: now,
    };
    let fields = config.fields.iter().zip(1..);
    let mut sheet = Sheet {
        id: new_id(),
        number: 0,
        account_id: account.id.clone(),
        environment_id: environment.id.clone(),
        space_id: space.id.clone(),
        workbook_id: workbook.id.clone(),
        slug: config.slug(),
        position: 0,
        field_numbers: fields.map(|(field, number)| (field.key.to_string(), FieldNumber(number))).collect(),
        config: Arc::new(config),
        record_key: RecordKey(7),
        version: 0,
        counts: Counts::default(),
        importing: None,
        metadata: None,
        created_at: now,
        updated_at: now,
    };
    let mut tx = db.write().await?;
    store::accounts::insert_account(&mut tx, &account).await?;
    store::accounts::insert_environment(&mut tx, &environment).await?;
    store::spaces::insert(&mut tx, &space).await?;
    store::workbooks::insert(&mut tx, &workbook).await?;
    sheet.number = store::sheets::insert(&mut tx, &sheet).await?;
    tx.commit().await?;
    Ok(sheet)
}
