//! What an operator can set. Every setting is a flag and an environment variable, and the comments
//! here are the text of `inlet --help`.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

/// An open, self-hosted data importer and workbook.
#[derive(Debug, Clone, Parser)]
#[command(name = "inlet", version, about)]
pub struct Config {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address and port to serve on; port 0 takes any free one
    #[arg(
        long,
        global = true,
        env = "INLET_LISTEN",
        default_value = "127.0.0.1:3000",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: SocketAddr,

    /// Folder for the SQLite database and the files; made when it is missing
    #[arg(long, global = true, env = "INLET_DATA", default_value = "./data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// PostgreSQL to use instead of SQLite, as postgres://user:password@host/database
    #[arg(long, global = true, env = "INLET_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// Address that people and listeners use, when a proxy stands before this server
    #[arg(long, global = true, env = "INLET_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Key that protects secrets at rest; made and kept in the data folder when not given
    #[arg(long, env = "INLET_SECRET_KEY", value_name = "KEY", hide_env_values = true)]
    pub secret_key: Option<Secret>,

    /// Password of the first administrator, until they choose one; without it, whoever reaches this server may use it
    #[arg(long, env = "INLET_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<Secret>,

    /// Memory for records that were read lately, in MiB
    #[arg(long, env = "INLET_CACHE_MIB", default_value_t = 256, value_name = "MIB", value_parser = value_parser!(u32).range(1..))]
    pub cache_mib: u32,

    /// Days for which old versions of the records are kept
    #[arg(long, env = "INLET_KEEP_DAYS", default_value_t = 30, value_name = "DAYS", value_parser = value_parser!(u32).range(1..))]
    pub keep_days: u32,

    /// Changes of a sheet after which its older versions are forgotten, even when younger
    #[arg(long, env = "INLET_KEEP_CHANGES", default_value_t = 200, value_name = "CHANGES", value_parser = value_parser!(u32).range(1..))]
    pub keep_changes: u32,

    /// Days for which jobs that have ended stay in the history
    #[arg(long, env = "INLET_KEEP_JOB_DAYS", default_value_t = 365, value_name = "DAYS", value_parser = value_parser!(u32).range(1..))]
    pub keep_job_days: u32,

    /// Days for which events stay in the log; for ever when not given. What a webhook or an agent is still to hear of stays
    /// longer
    #[arg(long, env = "INLET_KEEP_EVENT_DAYS", value_name = "DAYS", value_parser = value_parser!(u32).range(1..))]
    pub keep_event_days: Option<u32>,

    /// Let webhooks be sent into private networks, too: to this machine and to addresses such as 10.0.0.1. Without it
    /// only the internet is reached, and this machine when the server listens on a loopback address without a password
    /// and a public address
    #[arg(long, env = "INLET_WEBHOOK_ALLOW_PRIVATE", value_parser = FalseyValueParser::new())]
    pub webhook_allow_private: bool,

    /// Seconds that the receiver of a webhook may take to answer
    #[arg(long, env = "INLET_WEBHOOK_TIMEOUT", default_value_t = 15, value_name = "SECONDS", value_parser = value_parser!(u32).range(1..=30))]
    pub webhook_timeout: u32,

    /// Node.js 18 or newer, which runs agents; looked for in PATH when not given
    #[arg(long, env = "INLET_NODE", value_name = "PROGRAM")]
    pub node: Option<PathBuf>,

    /// Heap of an agent, in MiB; its process may have 256 MiB more
    #[arg(long, env = "INLET_AGENT_MEMORY_MIB", default_value_t = 256, value_name = "MIB", value_parser = value_parser!(u32).range(32..=65_536))]
    pub agent_memory_mib: u32,

    /// Seconds that an agent may take for one event
    #[arg(long, env = "INLET_AGENT_TIMEOUT", default_value_t = 300, value_name = "SECONDS", value_parser = value_parser!(u32).range(1..=1_500))]
    pub agent_timeout: u32,

    /// Most agents that run at the same time; the others take turns
    #[arg(long, env = "INLET_AGENT_PROCESSES", default_value_t = 8, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..=1_000))]
    pub agent_processes: u32,

    /// Mail server that brings invitations, links of guests and links for new passwords, as
    /// smtps://user:password@mail.example.com; without one, people hand the links on themselves
    #[arg(long, env = "INLET_SMTP_URL", value_name = "URL", hide_env_values = true, requires = "mail_from")]
    pub smtp_url: Option<Secret>,

    /// Sender of mails, as "Inlet <inlet@example.com>"
    #[arg(long, env = "INLET_MAIL_FROM", value_name = "ADDRESS", requires = "smtp_url")]
    pub mail_from: Option<String>,

    /// Give up jobs that nobody answers within seconds, and try webhooks again soon, for tests
    #[arg(long, env = "INLET_FAST_TIMEOUTS", value_parser = FalseyValueParser::new())]
    pub fast_timeouts: bool,

    /// What to log: a level, or levels by module as in "info,inlet::jobs=debug"
    #[arg(long, env = "INLET_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// How log lines look
    #[arg(long, env = "INLET_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// How large things may become.
    #[command(flatten)]
    pub limits: LimitSettings,
}

/// What the program does instead of serving.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Print a link by which a person chooses a new password, when nobody else can help them
    ///
    /// The server may run meanwhile. Give the same --data or --database-url, and --public-url, as the server has; the
    /// environment variables count too.
    PasswordLink {
        /// The person's e-mail address; the first administrator when not given
        email: Option<String>,
    },
}

/// How large things may become. Sizes are bytes, or numbers with KiB, MiB or GiB.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitSettings {
    /// Most columns of a sheet or file, 16384 at most
    #[arg(long, env = "INLET_MAX_COLUMNS", default_value_t = 16_384, value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub max_columns: u32,

    /// Most records of a sheet
    #[arg(long, env = "INLET_MAX_ROWS", default_value_t = 10_000_000, value_name = "NUMBER",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub max_rows: u64,

    /// Most bytes of a cell, 1MiB at most
    #[arg(long, env = "INLET_MAX_CELL", default_value = "1MiB", value_name = "SIZE",
        value_parser = |text: &str| size(text, 1 << 20))]
    pub max_cell: u64,

    /// Most bytes of a record or row of a file, 64MiB at most
    #[arg(long, env = "INLET_MAX_ROW", default_value = "64MiB", value_name = "SIZE",
        value_parser = |text: &str| size(text, 64 << 20))]
    pub max_row: u64,

    /// Most bytes of an uploaded file
    #[arg(long, env = "INLET_MAX_FILE", default_value = "2GiB", value_name = "SIZE",
        value_parser = |text: &str| size(text, 1 << 50))]
    pub max_file: u64,

    /// Most bytes of the JSON of an API request, and of a paste, 1GiB at most
    #[arg(long, env = "INLET_MAX_BODY", default_value = "64MiB", value_name = "SIZE",
        value_parser = |text: &str| size(text, 1 << 30))]
    pub max_body: u64,
}

/// Reads a number of bytes.
fn size(text: &str, most: u64) -> Result<u64, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let unit = units.into_iter().find_map(|(name, shift)| Some((text.strip_suffix(name)?, shift)));
    let (number, shift) = unit.unwrap_or((text, 0));
    let bytes = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    match bytes {
        None => Err("write bytes, or a number with KiB, MiB or GiB, such as 512KiB".to_string()),
        Some(bytes) if bytes == 0 || bytes > most => Err(format!("it is from 1 to {most} bytes")),
        Some(bytes) => Ok(bytes),
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line, for machines
    Json,
}

/// A setting that must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_no_setting() {
        let config = Config::try_parse_from(["inlet"]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert!(!config.fast_timeouts && config.database_url.is_none());
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, read) in [
            ("512", Ok(512)),
            ("512KiB", Ok(512 << 10)),
            ("1 MiB", Ok(1 << 20)),
            ("2MiB", Err("it is from 1 to 1048576 bytes")),
            ("0", Err("it is from 1")),
            ("99999999999GiB", Err("write bytes")),
            ("much", Err("write bytes")),
        ] {
            let got = size(text, 1 << 20);
            match read {
                Ok(bytes) => assert_eq!(got, Ok(bytes), "{text}"),
                Err(words) => assert!(got.unwrap_err().starts_with(words), "{text}"),
            }
        }
        assert!(Config::try_parse_from(["inlet", "--max-columns", "16385"]).is_err());
        assert!(Config::try_parse_from(["inlet", "--max-cell", "1KiB", "--max-rows", "5"]).is_ok());
    }

    #[test]
    fn settings_may_stand_before_a_command_and_after_it() {
        for words in [
            &["inlet", "--data", "here", "password-link", "ann@example.com"][..],
            &["inlet", "password-link", "ann@example.com", "--data", "here"],
        ] {
            let config = Config::try_parse_from(words).unwrap();
            assert_eq!(config.data, PathBuf::from("here"));
            let email = Some("ann@example.com".to_string());
            assert_eq!(config.command, Some(Command::PasswordLink { email }));
        }
        assert_eq!(Config::try_parse_from(["inlet"]).unwrap().command, None);
    }

    #[test]
    fn shows_no_secret() {
        let config = Config::try_parse_from(["inlet", "--admin-password", "hunter2"]).unwrap();
        assert_eq!(config.admin_password.as_ref().map(Secret::expose), Some("hunter2"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
