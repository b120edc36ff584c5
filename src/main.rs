//! The server's command: settings, logging, then [`inlet::server`]; or one of the commands that do something else.

mod site;

use std::{io::Write, process::ExitCode, sync::Arc};

use anyhow::anyhow;
use clap::Parser;
use inlet::config::{Command, Config};
use inlet::server::{Server, password_link};
use inlet::telemetry;

/// Records are many small texts that come and go on several threads, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What went wrong and what to do, without the backtrace that `main` would print of itself.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> anyhow::Result<()> {
    let config = Config::parse();
    telemetry::start(&config.log, config.log_format).map_err(|error| {
        anyhow!("the log filter \"{}\" cannot be read: {error}. Give a level, such as --log info", config.log)
    })?;
    if let Some(Command::PasswordLink { email }) = &config.command {
        let (whose, link) = password_link(&config, email.as_deref()).await?;
        let _ =
            writeln!(std::io::stderr(), "{whose} chooses a password by this link, once and within an hour:");
        let _ = writeln!(std::io::stdout(), "{link}");
        return Ok(());
    }
    let server = Server::bind(&config, Arc::new(site::Site)).await?;
    // Whoever started the server may not read what it says; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "Inlet is at {}", server.url());
    let _ = writeln!(std::io::stdout(), "API keys are in {}", server.keys().display());
    server.run().await;
    Ok(())
}
