//! What has happened, and what must not.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use tokio::time::Instant;

use super::{
    super::noon,
    case::{Case, Fault, Message},
};

#[derive(Debug, Default)]
pub(super) struct World {
    messages: Vec<Message>,
    is_fifo: bool,
    started: Option<Instant>,
    pub(super) faults: Vec<Fault>,
    /// Each attempt that has not ended: its key, and the end of its invocation.
    running: BTreeMap<usize, (u8, SystemTime)>,
    attempts: usize,
    /// How often each key has had its effect.
    effects: BTreeMap<u8, usize>,
    /// Until when the store remembers a completed key.
    completed: BTreeMap<u8, SystemTime>,
    deleted: BTreeSet<usize>,
    in_dlq: BTreeSet<usize>,
    /// For the report of a case that fails.
    pub(super) seen: Vec<String>,
    /// The first thing that must not happen.
    pub(super) broken: Option<String>,
    pub(super) reached: Reached,
}

/// How often the cases have reached what they are for.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) crashes: usize,
    pub(super) duplicates: usize,
    pub(super) in_progress: usize,
    /// A duplicate in progress holds back its group.
    pub(super) held_back: usize,
    /// An attempt outlives its lease, and another one begins.
    pub(super) outlived: usize,
    /// A key is run again after its `ttl`.
    pub(super) forgotten: usize,
    /// A late run finds its key with another.
    pub(super) claims_lost: usize,
    /// The answer to a claim was lost, and the next try finds it.
    pub(super) own_claims: usize,
    pub(super) in_dlq: usize,
}

impl Reached {
    fn counts(&self) -> [usize; 9] {
        [
            self.crashes,
            self.duplicates,
            self.in_progress,
            self.held_back,
            self.outlived,
            self.forgotten,
            self.claims_lost,
            self.own_claims,
            self.in_dlq,
        ]
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.crashes += other.crashes;
        self.duplicates += other.duplicates;
        self.in_progress += other.in_progress;
        self.held_back += other.held_back;
        self.outlived += other.outlived;
        self.forgotten += other.forgotten;
        self.claims_lost += other.claims_lost;
        self.own_claims += other.own_claims;
        self.in_dlq += other.in_dlq;
    }

    pub(super) fn is_all(&self) -> bool {
        self.counts().iter().all(|count| *count > 0)
    }
}

impl World {
    pub(super) fn new(case: &Case) -> Self {
        Self {
            messages: case.messages.clone(),
            is_fifo: case.is_fifo,
            started: Some(Instant::now()),
            faults: case.faults.clone(),
            ..Self::default()
        }
    }

    /// The time of day.
    pub(super) fn now(&self) -> SystemTime {
        noon() + self.started.map(|it| it.elapsed()).unwrap_or_default()
    }

    pub(super) fn see(&mut self, text: &str) {
        let time = self.started.map(|it| it.elapsed()).unwrap_or_default();
        self.seen
            .push(format!("{:>8} ms: {text}", time.as_millis()));
    }

    /// It must not happen.
    pub(super) fn breaks(&mut self, text: String) {
        self.see(&format!("BROKEN: {text}"));
        self.broken.get_or_insert(text);
    }

    /// What is not deleted.
    pub(super) fn left(&self) -> Vec<usize> {
        let all = 0..self.messages.len();
        all.filter(|it| !self.deleted.contains(it)).collect()
    }

    /// The attempt's number.
    pub(super) fn begins(&mut self, message: usize, lease_end: SystemTime) -> usize {
        let key = self.messages[message].key;
        self.attempts += 1;
        let attempt = self.attempts;
        self.see(&format!("attempt {attempt} begins: m{message}, key {key}"));
        let now = self.now();
        match self.completed.get(&key) {
            Some(until) if now <= *until => self.breaks(format!("key {key} is run within its ttl")),
            Some(_) => self.reached.forgotten += 1,
            None => {}
        }
        let others = self.running.values().filter(|(other, _)| *other == key);
        let others: Vec<_> = others.map(|(_, end)| *end).collect();
        match others.iter().all(|end| *end <= now) {
            true => self.reached.outlived += others.len(),
            false => self.breaks(format!("two attempts at key {key} within a lease")),
        }
        let before = (0..message).find(|it| {
            self.messages[*it].group == self.messages[message].group && !self.is_over(*it)
        });
        if let Some(before) = before.filter(|_| self.is_fifo) {
            self.breaks(format!("m{message} is run before m{before} of its group"));
        }
        self.running.insert(attempt, (key, lease_end));
        attempt
    }

    /// Whether the message is no longer needed.
    fn is_over(&self, message: usize) -> bool {
        self.effects.contains_key(&self.messages[message].key) || self.in_dlq.contains(&message)
    }

    pub(super) fn effect(&mut self, message: usize) {
        let key = self.messages[message].key;
        self.see(&format!("effect of m{message}, key {key}"));
        *self.effects.entry(key).or_default() += 1;
    }

    pub(super) fn ends(&mut self, attempt: usize) {
        self.see(&format!("attempt {attempt} ends"));
        self.running.remove(&attempt);
    }

    /// The store has completed a key.
    pub(super) fn completed(&mut self, key: u8, until: SystemTime) {
        self.see(&format!("key {key} is completed"));
        if !self.effects.contains_key(&key) {
            self.breaks(format!("key {key} is completed without an effect"));
        }
        self.completed.insert(key, until);
    }

    pub(super) fn sent_to_dlq(&mut self, message: usize) {
        self.see(&format!("m{message} is in the DLQ"));
        self.reached.in_dlq += 1;
        self.in_dlq.insert(message);
    }

    /// SQS deletes what was not reported.
    pub(super) fn answered(&mut self, deleted: &BTreeSet<usize>) {
        self.see(&format!("deleted: {deleted:?}"));
        for message in deleted {
            if !self.is_over(*message) {
                self.breaks(format!("m{message} is lost"));
            }
        }
        self.deleted.extend(deleted);
    }

    /// After all messages were delivered once more, and nothing went wrong.
    pub(super) fn ends_with(&mut self, is_clean: bool) {
        if let left @ [_, ..] = &*self.left() {
            self.breaks(format!("{left:?} are still in the queue"));
        }
        let effects = self.effects.clone();
        for (key, effects) in effects {
            if is_clean && effects > 1 {
                self.breaks(format!("key {key} has had {effects} effects"));
            }
        }
    }
}
