//! The server's command: settings, logging, then [`inlet::server`].

mod site;

use std::{io::Write, sync::Arc};

use anyhow::Context;
use clap::Parser;
use inlet::{config::Config, server::Server, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    telemetry::start(&config.log, config.log_format).with_context(|| {
        format!("the log filter \"{}\" cannot be read. Give a level, such as --log info", config.log)
    })?;
    let server = Server::bind(&config, Arc::new(site::Site)).await?;
    writeln!(std::io::stdout(), "Inlet is at {}", server.url())?;
    server.run().await?;
    Ok(())
}
