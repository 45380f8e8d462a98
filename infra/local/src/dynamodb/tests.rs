use serde_json::{Value, json};

use super::{CLAIM, COMPLETE, COMPLETE_UPDATE, RELEASE, Tables, answer};

/// The simulated time is this much later than that of the callers.
const OFFSET: i64 = 1_000_000;

fn claim(owner: &str, now: i64, lease: i64) -> Value {
    json!({
        "TableName": "done",
        "Item": {
            "id": { "S": "ship#1" },
            "owner": { "S": owner },
            "state": { "S": "claimed" },
            "body": { "B": "AA==" },
            "lease": { "N": lease.to_string() },
            "expires": { "N": "3600" },
        },
        "ConditionExpression": CLAIM,
        "ExpressionAttributeNames": { "#state": "state" },
        "ExpressionAttributeValues": {
            ":claimed": { "S": "claimed" },
            ":now": { "N": (now / 1_000).to_string() },
            ":now_ms": { "N": now.to_string() },
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    })
}

fn complete(owner: &str) -> Value {
    json!({
        "TableName": "done",
        "Key": { "id": { "S": "ship#1" } },
        "UpdateExpression": COMPLETE_UPDATE,
        "ConditionExpression": COMPLETE,
        "ExpressionAttributeValues": {
            ":owner": { "S": owner },
            ":completed": { "S": "completed" },
            ":expires": { "N": "100" },
        },
    })
}

fn release(owner: &str) -> Value {
    json!({
        "TableName": "done",
        "Key": { "id": { "S": "ship#1" } },
        "ConditionExpression": RELEASE,
        "ExpressionAttributeValues": {
            ":owner": { "S": owner },
            ":claimed": { "S": "claimed" },
        },
    })
}

/// Calls an action; the error's text and its item.
fn call_at(
    tables: &mut Tables,
    action: &str,
    request: &Value,
    offset: i64,
) -> Result<(), (String, Option<Value>)> {
    let request = serde_json::from_value(request.clone()).expect("a request");
    match answer(tables, action, request, offset) {
        Ok(_) => Ok(()),
        Err(failed) => Err((failed.message, failed.item)),
    }
}

fn call(tables: &mut Tables, action: &str, request: &Value) -> Result<(), (String, Option<Value>)> {
    call_at(tables, action, request, OFFSET)
}

#[test]
fn a_key_is_claimed_once_until_its_lease_ends() {
    let tables = &mut Tables::default();
    call(tables, "PutItem", &claim("a", 1_000, 31_000)).expect("a new key");

    let (text, item) = call(tables, "PutItem", &claim("b", 2_000, 32_000)).expect_err("claimed");
    assert_eq!(text, "The conditional request failed");
    let item = item.expect("ALL_OLD");
    assert_eq!(item["owner"]["S"], "a");
    assert_eq!(item["state"]["S"], "claimed");
    assert_eq!(item["lease"]["N"], "31000");
    assert_eq!(item["expires"]["N"], "3600");

    call(tables, "PutItem", &claim("b", 31_000, 61_000)).expect_err("its last moment");
    call(tables, "PutItem", &claim("b", 31_001, 61_000)).expect("the lease has ended");
}

#[test]
fn a_lease_ends_by_simulated_time() {
    let tables = &mut Tables::default();
    call(tables, "PutItem", &claim("a", 1_000, 31_000)).expect("a new key");

    // Ten minutes of simulated time later, the caller's clock has hardly moved.
    let later = OFFSET + 600_000;
    call_at(tables, "PutItem", &claim("b", 1_500, 31_500), later).expect("it has ended");
}

#[test]
fn only_the_owner_completes_and_releases() {
    let tables = &mut Tables::default();
    call(tables, "PutItem", &claim("a", 1_000, 31_000)).expect("a new key");
    call(tables, "UpdateItem", &complete("b")).expect_err("another's");
    call(tables, "DeleteItem", &release("b")).expect_err("another's");

    call(tables, "UpdateItem", &complete("a")).expect("its own");
    call(tables, "UpdateItem", &complete("a")).expect("completed again");
    call(tables, "DeleteItem", &release("a")).expect_err("it is completed");
    let (_, item) = call(tables, "PutItem", &claim("b", 99_000, 129_000)).expect_err("known");
    let item = item.expect("ALL_OLD");
    assert_eq!(item["state"]["S"], "completed");
    assert_eq!(item["lease"], Value::Null);
    call(tables, "PutItem", &claim("b", 101_000, 131_000)).expect("it has expired");
    call(tables, "DeleteItem", &release("b")).expect("its own");
    assert!(tables.is_empty());
}

#[test]
fn other_calls_are_not_supported() {
    let tables = &mut Tables::default();
    let request = json!({ "TableName": "done", "Key": { "id": { "S": "1" } } });
    for action in ["GetItem", "PutItem", "UpdateItem", "DeleteItem", ""] {
        let (text, _) = call(tables, action, &request).expect_err(action);
        assert!(
            text.starts_with("the local DynamoDB supports only"),
            "{text}"
        );
    }
}
