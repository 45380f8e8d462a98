//! The start of a simulation.

use std::net::Ipv4Addr;
use std::path::Path;

use redrive_infra::parameters;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Simulation;
use super::options::{MessageError, SimulationOptions, StartError};
use super::worker::Worker;
use crate::clock::Clock;
use crate::dependency::Dependencies;
use crate::ledger::Ledger;
use crate::scenario::{Scenario, ScenarioMessage};
use crate::sqs::{self, SharedSqs, Sqs};

impl Simulation {
    /// Creates the queues of the stack, serves their API, and sends the
    /// messages of `scenario`. Nothing is received before [`run`](Self::run).
    ///
    /// # Errors
    /// The options are incomplete, or a message cannot be sent.
    pub async fn start(options: SimulationOptions, scenario: Scenario) -> Result<Self, StartError> {
        let start = options.start;
        if options.stack.functions.is_empty() {
            let package = options.stack.package.clone();
            return Err(StartError::NoFunctions { package });
        }
        let stack = &options
            .given
            .resolve(&options.stack)
            .map_err(StartError::Missing)?;
        let clock = match options.real_time {
            true => Clock::real_time(start),
            false => Clock::simulated(start),
        };
        let sqs = Sqs::of_stack(stack, options.seed).with_duplicates(options.duplicates);
        let sqs = SharedSqs::new(sqs, clock.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(StartError::Bind)?;
        let address = listener.local_addr().map_err(StartError::Bind)?;
        let endpoint = format!("http://{address}");
        let router = sqs::api::router(sqs.clone(), &endpoint);
        let dependencies = Dependencies::serve(scenario.dependencies.clone(), clock.clone()).await;
        let dependencies = dependencies.map_err(StartError::Bind)?;

        let mut workers = Vec::new();
        for (index, entry) in stack.functions.iter().enumerate() {
            let binary = options.binaries.get(&entry.binary).ok_or_else(|| {
                let name = entry.binary.clone();
                StartError::NoBinary { name }
            })?;
            let seed = options.seed.wrapping_add(index as u64);
            let variables = &dependencies.variables;
            let given = &options.given.parameters;
            let enabled = given.get(&parameters::enabled(&entry.function));
            let worker = Worker::new(entry, Path::new(binary), &endpoint, variables, start, seed)?;
            workers.push(Worker {
                is_paused: enabled.is_some_and(|value| value == "false"),
                ..worker
            });
        }
        let mut simulation = Self {
            changes: sqs.changes(),
            released: clock.released(),
            ledger: Ledger::new(start),
            invocations: JoinSet::new(),
            api: tokio::spawn(async move { axum::serve(listener, router).await }),
            _dependencies: dependencies,
            clock,
            sqs,
            endpoint,
            workers,
            options,
        };
        simulation.send(scenario)?;
        Ok(simulation)
    }

    fn send(&mut self, scenario: Scenario) -> Result<(), StartError> {
        let queues = self.workers.iter().map(|it| it.function.queue_name());
        let queues: Vec<_> = queues.collect();
        let messages = scenario.messages.into_iter().enumerate();
        let sent = messages.filter_map(|(index, entry)| self.send_one(index, entry, &queues).err());
        let bad: Vec<_> = sent.collect();
        match bad.is_empty() {
            true => Ok(()),
            false => Err(StartError::Messages(bad)),
        }
    }

    fn send_one(
        &mut self,
        index: usize,
        mut entry: ScenarioMessage,
        queues: &[String],
    ) -> Result<(), MessageError> {
        let queue = match (&entry.queue, queues) {
            (None, [only]) => only.clone(),
            (Some(queue), _) if queues.contains(queue) => queue.clone(),
            (specified, _) => {
                return Err(MessageError::WhichQueue {
                    message: entry.name,
                    specified: specified.clone(),
                    queues: queues.to_vec(),
                });
            }
        };
        if queue.ends_with(".fifo") {
            // Two equal lines are two messages.
            let id = || format!("line-{index}");
            entry.message.deduplication.get_or_insert_with(id);
        }
        let sent = self
            .sqs
            .change(|sqs, now| sqs.send(&queue, entry.message, now));
        match sent {
            Ok(sent) => {
                self.ledger.name(sent.origin, &entry.name);
                Ok(())
            }
            Err(reason) => Err(MessageError::Rejected {
                message: entry.name,
                queue,
                reason,
            }),
        }
    }
}
