//! What handlers take out of a request: who asks, ids in the path, the query, the body.
//!
//! Every refusal is in the API's envelope and names what cannot be read.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::Query;
use serde::de::DeserializeOwned;

use super::error::{ApiError, ApiResult};
use super::shape::{self, Shape};
use crate::domain::access::Actor;
use crate::domain::ids::Id;
use crate::domain::parse;
use crate::service::Service;

/// Who asks, by the bearer key of the request.
pub struct Caller(pub Actor);

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(|| match named_in(parts.uri.query()) {
            Some(name) => ApiError::bad(
                name,
                "keys and tokens go into the header `Authorization`, never into an address",
            ),
            None => {
                let message = "send a key of this server: `Authorization: Bearer sk_…`";
                ApiError::new(StatusCode::UNAUTHORIZED, message)
            }
        })?;
        Ok(Self(service.actor_of_bearer(token).await?))
    }
}

/// The parameter by which somebody tries to send a token.
fn named_in(query: Option<&str>) -> Option<&'static str> {
    let names: Vec<_> = query?.split('&').filter_map(|part| Some(part.split_once('=')?.0)).collect();
    ["token", "access_token", "accessToken", "api_key", "apiKey"]
        .into_iter()
        .find(|name| names.contains(name))
}

/// The bearer key itself, for what outlives the request's answer.
pub struct Bearer(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Ok(Self(bearer(&parts.headers).unwrap_or_default().to_string()))
    }
}

/// The token that a request shows.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}

/// Who opened the connection of a request, where the server knows it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The address that a request comes from; nothing where nobody knows it.
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map(|Peer(address)| *address);
        Ok(Self(peer.map(|peer| asked_from(peer, &parts.headers))))
    }
}

/// A proxy on this machine or in its network says for whom it asks; what others say of that is not believed.
fn asked_from(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_near = match peer.to_canonical() {
        IpAddr::V4(four) => four.is_loopback() || four.is_private() || four.is_link_local(),
        IpAddr::V6(six) => six.is_loopback() || six.is_unique_local() || six.is_unicast_link_local(),
    };
    let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse().ok());
    last.filter(|_| is_near).unwrap_or(peer)
}

/// The id in the path. What cannot be an id of that kind does not exist: 404.
pub struct Named<I>(pub I);

impl<I: Id, S: Send + Sync> FromRequestParts<S> for Named<I> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let missing = |message: String| ApiError::new(StatusCode::NOT_FOUND, message);
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| missing("the address is not valid UTF-8".to_string()))?;
        let (_, text) = params.iter().next().unwrap_or(("", ""));
        I::parse(text).map(Self).map_err(|error| missing(error.to_string()))
    }
}

/// The id in the path and the text after it, such as the key of a field.
pub struct NamedWith<I>(pub I, pub String);

impl<I: Id + Send, S: Send + Sync> FromRequestParts<S> for NamedWith<I> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Named(id) = Named::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state).await;
        let text = params.ok().and_then(|params| Some(params.iter().nth(1)?.1.to_string()));
        Ok(Self(id, text.unwrap_or_default()))
    }
}

/// The last part of a path, where two others stand before it.
pub struct Last(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Last {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let last = params.ok().and_then(|params| Some(params.iter().last()?.1.to_string()));
        Ok(Self(last.unwrap_or_default()))
    }
}

/// An id outside the path. What cannot be one names nothing: 404 too.
pub fn known<I: Id>(text: &str) -> ApiResult<I> {
    I::parse(text).map_err(|error| ApiError::new(StatusCode::NOT_FOUND, error.to_string()))
}

/// The parameters after the question mark.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(parameters)| Self(parameters)).map_err(|error| {
            let reason =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            // The reader begins with the name of the parameter, where it knows it.
            let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let key = reason.split_once(": ").map(|(name, _)| name).filter(is_name).unwrap_or("query");
            ApiError::bad(key, format!("the query cannot be read: {reason}"))
        })
    }
}

/// A JSON body; its content type does not matter.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, ApiError> {
        let bytes = read(request.into_body(), service).await?;
        if bytes.is_empty() {
            return Err(ApiError::bad("general", "the body is empty; send JSON"));
        }
        read_json(&bytes).map(Self)
    }
}

/// A JSON body that may be missing or `null`, as clients leave out what has only optional members.
pub struct Maybe<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<Arc<Service>> for Maybe<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, ApiError> {
        let bytes = read(request.into_body(), service).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        Ok(Self(read_json::<Option<T>>(&bytes)?.unwrap_or_default()))
    }
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    // The reader would take the items of a list for the members of an object, one after the other.
    if bytes.trim_ascii_start().starts_with(b"[") && shape::of::<T>() == Shape::Object {
        return Err(ApiError::bad("general", "the body is a list; send an object"));
    }
    Ok(parse::from_slice(bytes)?)
}

async fn read(body: Body, service: &Service) -> Result<Bytes, ApiError> {
    let most = service.settings.limits.body_bytes;
    to_bytes(body, most).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        if source.is_some_and(|source| source.is::<http_body_util::LengthLimitError>()) {
            return ApiError::too_large(most);
        }
        ApiError::bad("general", "the body ended early or is not what Content-Encoding says")
    })
}

/// Whether hooks are to be called even where no value changed: `x-force-hooks`, as the published plugins send it
/// (section 1.3 of the contract).
pub struct ForcesHooks(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for ForcesHooks {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let value = parts.headers.get("x-force-hooks");
        Ok(Self(value.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"false"))))
    }
}

/// The attempt of a job that the caller works on, when it says so in `X-Inlet-Attempt`.
pub struct Fence(pub Option<u32>);

impl<S: Send + Sync> FromRequestParts<S> for Fence {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("x-inlet-attempt") else { return Ok(Self(None)) };
        let attempt = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        match attempt {
            Some(attempt) => Ok(Self(Some(attempt))),
            None => Err(ApiError::bad(
                "X-Inlet-Attempt",
                "`X-Inlet-Attempt` is the job's `attempt`, a whole number",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_nearby_is_believed_and_nobody_else() {
        for (peer, said, from) in [
            ("192.0.2.1", "", "192.0.2.1"),
            ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
            ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.2", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("::ffff:10.0.0.2", "2001:db8::1", "2001:db8::1"),
            ("fd00::1", "198.51.100.7", "198.51.100.7"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            if !said.is_empty() {
                headers.insert("x-forwarded-for", said.parse().unwrap());
            }
            let from: IpAddr = from.parse().unwrap();
            assert_eq!(asked_from(peer.parse().unwrap(), &headers), from, "{peer} {said}");
        }
    }
}
