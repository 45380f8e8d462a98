//! The real engine with a function, a store and an SQS that do what a case says.

use std::{collections::BTreeSet, future::pending, sync::atomic::AtomicU32};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{sync::Notify, task::JoinSet, time};

use super::{
    super::*,
    Shared,
    case::{Act, Batched, Case, End, Fault, Ttl},
    lock,
    world::World,
};
use crate::{
    batch::{Engine, attempt::Process, outcome::Outcome, run::Run},
    deadline::Deadline,
    error::Unreachable,
    event::Event,
    failure::{Failure, FailureKind},
    message::{LambdaContext, Record},
    settings::Settings,
    sqs::{Delay, Destination, Outgoing, SqsAccess},
};

/// An invocation may take as long.
const TIMEOUT: Duration = Duration::from_secs(10);
/// After that the client makes a call again, twice.
const TRY: Duration = Duration::from_millis(1_600);
const TRIES: usize = 3;

/// One process: where it ends, and what would end with it.
struct Life {
    /// How many steps are left.
    steps: Option<AtomicU32>,
    ended: Notify,
    /// Attempts that block their threads.
    blocked: Mutex<JoinSet<()>>,
}

impl Life {
    fn new(steps: Option<u32>) -> Arc<Self> {
        Arc::new(Self {
            steps: steps.map(AtomicU32::new),
            ended: Notify::new(),
            blocked: Mutex::default(),
        })
    }

    /// A point at which the process may end.
    async fn step(&self) {
        let Some(steps) = &self.steps else { return };
        let left = steps.fetch_update(Relaxed, Relaxed, |steps| steps.checked_sub(1));
        if left.is_err() {
            self.ended.notify_one();
            pending::<()>().await;
        }
    }
}

/// The function and its store in one invocation.
struct Worker<const TTL: u64> {
    case: Case,
    world: Shared,
    life: Arc<Life>,
    store: InMemory,
    /// The messages of the records, and what is done with them.
    records: Vec<(usize, Act)>,
    lease_end: SystemTime,
}

/// The end of an attempt, whether it returns or is dropped.
struct Attempted(Shared, usize);

impl Drop for Attempted {
    fn drop(&mut self) {
        lock(&self.0).ends(self.1);
    }
}

fn index(record: Record<'_>) -> usize {
    record.body().parse().unwrap()
}

fn key_of(key: u8) -> Key {
    Key::of("ship", &key.to_string(), "")
}

impl<const TTL: u64> Worker<TTL> {
    /// Makes a call as the client does: again, if there is no answer.
    async fn call<T: Send + 'static, F>(&self, call: impl Fn() -> F) -> Result<T, BoxError>
    where
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        for _ in 0..TRIES {
            self.life.step().await;
            time::sleep(Duration::from_millis(5)).await;
            let fault = lock(&self.world).faults.pop().unwrap_or(Fault::None);
            match fault {
                Fault::None => {
                    let answer = call().await;
                    self.life.step().await;
                    return answer;
                }
                Fault::Lost => {}
                Fault::NoAnswer => _ = call().await,
                Fault::Late(milliseconds) => {
                    let call = call();
                    tokio::spawn(async move {
                        time::sleep(Duration::from_millis(milliseconds)).await;
                        _ = call.await;
                    });
                }
            }
            time::sleep(TRY).await;
        }
        Err(Unreachable::boxed("DynamoDB", "no answer"))
    }
}

impl<const TTL: u64> Process for Worker<TTL> {
    const IDEMPOTENCY: Option<IdempotencySettings> = Some(IdempotencySettings {
        ttl: Duration::from_secs(TTL),
        on_conflict: OnConflict::Ignore,
    });

    fn started(&self) -> SystemTime {
        lock(&self.world).now()
    }

    fn key(&self, record: Record<'_>) -> Result<Option<Key>, Failure> {
        let (message, _) = self.records[index(record)];
        Ok(Some(key_of(self.case.messages[message].key)))
    }

    async fn process(&self, record: Record<'_>) -> Result<(), Failure> {
        let (message, act) = self.records[index(record)];
        self.life.step().await;
        let world = Arc::clone(&self.world);
        let attempt = lock(&world).begins(message, self.lease_end);
        let life = Arc::clone(&self.life);
        let attempted = Attempted(Arc::clone(&world), attempt);
        let attempt = async move {
            let _attempted = attempted;
            time::sleep(Duration::from_millis(act.before)).await;
            if act.end == End::Succeeds {
                life.step().await;
                lock(&world).effect(message);
                life.step().await;
                time::sleep(Duration::from_millis(act.after)).await;
            }
        };
        match act.blocks {
            true => {
                let ended = Arc::new(Notify::new());
                let end = Arc::clone(&ended);
                self.life.blocked.lock().unwrap().spawn(async move {
                    attempt.await;
                    end.notify_one();
                });
                ended.notified().await;
            }
            false => attempt.await,
        }
        match act.end {
            End::Succeeds => Ok(()),
            End::Fails => Err(Failure::new(FailureKind::Transient, "no")),
            End::Refuses => Err(Failure::new(FailureKind::Permanent, "never")),
        }
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        let call = || {
            let (store, claim, world) = (self.store.clone(), claim.clone(), self.world.clone());
            async move {
                let is_own = store.owner(&claim.key).as_ref() == Some(&claim.owner);
                let claimed = Store::claim(&store, &claim).await?;
                let is_own = is_own && claimed == Claimed::Yes;
                lock(&world).reached.own_claims += usize::from(is_own);
                Ok(claimed)
            }
        };
        self.call(call).await
    }

    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        let call = || {
            let (store, claim, world) = (self.store.clone(), claim.clone(), self.world.clone());
            async move {
                let before = store.owner(&claim.key);
                let completed = Store::complete(&store, &claim).await?;
                let is_own = before.as_ref() == Some(&claim.owner);
                let mut world = lock(&world);
                if completed != is_own || store.owner(&claim.key) != before {
                    world.breaks(format!("`complete` by {} of {before:?}", claim.owner));
                }
                match (0..3).find(|key| key_of(*key).id == claim.key) {
                    Some(key) if completed => world.completed(key, claim.expires),
                    _ => world.reached.claims_lost += 1,
                }
                Ok(completed)
            }
        };
        self.call(call).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        let call = || {
            let (store, claim, world) = (self.store.clone(), claim.clone(), self.world.clone());
            async move {
                let before = (store.owner(&claim.key), store.completed());
                Store::release(&store, &claim).await?;
                let is_own = before.0.as_ref() == Some(&claim.owner);
                let after = (store.owner(&claim.key), store.completed());
                if (!is_own && after != before) || after.1 != before.1 {
                    let text = format!("`release` by {} of {before:?}", claim.owner);
                    lock(&world).breaks(text);
                }
                Ok(())
            }
        };
        self.call(call).await
    }
}

struct Queues {
    world: Shared,
    life: Arc<Life>,
}

impl SqsAccess for Queues {
    fn from_env(_settings: &Settings) -> Result<Self, BoxError> {
        Err("it is made by the test".into())
    }

    async fn send(&self, _to: Destination, records: &[Outgoing<'_>]) -> Vec<Result<(), BoxError>> {
        self.life.step().await;
        for outgoing in records {
            let message = outgoing.record.message_id()[1..].parse().unwrap();
            lock(&self.world).sent_to_dlq(message);
        }
        self.life.step().await;
        records.iter().map(|_| Ok(())).collect()
    }

    async fn delay(&self, _messages: Vec<Delay>) -> Result<(), BoxError> {
        self.life.step().await;
        Ok(())
    }
}

/// The records of an invocation, as Lambda sends them.
fn event(case: &Case, received: &[usize]) -> Event {
    let end = if case.is_fifo { ".fifo" } else { "" };
    let records = received.iter().enumerate().map(|(index, message)| {
        serde_json::json!({
            "messageId": format!("m{message}"),
            "receiptHandle": index.to_string(),
            "body": index.to_string(),
            "attributes": { "MessageGroupId": case.messages[*message].group.to_string() },
            "eventSourceARN": format!("arn:aws:sqs:eu-west-1:123456789012:ship{end}"),
        })
    });
    let records: Vec<_> = records.collect();
    let event = serde_json::json!({ "Records": records }).to_string();
    Event::read(Bytes::from(event)).unwrap()
}

/// Runs one batch as Lambda does.
async fn invoke<const TTL: u64>(worker: Worker<TTL>, request: usize) {
    let (case, world, life) = (
        worker.case.clone(),
        worker.world.clone(),
        worker.life.clone(),
    );
    let records = worker.records.clone();
    let received: Vec<_> = records.iter().map(|(message, _)| *message).collect();
    lock(&world).see(&format!("r{request} receives {received:?}"));
    let engine = Arc::new(Engine {
        settings: Settings {
            concurrency: case.concurrency,
            retries: case.retries,
            timeout: TIMEOUT,
            on_permanent: OnPermanent::Dlq,
            ..crate::tests::support::SETTINGS
        },
        process: worker,
        sqs: Queues {
            world: world.clone(),
            life: life.clone(),
        },
        memory_mb: 1_769,
        function_name: "ship".to_owned(),
    });
    let context = LambdaContext {
        request_id: format!("r{request}"),
        ..LambdaContext::default()
    };
    let run = Arc::new(Run::new(
        Arc::clone(&engine),
        event(&case, &received),
        Deadline::after(TIMEOUT, TIMEOUT),
        Arc::new(context),
    ));
    let invoked = async {
        {
            let lanes = 0..run.lanes().len();
            let mut lanes: FuturesUnordered<_> = lanes.map(|lane| run.lane(lane)).collect();
            let lanes = async { while lanes.next().await.is_some() {} };
            _ = time::timeout_at(run.cut(), lanes).await;
        }
        run.lanes().end_all_but(|index| records[index].1.blocks);
        let slots = engine.finish(&run).await;
        life.step().await;
        // Of two records with one id, SQS keeps both if either failed.
        let failed = |(message, _): (&usize, _)| *message;
        let failed: BTreeSet<_> = received
            .iter()
            .zip(&slots)
            .filter(|(_, slot)| !slot.outcome.is_completed())
            .map(failed)
            .collect();
        let deleted = received.iter().copied().filter(|it| !failed.contains(it));
        let mut world = lock(&world);
        for (index, slot) in slots.iter().enumerate() {
            world.see(&format!("record {index} of r{request}: {:?}", slot.outcome));
            match slot.outcome {
                Outcome::Duplicate { .. } => world.reached.duplicates += 1,
                Outcome::InProgress { .. } => world.reached.in_progress += 1,
                _ => {}
            }
            let is_first = |slot: &_| matches!(slot, Outcome::InProgress { .. });
            let holds = slots[..index].iter().any(|it| is_first(&it.outcome));
            world.reached.held_back += usize::from(holds && slot.outcome == Outcome::NotRun);
        }
        world.answered(&deleted.collect());
    };
    tokio::select! {
        biased;
        () = life.ended.notified() => {
            life.blocked.lock().unwrap().abort_all();
            let mut world = lock(&world);
            world.see(&format!("the process of r{request} ends"));
            world.reached.crashes += 1;
        }
        () = invoked => {}
    }
}

/// What SQS delivers of the messages that a batch asks for.
fn received(case: &Case, left: &[usize], batch: &Batched) -> Vec<usize> {
    if !case.is_fifo {
        let asked = batch.messages.iter().copied();
        return asked.filter(|it| left.contains(it)).collect();
    }
    // None without those before it in its group.
    let is_before = |message: &usize| {
        batch.messages.iter().any(|asked| {
            message <= asked && case.messages[*asked].group == case.messages[*message].group
        })
    };
    left.iter().copied().filter(is_before).collect()
}

/// Plays a case to its end.
pub(super) async fn play(case: &Case) -> Shared {
    match case.ttl {
        Ttl::Short => play_with::<2>(case).await,
        Ttl::Middle => play_with::<15>(case).await,
        Ttl::Long => play_with::<86_400>(case).await,
    }
}

async fn play_with<const TTL: u64>(case: &Case) -> Shared {
    let world = Arc::new(Mutex::new(World::new(case)));
    let store = InMemory::new();
    let requests = AtomicUsize::new(0);
    let deliver = async |messages: Vec<usize>, acts: &[Act], ends_at| {
        let worker = Worker::<TTL> {
            case: case.clone(),
            world: world.clone(),
            life: Life::new(ends_at),
            store: store.clone(),
            records: messages.into_iter().zip(acts.iter().copied()).collect(),
            lease_end: lock(&world).now() + TIMEOUT,
        };
        if !worker.records.is_empty() {
            invoke(worker, requests.fetch_add(1, Relaxed)).await;
        }
    };
    let work = async |which: bool| {
        for batch in case.batches.iter().filter(|batch| batch.worker == which) {
            time::sleep(Duration::from_millis(batch.after)).await;
            let received = received(case, &lock(&world).left(), batch);
            deliver(received, &batch.acts, batch.ends_at).await;
        }
    };
    tokio::join!(work(false), work(true));
    // All that is late arrives, all leases end, and then nothing goes wrong any more.
    time::sleep(Duration::from_secs(120)).await;
    lock(&world).faults.clear();
    let left = lock(&world).left();
    for message in left {
        deliver(vec![message], &[Act::GOOD], None).await;
    }
    lock(&world).ends_with(case.is_clean);
    world
}
