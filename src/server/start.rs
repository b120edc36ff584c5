//! Opens the data: folder, lock, database, keys, demo; each failure says what to do.

use std::path::PathBuf;
use std::sync::Arc;

use super::keys_file;
use super::state::Trust;
use crate::config::{Config, LimitSettings};
use crate::domain::limits::Limits;
use crate::domain::webhook::reach::Reach;
use crate::domain::webhook::schedule::Schedule;
use crate::files::FileStore;
use crate::jobs;
use crate::service::bootstrap::system_actor;
use crate::service::settings::MailServer;
use crate::service::{Agents, Retention, Secrets, Service, ServiceError, Settings, Timeouts, Webhooks};
use crate::sheets::Sheets;
use crate::store::{DataLock, DatabaseUrl, Db, LockError, StoreError};

/// The SQLite database in the folder.
const DATABASE: &str = "inlet.db";

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written to.
    #[error("cannot use the data folder {}: {reason}. Choose another: inlet --data FOLDER", .folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Another process has it open.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The database cannot be opened.
    #[error("cannot open the database")]
    Database(#[from] StoreError),
    /// Others can reach the server, and nobody would be asked for a password.
    #[error(
        "{0} can be reached from other machines, so an administrator's password is needed: \
         set INLET_ADMIN_PASSWORD, or listen on 127.0.0.1 only"
    )]
    PasswordNeeded(std::net::SocketAddr),
    /// Mails cannot be sent as the settings say.
    #[error("{0}")]
    Mail(String),
    /// A command is to work on data that are not there.
    #[error("there is no database of Inlet in {}. Name the folder that the server has: --data FOLDER", .0.display())]
    NoData(PathBuf),
    /// There is no such person.
    #[error(transparent)]
    Nobody(ServiceError),
    /// The first things could not be made.
    #[error("cannot prepare the data")]
    Prepare(#[from] ServiceError),
}

/// Everything that the server serves.
pub struct Opened {
    /// The product.
    pub service: Arc<Service>,
    /// Who is signed in without a password.
    pub trust: Trust,
    /// Where the API keys stand.
    pub keys: PathBuf,
    /// Held as long as the server runs.
    pub lock: DataLock,
}

/// Opens the data of `config` for a server that people reach at `public_url`.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(config: &Config, public_url: &str) -> Result<Opened, OpenError> {
    let trust = if config.listen.ip().is_loopback() && config.admin_password.is_none() {
        Trust::Loopback
    } else {
        Trust::Nobody
    };
    if trust == Trust::Nobody && config.admin_password.is_none() {
        return Err(OpenError::PasswordNeeded(config.listen));
    }
    let unusable = |reason| OpenError::Folder { folder: config.data.clone(), reason };
    std::fs::create_dir_all(&config.data).map_err(unusable)?;
    let lock = DataLock::acquire(&config.data)?;
    let service = service(config, public_url).await?;
    service.files.prepare().await.map_err(|error| unusable(std::io::Error::other(error)))?;
    let keys = config.data.join(keys_file::KEYS_FILE);
    let environment = service.ensure_account().await?;
    if !keys.exists() {
        let made = service.create_keys(&environment.id).await?;
        keys_file::write_keys(&config.data, public_url, &made).map_err(unusable)?;
    }
    if let Some(password) = &config.admin_password {
        service.set_admin_password(password.expose()).await?;
    }
    service.ensure_demo(&environment).await?;
    service.recover(&system_actor(&environment)?, config.database_url.is_none()).await?;
    Ok(Opened { service: Arc::new(service), trust, keys, lock })
}

/// A link by which a person chooses a password, and who they are: the one with that address, or the first
/// administrator. The server of these data may run meanwhile.
///
/// # Errors
/// When there are no data, or nobody of that address. See [`OpenError`].
pub async fn password_link(config: &Config, email: Option<&str>) -> Result<(String, String), OpenError> {
    if config.database_url.is_none() && !config.data.join(DATABASE).exists() {
        return Err(OpenError::NoData(config.data.clone()));
    }
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let service = service(config, &public_url).await?;
    let (user, link) = service.rescue_link(email).await.map_err(OpenError::Nobody)?;
    service.db.close().await;
    Ok((user.email, link))
}

/// The product over the data of `config`, which another process may have open.
async fn service(config: &Config, public_url: &str) -> Result<Service, OpenError> {
    let unusable = |reason| OpenError::Folder { folder: config.data.clone(), reason };
    let secret_key = config.secret_key.as_ref().map(|secret| secret.expose());
    let secrets = Secrets::new(keys_file::server_key(&config.data, secret_key).map_err(unusable)?);
    let url = match &config.database_url {
        Some(url) => DatabaseUrl::Postgres(url.expose().to_string()),
        None => DatabaseUrl::Sqlite(config.data.join(DATABASE)),
    };
    let db = Db::open(&url).await?;
    let limits = limits(&config.limits);
    let mail = mail_server(config);
    mail.as_ref().map_or(Ok(()), jobs::mail::check).map_err(OpenError::Mail)?;
    let files = FileStore::new(&config.data).with_most_bytes(limits.file_bytes);
    let settings = Settings {
        public_url: public_url.trim_end_matches('/').to_string(),
        timeouts: if config.fast_timeouts { Timeouts::FAST } else { Timeouts::NORMAL },
        limits,
        retention: Retention {
            days: config.keep_days,
            changes: config.keep_changes,
            job_days: config.keep_job_days,
            event_days: config.keep_event_days,
        },
        webhooks: webhooks(config),
        agents: agents(config),
        mail,
    };
    let sheets = Sheets::with_most_records((config.cache_mib as usize) << 20, limits.rows);
    Ok(Service::new(db, sheets, files, settings, secrets))
}

/// A server that only this machine reaches may reach this machine. One behind a proxy is reached by others.
fn webhooks(config: &Config) -> Webhooks {
    let alone =
        config.listen.ip().is_loopback() && config.public_url.is_none() && config.admin_password.is_none();
    let reach = match (config.webhook_allow_private, alone) {
        (true, _) => Reach::Anywhere,
        (false, true) => Reach::Loopback,
        (false, false) => Reach::Public,
    };
    let normal = Schedule { timeout: i64::from(config.webhook_timeout) * 1_000, ..Schedule::NORMAL };
    Webhooks { schedule: if config.fast_timeouts { Schedule::FAST } else { normal }, reach }
}

fn agents(config: &Config) -> Agents {
    let normal = Agents { timeout: i64::from(config.agent_timeout) * 1_000, ..Agents::NORMAL };
    Agents {
        node: config.node.clone(),
        memory_mib: config.agent_memory_mib,
        processes: config.agent_processes as usize,
        ..if config.fast_timeouts { Agents::FAST } else { normal }
    }
}

fn mail_server(config: &Config) -> Option<MailServer> {
    let (url, from) = config.smtp_url.as_ref().zip(config.mail_from.clone())?;
    let first_wait = if config.fast_timeouts { 1_000 } else { 60_000 };
    Some(MailServer { url: url.expose().to_string(), from, first_wait })
}

fn limits(settings: &LimitSettings) -> Limits {
    let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    Limits {
        columns: settings.max_columns as usize,
        cell_bytes: bytes(settings.max_cell),
        row_bytes: bytes(settings.max_row),
        rows: settings.max_rows,
        file_bytes: settings.max_file,
        body_bytes: bytes(settings.max_body),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn webhooks_reach_this_machine_only_from_a_server_that_nobody_else_reaches() {
        for (arguments, reach) in [
            (&["inlet"][..], Reach::Loopback),
            (&["inlet", "--public-url", "https://inlet.example.com"], Reach::Public),
            (&["inlet", "--admin-password", "hunter2"], Reach::Public),
            (&["inlet", "--listen", "0.0.0.0:80"], Reach::Public),
            (&["inlet", "--listen", "0.0.0.0:80", "--webhook-allow-private"], Reach::Anywhere),
        ] {
            assert_eq!(webhooks(&Config::try_parse_from(arguments).unwrap()).reach, reach, "{arguments:?}");
        }
        let slow = Config::try_parse_from(["inlet", "--webhook-timeout", "30"]).unwrap();
        assert_eq!(webhooks(&slow).schedule.timeout, 30_000);
    }

    #[test]
    fn agents_are_run_as_the_settings_say() {
        let read = |arguments: &[&str]| agents(&Config::try_parse_from(arguments).unwrap());
        assert_eq!(read(&["inlet"]), Agents::NORMAL);
        let words = ["inlet", "--agent-timeout", "7", "--agent-memory-mib", "64", "--node", "/opt/node"];
        let own = read(&words);
        assert_eq!((own.timeout, own.memory_mib), (7_000, 64));
        assert_eq!(own.node.as_deref(), Some(std::path::Path::new("/opt/node")));
        assert!(Config::try_parse_from(["inlet", "--agent-timeout", "1501"]).is_err());
    }

    #[test]
    fn the_standard_limits_are_those_of_the_help() {
        let config = Config::try_parse_from(["inlet"]).unwrap();
        assert_eq!(limits(&config.limits), Limits::default());
    }
}
