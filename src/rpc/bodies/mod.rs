//! What the server functions do: who asks, the service's answer, and the small value that travels.

pub mod actions;
pub mod agents;
pub mod calculations;
pub mod cells;
pub mod changes;
pub mod compare;
pub mod documents;
pub mod environments;
pub mod events;
pub mod facets;
pub mod files;
pub mod find;
pub mod guests;
pub mod imports;
pub mod job_history;
pub mod job_log;
pub mod jobs;
pub mod keys;
pub mod layouts;
pub mod messages;
mod names;
mod outcome;
pub mod people;
pub mod record;
pub mod records;
pub mod reference;
pub mod secrets;
pub mod spaces;
pub mod tokens;
pub mod versions;
pub mod views;
pub mod webhooks;

use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{ErrorKind, RpcError};
use crate::domain::access::Actor;
use crate::domain::ids::Id;
use crate::domain::tenant::Person;
use crate::service::bootstrap::is_server;
use crate::service::cell_edits::Author;
use crate::service::{ErrorKind as ServiceKind, Service, ServiceError};

/// The service and who asks it.
struct Asker {
    service: Arc<Service>,
    actor: Actor,
    person: Option<Person>,
}

impl Asker {
    /// From the request's context, where the server has put them.
    fn of_request() -> Result<Self, RpcError> {
        let actor = use_context::<Actor>();
        let actor = actor.ok_or_else(|| refuse(ErrorKind::Unauthorized, "Sign in first"))?;
        let service = use_context::<Arc<Service>>();
        let service = service.ok_or_else(|| refuse(ErrorKind::Internal, "The server is not complete"))?;
        Ok(Self { service, actor, person: use_context() })
    }

    /// What people call the one who did something.
    fn who(&self, id: &str) -> String {
        if let Some(person) = self.person.as_ref().filter(|person| person.id == id) {
            return person.name.clone();
        }
        let name = match id.split('_').nth(1) {
            Some("usr") => "another person",
            Some("key" | "pat") => "a program",
            Some("sp" | "g") => "a guest",
            Some("wh") => "a webhook",
            Some("ag") if !is_server(id) => "an agent",
            _ => "Inlet",
        };
        name.to_string()
    }

    /// The same of an author whose name may be known.
    fn who_of(&self, author: Author) -> String {
        let is_other = self.person.as_ref().is_none_or(|person| person.id != author.id);
        match author.name {
            Some(name) if is_other => name,
            Some(name) => format!("{name}, in another window,"),
            None => self.who(&author.id),
        }
    }

    /// The name of the person who is signed in.
    fn person(&self) -> Option<String> {
        self.person.as_ref().map(|person| person.name.clone())
    }
}

/// A refusal of this layer, with its status.
fn refuse(kind: ErrorKind, message: impl Into<String>) -> RpcError {
    let error = RpcError::new(kind, message);
    set_status(kind);
    error
}

fn set_status(kind: ErrorKind) {
    let status = match kind {
        ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal | ErrorKind::Network => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

impl RpcError {
    /// An error that is told within an answer, whose status stays good.
    fn told(error: ServiceError) -> Self {
        let kind = match error.kind {
            ServiceKind::BadRequest => ErrorKind::BadRequest,
            ServiceKind::Unauthorized => ErrorKind::Unauthorized,
            ServiceKind::Forbidden => ErrorKind::Forbidden,
            ServiceKind::NotFound => ErrorKind::NotFound,
            ServiceKind::Conflict => ErrorKind::Conflict,
            ServiceKind::TooLarge => ErrorKind::TooLarge,
            ServiceKind::Unavailable | ServiceKind::TooMany => ErrorKind::Unavailable,
            ServiceKind::Internal => ErrorKind::Internal,
        };
        Self::new(kind, sentence(&error.message))
    }
}

impl From<ServiceError> for RpcError {
    fn from(error: ServiceError) -> Self {
        let told = Self::told(error);
        set_status(told.kind);
        told
    }
}

/// What does not fit is told at the form, without the name of the member that the form is about; everything else is an
/// error.
fn refused(error: ServiceError, member: &str) -> Result<String, RpcError> {
    if !matches!(error.kind, ServiceKind::BadRequest | ServiceKind::Conflict) {
        return Err(error.into());
    }
    Ok(sentence(error.message.strip_prefix(member).unwrap_or(&error.message)))
}

/// The service's messages begin small and have no full stop; on a page they are sentences.
fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let Some(first) = characters.next() else { return String::new() };
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
}

/// An id from the page; one of another kind is the id of nothing.
fn id<T: Id>(text: &str) -> Result<T, RpcError> {
    T::parse(text).map_err(|error| refuse(ErrorKind::NotFound, error.to_string()))
}
