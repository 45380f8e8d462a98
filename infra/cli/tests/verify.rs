//! `cargo redrive package --verify`, with stubs of cargo-lambda and of the AWS CLI.
#![cfg(target_os = "linux")]

mod support;

use std::fs;

use serde_json::{Value, json};

use support::{Shop, stack, template};

/// Answers each call from the file of the queue's name, and writes the call to `calls`.
const AWS: &str = r#"#!/bin/sh
echo "$*" >> calls
queue=${4##*/}
if [ "$2" = list-dead-letter-source-queues ]; then queue="sources-of-$queue"; fi
if [ "$2" = get-caller-identity ]; then queue=account; fi
if [ -e "$queue.json" ]; then cat "$queue.json"; else echo "An error: no $queue" >&2; exit 254; fi
"#;

const QUEUES: &str = r#"queue = "${Queue}", fifo = false, dlq = "arn:aws:sqs:eu-west-1:123456789012:dead",
    timeout = "20s", visibility_timeout = "2m", senders = "arn:aws:s3:::uploads-${Stage:-dev}""#;

fn shop(attribute: &str) -> Shop {
    let shop = Shop::new();
    shop.build(attribute, &template(30));
    shop.tool("aws", AWS);
    shop
}

/// Writes the attributes of the queue and of its DLQ.
fn write(shop: &Shop, changes: &Value) {
    let policy = json!({ "Statement": [
        { "Effect": "Deny", "Principal": "*", "Action": "sqs:*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } } },
        { "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" },
            "Action": "sqs:SendMessage",
            "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:s3:::uploads-dev" } } },
    ] });
    let redrive = json!({
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead",
        "maxReceiveCount": 5,
    });
    let mut attributes = json!({
        "VisibilityTimeout": "120",
        "MessageRetentionPeriod": "345600",
        "RedrivePolicy": redrive.to_string(),
        "Policy": policy.to_string(),
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        attributes[name] = value.clone();
    }
    let dead = json!({ "MessageRetentionPeriod": "1209600" });
    for (queue, attributes) in [("orders", attributes), ("dead", dead)] {
        let answer = json!({ "Attributes": attributes });
        shop.write(&format!("{queue}.json"), &answer.to_string());
    }
}

const VERIFY: [&str; 3] = [
    "--verify",
    "--param",
    "Queue=arn:aws:sqs:eu-west-1:123456789012:orders",
];

#[test]
fn queues_that_are_as_declared_are_verified() {
    let shop = shop(QUEUES);
    write(&shop, &json!({}));
    let (stdout, stderr) = shop.succeeds(&VERIFY);
    let expected = "    Verified shop: 2 queues are as they are declared\n";
    assert!(stderr.contains(expected), "{stderr}");
    assert!(stdout.contains("sam deploy"), "{stdout}");
    let calls = fs::read_to_string(shop.path("calls")).expect("calls");
    let call = |queue| {
        format!(
            "sqs get-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/{queue} \
             --attribute-names All --region eu-west-1 --output json\n"
        )
    };
    assert_eq!(calls, call("orders") + &call("dead"));
    let (stdout, _) = shop.succeeds(&[&VERIFY[..], &["--json"]].concat());
    let line: Value = serde_json::from_str(&stdout).expect("one line of JSON");
    assert_eq!(line["verified"], json!([]));
}

#[test]
fn each_difference_has_its_number_its_rule_and_what_to_change() {
    let shop = shop(QUEUES);
    write(&shop, &json!({ "VisibilityTimeout": "30", "Policy": "" }));
    let stderr = shop.fails(&VERIFY, 1);
    for lines in [
        "error: handle: `visibility_timeout` is 2 min, but the queue has 30 s [visibility_timeout]\n\
         help: write `visibility_timeout = \"30s\"`, or set `VisibilityTimeout` of the queue to 120\n\
         note: the queue is arn:aws:sqs:eu-west-1:123456789012:orders\n",
        "error: handle: the policy of the queue does not deny access without TLS [sender]\n",
        "error: handle: the policy of the queue does not allow `arn:aws:s3:::uploads-dev` to send [sender]\n",
    ] {
        assert!(stderr.contains(lines), "{stderr}");
    }
    // The folder is complete, as after `--check`.
    assert!(shop.path("target/redrive/shop/template.json").is_file());
    let output = shop.package(&[&VERIFY[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let line: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let first = &line["verified"][0];
    assert_eq!(first["rule"], "visibility_timeout");
    assert_eq!(
        (&first["declared"], &first["found"]),
        (&json!(120), &json!(30))
    );
}

#[test]
fn a_queue_that_cannot_be_read_is_not_verified() {
    let shop = shop(QUEUES);
    write(&shop, &json!({}));
    fs::remove_file(shop.path("dead.json")).expect("a file");
    let stderr = shop.fails(&VERIFY, 1);
    // The AWS CLI's own words.
    assert!(stderr.contains("An error: no dead\n"), "{stderr}");
    let expected = "error: handle: the queue cannot be read\nhelp: ";
    assert_eq!(stderr.matches(expected).count(), 1, "{stderr}");
}

#[test]
fn rules_that_need_a_value_are_checked_with_it() {
    let shop = shop(r#"queue = "orders-${Stage}", env(TABLE = "${Table}")"#);
    let missing = shop.fails(&["--verify", "--param", "Table=t"], 2);
    let expected = "error: the values of parameters are not known\nhelp: pass `--param Stage=…`\n";
    assert!(missing.ends_with(expected), "{missing}");
    assert!(!shop.path("target/redrive").exists(), "{missing}");

    let stage = |stage: &str| {
        [
            "--verify".into(),
            "--param=Table=t".into(),
            format!("--param=Stage={stage}"),
        ]
    };
    let good = stage("dev");
    let (_, stderr) = shop.succeeds(&good.each_ref().map(String::as_str));
    let expected = "    Verified shop: no queue exists outside of the stack\n";
    assert!(stderr.contains(expected), "{stderr}");
    let long = stage(&"x".repeat(70));
    let stderr = shop.fails(&long.each_ref().map(String::as_str), 1);
    let expected = "error: handle: queue name has 77 characters; at most 76 leave room for `-dlq`, \
                    the DLQ's suffix [queue_name]\nhelp: change the value of `Stage`\n";
    assert!(stderr.contains(expected), "{stderr}");
    assert!(!shop.path("calls").exists());

    let misspelt = shop.fails(&["--verify", "--param", "stage=dev"], 2);
    let expected = "error: unknown parameter `stage`\nhelp: did you mean `Stage`?\n";
    assert!(misspelt.ends_with(expected), "{misspelt}");

    let alone = shop.fails(&["--param", "Stage=dev"], 2);
    assert!(alone.contains("--verify"), "{alone}");
}

#[test]
fn a_dlq_of_two_queues_is_not_redriven() {
    let shop = shop(&format!("{QUEUES}, dlq_redrive = \"rate(1 day)\""));
    // The worker counts the rounds.
    let redrive = json!({
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead",
        "maxReceiveCount": 6,
    });
    write(&shop, &json!({ "RedrivePolicy": redrive.to_string() }));
    let stderr = shop.fails(&VERIFY, 1);
    assert!(
        stderr.contains("An error: no sources-of-dead\n"),
        "{stderr}"
    );
    let expected = "error: handle: which queues have the DLQ cannot be read\nhelp: the AWS CLI has printed why; \
                    this needs `sqs:ListDeadLetterSourceQueues`\n";
    assert!(stderr.contains(expected), "{stderr}");
    let url = |queue: &&str| format!("https://sqs.eu-west-1.amazonaws.com/123456789012/{queue}");
    let sources = |queues: &[&str]| {
        let urls: Vec<_> = queues.iter().map(url).collect();
        shop.write(
            "sources-of-dead.json",
            &json!({ "queueUrls": urls }).to_string(),
        );
    };
    sources(&["orders"]);
    let account = |id: &str| shop.write("account.json", &json!({ "Account": id }).to_string());
    account("210987654321");
    let stderr = shop.fails(&VERIFY, 1);
    assert!(
        stderr.contains("account of the credentials, `210987654321`"),
        "{stderr}"
    );
    assert!(
        stderr.contains("[dlq_place]\nhelp: remove `dlq_redrive`"),
        "{stderr}"
    );
    account("123456789012");
    shop.succeeds(&VERIFY);
    sources(&["orders", "returns"]);
    let stderr = shop.fails(&VERIFY, 1);
    let expected = "123456789012/returns: a redrive would move its\n\
                    messages to `orders` [shared_queue]\nhelp: give each queue its own DLQ";
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn a_fix_is_one_that_the_rules_allow() {
    let shop = shop(
        r#"queue = "arn:aws:sqs:eu-west-1:123456789012:orders", dlq = "${Dlq}", kms_key = "${Key}""#,
    );
    let key = |id: &str| format!("arn:aws:kms:eu-west-1:123456789012:key/{id}");
    write(
        &shop,
        &json!({ "VisibilityTimeout": "10", "KmsMasterKeyId": key("a") }),
    );
    let dead = json!({ "Attributes": { "MessageRetentionPeriod": "345600" } });
    shop.write("other.json", &dead.to_string());
    let arguments = [
        "--verify".to_owned(),
        "--param=Dlq=arn:aws:sqs:eu-west-1:123456789012:other".to_owned(),
        format!("--param=Key={}", key("b")),
    ];
    let stderr = shop.fails(&arguments.each_ref().map(String::as_str), 1);
    for lines in [
        // The DLQ would not keep messages longer than the queue.
        "`dlq_retention` is 14 d, but the queue has 4 d [dlq_retention]\n\
         help: set `MessageRetentionPeriod` of the queue to 1209600\n",
        // The timeout is 30 s.
        "`visibility_timeout` is 3 min, but the queue has 10 s [visibility_timeout]\n\
         help: set `VisibilityTimeout` of the queue to 180\n",
        " [kms_key]\nhelp: change the value of `Key`\n",
        "`arn:aws:sqs:eu-west-1:123456789012:other` [dlq_needed]\n\
         help: change the value of `Dlq`\n",
    ] {
        assert!(stderr.contains(lines), "{lines}\n{stderr}");
    }
}

#[test]
fn parameters_of_the_permissions_are_judged() {
    let shop = shop("");
    let mut stack = stack("permissions = \"iam.json\"");
    let statement =
        |bucket: &str| json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": bucket });
    let statements = vec![
        statement("${BucketArn}/*"),
        statement("arn:aws:s3:::${Name:-a}/*"),
    ];
    stack.permissions.insert("handle".to_owned(), statements);
    shop.build_stack(&stack, &template(30), "");
    let missing = shop.fails(&["--verify"], 2);
    let expected =
        "error: the values of parameters are not known\nhelp: pass `--param BucketArn=…`\n";
    assert!(missing.ends_with(expected), "{missing}");
    let wrong = shop.fails(&["--verify", "--param=BucketArn=orders"], 1);
    let expected = "error: handle: `iam.json`: statement 1 has `orders/*`, which is not an ARN [permissions]\n\
                    help: change the value of `BucketArn`\n";
    assert!(wrong.contains(expected), "{wrong}");
    shop.succeeds(&["--verify", "--param=BucketArn=arn:aws:s3:::orders"]);
}
