//! DynamoDB, as far as `idempotent` calls it, over HTTP in AWS's JSON protocol.
//!
//! Workers see real time, so the times in a request are moved by what the simulated time
//! differs from it, and those in an answer back.

mod item;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use redrive_model::idempotency::{CLAIM, COMPLETE, COMPLETE_UPDATE, RELEASE};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::item::{Item, Values};
use crate::clock::Clock;

/// The variable with the endpoint, which the SDK reads.
pub(crate) const ENDPOINT: &str = "AWS_ENDPOINT_URL_DYNAMODB";

/// The name of the table that the template creates.
pub(crate) const TABLE: &str = "IdempotencyTable";

const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// The tables, served at one address. Every table exists.
#[derive(Debug)]
pub(crate) struct DynamoDb {
    /// `http://<address>`.
    pub(crate) endpoint: String,
    server: JoinHandle<std::io::Result<()>>,
}

#[derive(Debug)]
struct Server {
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

impl Failed {
    fn invalid(message: impl Into<String>) -> Self {
        Self {
            shape: "com.amazon.coral.validate#ValidationException",
            message: message.into(),
            item: None,
        }
    }

    fn condition(item: Option<Value>) -> Self {
        Self {
            shape: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            message: "The conditional request failed".to_owned(),
            item,
        }
    }
}

/// A request: the members of the three actions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    table_name: String,
    #[serde(default)]
    item: Values,
    #[serde(default)]
    key: Values,
    #[serde(default)]
    condition_expression: String,
    #[serde(default)]
    update_expression: String,
    #[serde(default)]
    expression_attribute_values: Values,
    #[serde(default)]
    return_values_on_condition_check_failure: String,
}

impl DynamoDb {
    /// Serves the tables on a free port of the loopback address.
    ///
    /// # Errors
    /// No port can be bound.
    pub(crate) async fn serve(clock: Clock) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let server = Arc::new(Server {
            clock,
            tables: Mutex::default(),
        });
        let router = Router::new().fallback(call).with_state(server);
        Ok(Self {
            endpoint,
            server: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn call(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let action = target.and_then(|target| target.strip_prefix(TARGET_PREFIX));
    let offset = server.clock.now().as_millisecond() - Timestamp::now().as_millisecond();
    let answer = match serde_json::from_slice(&body) {
        Ok(request) => {
            let mut tables = server.tables.lock().unwrap_or_else(PoisonError::into_inner);
            answer(&mut tables, action.unwrap_or_default(), request, offset)
        }
        Err(error) => Err(Failed::invalid(error.to_string())),
    };
    response(answer)
}

/// Answers a call; `offset` is what the simulated time is later than that of the caller.
fn answer(
    tables: &mut Tables,
    action: &str,
    request: Request,
    offset: i64,
) -> Result<Value, Failed> {
    let values = &request.expression_attribute_values;
    let expressions = (&*request.condition_expression, &*request.update_expression);
    let id = |values: &Values| item::text(values, "id").map_err(Failed::invalid);
    match (action, expressions) {
        ("PutItem", (CLAIM, "")) => {
            let id = (request.table_name, id(&request.item)?);
            let item = Item::read(&request.item, offset).map_err(Failed::invalid)?;
            let now = item::number(values, ":now_ms").map_err(Failed::invalid)? + offset;
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
            let owner = item::text(values, ":owner").map_err(Failed::invalid)?;
            let expires = item::number(values, ":expires").map_err(Failed::invalid)?;
            let known = tables.get_mut(&id).filter(|it| it.owner == owner);
            let known = known.ok_or_else(|| Failed::condition(None))?;
            known.complete(1_000 * expires + offset);
        }
        ("DeleteItem", (RELEASE, "")) => {
            let id = (request.table_name, id(&request.key)?);
            let owner = item::text(values, ":owner").map_err(Failed::invalid)?;
            let known = tables.get(&id);
            if !known.is_some_and(|it| it.owner == owner && it.is_claimed()) {
                return Err(Failed::condition(None));
            }
            tables.remove(&id);
        }
        _ => {
            return Err(Failed::invalid(format!(
                "the local DynamoDB supports only the calls of `idempotent`, not this {action}"
            )));
        }
    }
    Ok(json!({}))
}

fn response(answer: Result<Value, Failed>) -> Response<Body> {
    let (status, body) = match answer {
        Ok(answer) => (StatusCode::OK, answer),
        Err(failed) => {
            let mut body = json!({ "__type": failed.shape, "message": failed.message });
            if let Some(item) = failed.item {
                body["Item"] = item;
            }
            (StatusCode::BAD_REQUEST, body)
        }
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/x-amz-json-1.0");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests;
