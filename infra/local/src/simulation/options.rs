//! The options of a simulation.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use redrive_infra::stack::Stack;

use super::given::Given;
use crate::until::Until;

/// The options of a simulation.
#[derive(Clone, Debug)]
pub struct SimulationOptions {
    /// The functions and their queues.
    pub stack: Stack,
    /// The path of each binary of the stack.
    pub binaries: BTreeMap<String, PathBuf>,
    /// The simulated time at the start.
    pub start: Timestamp,
    /// Whether to run in real time, without skipping idle time.
    pub real_time: bool,
    /// When to stop while messages keep failing.
    pub until: Until,
    /// The seed of the random numbers: ids, and the order in which standard
    /// queues deliver.
    pub seed: u64,
    /// Whether standard queues deliver some messages twice, as SQS may.
    pub duplicates: bool,
    /// Whether to output the functions' logs.
    pub logs: bool,
    /// The values that a deployment gives.
    pub given: Given,
}

impl SimulationOptions {
    /// The default start: Monday, 5 January 2026, 09:00 UTC.
    pub const MONDAY_MORNING: Timestamp = Timestamp::constant(1_767_603_600, 0);

    /// The defaults: simulated time from [`MONDAY_MORNING`](Self::MONDAY_MORNING)
    /// until three redrives, with seed 0.
    pub fn new(stack: Stack) -> Self {
        Self {
            stack,
            binaries: BTreeMap::new(),
            start: Self::MONDAY_MORNING,
            real_time: false,
            until: Until::default(),
            seed: 0,
            duplicates: false,
            logs: false,
            given: Given::default(),
        }
    }
}
