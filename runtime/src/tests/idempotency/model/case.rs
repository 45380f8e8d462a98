//! What happens in one case.

use proptest::{collection::vec, option, prelude::*};

/// How many messages are sent.
pub(super) const MESSAGES: usize = 6;

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) messages: Vec<Message>,
    pub(super) is_fifo: bool,
    /// What the workers receive, one batch after another.
    pub(super) batches: Vec<Batched>,
    /// Of the calls to the store; of the rest none fails.
    pub(super) faults: Vec<Fault>,
    pub(super) concurrency: u32,
    pub(super) retries: u32,
    pub(super) ttl: Ttl,
    /// Nothing goes wrong between the effect of a message and the completion of its key,
    /// and no key expires.
    pub(super) is_clean: bool,
}

/// How long a key is remembered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ttl {
    /// Shorter than an invocation.
    Short,
    Middle,
    /// Longer than the case.
    Long,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Message {
    pub(super) key: u8,
    pub(super) group: u8,
}

#[derive(Clone, Debug)]
pub(super) struct Batched {
    /// Of which worker.
    pub(super) worker: bool,
    /// Milliseconds after the worker's last batch.
    pub(super) after: u64,
    /// Which messages, by their place; one that is deleted is not received.
    pub(super) messages: Vec<usize>,
    /// The process ends at this step.
    pub(super) ends_at: Option<u32>,
    /// Of each record.
    pub(super) acts: Vec<Act>,
}

/// What the function does with a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    /// Milliseconds before its effect, and after it.
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) end: End,
    /// It blocks its thread, so that nothing interrupts it.
    pub(super) blocks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    Succeeds,
    /// Without an effect.
    Fails,
    /// The same, and no other attempt can succeed.
    Refuses,
}

impl Act {
    /// Of a record that nothing happens to.
    pub(super) const GOOD: Self = Self {
        before: 1,
        after: 0,
        end: End::Succeeds,
        blocks: false,
    };
}

/// What goes wrong with one try of a call to the store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    None,
    /// It does not arrive.
    Lost,
    /// It arrives, but not its answer.
    NoAnswer,
    /// It arrives this many milliseconds later, when nobody waits for its answer.
    Late(u64),
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Lost),
        2 => Just(Fault::NoAnswer),
        2 => (1_u64..40_000).prop_map(Fault::Late),
    ]
}

fn act(is_clean: bool) -> impl Strategy<Value = Act> {
    let end = prop_oneof![
        8 => Just(End::Succeeds),
        2 => Just(End::Fails),
        1 => Just(End::Refuses),
    ];
    let unclean = if is_clean { 0.0 } else { 0.2 };
    let after = if is_clean { 1_u64 } else { 3_000 };
    // Beyond the end of the invocation, too.
    (0_u64..12_000, 0..after, end, prop::bool::weighted(unclean)).prop_map(
        |(before, after, end, blocks)| Act {
            before,
            after,
            end,
            blocks,
        },
    )
}

fn batched(is_clean: bool) -> impl Strategy<Value = Batched> {
    let ends_at = match is_clean {
        true => Just(None).boxed(),
        false => option::weighted(0.3, 0_u32..16).boxed(),
    };
    (
        any::<bool>(),
        0_u64..15_000,
        vec(0..MESSAGES, 1..4),
        ends_at,
        vec(act(is_clean), MESSAGES),
    )
        .prop_map(|(worker, after, messages, ends_at, acts)| Batched {
            worker,
            after,
            messages,
            ends_at,
            acts,
        })
}

fn case_of(is_clean: bool) -> impl Strategy<Value = Case> {
    let message = (0_u8..3, 0_u8..2).prop_map(|(key, group)| Message { key, group });
    let ttl = match is_clean {
        true => Just(Ttl::Long).boxed(),
        false => prop_oneof![Just(Ttl::Short), Just(Ttl::Middle), Just(Ttl::Long)].boxed(),
    };
    (
        vec(message, MESSAGES),
        any::<bool>(),
        vec(batched(is_clean), 1..10),
        vec(fault(), if is_clean { 0..1 } else { 0..40 }),
        1_u32..4,
        0_u32..2,
        ttl,
    )
        .prop_map(
            move |(messages, is_fifo, batches, faults, concurrency, retries, ttl)| Case {
                messages,
                is_fifo,
                batches,
                faults,
                concurrency,
                retries,
                ttl,
                is_clean,
            },
        )
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    prop_oneof![1 => case_of(true), 3 => case_of(false)]
}
