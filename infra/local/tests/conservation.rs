//! No message gets lost: whatever is done to a queue and its DLQ, each message
//! that was sent is in one of them, or was deleted or has expired.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redrive_local::EventKind;
use redrive_local::names::queue_arn;
use redrive_local::sqs::{
    Origin, Outgoing, QueueConfig, QueueEvent, ReceiveLimit, RedrivePolicy, Sqs,
};

#[derive(Clone, Debug)]
enum Act {
    Send { delay: u32 },
    Receive { most: usize, delete: bool },
    Redrive { rate: Option<u32> },
    Wait { seconds: i64 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..60_u32).prop_map(|delay| Act::Send { delay }),
        (1..10_usize, any::<bool>()).prop_map(|(most, delete)| Act::Receive { most, delete }),
        proptest::option::of(1..500_u32).prop_map(|rate| Act::Redrive { rate }),
        (0..100_i64).prop_map(|seconds| Act::Wait { seconds }),
        (0..1_000_000_i64).prop_map(|seconds| Act::Wait { seconds }),
    ]
}

fn queues(seed: u64) -> Sqs {
    let mut sqs = Sqs::new(seed);
    for (name, dlq) in [("dead", None), ("work", Some("dead"))] {
        sqs.create(QueueConfig {
            retention: 1_000_000,
            redrive_policy: dlq.map(|dlq: &str| RedrivePolicy {
                dead_letter_queue: dlq.to_owned(),
                max_receive_count: 3,
            }),
            ..QueueConfig::new(name)
        });
    }
    sqs
}

fn perform(sqs: &mut Sqs, act: &Act, now: &mut Timestamp) {
    match *act {
        Act::Send { delay } => {
            let outgoing = Outgoing {
                body: format!("sent at {now}"),
                delay,
                ..Outgoing::default()
            };
            sqs.send("work", outgoing, *now).unwrap();
        }
        Act::Receive { most, delete } => {
            let most = ReceiveLimit::messages(most);
            for message in sqs.receive("work", most, None, *now).unwrap() {
                if delete {
                    sqs.delete("work", &message.receipt_handle(), *now).unwrap();
                }
            }
        }
        Act::Redrive { rate } => {
            // Refused while one is running.
            let _ = sqs.start_move_task(&queue_arn("dead"), None, rate, *now);
        }
        Act::Wait { seconds } => {
            *now += SignedDuration::from_secs(seconds);
            sqs.advance(*now);
        }
    }
}

/// How many copies of each message there should be after these events.
fn count(events: &[QueueEvent], copies: &mut BTreeMap<Origin, i32>) {
    for event in events {
        let change = match event.kind {
            EventKind::Sent { .. } | EventKind::Forwarded { .. } => 1,
            EventKind::Deleted { .. } | EventKind::Expired { .. } => -1,
            _ => 0,
        };
        *copies.entry(event.origin).or_default() += change;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_are_conserved(seed: u64, acts in prop::collection::vec(act(), 1..60)) {
        let mut sqs = queues(seed);
        let mut now = "2026-01-05T09:00:00Z".parse().unwrap();
        let mut expected = BTreeMap::new();
        for act in &acts {
            perform(&mut sqs, act, &mut now);
            count(&sqs.take_events(), &mut expected);
            let mut held: BTreeMap<Origin, i32> = expected.keys().map(|origin| (*origin, 0)).collect();
            for message in sqs.queues().flat_map(|queue| queue.messages()) {
                *held.entry(message.origin).or_default() += 1;
            }
            prop_assert_eq!(&held, &expected);
        }
    }
}
