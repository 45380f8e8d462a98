use serde_json::{Value, json};

use super::*;
use crate::tests::aws::{Answer, FakeAws};

/// A DynamoDB that gives these answers one after another, and the last one again and again.
async fn dynamodb(answers: impl IntoIterator<Item = Answer>) -> (DynamoDb, FakeAws) {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.reverse();
    let aws = FakeAws::that(move |_| match answers.len() {
        1 => answers[0].clone(),
        _ => answers.pop().unwrap(),
    })
    .await;
    let lookup = |name: &str| match name {
        TABLE | QUEUE_URL => Some("done".to_owned()),
        _ => aws.variable(name),
    };
    (DynamoDb::from_lookup("ship", lookup).unwrap(), aws)
}

/// That a call is accepted.
fn accepted() -> Answer {
    Answer::ok(&json!({}))
}

fn error(code: &str, item: Option<Value>) -> Answer {
    let mut body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}") });
    if let Some(item) = item {
        body["Item"] = item;
    }
    Answer::text(400, &body.to_string())
}

fn refused(item: Option<Value>) -> Answer {
    error("ConditionalCheckFailedException", item)
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
    let (store, aws) = dynamodb([accepted()]).await;

    assert_eq!(Store::claim(&store, &claim()).await.unwrap(), Claimed::Yes);

    assert_eq!(
        aws.request("PutItem"),
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
        let (store, _) = dynamodb([refused(Some(known))]).await;
        assert_eq!(Store::claim(&store, &claim()).await.unwrap(), expected);
    }
    let (store, _) = dynamodb([refused(None)]).await;
    Store::claim(&store, &claim()).await.unwrap_err();
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let lost = Answer::text(500, r#"{"__type":"InternalServerError"}"#);
    let own = refused(Some(item("claimed", "request/m1", SAME)));
    let (store, aws) = dynamodb([lost, own]).await;

    assert_eq!(Store::claim(&store, &claim()).await.unwrap(), Claimed::Yes);
    assert_eq!(aws.calls("PutItem"), 2);
}

#[tokio::test]
async fn only_the_owner_completes() {
    let (store, aws) = dynamodb([accepted(), refused(None)]).await;

    assert!(Store::complete(&store, &claim()).await.unwrap());
    assert!(!Store::complete(&store, &claim()).await.unwrap());

    assert_eq!(
        aws.request("UpdateItem"),
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
    let (store, aws) = dynamodb([accepted(), refused(None)]).await;

    Store::release(&store, &claim()).await.unwrap();
    Store::release(&store, &claim()).await.unwrap();

    assert_eq!(
        aws.request("DeleteItem"),
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
    let (store, _) = dynamodb([error("ResourceNotFoundException", None)]).await;

    let error = Store::claim(&store, &claim()).await.unwrap_err();
    let error = crate::error::chain(&error);
    assert!(error.contains("ResourceNotFoundException"), "{error}");
    Store::complete(&store, &claim()).await.unwrap_err();
    Store::release(&store, &claim()).await.unwrap_err();
}

#[tokio::test]
async fn the_role_of_the_worker_may_make_exactly_these_calls() {
    let (store, aws) = dynamodb([accepted()]).await;

    Store::claim(&store, &claim()).await.unwrap();
    Store::complete(&store, &claim()).await.unwrap();
    Store::release(&store, &claim()).await.unwrap();

    let requests = aws.requests();
    let called = requests
        .iter()
        .map(|it| format!("dynamodb:{}", it.operation));
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
    let (store, aws) = dynamodb([accepted()]).await;
    Store::claim(&store, &longest).await.unwrap();

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
    let request = aws.request("PutItem");
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
