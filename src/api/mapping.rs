//! `/v1/mapping`: how the fields of one sheet go into those of another.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Maybe, Named, known};
use super::query::{self, EnvironmentParameter, PageParameters};
use super::wire::mapping::{DeleteHistory, ProgramBody, ProgramRequest};
use crate::domain::ids::ProgramId;
use crate::domain::time::Timestamp;
use crate::service::Service;
use crate::store::mapping_programs::ProgramFilter;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create, delete_own)).routes(routes!(get, update, delete))
}

/// Which programs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ProgramParameters {
    /// Those of one environment.
    environment_id: Option<String>,
    /// Those that somebody made.
    created_by: Option<String>,
    /// Those that were made after that moment.
    #[param(value_type = Option<String>)]
    created_after: Option<Timestamp>,
    /// Those that were made before that moment.
    #[param(value_type = Option<String>)]
    created_before: Option<Timestamp>,
    /// That of a job.
    job_id: Option<String>,
    /// Those of a family.
    family_id: Option<String>,
    /// Those with that mark.
    namespace: Option<String>,
    /// Those from sheets with all of these fields.
    #[serde(deserialize_with = "query::list")]
    source_keys: Vec<String>,
    /// Those into sheets with all of these fields.
    #[serde(deserialize_with = "query::list")]
    destination_keys: Vec<String>,
}

impl ProgramParameters {
    fn read(self) -> ApiResult<ProgramFilter> {
        Ok(ProgramFilter {
            environment_id: self.environment_id.map(|id| known(&id)).transpose()?,
            created_by: self.created_by,
            created_after: self.created_after,
            created_before: self.created_before,
            job_id: self.job_id.map(|id| known(&id)).transpose()?,
            family_id: self.family_id.map(|id| known(&id)).transpose()?,
            namespace: self.namespace,
            source_keys: self.source_keys,
            destination_keys: self.destination_keys,
        })
    }
}

/// The programs that were saved and those of mapping jobs, the newest first.
#[utoipa::path(get, path = "/v1/mapping", tag = "mapping", params(ProgramParameters, PageParameters),
    responses((status = 200, body = Listed<ProgramBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<ProgramParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<ProgramBody>> {
    let page = page.page(10)?;
    let found = service.programs(&actor, &asked.read()?, page).await?;
    Ok(listed(page, found, |program| ProgramBody::new(program, true)))
}

/// How the fields of one sheet go into those of another: by the rules that are given, or by guesses that are as sure as
/// the destination's `mappingConfidenceThreshold` wants them. It is kept with `save`.
#[utoipa::path(post, path = "/v1/mapping", tag = "mapping", params(EnvironmentParameter),
    request_body = ProgramRequest, responses((status = 200, body = Data<ProgramBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EnvironmentParameter>,
    Maybe(request): Maybe<ProgramRequest>,
) -> Answer<Data<ProgramBody>> {
    let environment = asked.read()?;
    for (name, sheet) in [("source", &request.source), ("destination", &request.destination)] {
        if sheet.is_none() {
            return Err(ApiError::bad(name, format!("`{name}` is a sheet with its `name` and `fields`")));
        }
    }
    let save = request.save.unwrap_or(false);
    let (program, is_kept) = service.create_program(&actor, environment, request.into(), save).await?;
    Ok(data(ProgramBody::new(program, is_kept)))
}

/// Deletes the programs that the caller made.
#[utoipa::path(delete, path = "/v1/mapping", tag = "mapping", request_body = Option<DeleteHistory>,
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete_own(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Maybe(request): Maybe<DeleteHistory>,
) -> Answer<Data<Success>> {
    let environment = request.environment_id.map(|id| known(&id)).transpose()?;
    service.delete_own_programs(&actor, environment).await?;
    Ok(success())
}

/// One program.
#[utoipa::path(get, path = "/v1/mapping/{programId}", tag = "mapping", params(("programId" = String, Path)),
    responses((status = 200, body = Data<ProgramBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ProgramId>,
) -> Answer<Data<ProgramBody>> {
    Ok(data(ProgramBody::new(service.program(&actor, &id).await?, true)))
}

/// Changes a program. Where both sheets are given and no rules are, the rules are guessed anew.
#[utoipa::path(patch, path = "/v1/mapping/{programId}", tag = "mapping", params(("programId" = String, Path)),
    request_body = ProgramRequest, responses((status = 200, body = Data<ProgramBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ProgramId>,
    Maybe(request): Maybe<ProgramRequest>,
) -> Answer<Data<ProgramBody>> {
    Ok(data(ProgramBody::new(service.update_program(&actor, &id, request.into()).await?, true)))
}

/// Deletes a program. The plan of its job stays.
#[utoipa::path(delete, path = "/v1/mapping/{programId}", tag = "mapping", params(("programId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ProgramId>,
) -> Answer<Data<Success>> {
    service.delete_program(&actor, &id).await?;
    Ok(success())
}
