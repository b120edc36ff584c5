//! The OpenAPI document, made from the same handlers that the router has.

use axum::http::header;
use axum::routing::get;
use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Info, Object, OpenApi, OpenApiBuilder, RefOr, Required, SecurityRequirement, Server};
use utoipa::{PartialSchema, ToSchema};

use super::error::Errors;

/// The parts of the document that are not about one operation.
pub(super) fn base() -> OpenApi {
    let mut info = Info::new("Inlet", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The API of Inlet, which the published Flatfile clients speak. Send a key as `Authorization: Bearer sk_…`."
            .to_string(),
    );
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .security(Some([SecurityRequirement::new("key", Vec::<String>::new())]))
        .build();
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert("key".to_string(), key.into());
    // What all operations may answer is named by them, but not described.
    let mut failures = vec![(Errors::name().to_string(), Errors::schema())];
    Errors::schemas(&mut failures);
    components.schemas.extend(failures);
    document
}

/// The whole document.
pub fn document() -> OpenApi {
    finished(super::operations().split_for_parts().1)
}

/// Says what the descriptions of single operations do not: names each by its resource too, as in `spaces.list`, for there
/// is a `list` in most of them; and puts right what the types of the language say of numbers and moments.
pub(super) fn finished(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let tag = operation.tags.iter().flatten().next();
            if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
                operation.operation_id = Some(format!("{tag}.{name}"));
            }
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    finish_parameter(parameter);
                }
            }
        }
    }
    for schema in document.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        if let RefOr::T(schema) = schema {
            finish_schema(schema);
        }
    }
    document
}

/// A parameter that may be left out is left out; it is never the text `null`. In a query it may also be empty, which is
/// the same: `allowEmptyValue` says so where the schema knows no empty text.
fn finish_parameter(parameter: &mut Parameter) {
    let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema else { return };
    let is_optional = parameter.parameter_in == ParameterIn::Query && parameter.required == Required::False;
    let is_no_text = matches!(object.schema_type, SchemaType::Type(Type::Integer | Type::Boolean));
    if is_optional && (is_no_text || object.enum_values.is_some()) {
        parameter.extensions = Some(Extensions::from_iter([("allowEmptyValue", Value::Bool(true))]));
    }
    if let SchemaType::Array(types) = &object.schema_type
        && parameter.parameter_in == ParameterIn::Header
        && let Some(one) = types.iter().find(|one| **one != Type::Null)
    {
        object.schema_type = SchemaType::Type(one.clone());
    }
    finish_number(object);
}

/// Numbers that count have no sign, and twice the room that the format would say.
fn finish_number(object: &mut Object) {
    let is_int64 = matches!(object.format, Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    if is_int64 && object.minimum.is_some() {
        object.format = None;
    }
}

/// What is named as a moment is one.
fn finish_schema(schema: &mut Schema) {
    let Schema::Object(object) = schema else { return };
    for (name, member) in &mut object.properties {
        let RefOr::T(Schema::Object(member)) = member else { continue };
        finish_number(member);
        let is_text = match &member.schema_type {
            SchemaType::Type(one) => *one == Type::String,
            SchemaType::Array(types) => types.contains(&Type::String),
            SchemaType::AnyValue => false,
        };
        if is_text && name.ends_with("At") {
            member.format = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
        }
    }
}

/// Serves the document at `/v1/openapi.json`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> axum::Router<S> {
    let json: axum::body::Bytes = document.to_json().unwrap_or_default().into();
    let serve = move || async move { ([(header::CONTENT_TYPE, "application/json")], json) };
    axum::Router::new().route("/v1/openapi.json", get(serve))
}
