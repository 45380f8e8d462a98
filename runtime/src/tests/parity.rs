//! The behaviour of Powertools for AWS Lambda (Python 3.37.0), measured by
//! running it: the same handler calls and the same answer, or, where its answer
//! loses or repeats messages, a better one.
//!
//! The names begin with what is measured: S a batch of a standard queue, F of a
//! FIFO queue, A the asynchronous processor, M bodies that a model does not take,
//! I records without an id, D records with one id, X what would end the process,
//! R a processor used again.

use std::sync::Mutex;

use serde::Deserialize;

use crate::{
    message::FromMessage,
    testing::{Batch, Report, TestMessage},
};

#[derive(Deserialize)]
struct Scripted {
    id: String,
    #[serde(default)]
    then: Then,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Then {
    #[default]
    Ok,
    Fail,
    Panic,
}

/// A batch, what each record's handler does, and what must come of it.
struct Vector {
    name: &'static str,
    /// `id:ok`, `id:fail`, `id:panic` or `id:malformed`, with `@group` behind.
    records: &'static [&'static str],
    batch: fn() -> Batch,
    calls: &'static [&'static str],
    /// The ids in the answer; `None`: the invocation ends with an error.
    answer: Option<&'static [&'static str]>,
}

fn standard() -> Batch {
    Batch::new()
}

fn standard_reporting() -> Batch {
    Batch::new().report_total_failure()
}

/// Powertools' asynchronous processor, but with a limit.
fn concurrent() -> Batch {
    Batch::new().concurrency(10)
}

/// Powertools' default: the first failure ends a FIFO batch.
fn fifo_stop() -> Batch {
    Batch::fifo().stop_batch()
}

/// Powertools' `skip_group_on_error`.
fn fifo_skip() -> Batch {
    Batch::fifo()
}

const EQUAL: &[Vector] = &[
    Vector {
        name: "S1",
        records: &["m1:ok", "m2:ok", "m3:ok"],
        batch: standard,
        calls: &["m1", "m2", "m3"],
        answer: Some(&[]),
    },
    Vector {
        name: "S2",
        records: &["m1:ok", "m2:fail", "m3:ok"],
        batch: standard,
        calls: &["m1", "m2", "m3"],
        answer: Some(&["m2"]),
    },
    Vector {
        name: "S3",
        records: &["m1:ok", "m2:fail", "m3:ok", "m4:ok", "m5:fail"],
        batch: standard,
        calls: &["m1", "m2", "m3", "m4", "m5"],
        answer: Some(&["m2", "m5"]),
    },
    Vector {
        name: "S4",
        records: &["m1:fail", "m2:fail"],
        batch: standard,
        calls: &["m1", "m2"],
        answer: None,
    },
    Vector {
        name: "S5",
        records: &["m1:fail"],
        batch: standard,
        calls: &["m1"],
        answer: None,
    },
    Vector {
        name: "S6",
        records: &["m1:fail", "m2:fail"],
        batch: standard_reporting,
        calls: &["m1", "m2"],
        answer: Some(&["m1", "m2"]),
    },
    Vector {
        name: "M1",
        records: &["m1:ok", "m2:ok"],
        batch: standard,
        calls: &["m1", "m2"],
        answer: Some(&[]),
    },
    Vector {
        name: "M2",
        records: &["m1:ok", "m2:malformed", "m3:ok"],
        batch: standard,
        calls: &["m1", "m3"],
        answer: Some(&["m2"]),
    },
    Vector {
        name: "M3",
        records: &["m1:malformed"],
        batch: standard,
        calls: &[],
        answer: None,
    },
    Vector {
        name: "M4",
        records: &["m1:malformed", "m2:ok", "m3:fail"],
        batch: standard,
        calls: &["m2", "m3"],
        answer: Some(&["m1", "m3"]),
    },
    Vector {
        name: "A1, all ok",
        records: &["m1:ok", "m2:ok", "m3:ok"],
        batch: concurrent,
        calls: &["m1", "m2", "m3"],
        answer: Some(&[]),
    },
    Vector {
        name: "A1, one fails",
        records: &["m1:ok", "m2:fail", "m3:ok"],
        batch: concurrent,
        calls: &["m1", "m2", "m3"],
        answer: Some(&["m2"]),
    },
    Vector {
        name: "A1, all fail",
        records: &["m1:fail", "m2:fail"],
        batch: concurrent,
        calls: &["m1", "m2"],
        answer: None,
    },
    Vector {
        name: "F1",
        records: &["m1:ok@A", "m2:ok@A", "m3:ok@B", "m4:ok@A", "m5:ok@B"],
        batch: fifo_stop,
        calls: &["m1", "m2", "m3", "m4", "m5"],
        answer: Some(&[]),
    },
    Vector {
        name: "F2",
        records: &["m1:ok@A", "m2:fail@A", "m3:ok@B", "m4:ok@A", "m5:ok@B"],
        batch: fifo_stop,
        calls: &["m1", "m2"],
        answer: Some(&["m2", "m3", "m4", "m5"]),
    },
    Vector {
        name: "F3",
        records: &["m1:ok@A", "m2:fail@A", "m3:ok@B", "m4:ok@A", "m5:ok@B"],
        batch: fifo_skip,
        calls: &["m1", "m2", "m3", "m5"],
        answer: Some(&["m2", "m4"]),
    },
    Vector {
        name: "F4",
        records: &["m1:fail@A", "m2:ok@A", "m3:ok@B", "m4:ok@A", "m5:ok@B"],
        batch: fifo_stop,
        calls: &["m1"],
        answer: None,
    },
    Vector {
        name: "F5",
        records: &["m1:ok@A", "m2:ok@A", "m3:ok@B", "m4:ok@A", "m5:fail@B"],
        batch: fifo_stop,
        calls: &["m1", "m2", "m3", "m4", "m5"],
        answer: Some(&["m5"]),
    },
    Vector {
        name: "F6",
        records: &["m1:fail@A", "m2:ok@A", "m3:fail@B", "m4:ok@A", "m5:ok@B"],
        batch: fifo_skip,
        calls: &["m1", "m3"],
        answer: None,
    },
    Vector {
        name: "F7",
        records: &["m1:fail", "m2:ok", "m3:ok"],
        batch: fifo_skip,
        calls: &["m1", "m2", "m3"],
        answer: Some(&["m1"]),
    },
    Vector {
        name: "F8",
        records: &["m1:ok@A", "m2:malformed@A", "m3:ok@B"],
        batch: fifo_stop,
        calls: &["m1"],
        answer: Some(&["m2", "m3"]),
    },
    Vector {
        name: "F9",
        records: &["m1:ok@A", "m2:malformed@A", "m3:ok@B", "m4:ok@A"],
        batch: fifo_skip,
        calls: &["m1", "m3"],
        answer: Some(&["m2", "m4"]),
    },
];

const BETTER: &[Vector] = &[
    Vector {
        name: "D1: of two records with one id the second fails",
        records: &["d:ok", "d:fail"],
        batch: standard,
        calls: &["d", "d"],
        answer: Some(&["d"]),
    },
    Vector {
        name: "D2: an id is reported once",
        records: &["d:fail", "d:fail", "m3:ok"],
        batch: standard,
        calls: &["d", "d", "m3"],
        answer: Some(&["d"]),
    },
    Vector {
        name: "X1: a panic is its own record's failure",
        records: &["m1:ok", "m2:panic", "m3:ok"],
        batch: standard,
        calls: &["m1", "m2", "m3"],
        answer: Some(&["m2"]),
    },
    Vector {
        name: "F10: a malformed record behind the failure is reported, not thrown",
        records: &["m1:ok@A", "m2:fail@A", "m3:malformed@A"],
        batch: fifo_stop,
        calls: &["m1", "m2"],
        answer: Some(&["m2", "m3"]),
    },
    Vector {
        name: "F11: two malformed records",
        records: &["m0:ok@A", "m1:malformed@A", "m2:malformed@A"],
        batch: fifo_stop,
        calls: &["m0"],
        answer: Some(&["m1", "m2"]),
    },
    Vector {
        name: "F12: two malformed records in one group",
        records: &["m0:ok@A", "m1:malformed@B", "m2:malformed@B"],
        batch: fifo_skip,
        calls: &["m0"],
        answer: Some(&["m1", "m2"]),
    },
    Vector {
        name: "F14: a FIFO batch may report a total failure",
        records: &["m1:fail@A", "m2:ok@A"],
        batch: || Batch::fifo().report_total_failure(),
        calls: &["m1"],
        answer: Some(&["m1", "m2"]),
    },
    Vector {
        name: "F15: FIFO is known from the queue",
        records: &["m1:ok@A", "m2:fail@A", "m3:ok@A"],
        batch: fifo_skip,
        calls: &["m1", "m2"],
        answer: Some(&["m2", "m3"]),
    },
    Vector {
        name: "a group on a standard queue is no order (fair queues)",
        records: &["m1:fail@A", "m2:ok@A"],
        batch: standard,
        calls: &["m1", "m2"],
        answer: Some(&["m1"]),
    },
];

fn message(script: &str) -> TestMessage {
    let (script, group) = match script.split_once('@') {
        Some((script, group)) => (script, Some(group)),
        None => (script, None),
    };
    let (id, then) = script.split_once(':').unwrap();
    let message = match then {
        "malformed" => TestMessage::text("{\"id\": no"),
        _ => TestMessage::json(&serde_json::json!({"id": id, "then": then})),
    };
    match group {
        Some(group) => message.id(id).group(group),
        None => message.id(id),
    }
}

fn run(vector: &Vector) -> (Vec<String>, Report) {
    let calls = Mutex::new(Vec::new());
    let batch = vector
        .records
        .iter()
        .fold((vector.batch)(), |batch, script| {
            batch.message(message(script))
        });
    let report = batch.run(async |order: Scripted| {
        calls.lock().unwrap().push(order.id);
        match order.then {
            Then::Ok => Ok(()),
            Then::Fail => Err("boom"),
            Then::Panic => panic!("at the disco"),
        }
    });
    (calls.into_inner().unwrap(), report)
}

#[test]
fn calls_and_answers_are_powertools() {
    for vector in EQUAL.iter().chain(BETTER) {
        let (calls, report) = run(vector);

        assert_eq!(calls, vector.calls, "{}", vector.name);
        match vector.answer {
            Some(ids) => {
                assert_eq!(report.error(), None, "{}", vector.name);
                assert_eq!(report.failed(), ids, "{}", vector.name);
            }
            None => {
                let error = report.error().expect(vector.name);
                assert!(error.starts_with("BatchFailed: "), "{}", vector.name);
            }
        }
    }
}

/// The vector whose name begins so.
fn vector(name: &str) -> &'static Vector {
    EQUAL
        .iter()
        .chain(BETTER)
        .find(|vector| vector.name.split(':').next() == Some(name))
        .unwrap()
}

#[test]
fn r1_f13_nothing_is_left_of_an_earlier_batch() {
    for (earlier, later) in [("S2", "S1"), ("F12", "F1")] {
        assert!(!run(vector(earlier)).1.failed().is_empty());
        let (calls, report) = run(vector(later));

        assert_eq!(calls, vector(later).calls);
        assert_eq!(
            report.answer().unwrap(),
            serde_json::json!({"batchItemFailures": []})
        );
    }
}

#[test]
fn m5_an_error_of_reading_something_else_is_the_records_own() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .run(async |number: u8| match number {
            1 => Ok(()),
            _ => serde_json::from_str::<u8>("{}").map(|_| ()),
        });

    assert_eq!(report.failed(), ["m2"]);
}

/// A batch of three whose second body is not what the function takes: how often
/// it was called, and the report.
fn second_is_malformed<M: FromMessage + Send>(second: &str) -> (usize, Report) {
    let calls = Mutex::new(0);
    let report = Batch::new()
        .text(r#"{"id":"m1","quantity":1}"#)
        .text(second)
        .text(r#"{"id":"m3","quantity":3}"#)
        .run(async |_: M| {
            *calls.lock().unwrap() += 1;
            Ok::<_, String>(())
        });
    (calls.into_inner().unwrap(), report)
}

#[test]
fn m8_an_unexpected_error_of_reading_a_message_is_its_own() {
    /// Panics where others would give an error.
    #[derive(Deserialize)]
    struct Careless {
        #[serde(deserialize_with = "share")]
        #[expect(dead_code, reason = "only that it is read matters")]
        quantity: u32,
    }
    fn share<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        Ok(100 / u32::deserialize(deserializer)?)
    }
    /// Refuses with an error of its own.
    #[derive(Deserialize)]
    #[serde(try_from = "Order")]
    struct Checked;
    #[derive(Deserialize)]
    struct Order {
        quantity: u32,
    }
    impl TryFrom<Order> for Checked {
        type Error = std::num::TryFromIntError;

        fn try_from(order: Order) -> Result<Self, Self::Error> {
            std::num::NonZeroU32::try_from(order.quantity).map(|_| Self)
        }
    }
    for ((calls, report), reason) in [
        (
            second_is_malformed::<Careless>(r#"{"quantity":0}"#),
            "attempt to divide by zero",
        ),
        (
            second_is_malformed::<Checked>(r#"{"quantity":0}"#),
            "the body does not match the message type",
        ),
    ] {
        assert_eq!(report.error(), None);
        assert_eq!(report.failed(), ["m2"]);
        let why = report.reason("m2").unwrap();
        assert!(why.contains(reason), "{why}");
        assert_eq!(calls, 2);
    }
}

#[test]
fn m9_what_a_type_is_called_does_not_matter() {
    #[derive(Deserialize)]
    #[serde(rename = "Another name")]
    struct Titled {
        #[expect(dead_code, reason = "only that it is read matters")]
        quantity: u32,
    }
    let (calls, report) = second_is_malformed::<Titled>("{}");

    assert_eq!(report.error(), None);
    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(calls, 2);
}

#[test]
fn s7_an_empty_batch_is_done() {
    let report = Batch::new().run(async |_: Scripted| Err("not called"));

    assert_eq!(
        report.answer().unwrap(),
        serde_json::json!({"batchItemFailures": []})
    );
}

#[test]
fn a2_the_answer_is_in_record_order() {
    let report = Batch::new()
        .text("50")
        .text("0")
        .text("20")
        .text("\"ok\"")
        .concurrency(4)
        .run(async |wait: serde_json::Value| {
            let Some(ms) = wait.as_u64() else {
                return Ok(());
            };
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            Err("boom")
        });

    assert_eq!(report.failed(), ["m1", "m2", "m3"]);
}

#[test]
fn s8_what_is_no_event_fails_the_invocation() {
    for event in ["[]", "null"] {
        let report = Batch::event(event)
            .run(async |_: Scripted| -> Result<(), String> { panic!("must not run") });

        assert!(report.error().unwrap().starts_with("MalformedEvent: "));
    }
}

#[test]
fn a3_never_more_at_once_than_concurrency() {
    let running = Mutex::new((0, 0));
    let report = (0..50)
        .fold(concurrent(), |batch, _| batch.text("0"))
        .run(async |_: u8| {
            {
                let (now, most) = &mut *running.lock().unwrap();
                *now += 1;
                *most = (*most).max(*now);
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            running.lock().unwrap().0 -= 1;
            Ok::<_, String>(())
        });

    assert!(report.failed().is_empty());
    assert_eq!(running.into_inner().unwrap(), (0, 10));
}

#[test]
fn a4_what_is_cancelled_in_an_attempt_is_its_records_failure() {
    let report = concurrent()
        .text("1")
        .text("2")
        .text("3")
        .run(async |number: u8| {
            let task = tokio::spawn(tokio::time::sleep(std::time::Duration::from_millis(1)));
            if number == 2 {
                task.abort();
            }
            task.await
        });

    assert_eq!(report.error(), None);
    assert_eq!(report.failed(), ["m2"]);
    assert!(report.reason("m2").unwrap().contains("was cancelled"));
}

#[test]
fn i1_i2_i3_i4_m6_m7_a_record_without_an_id_fails_the_invocation_before_any_runs() {
    for (record, what) in [
        (r#"{"body":"{}"}"#, "record 1 has no `messageId`"),
        (
            r#"{"messageId":null,"body":"{}"}"#,
            "record 1 has no `messageId`",
        ),
        (r#"{"messageId":"","body":"{}"}"#, "is empty"),
        (r#"{"messageId":7,"body":"{}"}"#, "not a string"),
        ("null", "`Records`: invalid value (null)"),
        ("\"m2\"", "`Records`: invalid value (a string)"),
    ] {
        // M7: the same if it is the only one.
        for (before, what) in [
            (r#"{"messageId":"m1","body":"{}"},"#, what),
            ("", &what.replace('1', "0")),
        ] {
            let report = Batch::event(format!(r#"{{"Records":[{before}{record}]}}"#))
                .run(async |_: serde_json::Value| -> Result<(), String> { panic!("must not run") });
            let error = report.error().unwrap();

            assert!(error.starts_with("MalformedEvent: "), "{error}");
            assert!(error.contains(what), "{error}");
        }
    }
}
