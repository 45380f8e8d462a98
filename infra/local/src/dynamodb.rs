//! DynamoDB, as far as `idempotent` calls it, over HTTP in AWS's JSON protocol.
//!
//! Workers see real time, so the times in a request are moved by what the simulated time
//! differs from it, and those in an answer back.

mod item;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use redrive_model::idempotency::{CLAIM, COMPLETE, COMPLETE_UPDATE, RELEASE};
use serde::Deserialize;
use serde_json::{Value, json};

use self::item::{Item, Values};
use crate::clock::Clock;
use crate::server::Server;

/// The variable with the endpoint, which the SDK reads.
pub(crate) const ENDPOINT: &str = "AWS_ENDPOINT_URL_DYNAMODB";

/// The name of the table that the template creates.
pub(crate) const TABLE: &str = "IdempotencyTable";

#[derive(Debug)]
struct DynamoDb {
    clock: Clock,
    tables: Mutex<Tables>,
}

/// The items by table and id.
type Tables = BTreeMap<(String, String), Item>;

/// An error with its shape.
#[derive(Debug)]
struct Failed {
    shape: &'static str,
    message: String,
    item: Option<Value>,
}

/// The request is not valid.
impl From<String> for Failed {
    fn from(message: String) -> Self {
        Self {
            shape: "com.amazon.coral.validate#ValidationException",
            message,
            item: None,
        }
    }
}

impl Failed {
    fn condition(item: Option<Value>) -> Self {
        Self {
            shape: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            message: "The conditional request failed".to_owned(),
            item,
        }
    }
}

/// A request: the members of the three actions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    table_name: String,
    item: Values,
    key: Values,
    condition_expression: String,
    update_expression: String,
    expression_attribute_values: Values,
    return_values_on_condition_check_failure: String,
}

/// Serves the tables. Every table exists.
///
/// # Errors
/// No port can be bound.
pub(crate) async fn serve(clock: Clock) -> std::io::Result<Server> {
    let tables = Mutex::default();
    let state = Arc::new(DynamoDb { clock, tables });
    Server::start(|_| Router::new().fallback(call).with_state(state)).await
}

async fn call(State(state): State<Arc<DynamoDb>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let action = target.and_then(|target| target.strip_prefix("DynamoDB_20120810."));
    let offset = state.clock.now().as_millisecond() - Timestamp::now().as_millisecond();
    let answer = match serde_json::from_slice(&body) {
        Ok(request) => {
            let mut tables = state.tables.lock().unwrap_or_else(PoisonError::into_inner);
            answer(&mut tables, action.unwrap_or_default(), request, offset)
        }
        Err(error) => Err(error.to_string().into()),
    };
    let (status, body) = match answer {
        Ok(()) => (StatusCode::OK, json!({})),
        Err(failed) => {
            let mut body = json!({ "__type": failed.shape, "message": failed.message });
            if let Some(item) = failed.item {
                body["Item"] = item;
            }
            (StatusCode::BAD_REQUEST, body)
        }
    };
    let json = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (status, json, body.to_string()).into_response()
}

/// Answers a call; `offset` is what the simulated time is later than that of the caller.
fn answer(tables: &mut Tables, action: &str, request: Request, offset: i64) -> Result<(), Failed> {
    let values = &request.expression_attribute_values;
    let expressions = (&*request.condition_expression, &*request.update_expression);
    let id = |values: &Values| item::text(values, "id");
    match (action, expressions) {
        ("PutItem", (CLAIM, "")) => {
            let id = (request.table_name, id(&request.item)?);
            let item = Item::read(&request.item, offset)?;
            let now = item::number(values, ":now_ms")? + offset;
            if let Some(known) = tables.get(&id)
                && !known.can_be_claimed(now)
            {
                let wants_item = request.return_values_on_condition_check_failure == "ALL_OLD";
                let known = wants_item.then(|| known.written(&id.1, offset));
                return Err(Failed::condition(known));
            }
            tables.insert(id, item);
        }
        ("UpdateItem", (COMPLETE, COMPLETE_UPDATE)) => {
            let id = (request.table_name, id(&request.key)?);
            let owner = item::text(values, ":owner")?;
            let expires = item::number(values, ":expires")?;
            let known = tables.get_mut(&id).filter(|it| it.owner == owner);
            let known = known.ok_or_else(|| Failed::condition(None))?;
            known.complete(1_000 * expires + offset);
        }
        ("DeleteItem", (RELEASE, "")) => {
            let id = (request.table_name, id(&request.key)?);
            let owner = item::text(values, ":owner")?;
            let known = tables.get(&id);
            if !known.is_some_and(|it| it.owner == owner && it.is_claimed()) {
                return Err(Failed::condition(None));
            }
            tables.remove(&id);
        }
        _ => {
            let problem = format!(
                "the local DynamoDB supports only the calls of `idempotent`, not this {action}"
            );
            return Err(problem.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
