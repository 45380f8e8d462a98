use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;

type Requests = Arc<Mutex<Vec<(String, Value)>>>;

/// A DynamoDB that gives these answers one after another, then the last one for ever, and
/// the actions with the requests that it got.
async fn dynamodb(answers: Vec<(u16, Value)>) -> (DynamoDb, Requests) {
    let requests = Requests::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (log, answers) = (Arc::clone(&log), answers.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let (log, answers) = (Arc::clone(&log), answers.clone());
                async move {
                    let target = request.headers()["x-amz-target"].to_str().unwrap();
                    let action = target.replace("DynamoDB_20120810.", "");
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    let body = serde_json::from_slice(&body).unwrap();
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push((action, body));
                        log.len()
                    };
                    let (status, answer) = &answers[number.min(answers.len()) - 1];
                    let mut response = Response::new(Full::new(Bytes::from(answer.to_string())));
                    *response.status_mut() = (*status).try_into().unwrap();
                    Ok::<_, Infallible>(response)
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    let lookup = |name: &str| match name {
        "AWS_ENDPOINT_URL" => Some(format!("http://{address}")),
        "AWS_ENDPOINT_URL_DYNAMODB" => None,
        TABLE => Some("done".to_owned()),
        _ => Some("test".to_owned()),
    };
    (DynamoDb::from_lookup("ship", lookup).unwrap(), requests)
}

fn refused(item: Option<Value>) -> (u16, Value) {
    let mut body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "message": "The conditional request failed",
    });
    if let Some(item) = item {
        body["Item"] = item;
    }
    (400, body)
}

fn claim() -> Claim {
    let time = |milliseconds| UNIX_EPOCH + Duration::from_millis(milliseconds);
    Claim {
        key: "ship#1".to_owned(),
        owner: "request/m1".to_owned(),
        body: [0; 32],
        now: time(1_800_000_000_999),
        lease_end: time(1_800_000_030_000),
        expires: time(1_800_000_060_001),
    }
}

fn item(state: &str, owner: &str, body: &str) -> Value {
    json!({
        "id": { "S": "ship#1" },
        "owner": { "S": owner },
        "state": { "S": state },
        "body": { "B": body },
        "lease": { "N": "1800000020000" },
        "expires": { "N": "1800000060" },
    })
}

/// 32 bytes that are zero, in Base64.
const SAME: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[tokio::test]
async fn a_claim_is_one_conditional_put() {
    let (store, requests) = dynamodb(vec![(200, json!({}))]).await;

    assert_eq!(Store::claim(&store, &claim()).await.unwrap(), Claimed::Yes);

    let (action, request) = requests.lock().unwrap().remove(0);
    assert_eq!(action, "PutItem");
    assert_eq!(
        request,
        json!({
            "TableName": "done",
            "Item": {
                "id": { "S": "ship#1" },
                "owner": { "S": "request/m1" },
                "state": { "S": "claimed" },
                "body": { "B": SAME },
                "lease": { "N": "1800000030000" },
                // The next whole second: never earlier than `ttl`.
                "expires": { "N": "1800000061" },
            },
            "ConditionExpression": "attribute_not_exists(id) OR expires < :now OR (#state = :claimed AND lease < :now_ms)",
            "ExpressionAttributeNames": { "#state": "state" },
            "ExpressionAttributeValues": {
                ":claimed": { "S": "claimed" },
                ":now": { "N": "1800000000" },
                ":now_ms": { "N": "1800000000999" },
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })
    );
}

#[tokio::test]
async fn a_claim_that_is_refused_says_what_is_known() {
    let until = UNIX_EPOCH + Duration::from_millis(1_800_000_020_000);
    for (known, expected) in [
        (
            item("claimed", "other/m1", SAME),
            Claimed::InProgress { until },
        ),
        // The answer to its first call was lost.
        (item("claimed", "request/m1", SAME), Claimed::Yes),
        (
            item("completed", "other/m1", SAME),
            Claimed::Completed { same_body: true },
        ),
        (
            item("completed", "request/m1", "AQ=="),
            Claimed::Completed { same_body: false },
        ),
    ] {
        let (store, _) = dynamodb(vec![refused(Some(known))]).await;
        assert_eq!(Store::claim(&store, &claim()).await.unwrap(), expected);
    }
    let (store, _) = dynamodb(vec![refused(None)]).await;
    Store::claim(&store, &claim()).await.unwrap_err();
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let lost = (500, json!({ "__type": "InternalServerError" }));
    let own = refused(Some(item("claimed", "request/m1", SAME)));
    let (store, requests) = dynamodb(vec![lost, own]).await;

    assert_eq!(Store::claim(&store, &claim()).await.unwrap(), Claimed::Yes);
    assert_eq!(requests.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn only_the_owner_completes() {
    let (store, requests) = dynamodb(vec![(200, json!({})), refused(None)]).await;

    assert!(Store::complete(&store, &claim()).await.unwrap());
    assert!(!Store::complete(&store, &claim()).await.unwrap());

    let (action, request) = requests.lock().unwrap().remove(0);
    assert_eq!(action, "UpdateItem");
    assert_eq!(
        request,
        json!({
            "TableName": "done",
            "Key": { "id": { "S": "ship#1" } },
            "UpdateExpression": "SET #state = :completed, expires = :expires REMOVE lease",
            "ConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": { "#owner": "owner", "#state": "state" },
            "ExpressionAttributeValues": {
                ":owner": { "S": "request/m1" },
                ":completed": { "S": "completed" },
                ":expires": { "N": "1800000061" },
            },
        })
    );
}

#[tokio::test]
async fn only_the_owner_releases_and_only_a_claim() {
    let (store, requests) = dynamodb(vec![(200, json!({})), refused(None)]).await;

    Store::release(&store, &claim()).await.unwrap();
    Store::release(&store, &claim()).await.unwrap();

    let (action, request) = requests.lock().unwrap().remove(0);
    assert_eq!(action, "DeleteItem");
    assert_eq!(
        request,
        json!({
            "TableName": "done",
            "Key": { "id": { "S": "ship#1" } },
            "ConditionExpression": "#owner = :owner AND #state = :claimed",
            "ExpressionAttributeNames": { "#owner": "owner", "#state": "state" },
            "ExpressionAttributeValues": {
                ":owner": { "S": "request/m1" },
                ":claimed": { "S": "claimed" },
            },
        })
    );
}

#[tokio::test]
async fn other_errors_are_errors() {
    let missing = (
        400,
        json!({ "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" }),
    );
    let (store, _) = dynamodb(vec![missing]).await;

    let error = Store::claim(&store, &claim()).await.unwrap_err();
    let error = crate::error::chain(&error);
    assert!(error.contains("ResourceNotFoundException"), "{error}");
    Store::complete(&store, &claim()).await.unwrap_err();
    Store::release(&store, &claim()).await.unwrap_err();
}

#[tokio::test]
async fn the_role_of_the_worker_may_make_exactly_these_calls() {
    let (store, requests) = dynamodb(vec![(200, json!({}))]).await;

    Store::claim(&store, &claim()).await.unwrap();
    Store::complete(&store, &claim()).await.unwrap();
    Store::release(&store, &claim()).await.unwrap();

    let requests = requests.lock().unwrap();
    let called = requests
        .iter()
        .map(|(action, _)| format!("dynamodb:{action}"));
    assert_eq!(
        called.collect::<Vec<_>>(),
        redrive_model::idempotency::ACTIONS
    );
}

#[tokio::test]
async fn an_item_is_below_300_bytes() {
    let id = "059f36b4-87a3-44ab-83d2-661975830a7d";
    let longest = Claim {
        key: crate::idempotency::Key::of(&"f".repeat(119), "key", "").id,
        owner: format!("{id}/{id}/9999"),
        ..claim()
    };
    let (store, requests) = dynamodb(vec![(200, json!({}))]).await;
    Store::claim(&store, &longest).await.unwrap();

    let (_, request) = requests.lock().unwrap().remove(0);
    // As DynamoDB counts: names and values, of a number a byte for two digits and one more.
    let bytes = |(name, value): (&String, &Value)| {
        let (kind, text) = value.as_object().unwrap().iter().next().unwrap();
        let text = text.as_str().unwrap();
        name.len()
            + match &**kind {
                "N" => text.len().div_ceil(2) + 1,
                "B" => 32,
                _ => text.len(),
            }
    };
    let item = request["Item"].as_object().unwrap();
    let bytes: usize = item.iter().map(bytes).sum();
    assert!(bytes < 300, "{bytes}");
}

#[test]
fn each_variable_that_is_missing_is_named() {
    let error = DynamoDb::from_lookup("ship", |_| None).unwrap_err();

    assert_eq!(
        error.to_string(),
        "`ship` needs REDRIVE_TABLE and REDRIVE_QUEUE_URL (for `idempotent`); the generated template sets them, set them to the table's name and the queue's URL in your own"
    );
}
