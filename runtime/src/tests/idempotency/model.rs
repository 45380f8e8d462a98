//! Two workers, one queue and one store on virtual time, with everything that can go wrong
//! between them: processes that end at any moment, calls and answers that are lost, calls
//! that arrive late, messages that are delivered twice.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use proptest::prelude::*;
use tokio::time::{self, Instant};

use super::*;
use crate::{
    batch::{Engine, attempt::Process, run::Run},
    deadline::Deadline,
    event::Event,
    failure::{Failure, FailureKind},
    message::{LambdaContext, Record},
};

/// An invocation may take as long, and its messages are invisible for twice that.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than a case takes: no key is forgotten in it.
const REMEMBERED: Duration = Duration::from_secs(86_400);

/// What goes wrong with a call to the store.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// It does not arrive.
    Lost,
    /// It arrives, but not its answer.
    NoAnswer,
    /// It arrives this many milliseconds later, when nobody waits for its answer.
    Late(u64),
}

#[derive(Clone, Debug)]
struct Case {
    /// The keys of the messages that are sent.
    messages: Vec<u8>,
    /// The messages that the workers receive, one batch after another.
    batches: Vec<Batched>,
    faults: Vec<Fault>,
    concurrency: u32,
    /// Nothing goes wrong between the effect of a message and the completion of its key.
    is_clean: bool,
}

#[derive(Clone, Debug)]
struct Batched {
    /// Of which worker.
    worker: bool,
    /// Milliseconds after the worker's last batch.
    after: u64,
    /// Which messages, by their place; a message that is deleted is not received.
    messages: Vec<usize>,
    /// Milliseconds until the process ends.
    crash: Option<u64>,
    /// Of each message: milliseconds before its effect and after it, and whether it fails
    /// instead.
    acts: Vec<(u64, u64, bool)>,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Lost),
        1 => Just(Fault::NoAnswer),
        1 => (1_u64..40_000).prop_map(Fault::Late),
    ]
}

/// A batch; of a `clean` one the process does not end, and no attempt takes time after its
/// effect.
fn batched(is_clean: bool) -> impl Strategy<Value = Batched> {
    let longest: u64 = if is_clean { 1 } else { 3_000 };
    let crash = match is_clean {
        true => Just(None).boxed(),
        false => prop::option::weighted(0.3, 0_u64..11_000).boxed(),
    };
    let act = (0_u64..6_000, 0..longest, prop::bool::weighted(0.2));
    (
        any::<bool>(),
        0_u64..15_000,
        prop::collection::vec(0_usize..6, 1..4),
        crash,
        prop::collection::vec(act, 4),
    )
        .prop_map(|(worker, after, messages, crash, acts)| Batched {
            worker,
            after,
            messages,
            crash,
            acts,
        })
}

fn case(is_clean: bool) -> impl Strategy<Value = Case> {
    (
        prop::collection::vec(0_u8..3, 6),
        prop::collection::vec(batched(is_clean), 1..10),
        prop::collection::vec(fault(), if is_clean { 0..1 } else { 0..40 }),
        1_u32..4,
    )
        .prop_map(move |(messages, batches, faults, concurrency)| Case {
            messages,
            batches,
            faults,
            concurrency,
            is_clean,
        })
}

/// What happened, in its order.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Begins {
        key: u8,
        owner: String,
    },
    Effect {
        key: u8,
    },
    Ends {
        key: u8,
        owner: String,
    },
    /// The store has completed the key.
    Completed {
        key: String,
    },
    Crashed,
}

#[derive(Default)]
struct World {
    seen: Vec<Seen>,
    faults: Vec<Fault>,
}

type Shared = Arc<Mutex<World>>;

/// The function and its store.
struct Worker {
    world: Shared,
    store: InMemory,
    /// The time of day at the start of the case.
    start: Instant,
    acts: BTreeMap<String, (u64, u64, bool)>,
    keys: BTreeMap<String, u8>,
}

impl Worker {
    fn see(&self, seen: Seen) {
        self.world.lock().unwrap().seen.push(seen);
    }

    /// Makes a call, or not.
    async fn call<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, BoxError>> + Send + 'static,
    ) -> Result<T, BoxError> {
        let fault = self.world.lock().unwrap().faults.pop();
        let lost = || Err("lost".into());
        time::sleep(Duration::from_millis(5)).await;
        match fault.unwrap_or(Fault::None) {
            Fault::None => call.await,
            Fault::Lost => lost(),
            Fault::NoAnswer => {
                _ = call.await;
                lost()
            }
            Fault::Late(milliseconds) => {
                tokio::spawn(async move {
                    time::sleep(Duration::from_millis(milliseconds)).await;
                    _ = call.await;
                });
                lost()
            }
        }
    }
}

/// The end of an attempt, whether it returns or is dropped.
struct Attempted<'w>(&'w Worker, u8, String);

impl Drop for Attempted<'_> {
    fn drop(&mut self) {
        self.0.see(Seen::Ends {
            key: self.1,
            owner: self.2.clone(),
        });
    }
}

impl Process for Worker {
    const IDEMPOTENCY: Option<IdempotencySettings> = Some(IdempotencySettings {
        ttl: REMEMBERED,
        on_conflict: OnConflict::Ignore,
    });

    fn started(&self) -> SystemTime {
        noon() + self.start.elapsed()
    }

    fn key(&self, record: Record<'_>) -> Result<Option<Key>, Failure> {
        let key = self.keys[&*record.message_id()];
        Ok(Some(Key::of("ship", &key.to_string(), "")))
    }

    async fn process(&self, record: Record<'_>) -> Result<(), Failure> {
        let id = record.message_id().into_owned();
        let (key, owner) = (
            self.keys[&id],
            format!("{}/{id}", record.context().request_id),
        );
        let (before, after, fails) = self.acts[&id];
        self.see(Seen::Begins {
            key,
            owner: owner.clone(),
        });
        let _attempted = Attempted(self, key, owner);
        time::sleep(Duration::from_millis(before)).await;
        if fails {
            return Err(Failure::new(FailureKind::Transient, "no"));
        }
        self.see(Seen::Effect { key });
        time::sleep(Duration::from_millis(after)).await;
        Ok(())
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        let (store, claim) = (self.store.clone(), claim.clone());
        self.call(async move { Store::claim(&store, &claim).await })
            .await
    }

    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        let (store, claim, world) = (self.store.clone(), claim.clone(), Arc::clone(&self.world));
        self.call(async move {
            let before = store.owner(&claim.key);
            let completed = Store::complete(&store, &claim).await?;
            // A late run never changes the record of another.
            assert_eq!(completed, before.as_ref() == Some(&claim.owner));
            assert_eq!(store.owner(&claim.key), before);
            if completed {
                let key = claim.key.clone();
                world.lock().unwrap().seen.push(Seen::Completed { key });
            }
            Ok(completed)
        })
        .await
    }

    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        let (store, claim) = (self.store.clone(), claim.clone());
        self.call(async move {
            let (before, completed) = (store.owner(&claim.key), store.completed());
            Store::release(&store, &claim).await?;
            if before.as_ref() != Some(&claim.owner) {
                assert_eq!(store.owner(&claim.key), before);
            }
            assert_eq!(store.completed(), completed);
            Ok(())
        })
        .await
    }
}

/// Runs one batch as Lambda does; the ids of the messages that were completed.
async fn invoke(worker: Worker, ids: &[String], concurrency: u32, request: usize) -> Vec<String> {
    let records: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({ "messageId": id, "body": "", "receiptHandle": id }))
        .collect();
    let event = serde_json::json!({ "Records": records }).to_string();
    let event = Event::read(Bytes::from(event)).unwrap();
    let engine = Arc::new(Engine {
        settings: Settings {
            concurrency,
            timeout: TIMEOUT,
            ..crate::tests::support::SETTINGS
        },
        process: worker,
        sqs: crate::sqs::NoSqs,
        memory_mb: 1_769,
        function_name: "ship".to_owned(),
    });
    let context = LambdaContext {
        request_id: format!("r{request}"),
        ..LambdaContext::default()
    };
    let deadline = Deadline::after(TIMEOUT, TIMEOUT);
    let run = Arc::new(Run::new(
        Arc::clone(&engine),
        event,
        deadline,
        Arc::new(context),
    ));
    {
        let mut lanes: FuturesUnordered<_> =
            (0..run.lanes().len()).map(|lane| run.lane(lane)).collect();
        let lanes = async { while lanes.next().await.is_some() {} };
        _ = time::timeout_at(run.cut(), lanes).await;
    }
    run.lanes().end_all();
    let slots = engine.finish(&run).await;
    // Of two records with one id, SQS keeps both if either failed.
    let failed: Vec<_> = ids
        .iter()
        .zip(&slots)
        .filter(|(_, slot)| !slot.outcome.is_completed())
        .map(|(id, _)| id.clone())
        .collect();
    ids.iter()
        .filter(|id| !failed.contains(id))
        .cloned()
        .collect()
}

async fn play(case: &Case) -> Vec<Seen> {
    let world = Shared::default();
    world.lock().unwrap().faults = case.faults.clone();
    let store = InMemory::new();
    let start = Instant::now();
    let ids: Vec<_> = (0..case.messages.len())
        .map(|it| format!("m{it}"))
        .collect();
    let keys: BTreeMap<_, _> = ids
        .iter()
        .cloned()
        .zip(case.messages.iter().copied())
        .collect();
    let deleted = Rc::new(RefCell::new(Vec::<String>::new()));
    let requests = AtomicUsize::new(0);
    let receive = async |which: bool| {
        for batch in case.batches.iter().filter(|batch| batch.worker == which) {
            time::sleep(Duration::from_millis(batch.after)).await;
            let received: Vec<_> = batch
                .messages
                .iter()
                .map(|place| ids[*place].clone())
                .filter(|id| !deleted.borrow().contains(id))
                .collect();
            if received.is_empty() {
                continue;
            }
            let acts = received.iter().cloned().zip(batch.acts.iter().copied());
            let worker = Worker {
                world: Arc::clone(&world),
                store: store.clone(),
                start,
                acts: acts.collect(),
                keys: keys.clone(),
            };
            let request = requests.fetch_add(1, Relaxed);
            let invoked = invoke(worker, &received, case.concurrency, request);
            let limit = Duration::from_millis(batch.crash.unwrap_or(u64::MAX / 2));
            match time::timeout(limit, invoked).await {
                Ok(completed) => deleted.borrow_mut().extend(completed),
                Err(_) => world.lock().unwrap().seen.push(Seen::Crashed),
            }
        }
    };
    tokio::join!(receive(false), receive(true));
    // All that is late arrives, all leases end, and then nothing goes wrong any more.
    time::sleep(Duration::from_secs(120)).await;
    world.lock().unwrap().faults.clear();
    let left: Vec<_> = ids
        .iter()
        .filter(|id| !deleted.borrow().contains(id))
        .cloned()
        .collect();
    for id in &left {
        let worker = Worker {
            world: Arc::clone(&world),
            store: store.clone(),
            start,
            acts: BTreeMap::from([(id.clone(), (1, 1, false))]),
            keys: keys.clone(),
        };
        let request = requests.fetch_add(1, Relaxed);
        let completed = invoke(worker, std::slice::from_ref(id), 1, request).await;
        assert_eq!(
            completed,
            std::slice::from_ref(id),
            "each message is completed in the end"
        );
    }
    std::mem::take(&mut world.lock().unwrap().seen)
}

fn id_of(key: u8) -> String {
    Key::of("ship", &key.to_string(), "").id
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_completed_key_is_run_again(case in prop_oneof![case(true), case(false)]) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let seen = runtime.block_on(play(&case));

        let mut completed = Vec::new();
        let mut running: BTreeMap<u8, String> = BTreeMap::new();
        for event in &seen {
            match event {
                Seen::Begins { key, owner } => {
                    prop_assert!(!completed.contains(&id_of(*key)), "{key} is run again: {seen:#?}");
                    let other = running.insert(*key, owner.clone());
                    prop_assert_eq!(other, None, "two runs of {} at once: {:#?}", key, &seen);
                }
                Seen::Ends { key, owner } => {
                    prop_assert_eq!(running.remove(key), Some(owner.clone()));
                }
                Seen::Completed { key } => completed.push(key.clone()),
                Seen::Effect { .. } | Seen::Crashed => {}
            }
        }
        for key in &case.messages {
            let effects = seen.iter().filter(|it| **it == Seen::Effect { key: *key }).count();
            prop_assert!(effects >= 1, "{key} was never run");
            // More only after a crash, or if the store was not reached, after the effect.
            prop_assert!(!case.is_clean || effects == 1, "{key} was run {effects} times");
        }
    }
}
