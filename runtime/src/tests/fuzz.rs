//! Events bent at random. What must hold for each is in `property.rs`, which
//! the fuzz target `event` shares.

mod property;

use proptest::prelude::*;

use crate::{
    BoxError, EventBridge, FromMessage, Message, Permanent, Raw, Record, Sns,
    testing::{Batch, Report, TestMessage},
};

const EVENT: &str = r#"{"Records":[{"messageId":"059f36b4","receiptHandle":"AQEB\"w","body":"{\"id\":1,\"s\":\"\\u00e9\\ud83d\\ude80\"}","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1545082649183","MessageGroupId":"g"},"messageAttributes":{"a":{"stringValue":"x","stringListValues":[],"dataType":"String"}},"md5OfBody":"e4e68fb7","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:q.fifo","awsRegion":"us-east-2"},{"messageId":"2e1424d4","body":"x"}]}"#;

#[derive(Clone, Debug)]
enum Bend {
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Truncate(prop::sample::Index),
    Repeat(prop::sample::Index, usize),
}

fn bend() -> impl Strategy<Value = Bend> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Bend::Replace(at, byte)),
        (at(), prop::sample::select(b"\"\\{}[]:,0nu ".to_vec()))
            .prop_map(|(at, byte)| Bend::Replace(at, byte)),
        (at(), prop::collection::vec(any::<u8>(), 1..8))
            .prop_map(|(at, bytes)| Bend::Insert(at, bytes)),
        (at(), 1..40_usize).prop_map(|(at, length)| Bend::Remove(at, length)),
        at().prop_map(Bend::Truncate),
        (at(), 1..60_usize).prop_map(|(at, length)| Bend::Repeat(at, length)),
    ]
}

fn apply(event: &mut Vec<u8>, bend: &Bend) {
    if event.is_empty() {
        return;
    }
    match bend {
        Bend::Replace(at, byte) => *at.get_mut(event) = *byte,
        Bend::Insert(at, bytes) => {
            let at = at.index(event.len());
            event.splice(at..at, bytes.iter().copied());
        }
        Bend::Remove(at, length) => {
            let at = at.index(event.len());
            let end = (at + length).min(event.len());
            event.drain(at..end);
        }
        Bend::Truncate(at) => event.truncate(at.index(event.len())),
        Bend::Repeat(at, length) => {
            let at = at.index(event.len());
            let end = (at + length).min(event.len());
            let piece = event[at..end].to_vec();
            event.splice(at..at, piece);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bent_event_does_no_harm(bends in prop::collection::vec(bend(), 1..6)) {
        let mut event = EVENT.as_bytes().to_vec();
        for bend in &bends {
            apply(&mut event, bend);
        }
        property::check(&event);
    }

    #[test]
    fn any_bytes_do_no_harm(event in prop::collection::vec(any::<u8>(), 0..300)) {
        property::check(&event);
    }

    #[test]
    fn any_body_comes_as_it_was_sent(body in any::<String>()) {
        let report = Batch::new().message(TestMessage::text(body.clone())).run(
            async |text: crate::Text| match text.0 == body {
                true => Ok(()),
                false => Err("another body"),
            },
        );
        prop_assert!(report.failed().is_empty());
    }
}

/// What the fuzz target starts from, and what it found.
#[test]
fn each_seed_of_the_fuzz_target_does_no_harm() {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/event");
    let mut seen = 0;
    for seed in std::fs::read_dir(seeds).expect("a folder of seeds") {
        property::check(&std::fs::read(seed.expect("a seed").path()).expect("an event"));
        seen += 1;
    }
    assert!(seen > 0);
}
