//! What may be sent, and which message it is.

use super::*;

#[test]
fn sending_is_checked() {
    let mut sqs = sqs("");
    sqs.create(QueueConfig::new("f.fifo"));
    let no_group = Outgoing {
        deduplication: Some("d".to_owned()),
        ..body("x")
    };
    let no_deduplication = Outgoing {
        group: Some("g".to_owned()),
        ..body("x")
    };
    let late = Outgoing {
        delay: 901,
        ..body("x")
    };
    for (queue, outgoing, code) in [
        ("no", body("x"), "AWS.SimpleQueueService.NonExistentQueue"),
        ("work", body(""), "MissingParameter"),
        ("work", body("\u{0}"), "InvalidMessageContents"),
        (
            "work",
            body(&"x".repeat(1_048_577)),
            "InvalidParameterValue",
        ),
        ("work", late, "InvalidParameterValue"),
        ("f.fifo", no_group, "MissingParameter"),
        ("f.fifo", no_deduplication, "InvalidParameterValue"),
    ] {
        let error = sqs.send(queue, outgoing, start()).unwrap_err();
        assert_eq!(error.code(), code, "{queue}");
    }
}

#[test]
fn what_a_worker_sends_on_is_the_same_message() {
    let mut sqs = sqs("");
    let sent = sqs.send("work", body("x"), start()).unwrap();
    receive(&mut sqs, start());
    let named = Attribute::string(sent.id);
    let copy = Outgoing {
        attributes: [("RedriveSourceMessageId".to_owned(), named)].into(),
        ..body("x")
    };
    let copy = sqs.send("dead", copy, start()).unwrap();
    assert_eq!(copy.origin, sent.origin);
    let like_it = sqs.send("dead", body("x"), start()).unwrap();
    assert_ne!(like_it.origin, sent.origin);
}
