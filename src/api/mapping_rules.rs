//! `/v1/mapping/{programId}/rules`: the rules of a mapping program, one by one.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Caller, Maybe, Named, NamedWith, known};
use super::wire::mapping::{DeleteRules, RuleBody, RuleChanges, RuleRequest};
use crate::domain::ids::{MappingRuleId, ProgramId};
use crate::domain::mapping_program::{MappingRule, RuleConfig};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create, update_several, delete_several))
        .routes(routes!(get, update, delete))
}

fn all(rules: Vec<MappingRule>) -> axum::Json<Data<Vec<RuleBody>>> {
    data(rules.into_iter().map(RuleBody::from).collect())
}

/// The rules of a program, in their order.
#[utoipa::path(get, path = "/v1/mapping/{programId}/rules", tag = "mappingRules",
    params(("programId" = String, Path)), responses((status = 200, body = Data<Vec<RuleBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(program): Named<ProgramId>,
) -> Answer<Data<Vec<RuleBody>>> {
    Ok(all(service.program(&actor, &program).await?.rules))
}

/// Adds rules after those that there are.
#[utoipa::path(post, path = "/v1/mapping/{programId}/rules", tag = "mappingRules",
    params(("programId" = String, Path)), request_body = Vec<RuleRequest>,
    responses((status = 200, body = Data<Vec<RuleBody>>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(program): Named<ProgramId>,
    Maybe(request): Maybe<Vec<RuleRequest>>,
) -> Answer<Data<Vec<RuleBody>>> {
    let rules = request.into_iter().map(RuleConfig::from).collect();
    Ok(all(service.add_rules(&actor, &program, rules).await?))
}

/// Changes the rules that are named: all, or none when one is not there.
#[utoipa::path(patch, path = "/v1/mapping/{programId}/rules", tag = "mappingRules",
    params(("programId" = String, Path)), request_body = Vec<RuleChanges>,
    responses((status = 200, body = Data<Vec<RuleBody>>), Failures))]
async fn update_several(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(program): Named<ProgramId>,
    Maybe(request): Maybe<Vec<RuleChanges>>,
) -> Answer<Data<Vec<RuleBody>>> {
    let mut changes = Vec::new();
    for (position, mut change) in request.into_iter().enumerate() {
        let Some(id) = change.id.take() else {
            return Err(ApiError::bad(format!("[{position}].id"), "say which rule is changed by its `id`"));
        };
        changes.push((known(&id)?, change.into()));
    }
    Ok(all(service.change_rules(&actor, &program, changes).await?))
}

/// Deletes the rules that are named: all, or none when one is not there.
#[utoipa::path(delete, path = "/v1/mapping/{programId}/rules", tag = "mappingRules",
    params(("programId" = String, Path)), request_body = DeleteRules,
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete_several(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(program): Named<ProgramId>,
    Maybe(request): Maybe<DeleteRules>,
) -> Answer<Data<Success>> {
    let rules: Vec<MappingRuleId> = request.rule_ids.iter().map(|id| known(id)).collect::<ApiResult<_>>()?;
    service.delete_rules(&actor, &program, &rules).await?;
    Ok(success())
}

/// One rule.
#[utoipa::path(get, path = "/v1/mapping/{programId}/rules/{mappingId}", tag = "mappingRules",
    params(("programId" = String, Path), ("mappingId" = String, Path)),
    responses((status = 200, body = Data<RuleBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(program, id): NamedWith<ProgramId>,
) -> Answer<Data<RuleBody>> {
    Ok(data(service.rule(&actor, &program, &known(&id)?).await?.into()))
}

/// Changes a rule.
#[utoipa::path(patch, path = "/v1/mapping/{programId}/rules/{mappingId}", tag = "mappingRules",
    params(("programId" = String, Path), ("mappingId" = String, Path)), request_body = RuleChanges,
    responses((status = 200, body = Data<RuleBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(program, id): NamedWith<ProgramId>,
    Maybe(request): Maybe<RuleChanges>,
) -> Answer<Data<RuleBody>> {
    let (id, change) = (known::<MappingRuleId>(&id)?, vec![(known(&id)?, request.into())]);
    service.change_rules(&actor, &program, change).await?;
    Ok(data(service.rule(&actor, &program, &id).await?.into()))
}

/// Deletes a rule.
#[utoipa::path(delete, path = "/v1/mapping/{programId}/rules/{mappingId}", tag = "mappingRules",
    params(("programId" = String, Path), ("mappingId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(program, id): NamedWith<ProgramId>,
) -> Answer<Data<Success>> {
    service.delete_rules(&actor, &program, &[known(&id)?]).await?;
    Ok(success())
}
