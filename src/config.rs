//! What an operator can set. Every setting is a flag and an environment variable, and the comments
//! here are the text of `inlet --help`.

use std::{fmt, net::SocketAddr, path::PathBuf};

use clap::{Parser, ValueEnum, builder::FalseyValueParser};

/// An open, self-hosted data importer and workbook.
#[derive(Debug, Clone, Parser)]
#[command(name = "inlet", version, about)]
pub struct Config {
    /// Address and port to serve on; port 0 takes any free one
    #[arg(long, env = "INLET_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// Folder for the SQLite database and the files; made when it is missing
    #[arg(long, env = "INLET_DATA", default_value = "./data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// PostgreSQL to use instead of SQLite, as postgres://user:password@host/database
    #[arg(long, env = "INLET_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// Address that people and listeners use, when a proxy stands before this server
    #[arg(long, env = "INLET_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Key that protects secrets at rest; made and kept in the data folder when not given
    #[arg(long, env = "INLET_SECRET_KEY", value_name = "KEY", hide_env_values = true)]
    pub secret_key: Option<Secret>,

    /// Password of the first administrator; without one, whoever reaches this server may use it
    #[arg(long, env = "INLET_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<Secret>,

    /// Give up jobs that nobody answers within seconds, for tests
    #[arg(long, env = "INLET_FAST_TIMEOUTS", value_parser = FalseyValueParser::new())]
    pub fast_timeouts: bool,

    /// What to log: a level, or levels by module as in "info,inlet::jobs=debug"
    #[arg(long, env = "INLET_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// How log lines look
    #[arg(long, env = "INLET_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
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
    fn shows_no_secret() {
        let config = Config::try_parse_from(["inlet", "--admin-password", "hunter2"]).unwrap();
        assert_eq!(config.admin_password.as_ref().map(Secret::expose), Some("hunter2"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
