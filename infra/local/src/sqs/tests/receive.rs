//! What is received, for how long, and what deletes it.

use super::*;

#[test]
fn a_received_message_is_invisible_until_its_timeout() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    assert_eq!(receive(&mut sqs, after(0))[0].receive_count, 1);
    assert!(receive(&mut sqs, after(29)).is_empty());
    assert_eq!(sqs.next_due(after(1)), Some(after(30)));
    assert_eq!(receive(&mut sqs, after(30))[0].receive_count, 2);
}

#[test]
fn a_delayed_message_is_not_received_before() {
    let mut sqs = sqs("");
    let delayed = Outgoing {
        delay: 60,
        ..body("x")
    };
    sqs.send("work", delayed, start()).unwrap();
    assert_eq!(sqs.queue("work").unwrap().counts(start()).delayed, 1);
    assert!(receive(&mut sqs, after(59)).is_empty());
    assert_eq!(receive(&mut sqs, after(60)).len(), 1);
}

#[test]
fn a_deleted_message_is_gone() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    sqs.delete("work", &handle, after(1)).unwrap();
    assert!(receive(&mut sqs, after(100)).is_empty());
    // Deleting again is not an error.
    sqs.delete("work", &handle, after(2)).unwrap();
}

#[test]
fn an_old_handle_does_not_delete_what_was_received_again() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let old = receive(&mut sqs, after(0))[0].receipt_handle();
    receive(&mut sqs, after(30));
    sqs.delete("work", &old, after(31)).unwrap();
    assert_eq!(sqs.queue("work").unwrap().messages().len(), 1);
}

#[test]
fn a_handle_that_is_none_is_refused() {
    let error = sqs("").delete("work", "x", start()).unwrap_err();
    assert_eq!(error.code(), "ReceiptHandleIsInvalid");
}

#[test]
fn visibility_counts_from_the_change_and_is_not_remembered() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    sqs.change_visibility("work", &handle, 5, after(10))
        .unwrap();
    assert!(receive(&mut sqs, after(14)).is_empty());
    assert_eq!(receive(&mut sqs, after(15)).len(), 1);
    assert!(sqs.queue("work").unwrap().messages()[0].in_flight(after(44)));
}

#[test]
fn visibility_beyond_twelve_hours_is_an_error() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    let error = sqs
        .change_visibility("work", &handle, 43_200, after(10))
        .unwrap_err();
    assert_eq!(error.code(), "InvalidParameterValue");
    assert!(
        sqs.change_visibility("work", &handle, 43_190, after(10))
            .is_ok()
    );
}

#[test]
fn visibility_of_a_message_that_is_not_in_flight_cannot_change() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    let error = sqs
        .change_visibility("work", &handle, 5, after(30))
        .unwrap_err();
    assert_eq!(error.shape(), "MessageNotInflight");
}

#[test]
fn one_seed_gives_one_order() {
    let order = |seed| {
        let mut sqs = Sqs::new(seed);
        sqs.create(QueueConfig::new("work"));
        for number in 0..20 {
            sqs.send("work", body(&number.to_string()), start())
                .unwrap();
        }
        let received = sqs
            .receive("work", ReceiveLimit::messages(20), None, start())
            .unwrap();
        received
            .into_iter()
            .map(|message| (message.id, message.body))
            .collect::<Vec<_>>()
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}
