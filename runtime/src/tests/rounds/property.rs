//! Random messages through random invocations, redrives and crashes, against a model of
//! the three queues: none is lost, none is redriven more often than it may be.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use proptest::{collection::vec, prelude::*};
use serde::Deserialize;

use crate::{
    message::Attribute,
    testing::{Batch, Report, TestMessage},
};

#[derive(Clone, Debug)]
struct Case {
    /// Each message's group, and the number of the run that succeeds; `None`: none does.
    messages: Vec<(u8, Option<u32>)>,
    fifo: bool,
    rounds: u32,
    runs: u32,
    /// What happens to the invocations, one after another; the rest go well.
    faults: Vec<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// The process dies before its answer. Bits: which messages it has sent until then.
    Dies(u8),
    /// SQS refuses what is sent.
    Refused,
    /// SQS accepts what is sent, but its answers are lost.
    AnswersLost,
    /// The batch has each message twice.
    Twice,
    /// The messages are visible again before the answer, and another worker runs them.
    TwoWorkers,
}

fn case() -> impl Strategy<Value = Case> {
    let fault = prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Dies(0)),
        2 => any::<u8>().prop_map(Fault::Dies),
        1 => Just(Fault::Refused),
        1 => Just(Fault::AnswersLost),
        1 => Just(Fault::Twice),
        1 => Just(Fault::TwoWorkers),
    ];
    let message = (0..3u8, proptest::option::of(1..12u32));
    (
        vec(message, 1..6),
        any::<bool>(),
        1..4u32,
        1..4u32,
        vec(fault, 0..24),
    )
        .prop_map(|(messages, fifo, rounds, runs, faults)| Case {
            messages,
            fifo,
            rounds,
            runs,
            faults,
        })
}

/// A copy of a message.
#[derive(Clone, Debug)]
struct Copy {
    /// Its place among the messages of the case.
    origin: usize,
    id: String,
    receives: u32,
    /// `RedriveRound`.
    round: u32,
    /// How often it, or what it is a copy of, was redriven.
    redriven: u32,
    /// How often SQS itself moved it, or what it is a copy of.
    uncounted: u32,
}

#[derive(Deserialize)]
struct Body {
    origin: usize,
}

#[derive(Default)]
struct World {
    queue: Vec<Copy>,
    dlq: Vec<Copy>,
    parked: Vec<Copy>,
    done: BTreeSet<usize>,
    /// What a FIFO queue has accepted: the id and the round make the deduplication id.
    accepted: BTreeSet<(String, Option<u32>)>,
    /// Calls of the function for each message.
    calls: Vec<u32>,
    ids: u32,
}

impl World {
    fn new(case: &Case) -> Self {
        let mut world = Self {
            calls: vec![0; case.messages.len()],
            ..Self::default()
        };
        for origin in 0..case.messages.len() {
            let id = world.id();
            world.queue.push(Copy {
                origin,
                id,
                receives: 0,
                round: 0,
                redriven: 0,
                uncounted: 0,
            });
        }
        world
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("m{}", self.ids)
    }

    /// The copies of the next batch, each received once more. SQS moves those that were
    /// received too often before.
    fn receive(&mut self, case: &Case) -> Vec<Copy> {
        let most = case.runs + 1;
        let (over, mut left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|copy| copy.receives == most);
        self.dlq.extend(over.into_iter().map(|copy| Copy {
            uncounted: copy.uncounted + 1,
            ..copy
        }));
        left.iter_mut().for_each(|copy| copy.receives += 1);
        self.queue = left.clone();
        left
    }

    /// A move task: new ids, counts from the start, the same attributes.
    fn redrive(&mut self) {
        for copy in std::mem::take(&mut self.dlq) {
            let id = self.id();
            self.queue.push(Copy {
                id,
                receives: 0,
                redriven: copy.redriven + 1,
                ..copy
            });
        }
    }

    fn run(&mut self, case: &Case, batch: &[Copy], fault: Fault) -> Report {
        let calls = Mutex::new(&mut self.calls);
        let mut engine = match case.fifo {
            true => Batch::fifo(),
            false => Batch::new(),
        }
        .redrive_rounds(case.rounds)
        .max_receive_count(case.runs);
        let times = if fault == Fault::Twice { 2 } else { 1 };
        for copy in std::iter::repeat_n(batch, times).flatten() {
            let message = TestMessage::text(format!("{{\"origin\":{}}}", copy.origin))
                .id(&copy.id)
                .group(case.messages[copy.origin].0.to_string())
                .receive_count(copy.receives);
            engine = engine.message(match copy.round {
                0 => message,
                round => message.attribute("RedriveRound", Attribute::Number(round.to_string())),
            });
        }
        engine = match fault {
            Fault::Refused => engine.dlq_refuses(),
            Fault::AnswersLost => engine.dlq_loses_answers(),
            _ => engine,
        };
        engine.run(async |body: Body| {
            let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls[body.origin] += 1;
            match case.messages[body.origin].1 {
                Some(run) if calls[body.origin] >= run => Ok(()),
                _ => Err("not yet"),
            }
        })
    }

    /// What was sent is in its queue. A FIFO queue has what it accepted before once.
    fn sent(&mut self, case: &Case, batch: &[Copy], report: &Report, fault: Fault) {
        let to_dlq = report.sent_to_dlq().iter().map(|sent| (sent, false));
        let parked = report.parked().iter().map(|sent| (sent, true));
        let mut ids = BTreeSet::new();
        for (number, (sent, is_parked)) in to_dlq.chain(parked).enumerate() {
            assert!(ids.insert(&sent.id), "sent twice: {sent:?}");
            if let Fault::Dies(before) = fault
                && before >> (number % 8) & 1 == 0
            {
                continue;
            }
            let is_new = self.accepted.insert((sent.id.clone(), sent.round));
            if case.fifo && !is_new {
                continue;
            }
            let copy = batch.iter().find(|copy| copy.id == sent.id);
            let copy = copy.expect("what is sent was received").clone();
            let round = sent.round.expect("each round is counted");
            assert_eq!(round, copy.round + 1);
            assert_eq!(is_parked, round > case.rounds);
            let to = match is_parked {
                true => &mut self.parked,
                false => &mut self.dlq,
            };
            to.push(Copy { round, ..copy });
        }
    }

    fn answered(&mut self, batch: &[Copy], report: &Report, fault: Fault) {
        let failed = report.failed();
        if fault == Fault::AnswersLost {
            let mut sent = report.sent_to_dlq().iter().chain(report.parked());
            assert!(sent.all(|sent| failed.contains(&&*sent.id)), "{sent:?}");
        }
        for copy in batch.iter().filter(|copy| !failed.contains(&&*copy.id)) {
            self.queue.retain(|other| other.id != copy.id);
            if report.reason(&copy.id).is_none() {
                self.done.insert(copy.origin);
            }
        }
    }

    fn check(&self, case: &Case) {
        let copies = || self.queue.iter().chain(&self.dlq).chain(&self.parked);
        for origin in 0..case.messages.len() {
            let is_somewhere = copies().any(|copy| copy.origin == origin);
            assert!(
                is_somewhere || self.done.contains(&origin),
                "{origin} is lost"
            );
        }
        for copy in copies() {
            // Each redrive is counted, unless SQS itself has moved the message.
            assert!(copy.redriven <= case.rounds + copy.uncounted, "{copy:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_message_is_lost_and_none_is_redriven_for_ever(case in case()) {
        let mut world = World::new(&case);
        let mut faults = case.faults.iter().copied();
        // Each fault costs at most the receives of another round.
        let most = (case.rounds + 1 + case.faults.len() as u32) * (case.runs + 2) + 1;
        for _ in 0..most {
            if world.queue.is_empty() {
                world.redrive();
            }
            let fault = faults.next().unwrap_or(Fault::None);
            let workers = if fault == Fault::TwoWorkers { 2 } else { 1 };
            let mut ran = Vec::new();
            for _ in 0..workers {
                let batch = world.receive(&case);
                let report = world.run(&case, &batch, fault);
                for copy in batch.iter().filter(|copy| copy.receives > case.runs) {
                    prop_assert_eq!(report.attempts(&copy.id), 0, "a run too many: {:?}", copy);
                }
                ran.push((batch, report));
            }
            for (batch, report) in &ran {
                world.sent(&case, batch, report, fault);
            }
            // A FIFO queue deletes nothing by the handle of an earlier receive.
            let late = if case.fifo { workers - 1 } else { 0 };
            for (batch, report) in ran.iter().skip(late) {
                if !matches!(fault, Fault::Dies(_)) {
                    world.answered(batch, report, fault);
                }
            }
            world.check(&case);
        }

        prop_assert!(world.queue.is_empty() && world.dlq.is_empty(), "{:?}", world.queue);
        if case.faults.iter().all(|fault| *fault == Fault::None) {
            let all = case.runs * (case.rounds + 1);
            for (origin, (_, succeeds)) in case.messages.iter().enumerate() {
                let runs = succeeds.filter(|run| *run <= all).unwrap_or(all);
                let in_order = !case.fifo;
                prop_assert!(!in_order || world.calls[origin] == runs);
                prop_assert_eq!(world.done.contains(&origin), succeeds.is_some_and(|run| run <= world.calls[origin]));
            }
        }
    }
}
