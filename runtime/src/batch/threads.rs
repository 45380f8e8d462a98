//! Runs the lanes of a batch on the threads of the handlers.

use std::{
    env, io,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use futures_util::future::{AbortHandle, abortable};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::{JoinHandle, JoinSet},
    time::{self, Instant},
};
use tracing::Instrument as _;

use crate::{
    batch::{attempt::Process, outcome::Outcome, run::Run},
    failure::{Failure, FailureKind},
    log,
    sqs::{SqsAccess, TRACE_HEADER},
};

/// How long after its limit an attempt may still end by itself before it counts
/// as blocked: a busy machine polls late.
const LATE: Duration = Duration::from_millis(50);

/// How often an idle worker of `tokio` is woken while several lanes run. The worker that
/// waits for timers and I/O wakes no other one for a single task. If that task then blocks
/// its thread, the attempts of the other lanes would not continue either.
const NUDGE: Duration = Duration::from_millis(20);

/// The threads that handlers run on, apart from the thread of the Runtime API.
///
/// A handler that blocks its thread cannot be interrupted. Its attempt is
/// abandoned: the invocation answers in time, and the thread is lost until the
/// handler returns.
#[derive(Clone)]
pub(crate) struct Threads {
    handle: Handle,
    number: usize,
    /// How many of them the lanes of all invocations can use.
    needed: usize,
    lost: Arc<AtomicUsize>,
}

impl Threads {
    /// Starts them: one for each core, and as many that one abandoned attempt does
    /// not stop the others.
    ///
    /// # Errors
    ///
    /// If the system has none.
    pub(crate) fn start(concurrency: u32) -> io::Result<(Runtime, Self)> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let invocations = env::var("AWS_LAMBDA_MAX_CONCURRENCY").ok();
        let invocations = invocations.and_then(|number| number.parse().ok());
        let needed = (concurrency as usize).saturating_mul(invocations.unwrap_or(1));
        let needed = needed.clamp(1, cores);
        let number = cores.max(needed + 1);
        let runtime = Builder::new_multi_thread()
            .worker_threads(number)
            .enable_all()
            .build()?;
        let threads = Self {
            handle: runtime.handle().clone(),
            number,
            needed,
            lost: Arc::default(),
        };
        Ok((runtime, threads))
    }

    /// Whether abandoned attempts may hold threads that the lanes need. One may hold the
    /// first lane's thread instead, which is counted alike: the process ends earlier then.
    pub(crate) fn are_exhausted(&self) -> bool {
        self.number - self.lost.load(Relaxed).min(self.number) < self.needed
    }

    /// Counts the thread that a task blocks as lost until the task ends.
    pub(crate) fn lose_until_ended(&self, task: JoinHandle<()>) {
        let lost = Arc::clone(&self.lost);
        lost.fetch_add(1, Relaxed);
        tokio::spawn(async move {
            _ = task.await;
            lost.fetch_sub(1, Relaxed);
        });
    }

    /// Runs every record that there is time for.
    ///
    /// The first lane has a thread for itself. A worker of `tokio` that is woken wakes
    /// another one to look for more work, which for a batch of 1 is a tenth of the time.
    pub(crate) async fn run<P, Q>(&self, run: &Arc<Run<P, Q>>)
    where
        P: Process + Send + 'static,
        Q: SqsAccess,
    {
        let mut tasks = JoinSet::new();
        let mut aborts = Aborts::default();
        for lane in 0..run.lanes().len() {
            let held = Held {
                run: Arc::clone(run),
                lane,
                lost: Arc::clone(&self.lost),
            };
            let header = run.context.trace_header.clone();
            let (lane, abort) = abortable(async move { held.run.lane(held.lane).await });
            aborts.0.push(abort);
            let lane = TRACE_HEADER.scope(header, lane).in_current_span();
            let lane = async { _ = lane.await };
            if aborts.0.len() == 1 {
                let handle = self.handle.clone();
                // Of the Runtime API's runtime: the function's own calls of
                // `spawn_blocking` may take all threads of the other.
                tasks.spawn_blocking(move || handle.block_on(lane));
            } else {
                tasks.spawn_on(lane, &self.handle);
            }
        }
        self.wait(run, &mut tasks).await;
        drop(aborts);
        // What an attempt holds is dropped before the answer, unless it is blocked.
        let grace = (run.whole.end - run.whole.cut) / 4;
        let dropped =
            async { while !run.lanes().are_over() && tasks.join_next().await.is_some() {} };
        _ = time::timeout(grace, dropped).await;
        tasks.detach_all();
        let lose = || _ = self.lost.fetch_add(1, Relaxed);
        for running in run.lanes().abandon_unfinished(lose) {
            log::abandoned(&run.event.record(running.index), running.attempt);
        }
    }

    /// Waits until no lane will handle a further record, or until the time is up.
    async fn wait<P: Process, Q: SqsAccess>(&self, run: &Run<P, Q>, tasks: &mut JoinSet<()>) {
        let limit = run.engine.settings.attempt_timeout;
        let nudge = || drop(self.handle.spawn(async {}));
        while !run.lanes().are_over() {
            let check = limit.map(|limit| {
                let first = run.lanes().next_limit();
                first.unwrap_or_else(|| Instant::now() + limit)
            });
            tokio::select! {
                biased;
                () = time::sleep_until(run.deadline.cut) => return,
                () = time::sleep_until(check.unwrap_or(run.deadline.cut)) => {
                    nudge();
                    // Counted from now: Lambda may have suspended the process meanwhile.
                    time::sleep_until(run.deadline.cut.min(Instant::now() + LATE)).await;
                    give_up_blocked(run);
                }
                ended = tasks.join_next() => if ended.is_none() { return },
                () = time::sleep(NUDGE), if run.lanes().len() > 1 => nudge(),
            }
        }
    }
}

/// Abandons attempts that are blocked beyond `attempt_timeout`. They are not
/// retried: they still run.
fn give_up_blocked<P: Process, Q: SqsAccess>(run: &Run<P, Q>) {
    let settings = &run.engine.settings;
    let (now, limit) = (Instant::now(), settings.attempt_timeout.unwrap_or_default());
    while let Some(running) = run.lanes().abandon_overdue(now - LATE) {
        let failure = Failure::new(
            FailureKind::AttemptTimeout,
            format!("took longer than `attempt_timeout`, {limit:?}, and blocks its thread"),
        );
        log::failed(&run.event.record(running.index), &failure, running.attempt);
        let skipped = run.groups.as_ref().map_or(&[][..], |groups| {
            groups.record_failed(running.index);
            groups.after(running.index)
        });
        let outcome = Outcome::Failed(Box::new(failure));
        run.lanes().settle_abandoned(running, outcome, skipped);
    }
}

/// Aborts the lanes when it is dropped, also if the invocation is.
#[derive(Default)]
struct Aborts(Vec<AbortHandle>);

impl Drop for Aborts {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

/// A lane's task, until it is dropped.
struct Held<P: Process, Q: SqsAccess> {
    run: Arc<Run<P, Q>>,
    lane: usize,
    lost: Arc<AtomicUsize>,
}

impl<P: Process, Q: SqsAccess> Drop for Held<P, Q> {
    fn drop(&mut self) {
        let (abandoned, is_lost) = self.run.lanes().ended(self.lane);
        if let Some(running) = abandoned {
            let fields = self.run.event.record(running.index);
            log::abandoned_ended(&fields, running.attempt);
        }
        if is_lost {
            self.lost.fetch_sub(1, Relaxed);
        }
    }
}
