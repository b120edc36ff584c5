//! Sends mails through the server that the settings name; nothing where they name none.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio_util::sync::CancellationToken;

use crate::service::mail::Mail;
use crate::service::settings::MailServer;
use crate::service::{Result, Service};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How often mails are looked for that nobody told of: those of other servers, and those that are tried again.
const LOOK: Duration = Duration::from_secs(30);
/// How long the mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether mails can be sent so: the address of the server and that of the sender can be read.
///
/// # Errors
/// What is wrong, in words.
pub fn check(server: &MailServer) -> std::result::Result<(), String> {
    sender(server).map(|_| ()).and(transport(server).map(|_| ()))
}

fn sender(server: &MailServer) -> std::result::Result<Mailbox, String> {
    server
        .from
        .parse()
        .map_err(|error| format!("INLET_MAIL_FROM: {error}; write it as Inlet <inlet@example.com>"))
}

fn transport(server: &MailServer) -> std::result::Result<Transport, String> {
    let builder = Transport::from_url(&server.url).map_err(|error| {
        format!("INLET_SMTP_URL: {error}; write it as smtps://user:password@mail.example.com")
    })?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

/// Sends until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let Some(server) = &service.settings.mail else { return };
    let (from, transport) = match (sender(server), transport(server)) {
        (Ok(from), Ok(transport)) => (from, transport),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(error, "no mails are sent");
            return;
        }
    };
    let look = LOOK.min(Duration::from_millis(server.first_wait.max(1).unsigned_abs()));
    let sending = async {
        loop {
            match send_next(&service, &from, &transport, server.first_wait).await {
                Ok(true) => {}
                Ok(false) => {
                    let _ = tokio::time::timeout(look, service.db.signals().mails.notified()).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "mails could not be looked for");
                    tokio::time::sleep(look).await;
                }
            }
        }
    };
    tokio::select! {
        () = sending => {}
        () = stopping.cancelled() => {}
    }
}

/// Sends one mail; `false` when there is none.
async fn send_next(
    service: &Service,
    from: &Mailbox,
    transport: &Transport,
    first_wait: i64,
) -> Result<bool> {
    let Some(taken) = service.take_mail(first_wait).await? else { return Ok(false) };
    let message = match message(from, &taken.mail) {
        Ok(message) => message,
        Err(error) => {
            tracing::warn!(%error, mail = taken.id, "a mail is given up: it cannot be written");
            service.forget_mail(&taken.id).await?;
            return Ok(true);
        }
    };
    match transport.send(message).await {
        Ok(_) => service.forget_mail(&taken.id).await?,
        Err(error) if is_refused(&error) => {
            tracing::warn!(%error, mail = taken.id, "a mail is given up: there is no such mailbox");
            service.forget_mail(&taken.id).await?;
        }
        Err(error) => tracing::warn!(%error, mail = taken.id, "a mail could not be sent; it is tried again"),
    }
    Ok(true)
}

/// Whether the mailbox is what is wrong, and not how this server asks: that may be mended.
fn is_refused(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| (550..=553).contains(&u16::from(code)))
}

fn message(from: &Mailbox, mail: &Mail) -> std::result::Result<Message, lettre::error::Error> {
    let address = mail.to.parse().map_err(|_| lettre::error::Error::MissingTo)?;
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(mail.name.clone()), address))
        .subject(mail.subject.clone());
    match &mail.html {
        Some(html) => message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
        None => message.singlepart(SinglePart::plain(mail.text.clone())),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::email;

    #[test]
    fn mails_can_be_written_to_every_address_that_is_taken() {
        let mut taken = 0;
        for character in '\0'..='\u{FFFF}' {
            for text in [format!("a{character}b@x.example"), format!("a@x{character}y.example")] {
                let Ok(address) = email::parse(&text) else { continue };
                assert!(address.parse::<lettre::Address>().is_ok(), "{text:?}");
                taken += 1;
            }
        }
        assert!(taken > 10_000, "{taken}");
    }
}
