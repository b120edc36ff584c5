//! Log lines on standard error; standard output is for what the person who starts the server reads.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, filter::ParseError, fmt};

use crate::config::LogFormat;

/// Starts logging. A second call changes nothing, so that tests can make it from everywhere.
///
/// # Errors
/// When `filter` cannot be read.
pub fn start(filter: &str, format: LogFormat) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let _already_started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}
