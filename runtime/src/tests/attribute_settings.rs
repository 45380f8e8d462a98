//! `Batch::of` runs a function with each setting of its attribute.

use std::{marker::PhantomData, process::Command, thread, time::Duration};

use redrive_model::{
    Backoff,
    policy::{OnGroupFailure, OnPermanent, OnTotalFailure},
};

use crate::{
    error::BoxError,
    handler::Handler,
    idempotency::NotIdempotent,
    message::Text,
    redrive::NoRedrive,
    settings::Settings,
    sqs::NoSqs,
    testing::{Batch, Of, Report, TestMessage},
};

/// What an attribute specifies.
trait Attribute: Send + Sync + 'static {
    const SETTINGS: Settings;
    const IS_FIFO: bool = false;
    const STATE: &'static str = "done";
    const FLUSH: bool = false;

    fn is_permanent(_: &String) -> bool {
        false
    }
}

/// What the macro generates for a function with this attribute.
struct Generated<A>(PhantomData<A>);

impl<A: Attribute> Handler for Generated<A> {
    type Message = Text;
    type Output = Result<(), String>;
    type State = String;
    type Sqs = NoSqs;
    type Redrive = NoRedrive;
    type Idempotency = NotIdempotent;

    const SETTINGS: Settings = A::SETTINGS;
    const IS_FIFO: bool = A::IS_FIFO;
    const FLUSH: bool = A::FLUSH;

    async fn init() -> Result<String, BoxError> {
        if A::STATE == "no thread is left for blocking calls" {
            for _ in 0..512 {
                tokio::task::spawn_blocking(|| thread::sleep(s(10)));
            }
            return Ok("done".to_owned());
        }
        Ok(A::STATE.to_owned())
    }

    /// Does what the body asks for.
    async fn call(message: Text, state: &String) -> Result<(), String> {
        match &*message {
            "fail" => Err("asked to fail".to_owned()),
            "hang" => std::future::pending().await,
            "wait" => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(())
            }
            "block" => {
                thread::sleep(Duration::from_millis(200));
                Ok(())
            }
            _ if state == "done" => Ok(()),
            _ => Err(state.clone()),
        }
    }

    fn is_permanent(error: &String) -> bool {
        A::is_permanent(error)
    }
}

macro_rules! attributes {
    ($($name:ident { $($setting:ident: $value:expr),* } [$($item:item)*])*) => {$(
        struct $name;
        impl Attribute for $name {
            const SETTINGS: Settings = Settings {
                $($setting: $value,)*
                ..Settings::of("function")
            };
            $($item)*
        }
    )*};
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

attributes! {
    Defaults {} []
    Timeout { timeout: s(5) } []
    Retries { retries: 5 } []
    Waits { backoff: Backoff::new(s(9), s(9)), retries: 2 } []
    Concurrency { concurrency: 3 } []
    BlockingCalls { timeout: s(5) } [
        const STATE: &'static str = "no thread is left for blocking calls";
    ]
    AttemptTimeout { attempt_timeout: Some(s(2)), retries: 0 } []
    TotalFailure { on_total_failure: OnTotalFailure::Report } []
    Fifo {} [const IS_FIFO: bool = true;]
    GroupFailure { on_group_failure: OnGroupFailure::StopBatch } [const IS_FIFO: bool = true;]
    Permanent { on_permanent: OnPermanent::Dlq } [
        fn is_permanent(error: &String) -> bool {
            error == "asked to fail"
        }
    ]
    OneReceive { rounds: Some(3), max_receive_count: 1 } []
    QueueBackoff { queue_backoff: Some(Backoff::new(s(60), s(600))) } []
    Metrics { metrics: false } []
    Flush {} [const FLUSH: bool = true;]
    Init {} [const STATE: &'static str = "built by `init`";]
}

fn of<A: Attribute>() -> Batch<Of<Generated<A>>> {
    Batch::of::<Generated<A>>()
}

/// A batch of two message groups.
fn groups<A: Attribute>(bodies: [(&str, &str); 3]) -> Report {
    let add = |batch: Batch<_>, (group, body): (&str, &str)| {
        batch.message(TestMessage::text(body).group(group))
    };
    bodies.into_iter().fold(of::<A>(), add).run()
}

fn reports_in_time<A: Attribute>(bodies: &[&str]) -> (Report, Duration) {
    let batch = bodies
        .iter()
        .fold(of::<A>(), |batch, body| batch.text(*body));
    let report = batch.run();
    let elapsed = report.elapsed();
    (report, elapsed)
}

/// Shows that the key has its effect, and what the default does instead.
fn show(key: &str) {
    match key {
        "timeout" => {
            assert_eq!(
                reports_in_time::<Defaults>(&["hang"]).1,
                Duration::from_millis(29_500)
            );
            assert_eq!(
                reports_in_time::<Timeout>(&["hang"]).1,
                Duration::from_millis(4_500)
            );
        }
        "retries" => {
            assert_eq!(reports_in_time::<Defaults>(&["fail"]).0.attempts("m1"), 3);
            assert_eq!(reports_in_time::<Retries>(&["fail"]).0.attempts("m1"), 6);
        }
        "backoff" => {
            // Two waits of at most 200 and 400 ms, or of up to 9 s.
            assert!(reports_in_time::<Defaults>(&["fail"]).1 <= Duration::from_millis(600));
            assert!(reports_in_time::<Waits>(&["fail"]).1 > Duration::from_millis(600));
        }
        "concurrency" => {
            assert_eq!(reports_in_time::<Defaults>(&["wait"; 3]).1, s(3));
            assert_eq!(reports_in_time::<Concurrency>(&["wait"; 3]).1, s(1));
        }
        "attempt_timeout" => {
            let (report, elapsed) = reports_in_time::<AttemptTimeout>(&["hang"]);
            assert_eq!(elapsed, s(2));
            assert!(report.reason("m1").unwrap().contains("`attempt_timeout`"));
        }
        "on_total_failure" => {
            assert!(reports_in_time::<Defaults>(&["fail"]).0.error().is_some());
            assert_eq!(reports_in_time::<TotalFailure>(&["fail"]).0.error(), None);
        }
        "queue" => {
            let bodies = [("a", "fail"), ("a", "done"), ("b", "done")];
            assert_eq!(groups::<Defaults>(bodies).failed(), ["m1"]);
            assert_eq!(groups::<Fifo>(bodies).failed(), ["m1", "m2"]);
        }
        "on_group_failure" => {
            let bodies = [("a", "done"), ("a", "fail"), ("b", "done")];
            assert_eq!(groups::<Fifo>(bodies).failed(), ["m2"]);
            assert_eq!(groups::<GroupFailure>(bodies).failed(), ["m2", "m3"]);
        }
        "on_permanent" => {
            let report = reports_in_time::<Permanent>(&["fail", "done"]).0;
            assert_eq!(report.failed(), Vec::<&str>::new());
            assert_eq!(report.sent_to_dlq()[0].id, "m1");
        }
        "max_receive_count" => {
            assert_eq!(
                reports_in_time::<Defaults>(&["fail", "done"]).0.failed(),
                ["m1"]
            );
            let report = reports_in_time::<OneReceive>(&["fail", "done"]).0;
            assert_eq!(report.failed(), Vec::<&str>::new());
            assert_eq!(report.sent_to_dlq()[0].round, Some(1));
        }
        "is_permanent" => {
            assert_eq!(reports_in_time::<Permanent>(&["fail"]).0.attempts("m1"), 1);
        }
        "queue_backoff" => {
            assert!(reports_in_time::<Defaults>(&["fail"]).0.delays().is_empty());
            let report = reports_in_time::<QueueBackoff>(&["fail"]).0;
            assert_eq!(report.delays(), [("receipt-1".to_owned(), 60)]);
        }
        // It shows in the log only, which `tests/logs.rs` reads.
        "metrics" => {
            assert!(format!("{:?}", of::<Defaults>()).contains("metrics: true"));
            assert!(format!("{:?}", of::<Metrics>()).contains("metrics: false"));
        }
        "init" => {
            let (report, _) = reports_in_time::<Init>(&["state"]);
            assert_eq!(report.reason("m1").unwrap(), "built by `init`");
            let given = of::<Init>().state("given".to_owned()).text("state").run();
            assert_eq!(given.reason("m1").unwrap(), "given");
            assert!(
                of::<Init>()
                    .state("done".to_owned())
                    .text("state")
                    .run()
                    .failed()
                    .is_empty()
            );
        }
        // Work ends earlier. The call is around the worker, and has tests with real
        // processes.
        "flush" => {
            let elapsed = reports_in_time::<Flush>(&["hang"]).1;
            assert_eq!(elapsed, Duration::from_millis(28_400));
        }
        // Of no interest to the worker: the crate's path.
        "crate" => {}
        other => panic!("`{other}` is used by the worker, but no test shows its effect"),
    }
}

macro_rules! names {
    (
        $function:ident;
        template { $($template:tt)* }
        worker { $($(#[doc = $about:literal])+ $worker:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        rust { $($(#[doc = $of_rust:literal])+ $rust:ident as $field:ident => { $($fields:tt)* })* }
    ) => {
        const NAMES: &[&str] = &[$(stringify!($worker),)* $(stringify!($rust),)*];
    };
}

redrive_model::keys!(names);

#[test]
fn every_setting_of_the_worker_has_its_effect() {
    for name in NAMES {
        show(name);
    }
    // FIFO is a property of the queue's name.
    show("queue");
}

#[test]
fn a_single_setting_can_be_overridden() {
    let report = of::<Retries>().retries(1).text("fail").run();

    assert_eq!(report.attempts("m1"), 2);
    let batch = of::<AttemptTimeout>().without_attempt_timeout();
    let elapsed = batch.text("hang").run().elapsed();
    assert_eq!(elapsed, Duration::from_millis(29_500));
    let batch = of::<QueueBackoff>().without_queue_backoff();
    assert!(batch.text("fail").run().delays().is_empty());
}

#[test]
fn no_metrics_are_in_the_output_of_a_test() {
    let binary = std::env::current_exe().unwrap();
    let test = concat!(module_path!(), "::a_single_setting_can_be_overridden");
    let (_, test) = test.split_once("::").unwrap();
    let output = Command::new(binary).args(["--exact", test]).output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();

    assert!(output.contains("1 passed"), "{output}");
    assert!(!output.contains("_aws"), "{output}");
}

#[test]
fn real_time_uses_several_threads() {
    let blocked = |batch: Batch<Of<Generated<Concurrency>>>| {
        let batch = batch
            .text("block")
            .text("block")
            .text("hang")
            .attempt_timeout(s(1));
        batch.retries(0).run()
    };
    let report = blocked(of::<Concurrency>().real_time());

    assert_eq!(report.failed(), ["m3"]);
    assert!(report.elapsed() >= s(1), "{:?}", report.elapsed());
    // On virtual time nothing has passed while the thread was blocked.
    assert!(blocked(of::<Concurrency>()).elapsed() < s(2));
}

#[test]
fn blocking_calls_of_the_function_do_not_stop_a_batch() {
    let report = of::<BlockingCalls>().real_time().text("a").text("b").run();

    assert!(report.failed().is_empty(), "{:?}", report.failed());
    assert!(report.elapsed() < s(4), "{:?}", report.elapsed());
}
