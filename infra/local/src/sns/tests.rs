use jiff::Timestamp;
use redrive_infra::stack::{Architecture, Stack, StackFunction};
use serde_json::{Value, json};

use super::{Delivery, SnsError, Topics};
use crate::sqs::{Attribute, AttributeValue, Message, Outgoing, ReceiveLimit, Sqs, SqsError};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";
const FIFO: &str = "arn:aws:sns:eu-west-1:123456789012:orders.fifo";

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().expect("a time")
}

/// The queues and topics of functions with these attributes, named `a`, `b` and so on.
fn of(attributes: &[&str]) -> (Sqs, Topics) {
    let tokens = |text: &str| text.parse().expect("tokens");
    let functions = ('a'..).zip(attributes).map(|(name, attribute)| {
        let item = format!("async fn {name}(order: Order) -> Result<(), Error> {{}}");
        StackFunction {
            binary: name.to_string(),
            function: redrive_syntax::parse(tokens(attribute), tokens(&item)).function,
        }
    });
    let stack = Stack::new("shop", Architecture::X86_64, functions.collect());
    let topics = Topics::of_stack(&stack).expect("topics");
    (Sqs::of_stack(&stack, 0), topics)
}

fn order(kind: &str) -> Outgoing {
    Outgoing {
        body: r#"{"id":1}"#.to_owned(),
        attributes: [("kind".to_owned(), Attribute::string(kind))].into(),
        ..Outgoing::default()
    }
}

fn receive(sqs: &mut Sqs, queue: &str) -> Vec<Message> {
    let all = ReceiveLimit::messages(10);
    sqs.receive(queue, all, None, now()).expect("a queue")
}

#[test]
fn each_queue_gets_its_copy_raw_or_in_the_envelope() {
    let wrapped = format!("topics = \"{TOPIC}\", raw = false");
    let (mut sqs, topics) = of(&[&format!("topics = \"{TOPIC}\""), &wrapped]);
    let mut publication = order("new");
    publication.subject = Some("an order".to_owned());
    let bytes = Attribute {
        data_type: "Binary".to_owned(),
        value: AttributeValue::Binary("AQID".to_owned()),
    };
    publication.attributes.insert("raw".to_owned(), bytes);
    let published = topics.publish(&mut sqs, TOPIC, &publication, now());
    let published = published.expect("a topic");
    assert_eq!(published.deliveries.len(), 2);

    let raw = receive(&mut sqs, "a").remove(0);
    assert_eq!(raw.body, publication.body);
    assert_eq!(raw.attributes, publication.attributes);

    let wrapped = receive(&mut sqs, "b").remove(0);
    assert!(wrapped.attributes.is_empty());
    let body: Value = serde_json::from_str(&wrapped.body).expect("JSON");
    assert!(
        wrapped
            .body
            .starts_with(r#"{"Type":"Notification","MessageId":"#)
    );
    assert_eq!(body["MessageId"], published.id);
    assert_eq!(body["TopicArn"], TOPIC);
    assert_eq!(body["Subject"], "an order");
    assert_eq!(body["Message"], r#"{"id":1}"#);
    assert_eq!(body["Timestamp"], "2026-01-05T09:00:00.000Z");
    let attributes = json!({
        "kind": { "Type": "String", "Value": "new" },
        "raw": { "Type": "Binary", "Value": "AQID" },
    });
    assert_eq!(body["MessageAttributes"], attributes);
    assert_eq!(body.get("SequenceNumber"), None);
}

#[test]
fn a_filter_policy_sees_texts_numbers_and_lists() {
    let policy = r#"{"kind": ["order"], "price": [{"numeric": [">", 9]}], "tags": ["rush"]}"#;
    let attribute = format!("topics = \"{TOPIC}\", filter_policy = r#\"{policy}\"#");
    let (mut sqs, topics) = of(&[&attribute]);
    let mut publish = |price: (&str, &str), tags: &str| {
        let mut publication = order("order");
        let attributes = &mut publication.attributes;
        attributes.insert("price".to_owned(), Attribute::text(price.0, price.1));
        attributes.insert("tags".to_owned(), Attribute::text("String.Array", tags));
        topics
            .publish(&mut sqs, TOPIC, &publication, now())
            .expect("a topic");
        receive(&mut sqs, "a").len()
    };
    assert_eq!(publish(("Number", "1e1"), r#"["new", "rush"]"#), 1);
    assert_eq!(publish(("Number", "9"), r#"["rush"]"#), 0);
    assert_eq!(publish(("String", "10"), r#"["rush"]"#), 0);
    assert_eq!(publish(("Number", "10"), r#"["new"]"#), 0);
    assert_eq!(publish(("Number", "10"), "rush"), 0);
}

#[test]
fn a_filter_policy_may_see_the_body() {
    let policy = r#"{"id": [{"numeric": [">", 9]}], "lines": {"sku": ["lamp"]}}"#;
    let attribute = format!(
        "topics = \"{TOPIC}\", filter_policy = r#\"{policy}\"#, filter_policy_scope = \"body\""
    );
    let (mut sqs, topics) = of(&[&attribute]);
    let mut publish = |body: &str| {
        let body = body.to_owned();
        let publication = Outgoing {
            body,
            ..order("order")
        };
        topics
            .publish(&mut sqs, TOPIC, &publication, now())
            .expect("a topic");
        receive(&mut sqs, "a").len()
    };
    assert_eq!(publish(r#"{"id":10,"lines":{"sku":"lamp"}}"#), 1);
    assert_eq!(
        publish(r#"{"id":10,"lines":[{"sku":"rug"},{"sku":"lamp"}]}"#),
        1
    );
    assert_eq!(publish(r#"{"id":10,"lines":[{"sku":"rug"}]}"#), 0);
    assert_eq!(publish(r#"{"id":9,"lines":{"sku":"lamp"}}"#), 0);
    assert_eq!(publish("no JSON"), 0);
}

#[test]
fn a_fifo_topic_needs_a_group_and_numbers_its_messages() {
    let attribute = format!("queue = \"a.fifo\", topics = \"{FIFO}\", raw = false");
    let (mut sqs, topics) = of(&[&attribute]);
    let mut publication = order("new");
    let mut publish = |publication: &Outgoing| topics.publish(&mut sqs, FIFO, publication, now());
    let error = publish(&publication).expect_err("no group");
    let text = "Invalid parameter: The MessageGroupId parameter is required for FIFO topics";
    assert_eq!(error.to_string(), text);

    publication.group = Some("g".to_owned());
    let published = publish(&publication).expect("a topic");
    // The queue has seen the message.
    publish(&publication).expect("a topic");
    let received = receive(&mut sqs, "a.fifo");
    let [message] = received.as_slice() else {
        panic!("{received:?}");
    };
    assert_eq!(message.group.as_deref(), Some("g"));
    let body: Value = serde_json::from_str(&message.body).expect("JSON");
    let sequence = body["SequenceNumber"].as_str();
    assert_eq!(sequence, published.sequence.as_deref());
    assert!(sequence.is_some());
}

#[test]
fn what_sqs_rejects_is_not_delivered() {
    let (mut sqs, topics) = of(&[&format!("topics = \"{TOPIC}\"")]);
    let mut publication = order("new");
    for index in 0..10 {
        let name = format!("more-{index}");
        publication.attributes.insert(name, Attribute::string("x"));
    }
    let published = topics.publish(&mut sqs, TOPIC, &publication, now());
    let deliveries = published.expect("a topic").deliveries;
    assert!(matches!(
        deliveries.as_slice(),
        [Delivery {
            rejected: Some(SqsError::InvalidParameter(_)),
            ..
        }]
    ));
    assert!(receive(&mut sqs, "a").is_empty());
}

#[test]
fn what_sns_rejects_reaches_no_queue() {
    let (mut sqs, topics) = of(&[&format!("topics = \"{TOPIC}\"")]);
    let invalid = |change: fn(&mut Outgoing)| {
        let mut publication = order("new");
        change(&mut publication);
        publication
    };
    for (publication, expected) in [
        (invalid(|it| it.body.clear()), "Empty message"),
        (
            invalid(|it| it.body = "x".repeat(262_144)),
            "Message too long",
        ),
        (invalid(|it| it.subject = Some(String::new())), "Subject"),
    ] {
        let error = topics.publish(&mut sqs, TOPIC, &publication, now());
        assert_eq!(error.expect_err("invalid"), SnsError::invalid(expected));
    }
    let error = topics.publish(&mut sqs, FIFO, &order("new"), now());
    assert_eq!(error.expect_err("another topic"), SnsError::NoTopic);
    assert!(receive(&mut sqs, "a").is_empty());
}

#[test]
fn a_topic_is_found_by_its_name_if_no_other_has_it() {
    let other = TOPIC.replace("eu-west-1", "eu-west-2");
    let two = format!("topics = [\"{TOPIC}\", \"{other}\", \"{FIFO}\"]");
    let (_, topics) = of(&[&two]);
    assert_eq!(topics.find("orders.fifo"), Some(FIFO));
    assert_eq!(topics.find(TOPIC), Some(TOPIC));
    assert_eq!(topics.find("orders"), None);
    assert_eq!(topics.find("returns"), None);
}

#[test]
fn queues_that_exist_keep_their_arns() {
    let source = "arn:aws:sqs:eu-west-1:210987654321:orders";
    let dlq = "arn:aws:sqs:eu-west-1:123456789012:dead";
    let existing = format!("queue = \"{source}\", dlq = \"{dlq}\", max_receive_count = 5");
    // The DLQ is the queue of another function.
    let (mut sqs, _) = of(&[&existing, &format!("queue = \"{dlq}\"")]);
    assert_eq!(sqs.arn_of("orders"), Some(source));
    assert_eq!(sqs.arn_of("dead"), Some(dlq));
    let policy = |queue: &str| {
        sqs.queue(queue)
            .expect("a queue")
            .config
            .redrive_policy
            .clone()
    };
    let of_source = policy("orders").expect("a redrive policy");
    assert_eq!(of_source.dead_letter_queue, "dead");
    assert!(policy("dead").is_some());
    let body = "x".to_owned();
    let outgoing = Outgoing {
        body,
        ..Outgoing::default()
    };
    sqs.send("dead", outgoing, now()).expect("a queue");
    let task = sqs.start_move_task(dlq, Some(source), None, now());
    assert!(task.is_ok(), "{task:?}");
    let unknown = crate::names::queue_arn("dead");
    assert!(sqs.start_move_task(&unknown, None, None, now()).is_err());
}
