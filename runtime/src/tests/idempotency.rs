//! `idempotent`: what is run, what is not, and what is left in the store.

mod model;
mod parity;
mod rounds;
mod store;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use redrive_model::policy::{OnConflict, OnPermanent};

use crate::{
    error::BoxError,
    failure::Permanent,
    handler::Handler,
    idempotency::{
        Claim, Claimed, IdempotencySettings, Idempotent, InMemory, Key, Store, handler_key,
    },
    message::{FromMessage as _, Message, Sns},
    redrive::NoRedrive,
    settings::Settings,
    sqs::NoSqs,
    testing::{Batch, Of, TestMessage},
};

const TTL: Duration = Duration::from_secs(86_400);
const MINUTE: Duration = Duration::from_secs(60);

/// The time of day of a test.
fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// An order, and what becomes of it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Order {
    id: String,
    act: String,
}

/// The effects of the orders that were shipped.
#[derive(Clone, Default)]
struct Shipped {
    ids: Arc<Mutex<Vec<String>>>,
    /// How often the function was called.
    calls: Arc<AtomicUsize>,
}

impl Shipped {
    fn ids(&self) -> Vec<String> {
        self.ids.lock().unwrap().clone()
    }
}

/// What the macro generates for a function `ship(order: Order)` with
/// `idempotent(key = order.id)`.
struct Ship<const PERMANENT: bool>;

impl<const PERMANENT: bool> Handler for Ship<PERMANENT> {
    type Message = Order;
    type Output = Result<(), BoxError>;
    type State = Shipped;
    type Sqs = NoSqs;
    type Redrive = NoRedrive;
    type Idempotency = Idempotent;

    const SETTINGS: Settings = Settings {
        retries: 0,
        metrics: false,
        on_permanent: OnPermanent::Dlq,
        ..Settings::of("ship")
    };
    const IS_FIFO: bool = false;
    const IDEMPOTENCY: Option<IdempotencySettings> = Some(IdempotencySettings {
        ttl: TTL,
        on_conflict: match PERMANENT {
            true => OnConflict::Permanent,
            false => OnConflict::Ignore,
        },
    });

    async fn init() -> Result<Shipped, BoxError> {
        Ok(Shipped::default())
    }

    fn key(order: &Order, _: &str) -> String {
        assert_ne!(order.id, "panic");
        handler_key(&order.id)
    }

    async fn call(order: Order, shipped: &Shipped) -> Result<(), BoxError> {
        shipped.calls.fetch_add(1, Relaxed);
        match &*order.act {
            "fail" => return Err("no".into()),
            "never" => return Err(Permanent::new("never").into()),
            "slow" => tokio::time::sleep(Duration::from_secs(1)).await,
            "hang" => std::future::pending().await,
            "panic" => panic!("asked to"),
            _ => {}
        }
        shipped.ids.lock().unwrap().push(order.id);
        Ok(())
    }
}

fn order(id: &str, act: &str) -> TestMessage {
    TestMessage::text(body(id, act))
}

fn body(id: &str, act: &str) -> String {
    let (id, act) = (id.to_owned(), act.to_owned());
    serde_json::to_string(&Order { id, act }).unwrap()
}

fn key(id: &str) -> Key {
    Key::of("ship", id, "")
}

/// A batch at noon, with this store.
fn batch(shipped: &Shipped, store: impl Store) -> Batch<Of<Ship<false>>> {
    Batch::of::<Ship<false>>()
        .state(shipped.clone())
        .store(store)
        .at(noon())
}

/// The claim of another run.
fn others(id: &str, lease: Duration) -> Claim {
    let key = key(id);
    Claim {
        key: key.id,
        owner: "another".to_owned(),
        body: key.body,
        now: noon(),
        lease_end: noon() + lease,
        expires: noon() + TTL,
    }
}

fn wait<T>(call: impl Future<Output = Result<T, BoxError>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(call).unwrap()
}

#[test]
fn a_completed_key_is_acknowledged_without_being_run() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let first = batch(&shipped, store.clone()).message(order("1", "")).run();
    assert_eq!(first.failed(), [""; 0]);
    assert!(first.duplicates().is_empty());

    let second = batch(&shipped, store.clone())
        .message(order("1", ""))
        .message(order("2", ""))
        .run();

    assert_eq!(second.failed(), [""; 0]);
    assert_eq!(second.duplicates(), ["m1"]);
    assert_eq!((second.attempts("m1"), second.reason("m1")), (0, None));
    assert_eq!(shipped.ids(), ["1", "2"]);
    assert_eq!((store.completed(), store.claimed()), (2, 0));
}

#[test]
fn a_key_is_forgotten_after_its_ttl() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let run = |time| {
        let batch = batch(&shipped, store.clone()).at(time);
        batch.message(order("1", "")).run();
        shipped.ids().len()
    };

    assert_eq!(run(noon()), 1);
    assert_eq!(run(noon() + TTL - MINUTE), 1);
    assert_eq!(run(noon() + TTL + MINUTE), 2);
}

#[test]
fn a_record_that_fails_is_released() {
    for act in ["fail", "never", "panic", "hang"] {
        let (shipped, store) = (Shipped::default(), InMemory::new());
        batch(&shipped, store.clone())
            .message(order("1", act))
            .run();
        assert_eq!((store.completed(), store.claimed()), (0, 0), "{act}");

        let again = batch(&shipped, store.clone()).message(order("1", "")).run();
        assert_eq!(again.failed(), [""; 0]);
        assert_eq!(shipped.ids(), ["1"], "{act}");
    }
}

#[test]
fn one_that_another_run_has_claimed_is_delivered_again_after_the_lease() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    wait(store.claim(&others("1", Duration::from_millis(20_500))));

    let report = batch(&shipped, store.clone())
        .message(order("1", ""))
        .message(order("2", ""))
        .run();

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(report.attempts("m1"), 0);
    assert_eq!(report.delays(), [("receipt-1".to_owned(), 22)]);
    assert_eq!(shipped.ids(), ["2"]);

    // With it alone, nothing has failed.
    let alone = batch(&shipped, store.clone()).message(order("1", "")).run();
    assert_eq!((alone.failed(), alone.error()), (vec!["m1"], None));

    let later = batch(&shipped, store).at(noon() + MINUTE);
    assert_eq!(later.message(order("1", "")).run().failed(), [""; 0]);
    assert_eq!(shipped.ids(), ["2", "1"]);
}

#[test]
fn two_of_one_batch_are_one() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let one_after_another = batch(&shipped, store)
        .message(order("1", "slow"))
        .message(order("1", "slow"))
        .run();
    assert_eq!(one_after_another.duplicates(), ["m2"]);

    // Also two receives of one message, whose owners are equal.
    for id in ["m1", "m2"] {
        let (shipped, store) = (Shipped::default(), InMemory::new());
        let at_once = batch(&shipped, store.clone())
            .concurrency(2)
            .message(order("1", "slow"))
            .message(order("1", "slow").id(id))
            .run();

        assert_eq!(at_once.failed(), [id]);
        assert_eq!(shipped.ids(), ["1"]);
        assert_eq!((store.completed(), store.claimed()), (1, 0));
    }
}

#[test]
fn another_body_is_a_conflict() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    batch(&shipped, store.clone()).message(order("1", "")).run();

    let ignored = batch(&shipped, store.clone())
        .message(order("1", "slow"))
        .run();
    assert_eq!(ignored.duplicates(), ["m1"]);

    let failed = Batch::of::<Ship<true>>()
        .state(shipped.clone())
        .store(store)
        .at(noon())
        .message(order("1", "slow"))
        .message(order("1", ""))
        .run();
    assert_eq!(failed.failed(), [""; 0]);
    assert_eq!(failed.duplicates(), ["m2"]);
    let sent: Vec<_> = failed.sent_to_dlq().iter().map(|sent| &*sent.id).collect();
    assert_eq!(sent, ["m1"]);
    assert_eq!(shipped.ids(), ["1"]);
}

#[test]
fn the_body_is_what_was_sent_inside_its_envelopes() {
    let raw = r#"{"id":"1","act":""}"#;
    let notification = |message: &str| {
        serde_json::json!({
            "Type": "Notification",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:orders",
            "MessageId": "different each time",
            "Message": message,
        })
        .to_string()
    };
    let content = |body: &str| {
        let timeout = Duration::from_secs(30);
        let event = br#"{"Records":[{"messageId":"m1","body":""}]}"#;
        let event = crate::event::Event::read(bytes::Bytes::from_static(event)).unwrap();
        let record = crate::message::Record {
            fields: event.record(0),
            body,
            deadline: crate::deadline::Deadline::after(timeout, timeout),
            context: crate::tests::support::context(),
        };
        type Type = Message<Sns<crate::message::EventBridge<Order>>>;
        Type::content(&record).into_owned()
    };
    let event = format!(r#"{{"detail-type":"order","detail":{raw},"id":"other"}}"#);

    assert_eq!(content(raw), raw);
    assert_eq!(content(&notification(raw)), raw);
    assert_eq!(content(&event), raw);
    assert_eq!(content(&notification(&event)), raw);
}

#[test]
fn a_message_without_a_key_fails() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let report = batch(&shipped, store.clone())
        .message(order("", ""))
        .message(order("panic", ""))
        .message(TestMessage::text("not an order"))
        .run();

    // The others can never succeed, and are in the DLQ.
    assert_eq!(report.failed(), ["m2"]);
    let reason = |id| report.reason(id).unwrap();
    assert!(reason("m1").starts_with("the idempotency key is empty"));
    assert!(reason("m2").starts_with("panicked"), "{}", reason("m2"));
    assert!(reason("m3").starts_with("the body does not match"));
    assert_eq!(shipped.ids(), [""; 0]);
    assert_eq!(store.claimed(), 0);
}

#[test]
fn in_a_fifo_group_one_in_progress_holds_back_the_rest() {
    struct Fifo;
    impl Handler for Fifo {
        type Message = Order;
        type Output = Result<(), BoxError>;
        type State = Shipped;
        type Sqs = NoSqs;
        type Redrive = NoRedrive;
        type Idempotency = Idempotent;

        const SETTINGS: Settings = Ship::<false>::SETTINGS;
        const IS_FIFO: bool = true;
        const IDEMPOTENCY: Option<IdempotencySettings> = Ship::<false>::IDEMPOTENCY;

        async fn init() -> Result<Shipped, BoxError> {
            Ok(Shipped::default())
        }

        fn key(order: &Order, id: &str) -> String {
            Ship::<false>::key(order, id)
        }

        async fn call(order: Order, shipped: &Shipped) -> Result<(), BoxError> {
            Ship::<false>::call(order, shipped).await
        }
    }
    let (shipped, store) = (Shipped::default(), InMemory::new());
    wait(store.claim(&others("2", MINUTE)));

    let report = Batch::of::<Fifo>()
        .state(shipped.clone())
        .store(store)
        .at(noon())
        .message(order("1", "").group("a"))
        .message(order("1", "").group("a"))
        .message(order("2", "").group("a"))
        .message(order("3", "").group("a"))
        .message(order("4", "").group("b"))
        .run();

    assert_eq!(report.failed(), ["m3", "m4"]);
    assert_eq!(report.duplicates(), ["m2"]);
    assert_eq!(shipped.ids(), ["1", "4"]);
    let delays: Vec<_> = report.delays().iter().map(|(id, _)| &**id).collect();
    assert_eq!(delays, ["receipt-3", "receipt-4"]);
}
