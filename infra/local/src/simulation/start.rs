//! The start of a simulation.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::Simulation;
use super::options::SimulationOptions;
use super::start_error::StartError;
use super::worker::Worker;
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::scenario::Scenario;
use crate::server::Server;
use crate::sns::{self, Topics};
use crate::sqs::{self, SharedSqs, Sqs};
use crate::{dependency, dynamodb};

impl Simulation {
    /// Creates the queues of the stack, serves their API, and sends the
    /// messages of `scenario`. Nothing is received before [`run`](Self::run).
    ///
    /// # Errors
    /// The options are incomplete, or a message cannot be sent.
    pub async fn start(
        options: SimulationOptions,
        mut scenario: Scenario,
    ) -> Result<Self, StartError> {
        let start = options.start;
        if options.stack.functions.is_empty() {
            let package = options.stack.package.clone();
            return Err(StartError::NoFunctions { package });
        }
        let stack = &options.given.resolve(&options.stack)?;
        let clock = match options.real_time {
            true => Clock::real_time(start),
            false => Clock::simulated(start),
        };
        let sqs = Sqs::of_stack(stack, options.seed).with_duplicates(options.duplicates);
        let sqs = SharedSqs::new(sqs, clock.clone());
        let topics = Arc::new(Topics::of_stack(stack)?);
        let api = Server::start(|endpoint| {
            let router = sqs::api::router(sqs.clone(), endpoint);
            sns::api::with_topics(router, Arc::clone(&topics), sqs.clone())
        });
        let api = api.await?;
        let rules = std::mem::take(&mut scenario.dependencies);
        let (dependencies, stubs) = dependency::serve(rules, clock.clone()).await?;
        let tables = dynamodb::serve(clock.clone()).await?;

        let endpoint = api.url();
        let mut workers = Vec::new();
        for entry in &stack.functions {
            let name = &entry.binary;
            let binary = options.binaries.get(name);
            let binary = binary
                .ok_or_else(|| format!("there is no binary `{name}`\nhelp: build it first"))?;
            let mut stubs = stubs.clone();
            if entry.function.idempotent.is_some() {
                stubs.insert(dynamodb::ENDPOINT.to_owned(), tables.url());
            }
            let worker = Worker::new(entry, binary, &endpoint, &stubs, &options)?;
            workers.push(worker);
        }
        let mut simulation = Self {
            wakes: clock.wakes(),
            ledger: Ledger::new(start),
            invocations: JoinSet::new(),
            output: Vec::new(),
            servers: [api, dependencies, tables],
            clock,
            sqs,
            workers,
            options,
        };
        simulation.send(scenario, &topics)?;
        Ok(simulation)
    }
}
