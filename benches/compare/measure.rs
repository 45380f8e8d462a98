//! What is measured, and how often. Contestants take turns inside each round,
//! so that whatever else the machine does meets them all; medians are kept.

use std::time::Duration;

use crate::{
    Error,
    contestant::Contestant,
    events,
    worker::{Lambda, Worker},
};

/// How often each thing is done.
pub(crate) struct Plan {
    cold_starts: usize,
    /// Records in a batch, and rounds.
    batches: &'static [(u32, usize)],
    /// Rounds of the largest batch alone.
    pub(crate) largest: usize,
    /// Rounds of batches that take seconds.
    pub(crate) slow: usize,
    /// Invocations that are ended by their deadline.
    pub(crate) late: usize,
}

impl Plan {
    pub(crate) fn full() -> Self {
        Plan {
            cold_starts: 41,
            batches: &[(1, 501), (10, 501), (100, 201), (1_000, 101), (10_000, 21)],
            largest: 21,
            slow: 5,
            late: 20,
        }
    }

    pub(crate) fn quick() -> Self {
        Plan {
            cold_starts: 5,
            batches: &[(1, 21), (10, 21), (100, 11), (1_000, 5), (10_000, 3)],
            largest: 3,
            slow: 1,
            late: 3,
        }
    }
}

/// What the invocations of all sizes showed.
pub(crate) struct Invocations {
    /// For each batch size, a time per contestant.
    pub(crate) times: Vec<(u32, Vec<Duration>)>,
    /// In bytes, per contestant, at the end, which is after the largest batch.
    pub(crate) peak_memory: Vec<u64>,
}

impl Invocations {
    /// What one record of a large batch costs, in ratio to one of a small batch, for
    /// each contestant.
    pub(crate) fn growth(&self, small: u32, large: u32) -> impl Iterator<Item = f64> {
        let each = |records| {
            let batches = self.times.iter().filter(move |batch| batch.0 == records);
            let times = batches.flat_map(|(_, times)| times);
            times.map(move |time| time.as_secs_f64() / f64::from(records))
        };
        each(large)
            .zip(each(small))
            .map(|(large, small)| large / small)
    }
}

/// Spawn to first poll.
pub(crate) async fn cold_starts(
    plan: &Plan,
    contestants: &[Contestant],
) -> Result<Vec<Duration>, Error> {
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..plan.cold_starts {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            let (_, time) = Worker::start(&contestant.program, &Lambda::default()).await?;
            times.push(time);
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// Time per invocation, in one process for all sizes as on Lambda.
pub(crate) async fn invocations(
    plan: &Plan,
    contestants: &[Contestant],
) -> Result<Invocations, Error> {
    let mut workers = start(contestants).await?;
    let mut times = Vec::new();
    for &(records, rounds) in plan.batches {
        times.push((records, rounds_of(rounds, records, &mut workers).await?));
    }
    let peak_memory = workers
        .iter()
        .map(Worker::peak_memory)
        .collect::<Result<_, _>>()?;
    Ok(Invocations { times, peak_memory })
}

/// Time of one batch.
pub(crate) async fn batch(
    rounds: usize,
    records: u32,
    contestants: &[Contestant],
) -> Result<Vec<Duration>, Error> {
    let mut workers = start(contestants).await?;
    rounds_of(rounds, records, &mut workers).await
}

async fn start(contestants: &[Contestant]) -> Result<Vec<Worker>, Error> {
    let mut workers = Vec::new();
    for contestant in contestants {
        let (worker, _) = Worker::start(&contestant.program, &Lambda::default()).await?;
        workers.push(worker);
    }
    Ok(workers)
}

async fn rounds_of(
    rounds: usize,
    records: u32,
    workers: &mut [Worker],
) -> Result<Vec<Duration>, Error> {
    let event = events::batch(records);
    let mut times = vec![Vec::new(); workers.len()];
    // The first round only warms up.
    for round in 0..=rounds {
        for (worker, times) in workers.iter_mut().zip(&mut times) {
            let time = worker.invoke(&event).await?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
